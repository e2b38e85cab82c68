"""System checks: settings with which nothing could leave the house are said when the server starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from bot.settings import SettingError
from bot.web.outgoing.mail import mail_carrier


@register()
def mails_can_leave(**_: Any) -> list[CheckMessage]:
    """A warning for mail settings that cannot be read."""
    try:
        mail_carrier()
    except SettingError as problem:
        return [Warning(str(problem), id="outgoing.W001")]
    return []
