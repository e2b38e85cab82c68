"""Sessions of the console: begun with a second factor, ended when nobody works or the working day is over.

Between password and second factor nobody is signed in: the session only remembers, for ten minutes, whose password
was right.
"""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING, Any

import django_otp
from django.contrib.auth import get_user_model, login

from bot.settings import get_settings
from bot.web.accounts.roles import role_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from bot.web.accounts.models import AuthenticatorApp

HALF_WAY = "attune_half_way"
BEGAN, WORKED = "attune_began", "attune_worked"
HALF_WAY_SECONDS = 600
NOTED_EVERY = 60  # seconds: a session is written at most that often because somebody works
BACKEND = "django.contrib.auth.backends.ModelBackend"


def half_way(request: HttpRequest, user: User, wanted: str) -> None:
    """Remember that the password of `user` was right, in a session of its own; `wanted` is where they want to go."""
    request.session.flush()
    request.session[HALF_WAY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "at": time.time(),
        "wanted": wanted,
    }


def who_is_half_way(request: HttpRequest) -> tuple[User, str] | None:
    """Whose password was right a moment ago, and where they want to go; None when nobody's, or too long ago."""
    noted: dict[str, Any] | None = request.session.get(HALF_WAY)
    if noted is None or not 0 <= time.time() - noted["at"] < HALF_WAY_SECONDS:
        return None
    user = get_user_model().objects.filter(pk=noted["user"]).first()
    if user is None or role_of(user) is None or not hmac.compare_digest(user.get_session_auth_hash(), noted["hash"]):
        return None
    return user, noted["wanted"]


def enter(request: HttpRequest, user: User, app: AuthenticatorApp | None) -> None:
    """Sign `user` in, in a new session; `app` is what verified them, None only where no second factor is asked for."""
    request.session.pop(HALF_WAY, None)
    login(request, user, BACKEND)
    if app is not None:
        django_otp.login(request, app)
    now = time.time()
    request.session[BEGAN] = request.session[WORKED] = now


def is_in(request: HttpRequest) -> bool:
    """Whether the request comes from somebody with a role, verified, in a session that has not ended."""
    user: Any = request.user
    if role_of(user) is None or (get_settings().two_factor and getattr(user, "otp_device", None) is None):
        return False
    now, settings = time.time(), get_settings()
    began, worked = request.session.get(BEGAN), request.session.get(WORKED)
    if began is None or worked is None:
        return False
    return bool(0 <= now - began < settings.staff_session and now - worked < settings.staff_idle)


def worked(request: HttpRequest) -> None:
    """Note that somebody works, so that the session does not end for want of it."""
    now = time.time()
    if now - request.session[WORKED] > min(NOTED_EVERY, get_settings().staff_idle / 4):
        request.session[WORKED] = now
