"""The records app."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Exports, and receipts of erasures; its tables are named records_..."""

    name = "bot.web.records"

    def ready(self) -> None:
        """Hear of conversations that go, and of retention."""
        from bot.web.records import clearing  # noqa: F401 - connects its receivers
