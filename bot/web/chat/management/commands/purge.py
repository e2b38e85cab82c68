"""`django purge`: erases what is kept longer than the practice says."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.web.chat.retention import purge


class Command(BaseCommand):
    """Used by `attune purge`."""

    help = "Erase conversations older than the retention time."

    def handle(self, *args: Any, **options: Any) -> None:
        """How many were erased."""
        self.stdout.write(f"{purge()} conversations erased")
