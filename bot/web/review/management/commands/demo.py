"""`django demo`: stores, counts and removes the invented conversations of `attune demo`."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from bot.safety.tiers import as_tier
from bot.web.booking.card import booking_card
from bot.web.chat.fallback import bot_message
from bot.web.chat.models import Conversation, Turn
from bot.web.content import get_content

if TYPE_CHECKING:
    from argparse import ArgumentParser

SPAN = timedelta(weeks=8)
SEED = 3
# When parents write, by hour of the day: most at night.
HOURS = [9, 10, 11, 12, 10, 7, 4, 3, 3, 3, 3, 2, 2, 3, 3, 2, 2, 2, 3, 4, 6, 7, 8, 9]


class Command(BaseCommand):
    """Used by `attune demo` and `attune run --demo`."""

    help = "Store, count or remove the invented conversations of the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do, and the file to store."""
        parser.add_argument("what", choices=("store", "state", "remove"))
        parser.add_argument("file", nargs="?", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """A number or a line of JSON on stdout."""
        if options["what"] == "state":
            said = Conversation.objects.kept().filter(Exists(Turn.objects.filter(conversation=OuterRef("pk"))))
            state = {"demo": said.filter(demo=True).count(), "real": said.filter(demo=False).count()}
            self.stdout.write(json.dumps(state))
        elif options["what"] == "remove":
            self.stdout.write(str(remove()))
        else:
            lines = options["file"].read_text("utf-8").splitlines()
            self.stdout.write(str(store([json.loads(line) for line in lines])))


def remove() -> int:
    """Deletes every conversation of the demo with all that hangs on it; returns how many."""
    made = Conversation.objects.filter(demo=True)
    count = made.count()
    with transaction.atomic():
        made.delete()
    return count


def store(played: list[dict[str, Any]], now: datetime | None = None) -> int:
    """Stores what was played, spread over the last weeks; returns how many. No alert is queued for a demo."""
    chance = random.Random(SEED)
    last = (now or timezone.now()) - timedelta(hours=1)
    for number, one in enumerate(played):
        day = last - SPAN * (1 - number / len(played))
        hour = chance.choices(range(24), HOURS)[0]
        begun = min(day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60)), last)
        with transaction.atomic():
            _store(one, begun, chance)
    return len(played)


def _store(played: dict[str, Any], begun: datetime, chance: random.Random) -> None:
    region = get_content().region(played["region"])
    opening = [bot_message(**message) for message in get_content().opening(region)]
    conversation = Conversation.objects.create(
        demo=True, region=region, page="/", opening=opening, created=begun, updated=begun
    )
    at = begun
    for number, turn in enumerate(played["turns"]):
        at += timedelta(seconds=chance.randrange(15, 90))
        understood = turn["understood"] | {"model": turn["model"]}
        conversation.append(
            Turn(
                client_id=f"demo-{number}",
                kind=Turn.Kind.PAYLOAD if turn.get("payload") else Turn.Kind.TEXT,
                text=turn["text"],
                payload=turn.get("payload") or "",
                replies=[bot_message(**_filled(message)) for message in turn["messages"]],
                understood=understood,
                tier=as_tier(understood["safety"]["tier"]),
                intent=understood["intent"] or "",
                confidence=understood["confidence"],
                actions=turn["actions"],
                region=turn["region"],
                milliseconds=turn["milliseconds"],
                created=at,
            )
        )


def _filled(message: dict[str, Any]) -> dict[str, Any]:
    """The message with its booking card filled, as the chat fills it."""
    if (message.get("card") or {}).get("type") != "booking":
        return message
    card = booking_card()
    rest = {name: part for name, part in message.items() if name != "card"}
    return rest | ({"card": card} if card else {})
