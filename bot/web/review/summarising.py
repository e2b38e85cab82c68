"""Keeps the summaries and the full-text index in step with the turns, and with what staff decide."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import Error, connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from bot.safety.tiers import ALARM
from bot.understanding.labels import is_crisis, labels
from bot.web.booking.policy import get_policy
from bot.web.chat.models import Conversation, Turn
from bot.web.json_parts import as_dict, as_list
from bot.web.review import saved_tests, words
from bot.web.review.masking import searchable
from bot.web.review.models import Completion, Review, Summary, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

EVERY = 60.0  # seconds between two looks for what is not summarised
LOOK_BACK = timedelta(days=1)
BEFORE, AFTER = "before", "after"
# Moves in the dialogue and technical intents are no topic.
TOPICS = ("feel", "about", "ask", "request", "crisis")
logger = logging.getLogger(__name__)


def on_turn_stored(sender: type, conversation: Conversation, turn: Turn, **_: Any) -> None:
    """Receiver of chat's signal: adds the turn. Whoever stores it has locked the conversation.

    Works in a savepoint, so that the turn is stored whatever happens.
    """
    with transaction.atomic():
        summary = Summary.objects.filter(conversation=conversation).first()
        following = summary.position + 1 if summary else 0
        if turn.position > following:
            summarise(conversation)  # an earlier turn was missed: `catch_up` in advance
        elif turn.position == following:
            summary = summary or _begin(conversation, turn)
            add(summary, turn)
            summary.save()
            words.append(summary.pk, _searched(turn))


def on_turn_heard(sender: type, conversation: Conversation, turn: Turn, **_: Any) -> None:
    """Receiver of chat's signal: a stored turn got its tier later, so the conversation is summarised anew.

    An alarm that is heard now counts from now: whoever opened the conversation before has not seen it.
    """
    summary = summarise(conversation)
    if summary and turn.tier in ALARM:
        summary.alarmed_at = timezone.now()
        summary.save(update_fields=["alarmed_at"])


def summarise(conversation: Conversation) -> Summary | None:
    """Makes the summary from all turns anew and returns it; None, and no row, where nothing was said."""
    with transaction.atomic():
        turns = list(conversation.turns.all())
        if not turns or conversation.erased:
            Summary.objects.filter(conversation=conversation).delete()
            return None
        known = Summary.objects.filter(conversation=conversation).first()
        fresh = _begin(conversation, turns[0], known.pk if known else None)
        for turn in turns:
            add(fresh, turn)
        words.append(fresh.pk, " ".join(_searched(turn) for turn in turns))
        fresh.save()
    return refresh(conversation.pk)


def _begin(conversation: Conversation, turn: Turn, pk: int | None = None) -> Summary:
    """An empty summary, in the table."""
    summary = Summary(
        pk=pk,
        conversation=conversation,
        created=conversation.created,
        updated=turn.created,
        hour=turn.created.astimezone(get_policy().zone).hour,
        region=conversation.region,
        demo=conversation.demo,
    )
    summary.save(force_insert=pk is None, force_update=pk is not None)
    words.begin(summary.pk)
    return summary


def _searched(turn: Turn) -> str:
    """What a search finds: what was typed, without what is masked. Labels of buttons are the same in every conversation."""
    return searchable(turn.text) if turn.kind == Turn.Kind.TEXT else ""


def add(summary: Summary, turn: Turn) -> None:
    """Takes `turn`, the next one, into the unsaved `summary`."""
    understood = as_dict(turn.understood)
    safety = as_dict(understood.get("safety"))
    summary.turns += 1
    summary.position = turn.position
    summary.updated = max(summary.updated, turn.created)
    summary.region = turn.region or summary.region
    summary.language = str(understood.get("language") or summary.language)[:12]
    summary.model = str(understood.get("model") or summary.model)[:100]
    summary.tiers = _with(summary.tiers, turn.tier)
    summary.labels = _with(summary.labels, safety.get("label"))[:300]
    summary.intents = _with(summary.intents, turn.intent)
    if not summary.topic and _is_topic(turn.intent):
        summary.topic = turn.intent
    if turn.tier in ALARM:
        summary.crisis = True
        summary.alarmed_at = max(summary.alarmed_at or turn.created, turn.created)
    if turn.kind == Turn.Kind.TEXT and turn.confidence is not None and turn.tier not in ALARM:
        summary.certainty = min(turn.confidence, summary.certainty if summary.certainty is not None else 1.0)
    summary.fallbacks += bool(understood.get("fallback")) or turn.intent == "nlu_fallback"
    summary.not_helpful += turn.intent == "not_helpful"
    summary.failed = summary.failed or turn.failed
    _add_rating(summary, turn)
    cards = list(_cards(turn))
    summary.answered += any(card.get("type") == "passage" for card in cards)
    summary.booking = summary.booking or any(card.get("type") == "booking" for card in cards)
    for card in cards:
        _add_exercise(summary, card)
    summary.rank = rank_of(summary)


def _add_rating(summary: Summary, turn: Turn) -> None:
    """What was answered to the question how strong the distress is, if this turn answers it."""
    value = turn.text.strip()
    # Of thousands of digits Python makes no number.
    if summary.rating and len(value) <= 2 and value.isdecimal() and int(value) <= 10:
        if summary.rating == BEFORE and summary.distress_before is None:
            summary.distress_before = int(value)
        elif summary.rating == AFTER:
            summary.distress_after = int(value)
    summary.rating = ""


def _add_exercise(summary: Summary, card: dict[str, Any]) -> None:
    if card.get("type") == "exercise" and card.get("step") == 1 and summary.exercise != Summary.STARTED:
        summary.exercise = Summary.STARTED
        summary.exercises_started += 1
    elif card.get("type") == "rating" and summary.exercise == Summary.STARTED:
        # Asked when the last step is over (actions/exercise.py).
        summary.exercise, summary.rating = Summary.FINISHED, AFTER
        summary.exercises_finished += 1
    elif card.get("type") == "rating":
        summary.rating = BEFORE


def _cards(turn: Turn) -> Iterator[dict[str, Any]]:
    for message in map(as_dict, as_list(turn.replies)):
        card = message.get("card")
        if isinstance(card, dict):
            yield card


def _with(packed: str, word: object) -> str:
    """`packed` with `word` in it, once."""
    return packed if not word or f" {word} " in packed else f"{packed}{word} "


def _is_topic(intent: str) -> bool:
    label = labels().get(intent)
    return label is not None and (is_crisis(intent) or label.family in TOPICS)


def rank_of(summary: Summary) -> int:
    """Where the conversation stands in the inbox: open crises, then flagged, then open, then the rest."""
    if summary.crisis and not summary.reviewed:
        return Summary.OPEN_CRISIS
    if summary.flagged:
        return Summary.FLAGGED
    return Summary.DONE if summary.reviewed else Summary.OPEN


def refresh(conversation: str) -> Summary | None:
    """Takes over what staff decided about `conversation`; the summary, or None where there is none."""
    with transaction.atomic():
        # A turn is stored under the same lock: neither writes the row back as it was before the other.
        list(Conversation.objects.select_for_update().filter(pk=conversation).values_list("pk"))
        return _refreshed(conversation)


def _refreshed(conversation: str) -> Summary | None:
    summary = Summary.objects.filter(conversation_id=conversation).first()
    if summary is None:
        return None
    review = Review.objects.filter(conversation_id=conversation).first() or Review()
    summary.flagged, summary.reviewed = review.flagged, review.reviewed_at is not None
    summary.reviewed_by_id, summary.assigned_to_id = review.reviewed_by_id, review.assigned_to_id
    summary.waits_for = _waits_for(review, conversation)
    names = Tag.objects.filter(conversation_id=conversation).values_list("name", flat=True)
    summary.tags = f" {' '.join(names)} " if names else " "
    summary.rank = rank_of(summary)
    summary.save()
    return summary


def _waits_for(review: Review, conversation: str) -> int:
    done = Completion.objects.filter(conversation_id=conversation).count()
    if review.disputed:
        return Summary.THIRD
    return Summary.SECOND if review.second_wanted and done == 1 else Summary.NOBODY


def on_decided(sender: type, instance: Any, **_: Any) -> None:
    """Receiver: a review, tag or completion was saved or deleted."""
    refresh(instance.conversation_id)


def on_summary_deleted(sender: type, instance: Summary, **_: Any) -> None:
    """Receiver: a conversation was erased. Its words leave the index, and the tests saved from it the folder."""
    words.remove(instance.pk)
    transaction.on_commit(lambda: saved_tests.remove(instance.conversation_id), robust=True)


def unsummarised(since: datetime | None) -> Any:
    """Conversations that went on since `since` and whose summary is missing, or lacks a turn or what was found in one.

    The turns are counted for each conversation, in the index of their order alone.
    """
    of_one = Turn.objects.filter(conversation=OuterRef("pk")).order_by().values("conversation")
    counted = Coalesce(Subquery(of_one.annotate(count=Count("*")).values("count")), 0)
    lacking = Q(summary__isnull=True) | Q(summary__turns__lt=F("said")) | Q(crisis=True, summary__crisis=False)
    found = Conversation.objects.kept().annotate(said=counted).filter(lacking, said__gt=0)
    return found.filter(updated__gte=since) if since else found


def catch_up(since: datetime | None = None) -> int:
    """Summarises what is missing, and rewrites the index if something left it; returns how many were summarised."""
    count = 0
    for pk in unsummarised(since).values_list("pk", flat=True).iterator():
        try:
            with transaction.atomic():
                locked = Conversation.objects.kept().select_for_update().filter(pk=pk).first()
                count += bool(locked and summarise(locked))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
            # One conversation that cannot be read must not keep those behind it out of the inbox.
            logger.error("conversation %s cannot be summarised: %s", pk, type(fault).__name__)
    words.forget_removed()
    return count


def _catch_up_and_close(since: datetime | None) -> int:
    try:
        return catch_up(since)
    finally:
        connection.close()


async def keep_up() -> None:
    """Background work: everything when the process starts (conversations of an older version), then what is new."""
    since: datetime | None = None
    while True:
        try:
            late = await sync_to_async(_catch_up_and_close, thread_sensitive=False)(since)
            since = timezone.now() - LOOK_BACK
        except Error as fault:
            logger.error("conversations cannot be summarised: %s", type(fault).__name__)
        else:
            if late:
                logger.warning("%d conversations were summarised late", late)
        await asyncio.sleep(EVERY)
