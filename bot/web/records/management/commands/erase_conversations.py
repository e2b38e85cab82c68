"""`django erase_conversations`: erases conversations that somebody asked to have erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from bot.web.records.erasing import NotThereError, erase

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Used by `attune erase`."""

    help = "Erase conversations from every store, with a receipt for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which, by whom, and why."""
        parser.add_argument("conversations", nargs="+")
        parser.add_argument("--by", required=True)
        parser.add_argument("--reason", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """A receipt for each; one that is not there is said to be so, and the rest is erased all the same."""
        for conversation in options["conversations"]:
            try:
                receipt = erase(conversation, options["by"], options["reason"])
            except NotThereError as error:
                self.stdout.write(str(error))
                continue
            gone = ", ".join(f"{count} {what}" for what, count in receipt.counts.items())
            self.stdout.write(
                f"Receipt {receipt.number}, {receipt.at:%Y-%m-%d %H:%M} UTC: {conversation} erased: {gone}."
            )
