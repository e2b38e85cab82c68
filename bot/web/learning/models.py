"""Which turn was learnt from, and which learnt lines have to be taken out again.

No words of a parent are stored here: a line is known by the digest of its masked text.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from bot.web.chat.models import Conversation, Turn
from bot.web.review.models import Correction

if TYPE_CHECKING:
    from collections.abc import Sequence


class LearntQuerySet(models.QuerySet["Learnt"]):
    """Queries over what was learnt."""

    def mark(self, batch: str, rows: Sequence[dict[str, Any]]) -> None:
        """Note that the turns of `rows` were learnt as their `label`; the line is known by its `digest`.

        `seen` is when the correction that was learnt had last been changed (ISO 8601): one that changed while a model
        was trained waits on. A row that names a `batch` of its own was learnt in that one, and is noted late. Called in
        a transaction.
        """
        turns = [row["turn"] for row in rows]
        # Who erases or reviews one of them waits until this is noted, and then has the line taken out.
        said_in = Turn.objects.filter(pk__in=turns).values("conversation")
        list(Conversation.objects.filter(pk__in=said_in).order_by("pk").select_for_update().values_list("pk"))
        stand = set(corrections().filter(turn__in=turns).values_list("turn", flat=True))
        for row in rows:
            if row["turn"] in stand:  # it may have been erased, or the correction taken back, while a model was trained
                seen = datetime.fromisoformat(row["seen"])
                values = {"label": row["label"], "digest": row["digest"], "undone": False, "at": seen}
                self.update_or_create(turn_id=row["turn"], defaults=values | {"batch": row.get("batch", batch)})
            else:
                Withdrawal.objects.get_or_create(digest=row["digest"])

    def undo(self, batch: str) -> int:
        """Note that the learning was taken back; how many turns it was of."""
        return self.filter(batch=batch).update(undone=True)


class Learnt(models.Model):
    """That a turn was learnt, in which learning and as what. It goes when the turn or its correction goes.

    `at` is when the correction that was learnt had last been changed.
    """

    turn = models.OneToOneField(Turn, models.CASCADE, related_name="learnt")
    batch = models.CharField(max_length=20, db_index=True)
    label = models.CharField(max_length=100)
    digest = models.CharField(max_length=32)
    undone = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    objects = LearntQuerySet.as_manager()

    def __str__(self) -> str:
        return f"turn {self.turn_id}: {self.label} ({self.batch})"


class Withdrawal(models.Model):
    """A learnt line whose conversation the parent had erased, or whose correction was taken back.

    The next learning takes it out.
    """

    digest = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.digest


def corrections() -> models.QuerySet[Correction]:
    """Those that say what a turn is; a note alone, or the right passage, teaches nothing."""
    return Correction.objects.exclude(intent="", crisis_label="")


def waiting_corrections() -> models.QuerySet[Correction]:
    """Corrections of written turns that no learning has seen as they are now, the oldest first; none of the demo's.

    One that was taken back waits again only when it was changed after that.
    """
    seen = Learnt.objects.filter(turn=OuterRef("turn"))
    return (
        corrections()
        .filter(turn__kind=Turn.Kind.TEXT, turn__conversation__demo=False)
        .annotate(learnt_at=Subquery(seen.values("at")[:1]))
        .filter(Q(learnt_at__isnull=True) | Q(updated__gt=F("learnt_at")))
        .order_by("created", "pk")
    )


def waiting() -> list[dict[str, Any]]:
    """Those corrections as `attune learn` reads them, with the words of the turn."""
    return [_as_row(correction) for correction in waiting_corrections().select_related("turn", "turn__learnt")]


def _as_row(correction: Correction) -> dict[str, Any]:
    turn = correction.turn
    row = {
        "key": turn.pk,
        "text": turn.text,
        "intent": correction.intent,
        "crisis": correction.crisis_label,
        "tier": turn.tier or "",
        "seen": correction.updated.isoformat(),
    }
    learnt: Learnt | None = getattr(turn, "learnt", None)
    return row | ({"learnt_digest": learnt.digest} if learnt and not learnt.undone else {})
