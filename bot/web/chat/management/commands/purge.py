"""`django purge`: erases what is kept longer than the practice says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.web.chat.retention import purge


class Command(BaseCommand):
    """Used by `attune purge`."""

    help = "Erase what is older than the retention time: conversations, bookings, exports, lines of the record."

    def handle(self, *args: Any, **options: Any) -> None:
        """What was erased, a line each."""
        self.stdout.write("\n".join(purge()))
