"""Django's settings, made from bot.settings; what may be changed is changed by environment variables."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

from bot.logs import configuration
from bot.settings import get_settings

ATTUNE = get_settings()


def _databases() -> dict[str, Any]:
    database: dict[str, Any] = dict(dj_database_url.parse(ATTUNE.database_url))
    if "sqlite3" in database["ENGINE"]:
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        database["OPTIONS"] = {
            # A transaction that will write takes the lock when it begins: it waits then, instead of failing later.
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            # WAL lets readers go on while one writes. secure_delete: what a parent erased leaves no copy in the file.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        }
        # Tests use several threads, and so a file; one per process, since runs may go on side by side.
        database["TEST"] = {"NAME": str(ATTUNE.var / f"test-{os.getpid()}.sqlite3")}
    else:
        # Each request has a thread of its own, so that a connection that is kept would never be used again. The chat
        # keeps its own (bot.web.database).
        database |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
    return {"default": database}


SECRET_KEY = ATTUNE.secret("django")
DEBUG = False
ALLOWED_HOSTS = list(ATTUNE.allowed_hosts)
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bot.web.chat",
    "bot.web.pages",
    "bot.web.outgoing",
    "bot.web.oncall",
    "bot.web.booking",
    "django_otp",
    "bot.web.accounts",
    "bot.web.review",
    "bot.web.learning",
    "bot.web.records",
]
MIDDLEWARE = [
    "bot.web.middleware.ContentLength",
    "bot.web.middleware.RequestId",
    "bot.web.middleware.SecurityHeaders",
    "bot.web.middleware.AllowedOrigins",
    "bot.web.middleware.ErrorAnswers",
    # The chat has no cookies; these are for booking's manage page and the staff console.
    "bot.web.page_middleware.PageSessions",
    "bot.web.page_middleware.PageCsrf",
    "bot.web.page_middleware.PageAuthentication",
    "django_otp.middleware.OTPMiddleware",
    "bot.web.page_middleware.PageMessages",
]
ROOT_URLCONF = "bot.web.urls"
CSRF_FAILURE_VIEW = "bot.web.review.signed_out.csrf_failure"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ASGI_APPLICATION = "bot.web.asgi.application"
DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
# A console session ends with the working day; bot.web.accounts.sessions counts from its beginning.
SESSION_COOKIE_AGE = round(ATTUNE.staff_session)
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ATTUNE.public_url.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ATTUNE.public_url] if ATTUNE.public_url.startswith("https://") else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ATTUNE.production else None

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# Bodies: what the chat takes, and what it still reads so that nobody's cry for help goes unscreened.
CHAT_BODY_LIMIT = 64 * 1024
HARD_BODY_LIMIT = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = HARD_BODY_LIMIT
CHAT_TEXT_LIMIT = 4000
CHAT_TOKEN_SECONDS = ATTUNE.token_seconds
CHAT_SESSION_MESSAGES_PER_MINUTE = ATTUNE.session_limit
CHAT_ADDRESS_MESSAGES_PER_MINUTE = ATTUNE.address_limit
# A parent waits no longer than this for an answer, whatever fails.
CHAT_ANSWER_SECONDS = 2.9

LOGGING = configuration("web")
LOGGING["filters"] = {"request_id": {"()": "bot.web.middleware.RequestIdFilter"}}
LOGGING["handlers"]["console"]["filters"] = ["request_id"]
LOGGING["loggers"] = {
    # A line for every call of Rasa says nothing that the turn log does not.
    "httpx": {"level": "WARNING"},
    # Django and uvicorn bring handlers of their own, which would print what an exception says.
    "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
    "uvicorn": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    "uvicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
}
