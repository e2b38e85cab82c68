"""What is wrong with a name or a password that somebody chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_NAME, MOST_PASSWORD = 150, 1024


def name_problems(name: str) -> list[str]:
    """Why `name` cannot be one; empty when it can. Whether it is taken is not asked."""
    try:
        if not name or len(name) > MOST_NAME:
            raise ValidationError(f"Give a name of 1 to {MOST_NAME} characters.")
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        return list(error.messages)
    return []


def password_problems(password: str, again: str, user: User | None = None, name: str = "") -> dict[str, list[str]]:
    """What is wrong, by field ("password", "again"); empty when nothing is."""
    problems: dict[str, list[str]] = {}
    try:
        if len(password) > MOST_PASSWORD:
            raise ValidationError(f"Use at most {MOST_PASSWORD} characters.")
        validate_password(password, user or get_user_model()(username=name))
    except ValidationError as error:
        problems["password"] = list(error.messages)
    if password != again:
        problems["again"] = ["The two passwords differ."]
    return problems
