"""`django first_admin`: prints the one-time link for the first administrator, or nothing when there is one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.web.accounts.links import first_admin_link


class Command(BaseCommand):
    """Used by `attune run`; a new link ends the one before."""

    help = "Print the one-time link with which the first administrator is made."

    def handle(self, *args: Any, **options: Any) -> None:
        """The link on stdout."""
        self.stdout.write(first_admin_link() or "")
