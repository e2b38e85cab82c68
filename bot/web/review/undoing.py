"""Every change of staff is noted with what it changed, and can be taken back by who made it, the last one first.

Only that is put back, and only where it is still as the change left it: what colleagues did since stays.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bot.web.accounts.roles import staff as staff_members
from bot.web.review import opinions, saved_tests
from bot.web.review.models import Change, Completion, Judgement, Note, Review, Tag

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.web.chat.models import Conversation, Turn

OFFERED = timedelta(minutes=30)  # how long a page offers to undo a change


def marks(conversation: Conversation, **values: Any) -> dict[str, Any]:
    """Which marks of the conversation would change to `values` (flagged, assigned_to_id, second_wanted)."""
    review = Review.objects.filter(conversation=conversation).first() or Review()
    changed = {name: (getattr(review, name), value) for name, value in values.items() if getattr(review, name) != value}
    return {"kind": "marks", "changed": changed}


def completions(conversation: Conversation) -> dict[int, str]:
    """Who has been through it, and when."""
    return {one.staff_id: one.at.isoformat() for one in Completion.objects.filter(conversation=conversation)}


def completed(conversation: Conversation, before: dict[int, str]) -> dict[str, Any]:
    """Whose completions came and went since they were as `before`."""
    now = completions(conversation)
    gone = [[staff, at] for staff, at in before.items() if staff not in now]
    return {"kind": "completions", "came": [staff for staff in now if staff not in before], "gone": gone}


def judgement(turn: Turn, staff: int) -> dict[str, Any]:
    """What `staff` thinks of `turn` now."""
    known = Judgement.objects.filter(turn=turn, staff_id=staff).first()
    return {"kind": "judgement", "values": {name: getattr(known, name) if known else "" for name in opinions.FIELDS}}


def tag(name: str, *, put: bool = False, taken: bool = False) -> dict[str, Any]:
    """Whether the tag was `put` there or `taken` away; neither where it was so before."""
    return {"kind": "tag", "name": name, "put": put, "taken": taken}


def note(written: Note, *, there: bool) -> dict[str, Any]:
    """Whether the note was `there`, and what it says."""
    return {"kind": "note", "pk": written.pk, "text": written.text, "there": there}


def test(conversation: Conversation, before: str | None) -> dict[str, Any]:
    """The saved test as it was `before`, if any, and which one is there now."""
    return {"kind": "test", "text": before, "now": _digest(saved_tests.read(conversation.pk))}


def _digest(text: str | None) -> str:
    return "" if text is None else hashlib.sha256(text.encode()).hexdigest()


def noted(conversation: Conversation, staff: int, what: str, before: dict[str, Any], turn: Turn | None = None) -> None:
    """Writes the change down, for as long as it can be undone (see keeping)."""
    Change.objects.create(conversation=conversation, turn=turn, staff_id=staff, what=what, before=before)


def forget_old() -> int:
    """Deletes the changes that can be undone no more, with what they hold of a deleted note; returns how many."""
    count, _by_model = Change.objects.filter(at__lt=timezone.now() - OFFERED).delete()
    return count


def latest(staff: int, conversation: Conversation | None = None) -> Change | None:
    """The last change of `staff` that can be undone, in `conversation` or anywhere."""
    mine = Change.objects.filter(staff_id=staff, at__gte=timezone.now() - OFFERED)
    return (mine.filter(conversation=conversation) if conversation else mine).order_by("-pk").first()


def undo(change: Change) -> bool:
    """Puts back what `change` changed, and forgets it; False where somebody has changed it since, and it was left so.

    Called in a transaction, with the conversation locked.
    """
    done = UNDO[change.before["kind"]](change, change.before)
    change.delete()
    return done


def _marks(change: Change, changed: dict[str, Any]) -> bool:
    review = Review.objects.filter(conversation=change.conversation).first() or Review()
    pairs = changed["changed"].items()
    still = {name: before for name, (before, after) in pairs if getattr(review, name) == after}
    if "second_wanted" in still:
        opinions.want_second(change.conversation, still["second_wanted"])
    elif still:
        Review.objects.update_or_create(conversation=change.conversation, defaults=still)
    return len(still) == len(pairs)


def _completions(change: Change, changed: dict[str, Any]) -> bool:
    conversation, came, gone = change.conversation, changed["came"], changed["gone"]
    if not (came or gone):
        return True
    done = bool(Completion.objects.filter(conversation=conversation, staff_id__in=came).delete()[0])
    known = set(staff_members().values_list("pk", flat=True))
    for staff, at in gone:
        if staff in known:
            values = {"conversation": conversation, "staff_id": staff}
            done |= Completion.objects.get_or_create(**values, defaults={"at": at})[1]
    opinions.follow(conversation)
    return done


def _judgement(change: Change, changed: dict[str, Any]) -> bool:
    if change.turn:
        opinions.judge(change.turn, change.staff_id, changed["values"])
    return change.turn is not None


def _tag(change: Change, changed: dict[str, Any]) -> bool:
    named = {"conversation": change.conversation, "name": changed["name"]}
    if changed["put"]:
        return bool(Tag.objects.filter(**named, staff_id=change.staff_id).delete()[0])
    return not changed["taken"] or Tag.objects.get_or_create(**named, defaults={"staff_id": change.staff_id})[1]


def _note(change: Change, changed: dict[str, Any]) -> bool:
    if changed["there"]:
        Note.objects.create(conversation=change.conversation, text=changed["text"], staff_id=change.staff_id)
        return True
    return bool(Note.objects.filter(pk=changed["pk"], conversation=change.conversation).delete()[0])


def _test(change: Change, changed: dict[str, Any]) -> bool:
    conversation = change.conversation.pk
    if _digest(saved_tests.read(conversation)) != changed["now"]:
        return False
    saved_tests.put_back(conversation, changed["text"])
    return True


UNDO: dict[str, Callable[[Change, dict[str, Any]], bool]] = {
    "marks": _marks,
    "completions": _completions,
    "judgement": _judgement,
    "tag": _tag,
    "note": _note,
    "test": _test,
}
