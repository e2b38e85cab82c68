"""Independent reviewers: who may see what of the others, which judgement counts, and how far reviewers agree.

The first two go through a conversation without seeing each other's verdicts. Where they differ, a third decides.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from bot.settings import get_settings
from bot.web.accounts.roles import staff as staff_members
from bot.web.chat.models import Turn
from bot.web.json_parts import as_dict
from bot.web.review.models import NOT_A_CRISIS, Completion, Correction, Judgement, Review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from bot.web.chat.models import Conversation

FIELDS = ("intent", "crisis_label", "passage", "note")
JUDGED = ("conversation", "intent", "tier", "understood")  # of a turn: what a verdict is made from
INDEPENDENT = 2  # reviewers who do not see each other's verdicts


@dataclass(frozen=True)
class Standing:
    """Where one member of staff stands with one conversation.

    `blind`: the verdicts of others are not shown yet. `decides`: two others differ, and this person may decide.
    """

    done: int
    mine: bool
    blind: bool
    decides: bool
    second_wanted: bool


def standing(conversation: Conversation, review: Review | None, staff: int) -> Standing:
    """The standing of the member of staff with that id."""
    by = [one.staff_id for one in conversation.completions.all()]
    wanted = bool(review and review.second_wanted)
    return Standing(
        done=len(by),
        mine=staff in by,
        blind=wanted and len(by) < INDEPENDENT,
        decides=bool(review and review.disputed) and staff not in by[:INDEPENDENT],
        second_wanted=wanted,
    )


def verdict(turn: Turn, judgement: Judgement | None) -> tuple[str, str]:
    """What `turn` is in the eyes of one reviewer: its intent, and its crisis label or "none"."""
    safety = as_dict(as_dict(turn.understood).get("safety"))
    heard = str(safety.get("label") or "") if turn.tier else ""
    intent = (judgement.intent if judgement else "") or turn.intent
    return intent, (judgement.crisis_label if judgement else "") or heard or NOT_A_CRISIS


def judged(turn: Turn) -> dict[int, Judgement]:
    """The judgements of `turn` by the id of their author, oldest first."""
    return {one.staff_id: one for one in turn.judgements.all()}


def settle(turn: Turn) -> None:
    """Makes the turn's correction follow from what the reviewers judged."""
    counts = _counts(turn, judged(turn))
    if counts is None:
        Correction.objects.filter(turn=turn).delete()
        return
    values = {name: getattr(counts, name) for name in FIELDS}
    known = Correction.objects.filter(turn=turn).first()
    same = known is not None and all(getattr(known, name) == value for name, value in values.items())
    # An older judgement may come to count again: what it says is new to whoever has learnt the correction.
    when = {} if same else {"updated": timezone.now()}
    Correction.objects.update_or_create(turn=turn, defaults={**values, "staff_id": counts.staff_id, **when})


def _counts(turn: Turn, views: dict[int, Judgement]) -> Judgement | None:
    """The judgement that counts; None where all agree with what was understood, or nobody has decided yet."""
    review = Review.objects.filter(conversation=turn.conversation_id).first()
    by = list(Completion.objects.filter(conversation=turn.conversation_id).values_list("staff_id", flat=True))
    if not (review and review.second_wanted and len(by) >= INDEPENDENT):
        return list(views.values())[-1] if views else None
    decided = [view for staff, view in views.items() if staff not in by[:INDEPENDENT]]
    if decided:
        return decided[-1]
    first, second = (views.get(staff) for staff in by[:INDEPENDENT])
    return (second or first) if verdict(turn, first) == verdict(turn, second) else None


def differing(conversation: Conversation) -> list[Turn]:
    """The turns in which the first two reviewers differ; empty while there are no two."""
    by = [one.staff_id for one in conversation.completions.all()][:INDEPENDENT]
    if len(by) < INDEPENDENT:
        return []
    turns = conversation.turns.prefetch_related("judgements")
    views = [(turn, judged(turn)) for turn in turns]
    return [turn for turn, view in views if len({verdict(turn, view.get(staff)) for staff in by}) > 1]


def disputed(conversation: Conversation, review: Review) -> bool:
    """Whether a third has to decide: two were wanted, two and no more went through it, and they differ."""
    return review.second_wanted and conversation.completions.count() == INDEPENDENT and bool(differing(conversation))


def _note_dispute(conversation: Conversation, review: Review, *changed: str) -> None:
    """Saves whether a third has to decide as things are now, and the fields of `review` that were `changed`."""
    review.disputed = disputed(conversation, review)
    review.save(update_fields=[*changed, "disputed"])


def complete(conversation: Conversation, staff: int) -> None:
    """Notes that `staff` went through the conversation, and settles what follows."""
    review, _ = Review.objects.get_or_create(conversation=conversation)
    done, _ = Completion.objects.get_or_create(conversation=conversation, staff_id=staff)
    if review.reviewed_at is None:
        review.reviewed_at, review.reviewed_by_id = done.at, staff
        review.second_wanted = review.second_wanted or _drawn(conversation.pk)
    _note_dispute(conversation, review, "reviewed_at", "reviewed_by", "second_wanted")
    settle_all(conversation)


def take_back(conversation: Conversation, staff: int) -> None:
    """The conversation is not reviewed after all: `staff`'s completion goes, or all where it had none."""
    own = Completion.objects.filter(conversation=conversation, staff_id=staff)
    (own if own.exists() else Completion.objects.filter(conversation=conversation)).delete()
    follow(conversation)


def follow(conversation: Conversation) -> None:
    """Has the review and the corrections follow from who went through the conversation."""
    review, _ = Review.objects.get_or_create(conversation=conversation)
    left = conversation.completions.first()
    review.reviewed_at, review.reviewed_by_id = (left.at, left.staff_id) if left else (None, None)
    _note_dispute(conversation, review, "reviewed_at", "reviewed_by")
    settle_all(conversation)


def want_second(conversation: Conversation, wanted: bool) -> None:
    """Asks for a second reviewer or for none, and settles what follows: where two differ already, a third decides."""
    review, _ = Review.objects.get_or_create(conversation=conversation)
    review.second_wanted = wanted
    _note_dispute(conversation, review, "second_wanted")
    settle_all(conversation)


def settle_all(conversation: Conversation) -> None:
    """Settles every turn that somebody judged."""
    for turn in Turn.objects.filter(conversation=conversation, judgements__isnull=False).distinct():
        settle(turn)


def _drawn(conversation: str) -> bool:
    """Whether a second reviewer is asked for by lot: the same answer each time, and only where there is another."""
    staff = staff_members().filter(is_active=True).count()
    share = int(hashlib.sha256(conversation.encode()).hexdigest()[:8], 16) % 100
    return staff >= INDEPENDENT and share < get_settings().second_review


def judge(turn: Turn, staff: int, values: dict[str, str]) -> None:
    """Stores what `staff` thinks of `turn`, or takes it back when all of `values` is empty, and settles what follows.

    Who changes their mind may agree with the other reviewer at last, or no more.
    """
    if any(values.values()):
        Judgement.objects.update_or_create(turn=turn, staff_id=staff, defaults={**values, "updated": timezone.now()})
    else:
        Judgement.objects.filter(turn=turn, staff_id=staff).delete()
    review = Review.objects.filter(conversation=turn.conversation).first()
    if review:
        _note_dispute(turn.conversation, review)
    settle(turn)


@dataclass(frozen=True)
class Agreement:
    """How far the first two reviewers agree over `items` turns: share, and Cohen's kappa (None: not defined)."""

    items: int
    share: float | None
    kappa: float | None


def kappa(pairs: Sequence[tuple[str, str]]) -> Agreement:
    """Cohen's kappa (Cohen 1960, doi 10.1177/001316446002000104) of two raters over the same items.

    (observed agreement - agreement by chance) / (1 - agreement by chance). Not defined without items, or where both
    raters always gave the one same answer.
    """
    total = len(pairs)
    if not total:
        return Agreement(0, None, None)
    observed = sum(one == other for one, other in pairs) / total
    left, right = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    chance = sum(left[name] * right[name] for name in left) / total**2
    return Agreement(total, observed, None if chance == 1 else (observed - chance) / (1 - chance))


def pairs_of(conversations: QuerySet[Conversation]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Of every written turn that two reviewers went through: their intents, and their crisis labels.

    Four queries, however many conversations there are.
    """
    intents: list[tuple[str, str]] = []
    crises: list[tuple[str, str]] = []
    turns = Turn.objects.filter(kind=Turn.Kind.TEXT, conversation__in=conversations).only(*JUDGED)
    for turn in turns.prefetch_related("judgements", "conversation__completions"):
        by = [one.staff_id for one in turn.conversation.completions.all()][:INDEPENDENT]
        if len(by) == INDEPENDENT:
            views = judged(turn)
            (intent, crisis), (other_intent, other_crisis) = (verdict(turn, views.get(staff)) for staff in by)
            intents.append((intent, other_intent))
            crises.append((crisis, other_crisis))
    return intents, crises
