"""Fills a database of the first schema through the models of that time, brings it up to date, and says what is there.

Run in a process of its own, with an empty house: `python -m tests.bot.web.from_first_schema` prints JSON.
"""

from __future__ import annotations

import json
from datetime import timedelta

import django

FIRST = [
    ("accounts", "0001_initial"),
    ("booking", "0001_initial"),
    ("chat", "0001_initial"),
    ("review", "0001_initial"),
    ("auth", "0012_alter_user_first_name_max_length"),
    ("sessions", "0001_initial"),
]


def fill() -> None:
    """A conversation in danger with a correction and a review, one that was erased, a booking, and a mail that waits."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.utils import timezone

    executor = MigrationExecutor(connection)
    known = set(executor.loader.graph.nodes)
    old = executor.migrate([target for target in FIRST if target in known]).apps
    now = timezone.now()
    staff = old.get_model("auth", "User").objects.create(username="staff", password="unusable")
    conversation = old.get_model("chat", "Conversation").objects.create(
        id="a" * 32, region="GB", highest_tier="S", crisis=True, created=now, updated=now
    )
    old.get_model("chat", "Conversation").objects.create(id="e" * 32, erased_at=now, forget_pending=True)
    turn = old.get_model("chat", "Turn").objects.create(
        conversation=conversation, position=0, client_id="one", kind="text", text="words of a parent",
        replies=[{"id": "r1", "from": "attune", "text": "An answer."}], tier="S", intent="crisis_suicide",
        understood={"intent": "crisis_suicide"}, created=now,
    )  # fmt: skip
    old.get_model("review", "Correction").objects.create(turn=turn, staff=staff, intent="feel_low", crisis_label="none")
    old.get_model("review", "Review").objects.create(conversation=conversation, flagged=True)
    therapist = old.get_model("booking", "Therapist").objects.create(name="")
    start = now + timedelta(days=2)
    old.get_model("booking", "Booking").objects.create(
        therapist=therapist, start=start, end=start + timedelta(minutes=20), kind="phone", name="a nickname",
        email="a@example.org", contact="email", time_zone="Europe/London", consented_at=now,
    )  # fmt: skip
    old.get_model("booking", "OutboxMail").objects.create(
        recipient="a@example.org", content="Subject: hello", kind="confirmation", next_try=now
    )


def found() -> dict[str, object]:
    """What today's models see."""
    from bot.web.booking.models import Booking
    from bot.web.chat.models import Conversation
    from bot.web.outgoing.models import Parcel
    from bot.web.review import summarising
    from bot.web.review.models import Correction, Review, Summary

    summarising.catch_up()
    conversation, booking, parcel = Conversation.objects.kept().get(), Booking.objects.get(), Parcel.objects.get()
    return {
        "conversation": [conversation.highest_tier, conversation.crisis, conversation.demo],
        "to be forgotten": list(Conversation.objects.to_be_forgotten().values_list("pk", flat=True)),
        "messages": [message["text"] for message in conversation.messages()],
        "correction": list(Correction.objects.values_list("intent", "crisis_label")),
        "flagged": Review.objects.get().flagged,
        "inbox": list(Summary.objects.values_list("crisis", "flagged", "turns")),
        "booking": [booking.name, booking.email, booking.status],
        "parcel": [parcel.recipient, parcel.content, parcel.way, parcel.urgent, parcel.state],
    }


if __name__ == "__main__":
    django.setup()
    fill()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("migrate", check_unapplied=True, verbosity=0)
    print(json.dumps(found()))  # noqa: T201 - the test reads it
