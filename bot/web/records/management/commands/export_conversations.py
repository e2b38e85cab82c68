"""`django export_conversations`: writes a file of conversations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from bot.safety.tiers import TIERS
from bot.web.records.exporting import FORMATS, ExportRefusedError, Wanted, export

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Used by `attune export`."""

    help = "Write conversations to a file under var/exports, masked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The filters."""
        parser.add_argument("--format", choices=FORMATS, default="jsonl")
        parser.add_argument("--since", type=date.fromisoformat)
        parser.add_argument("--until", type=date.fromisoformat)
        parser.add_argument("--tier", choices=list(TIERS), default="")
        parser.add_argument("--reviewed", choices=("yes", "no"))
        parser.add_argument("--reveal", action="store_true")
        parser.add_argument("--reason", default="")
        parser.add_argument("--by", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Where it is."""
        reviewed = {"yes": True, "no": False, None: None}[options["reviewed"]]
        wanted = Wanted(options["since"], options["until"], options["tier"], reviewed)
        try:
            made = export(wanted, options["format"], options["by"], reveal=options["reveal"], reason=options["reason"])
        except ExportRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.conversations} conversations: {made.path}")
