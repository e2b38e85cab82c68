"""Accounts as the console's tests have them, and the code that a phone would show."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django_otp.oath import totp
from review.conftest import PASSWORD, Console, administrator, console, crisis, quick_hashes, reviewer, supervisor

from bot.web.accounts.models import AuthenticatorApp

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["PASSWORD", "Console", "administrator", "console", "crisis", "quick_hashes", "reviewer", "supervisor"]


def code_of(user: User) -> str:
    """What the phone of `user` shows now, as a code that was not used yet."""
    AuthenticatorApp.objects.filter(user=user).update(last_t=-1)
    return shown_for(AuthenticatorApp.objects.get(user=user).key)


def shown_for(key: str) -> str:
    """What a phone with that key shows now."""
    code = totp(base64.b32decode(key), t0=0, step=30, digits=6, drift=0)
    return f"{code:06d}"


def with_app(user: User) -> User:
    AuthenticatorApp.objects.create(user=user, name="app", confirmed=True)
    return user
