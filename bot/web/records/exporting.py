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
from bot.web.records.taking_out import discard, held, take_out
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet

FORMATS = ("jsonl", "csv")
PORTION = 200


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
        return found.select_related("review").prefetch_related("turns__correction").order_by("created", "pk")

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
    made = Export(name=name, made_at=moment, by=by, masked=not reveal, reason=reason[:300], filters=wanted.as_dict())
    with held(made):
        try:
            with transaction.atomic():
                made.save()
                # The file is written inside: a conversation that is erased meanwhile waits, and is then taken out again.
                descriptor = os.open(made.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                    made.conversations = _write(file, form, _entered(made, wanted, reveal=reveal))
                made.save(update_fields=["conversations"])
                detail = (
                    f"{made.conversations} conversations, {'masked' if made.masked else f'revealed: {reason}'}, {name}"
                )
                ViewRecord.objects.create(staff_name=by[:150], what=ViewRecord.EXPORT, detail=detail[:200])
        except BaseException:
            discard(made)
            raise
    take_out(made)
    return made


def _entered(made: Export, wanted: Wanted, *, reveal: bool) -> Iterator[dict[str, Any]]:
    """The content of each conversation, entered in the index as it is written."""
    waiting: list[ExportedConversation] = []
    for conversation in wanted.find().iterator(chunk_size=PORTION):
        waiting.append(ExportedConversation(export=made, conversation=conversation))
        if len(waiting) == PORTION:
            ExportedConversation.objects.bulk_create(waiting)
            waiting = []
        yield as_dict(conversation, reveal=reveal)
    ExportedConversation.objects.bulk_create(waiting)


def _write(file: TextIO, form: str, contents: Iterator[dict[str, Any]]) -> int:
    count = 0
    writer = csv.writer(file)
    if form == "csv":
        writer.writerow([cell(name) for name in (*CONVERSATION_COLUMNS, *TURN_COLUMNS)])
    for content in contents:
        if form == "csv":
            writer.writerows(csv_rows(content))
        else:
            file.write(json.dumps(content, ensure_ascii=False) + "\n")
        count += 1
    return count
