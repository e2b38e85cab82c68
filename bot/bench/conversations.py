"""Fills a database with conversations in bulk: the phrasings of data/nlu, with answers and readings of the usual size."""

from __future__ import annotations

import json
import random
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone

from bot.safety.tiers import ALARM, gravest
from bot.understanding.examples import load_examples
from bot.understanding.labels import labels
from bot.web.chat.models import Conversation, Turn
from bot.web.content import get_articles, get_content
from bot.web.review.models import Review, Summary, Tag
from bot.web.review.summarising import add, rank_of
from knowledge.passages import passages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from knowledge.passages import Passage

BATCH = 500  # conversations
YEARS = 2.0
SEED = 20261126
OF_EACH = 30  # phrasings of an intent that are used
REGIONS = ("US", "GB", "IE", "CA", "AU", "DE")
MODELS = ("attune-2c17", "attune-77be", "attune-9d02")
TAGS = ("supervision", "wording", "good-example", "follow-up")
CRISES = 0.04  # share of turns
TURN_FIELDS = (
    "conversation_id", "position", "client_id", "kind", "text", "payload", "replies", "understood", "tier", "intent",
    "confidence", "actions", "region", "milliseconds", "failed", "created",
)  # fmt: skip
JSON_FIELDS = {"replies", "understood", "actions"}


def fill(conversations: int, turns_each: int, staff: int, report: Callable[[str], None] = lambda line: None) -> int:
    """Adds `conversations` with `turns_each` turns on average; returns how many turns. For an empty database.

    A tenth is reviewed by the member of staff with the id `staff`, a few are flagged, tagged and assigned.
    """
    chance = random.Random(SEED)
    calm, grave = _templates(chance)
    opening = json.dumps([{"id": "o", "from": "bot", **message} for message in get_content().opening("US")])
    now, told = timezone.now(), 0
    for first in range(0, conversations, BATCH):
        batch = _Batch(chance, opening, staff)
        for number in range(first, min(first + BATCH, conversations)):
            begun = now - timedelta(days=365 * YEARS * (1 - number / conversations))
            batch.add(number + 1, begun, calm, grave, max(1, round(chance.expovariate(1 / turns_each))))
        told += batch.store()
        if first % (40 * BATCH) == 0:
            report(f"{first + BATCH:,} of {conversations:,} conversations, {told:,} turns")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return told


class _Batch:
    """Conversations that are stored in one transaction."""

    def __init__(self, chance: random.Random, opening: str, staff: int) -> None:
        self._chance, self._opening, self._staff = chance, opening, staff
        self._conversations: list[tuple[Any, ...]] = []
        self._turns: list[tuple[Any, ...]] = []
        self._summaries: list[Summary] = []
        self._reviews: list[Review] = []
        self._tags: list[Tag] = []
        self._words: list[tuple[str, int]] = []

    def add(self, number: int, begun: datetime, calm: list[Turn], grave: list[Turn], turns: int) -> None:
        """One conversation with so many turns."""
        chance, key = self._chance, secrets.token_hex(16)
        region, model = chance.choice(REGIONS), chance.choice(MODELS)
        summary = Summary(
            pk=number, conversation_id=key, created=begun, updated=begun, hour=begun.hour, language="en", model=model
        )
        alarming = chance.random() < CRISES
        said = []
        for position in range(turns):
            turn = chance.choice(grave if alarming and chance.random() < 0.3 else calm)
            turn.conversation_id, turn.position, turn.client_id = key, position, f"c{position}"
            turn.created, turn.region = begun + timedelta(seconds=45 * position), region
            add(summary, turn)
            said.append(turn.text)
            self._turns.append(tuple(turn.ready.get(name) or getattr(turn, name) for name in TURN_FIELDS))  # type: ignore[attr-defined]  # set in _turn
        self._words.append((" ".join(said), number))
        self._decide(summary)
        self._summaries.append(summary)
        self._conversations.append(
            (key, region, "/", self._opening, model, gravest(*summary.tiers.split()), summary.crisis, False, False,
             begun, summary.updated, False)
        )  # fmt: skip

    def _decide(self, summary: Summary) -> None:
        """What staff did with it."""
        chance = self._chance
        summary.reviewed = chance.random() < (0.95 if summary.crisis else 0.1)
        summary.flagged = chance.random() < 0.01
        summary.assigned_to_id = self._staff if chance.random() < 0.02 else None
        summary.reviewed_by_id = self._staff if summary.reviewed else None
        if summary.reviewed or summary.flagged or summary.assigned_to_id:
            self._reviews.append(
                Review(
                    conversation_id=summary.conversation_id,
                    reviewed_at=summary.updated + timedelta(hours=9) if summary.reviewed else None,
                    reviewed_by_id=summary.reviewed_by_id,
                    flagged=summary.flagged,
                    assigned_to_id=summary.assigned_to_id,
                )
            )
        if chance.random() < 0.02:
            tag = chance.choice(TAGS)
            summary.tags = f" {tag} "
            self._tags.append(Tag(conversation_id=summary.conversation_id, name=tag, staff_id=self._staff))
        summary.rank = rank_of(summary)

    def store(self) -> int:
        """Writes all of it; returns how many turns."""
        fields = ("id", "region", "page", "opening", "model", "highest_tier", "crisis", "failed", "demo", "created",
                  "updated", "forget_pending")  # fmt: skip
        with transaction.atomic():
            _insert(Conversation._meta.db_table, fields, self._conversations)
            _insert(Turn._meta.db_table, TURN_FIELDS, self._turns)
            Summary.objects.bulk_create(self._summaries)
            Review.objects.bulk_create(self._reviews)
            Tag.objects.bulk_create(self._tags)
            _insert_words(self._words)
        return len(self._turns)


def _insert(table: str, fields: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values

            execute_values(cursor.cursor, f"INSERT INTO {table} ({names}) VALUES %s", rows, page_size=1000)  # noqa: S608
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - names of our own


def _insert_words(rows: list[tuple[str, int]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            from psycopg2.extras import execute_values

            values = "INSERT INTO review_words(words, id) VALUES %s"
            execute_values(cursor.cursor, values, rows, template="(to_tsvector('english', %s), %s)")
            return
        cursor.executemany("INSERT INTO review_words(words, rowid) VALUES (%s, %s)", rows)


def make_staff(name: str, password: str) -> int:
    """An administrator's account; its id."""
    return int(get_user_model().objects.create_superuser(name, password=password).pk)


def _templates(chance: random.Random) -> tuple[list[Turn], list[Turn]]:
    """Turns as the chat stores them: calm ones and alarming ones, with their JSON ready in `ready`."""
    by_intent: dict[str, list[str]] = {}
    for example in load_examples():
        by_intent.setdefault(example.label, []).append(example.text)
    passages = passages_of(get_articles())
    turns = [
        _turn(intent, text, passages, chance)
        for intent, texts in by_intent.items()
        for text in chance.sample(texts, min(OF_EACH, len(texts)))
    ]
    calm = [turn for turn in turns if turn.tier not in ALARM]
    return calm, [turn for turn in turns if turn.tier in ALARM]


def _turn(intent: str, text: str, passages: list[Passage], chance: random.Random) -> Turn:
    tier = labels()[intent].tier
    tier = "S" if tier == "any" else tier
    found = chance.sample(passages, 3)
    confidence = 0.35 + 0.65 * chance.random()
    understood = {
        "text": text,
        "intent": intent,
        "confidence": confidence,
        "ranking": [{"intent": name, "confidence": confidence / (n + 1)} for n, name in enumerate([intent, *list(labels())[:4]])],
        "safety": {"tier": tier, "label": intent if tier else None, "by": "rules" if tier else None, "evidence": None,
                   "score": 0.02},
        "passages": [
            {"id": one.id, "article": one.article, "title": one.title, "heading": one.heading, "score": 2.1,
             "digest": one.digest}
            for one in found
        ],
        "answered": True,
        "fallback": confidence < 0.4,
        "model": "",
    }  # fmt: skip
    reply: dict[str, Any] = {"id": "r", "from": "bot", "text": found[0].text}
    if tier:
        reply["card"] = get_content().helplines.card("US", "crisis")
    elif intent == "request_booking":
        reply["card"] = {"type": "booking", "mode": "slots", "slots": []}
    elif intent == "request_exercise":
        reply["card"] = {"type": "exercise", "name": "Five senses", "step": 1, "steps": 5, "text": "Look around."}
    else:
        reply["card"] = {"type": "passage", "id": found[0].id, "title": found[0].title, "heading": found[0].heading,
                         "quote": found[0].text, "url": found[0].url, "reviewed": False}  # fmt: skip
    reply["choices"] = [{"label": label, "payload": f"/{label}"} for label in ("Tell me more", "Free consultation")]
    turn = Turn(
        kind=Turn.Kind.TEXT,
        text=text,
        payload="",
        replies=[reply],
        understood=understood,
        tier=tier,
        intent=intent,
        confidence=confidence,
        actions=["action_answer"],
        milliseconds=20 + 60 * chance.random(),
        failed=False,
    )
    turn.ready = {name: json.dumps(getattr(turn, name)) for name in JSON_FIELDS}  # type: ignore[attr-defined]  # a note on the turn
    return turn
