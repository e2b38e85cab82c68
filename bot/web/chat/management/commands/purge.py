"""`django purge`: erases what is kept longer than the practice says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.web.booking import retention as bookings
from bot.web.chat.retention import purge


class Command(BaseCommand):
    """Used by `attune purge`."""

    help = "Erase conversations and bookings older than the retention time."

    def handle(self, *args: Any, **options: Any) -> None:
        """How many were erased."""
        self.stdout.write(f"{purge()} conversations erased")
        purged = bookings.purge()
        self.stdout.write(f"{purged.bookings} bookings and {purged.mails} undeliverable mails erased")
