"""`django reseal`: encrypts contact details and outbox anew with the first secret."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bot.web.outgoing.resealing import reseal


class Command(BaseCommand):
    """Used by `attune reseal`."""

    help = "Encrypt contact details and the outbox anew with the first secret of ATTUNE_FIELD_SECRET."

    def handle(self, *args: Any, **options: Any) -> None:
        """What was done. Raises CommandError when something could not be opened."""
        done = reseal(self.stdout.write)
        self.stdout.write(f"{done.rows} rows encrypted with the first secret")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} rows were encrypted with a secret that is not in ATTUNE_FIELD_SECRET. "
                "Add it after a comma and run this again; until then keep every old secret."
            )
