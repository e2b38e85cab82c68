"""Every change of staff is noted with how it was before, and can be taken back by who made it, the last one first."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bot.web.review import opinions, saved_tests
from bot.web.review.models import Change, Completion, Judgement, Note, Review, Tag

if TYPE_CHECKING:
    from bot.web.chat.models import Conversation, Turn

OFFERED = timedelta(minutes=30)  # how long a page offers to undo a change
MARKS = ("flagged", "assigned_to_id", "second_wanted", "disputed")


def marks(conversation: Conversation) -> dict[str, Any]:
    """How the conversation is marked now."""
    review = Review.objects.filter(conversation=conversation).first() or Review()
    return {"kind": "marks"} | {name: getattr(review, name) for name in MARKS}


def completion(conversation: Conversation, staff: int) -> dict[str, Any]:
    """Who has been through it, and when."""
    done = Completion.objects.filter(conversation=conversation)
    return {"kind": "completions", "by": [[one.staff_id, one.at.isoformat()] for one in done]}


def judgement(turn: Turn, staff: int) -> dict[str, Any]:
    """What `staff` thinks of `turn` now."""
    known = Judgement.objects.filter(turn=turn, staff_id=staff).first()
    return {"kind": "judgement", "values": {name: getattr(known, name) if known else "" for name in opinions.FIELDS}}


def tag(conversation: Conversation, name: str) -> dict[str, Any]:
    """Whether the tag is there."""
    return {"kind": "tag", "name": name, "there": Tag.objects.filter(conversation=conversation, name=name).exists()}


def note(written: Note, *, there: bool) -> dict[str, Any]:
    """Whether the note was `there`, and what it says."""
    return {"kind": "note", "pk": written.pk, "text": written.text, "there": there}


def test(conversation: Conversation) -> dict[str, Any]:
    """The saved test as it is, if any."""
    return {"kind": "test", "text": saved_tests.read(conversation.pk)}


def noted(conversation: Conversation, staff: int, what: str, before: dict[str, Any], turn: Turn | None = None) -> None:
    """Writes the change down; those that are too old to be offered go."""
    Change.objects.filter(at__lt=timezone.now() - OFFERED).delete()
    Change.objects.create(conversation=conversation, turn=turn, staff_id=staff, what=what, before=before)


def latest(staff: int, conversation: Conversation | None = None) -> Change | None:
    """The last change of `staff` that can be undone, in `conversation` or anywhere."""
    mine = Change.objects.filter(staff_id=staff, at__gte=timezone.now() - OFFERED)
    return (mine.filter(conversation=conversation) if conversation else mine).order_by("-pk").first()


def undo(change: Change) -> None:
    """Puts things back as they were before `change`, and forgets it. Called in a transaction."""
    before, conversation, staff = change.before, change.conversation, change.staff_id
    kind = before["kind"]
    if kind == "marks":
        Review.objects.update_or_create(conversation=conversation, defaults={name: before[name] for name in MARKS})
    elif kind == "completions":
        _put_completions_back(conversation, before["by"])
    elif kind == "judgement" and change.turn:
        opinions.judge(change.turn, staff, before["values"])
    elif kind == "tag" and before["there"]:
        Tag.objects.get_or_create(conversation=conversation, name=before["name"], defaults={"staff_id": staff})
    elif kind == "tag":
        Tag.objects.filter(conversation=conversation, name=before["name"]).delete()
    elif kind == "note" and before["there"]:
        Note.objects.create(conversation=conversation, text=before["text"], staff_id=staff)
    elif kind == "note":
        Note.objects.filter(pk=before["pk"], conversation=conversation).delete()
    elif kind == "test":
        saved_tests.put_back(conversation.pk, before["text"])
    change.delete()


def _put_completions_back(conversation: Conversation, by: list[list[Any]]) -> None:
    Completion.objects.filter(conversation=conversation).delete()
    for staff, at in by:
        Completion.objects.create(conversation=conversation, staff_id=staff, at=at)
    review, _ = Review.objects.get_or_create(conversation=conversation)
    first = conversation.completions.first()
    review.reviewed_at, review.reviewed_by_id = (first.at, first.staff_id) if first else (None, None)
    review.disputed = opinions.disputed(conversation, review)
    review.save()
    opinions.settle_all(conversation)
