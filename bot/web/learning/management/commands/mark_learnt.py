"""`django mark_learnt`: notes what was learnt, or taken back; JSON on stdin."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from bot.web.learning.models import Learnt, Withdrawal


class Command(BaseCommand):
    """Used by `attune learn` once a model is promoted."""

    help = (
        "Note what was learnt: {batch, learnt: [{turn, label, digest, seen, batch?}], withdrawn: [digest]}, "
        "or {batch, undone: true}."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """`withdrawn` are digests of lines that are out of the files by now."""
        given = json.load(sys.stdin)
        if given.get("undone"):
            self.stdout.write(f"{Learnt.objects.undo(given['batch'])} corrections taken back")
            return
        Withdrawal.objects.filter(digest__in=given["withdrawn"]).delete()
        Learnt.objects.mark(given["batch"], given["learnt"])
        self.stdout.write(f"{len(given['learnt'])} corrections learnt")
