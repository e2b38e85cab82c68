"""The outgoing app."""

from __future__ import annotations

from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    """The outbox and its postman; its table is named outgoing_parcel."""

    name = "bot.web.outgoing"
    background = ("bot.web.outgoing.postman.begin",)

    def ready(self) -> None:
        """Registers the system checks."""
        from bot.web.outgoing import checks  # noqa: F401
