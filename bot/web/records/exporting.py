"""Exports conversations into a file under var/exports, for the command line and for the console alike."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from bot.safety.tiers import TIERS
from bot.web.booking.policy import get_policy
from bot.web.chat.models import Conversation, Turn
from bot.web.records.content import CONVERSATION_COLUMNS, TURN_COLUMNS, as_dict, cell, csv_rows
from bot.web.records.models import Export, ExportedConversation
from bot.web.records.taking_out import discard, held, rewrite, take_out_soon
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

FORMATS = ("jsonl", "csv")
PORTION = 200  # conversations that are entered in one transaction


class ExportRefusedError(ValueError):
    """The export was not made; the message says what to change."""


@dataclass(frozen=True)
class Wanted:
    """Which conversations: last said something within the days (in the practice's time zone), tier, reviewed or not."""

    since: date | None = None
    until: date | None = None
    tier: str = ""
    reviewed: bool | None = None

    def find(self) -> QuerySet[Conversation]:
        """The conversations, the oldest first."""
        zone = get_policy().zone
        found = Conversation.objects.kept().filter(Exists(Turn.objects.filter(conversation=OuterRef("pk"))))
        if self.since:
            found = found.filter(updated__gte=datetime.combine(self.since, time(), zone))
        if self.until:
            found = found.filter(updated__lt=datetime.combine(self.until + timedelta(days=1), time(), zone))
        if self.tier:
            found = found.filter(Exists(Turn.objects.filter(conversation=OuterRef("pk"), tier=self.tier)))
        if self.reviewed is not None:
            done = Q(review__reviewed_at__isnull=False)
            found = found.filter(done if self.reviewed else ~done)
        return found.order_by("created", "pk")

    def as_dict(self) -> dict[str, Any]:
        """The filters that narrow, for the index."""
        return {name: str(value) for name, value in asdict(self).items() if value not in (None, "")}


def export(wanted: Wanted, form: str, by: str, *, reveal: bool = False, reason: str = "") -> Export:
    """Write the conversations to a new file that only its owner can read, and enter it in the index.

    Masked unless `reveal`, which needs a `reason`; either way it is recorded where supervisors see it. Raises
    ExportRefusedError.
    """
    if form not in FORMATS:
        raise ExportRefusedError(f"There is no format {form!r}. Use {' or '.join(FORMATS)}.")
    if wanted.tier and wanted.tier not in TIERS:
        raise ExportRefusedError(f"There is no tier {wanted.tier!r}. Use one of {', '.join(TIERS)}.")
    if reveal and not reason.strip():
        raise ExportRefusedError("Revealing names and numbers needs a reason, which is recorded.")
    moment = timezone.now()
    name = f"conversations-{moment.astimezone(get_policy().zone):%Y%m%d-%H%M%S-%f}{'' if not reveal else '-revealed'}.{form}"
    made = Export(
        name=name,
        made_at=moment,
        by=by,
        masked=not reveal,
        reason=reason[:300],
        filters=wanted.as_dict(),
        being_made=True,
    )
    with held(made):  # so that who erases meanwhile leaves the file to the end of this
        made.save()
        try:
            descriptor = os.open(made.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                _write(file, form, _entered(made, wanted, reveal=reveal))
            rewrite(made)  # without what was erased meanwhile
            _finish(made)
        except BaseException:
            discard(made)
            raise
    take_out_soon(made.pk)  # what was erased in the last moment, and left to this
    return made


def _finish(made: Export) -> None:
    """Show the export, and record that it was made."""
    with transaction.atomic():
        made.conversations, made.being_made = made.contents.count(), False
        made.save(update_fields=["conversations", "being_made"])
        how = "masked" if made.masked else f"revealed: {made.reason}"
        detail = f"{made.conversations} conversations, {how}, {made.name}"
        ViewRecord.objects.create(staff_name=made.by[:150], what=ViewRecord.EXPORT, detail=detail[:200])


def _entered(made: Export, wanted: Wanted, *, reveal: bool) -> Iterator[dict[str, Any]]:
    """The content of each conversation, the oldest first.

    No transaction is open while it is read and masked, since SQLite would let nobody else write: not the chat either. So
    a portion is entered in the index beforehand, and what is erased after that is taken out when the file is there.
    """
    found = list(wanted.find().values_list("pk", flat=True))
    for first in range(0, len(found), PORTION):
        entered = _enter(made, found[first : first + PORTION])
        for conversation in _read(entered):
            yield as_dict(conversation, reveal=reveal)


def _enter(made: Export, portion: list[str]) -> list[str]:
    """Enter in the index what is still kept of `portion`, and return it."""
    with transaction.atomic():
        # Locked: who erases one of them comes before this, or finds it in the index. In the order in which others lock.
        rows = Conversation.objects.kept().filter(pk__in=portion).order_by("pk").select_for_update()
        kept = list(rows.values_list("pk", flat=True))
        ExportedConversation.objects.bulk_create(ExportedConversation(export=made, conversation_id=pk) for pk in kept)
    return kept


def _read(entered: list[str]) -> QuerySet[Conversation]:
    """The conversations with what an export holds of them; without those that were erased since they were entered."""
    found = Conversation.objects.kept().filter(pk__in=entered).order_by("created", "pk")
    return found.select_related("review").prefetch_related("turns__correction")


def _write(file: TextIO, form: str, contents: Iterator[dict[str, Any]]) -> None:
    writer = csv.writer(file)
    if form == "csv":
        writer.writerow([cell(name) for name in (*CONVERSATION_COLUMNS, *TURN_COLUMNS)])
    for content in contents:
        if form == "csv":
            writer.writerows(csv_rows(content))
        else:
            file.write(json.dumps(content, ensure_ascii=False) + "\n")
