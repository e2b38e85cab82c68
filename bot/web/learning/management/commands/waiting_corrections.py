"""`django waiting_corrections`: what `attune learn` may learn, as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand

from bot.web.learning.models import Learnt, Withdrawal, waiting


class Command(BaseCommand):
    """Used by `attune learn`. What it prints is not masked yet and is for that command's memory only."""

    help = "Print the corrections that wait to be learnt, as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        """Corrections, the names of earlier learnings, and digests of lines to take out."""
        found = {
            "corrections": waiting(),
            "batches": sorted(set(Learnt.objects.values_list("batch", flat=True))),
            "withdrawn": list(Withdrawal.objects.values_list("digest", flat=True)),
        }
        self.stdout.write(json.dumps(found))
