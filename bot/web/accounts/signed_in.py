"""A test client that is signed in with a verified second factor: for tests of the console and for measuring it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from bot.web.accounts.models import AuthenticatorApp
from bot.web.accounts.sessions import BACKEND, BEGAN, WORKED

if TYPE_CHECKING:
    from typing import Any

    from django.contrib.auth.models import User


def signed_in(user: User, **options: Any) -> Client:
    """The client; `user` gets an authenticator app if there is none. `options` are those of Django's Client."""
    client = Client(**options)
    app, _ = AuthenticatorApp.objects.get_or_create(user=user, defaults={"name": "app", "confirmed": True})
    client.force_login(user, BACKEND)
    session = client.session
    now = time.time()
    session.update({DEVICE_ID_SESSION_KEY: app.persistent_id, BEGAN: now, WORKED: now})
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    return client
