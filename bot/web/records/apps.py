"""The records app."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Exports, and receipts of erasures; its tables are named records_..."""

    name = "bot.web.records"
    background = ("bot.web.records.taking_out.keep_taking_out",)

    def ready(self) -> None:
        """Hear of conversations that go, and of retention."""
        from bot.web.records import clearing  # noqa: F401 - connects its receivers
