"""Queues the alert for the person on call, with the turn that raised the alarm."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from bot.safety.tiers import ALARM
from bot.settings import get_settings
from bot.web.content import get_content
from bot.web.oncall.models import Alert, untold_alarms
from bot.web.oncall.rule import Alarm, Owed, owed
from bot.web.oncall.wording import News
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from bot.web.chat.models import Conversation

logger = logging.getLogger(__name__)

KIND = "alert"  # of the parcels
SHOWN_BACK = timedelta(days=7)  # for which an alert that failed is worth a word
FIELDS = ("tier", "created", "position")  # of a turn: its words are not even read here


class TransactionLostError(Exception):
    """Queueing an alert took the whole transaction with it, and not only its own part."""


def anyone_on_call() -> bool:
    """Whether there is an address to tell."""
    settings = get_settings()
    return bool(settings.oncall_mail or settings.oncall_webhook)


def troubles() -> tuple[int, int]:
    """How many alerts of the last days wait after an attempt that failed, and how many were given up."""
    return Parcel.objects.filter(kind=KIND, created__gte=timezone.now() - SHOWN_BACK).troubles()


def tell(conversation: Conversation) -> None:
    """Queues the alert that `conversation` owes, if any; called in the transaction that stored its turns.

    What goes wrong here is logged and taken back alone, since the turn matters more; `watch` tries again.
    Raises TransactionLostError where that was not possible.
    """
    try:
        with transaction.atomic():
            queue_owed(conversation)
    except Exception as fault:
        logger.exception("the alert of %s is not queued yet", conversation.pk)
        if transaction.get_rollback():
            raise TransactionLostError from fault


def owed_by(conversation: Conversation) -> Owed | None:
    """The alert that `conversation` owes now."""
    last = conversation.alerts.newest()
    turns = untold_alarms().filter(conversation=conversation).order_by("position").only(*FIELDS)
    untold = [Alarm(turn.tier or "", turn.created, turn.position) for turn in turns]
    return owed(untold, last.told if last else None)


def queue_owed(conversation: Conversation) -> Alert | None:
    """Queues the alert that `conversation` owes, and returns it; called in a transaction that holds its row."""
    if not anyone_on_call():
        return None
    due = owed_by(conversation)
    return _queue(conversation, due) if due else None


def _queue(conversation: Conversation, due: Owed) -> Alert:
    settings, now = get_settings(), timezone.now()
    path = reverse("review:transcript", args=[conversation.pk])
    news = News(
        tier=due.alarm.tier,
        why=due.why,
        at=due.alarm.at,
        region=conversation.region,
        alarms=conversation.turns.filter(tier__in=ALARM).count(),
        link=f"{settings.public_url}{path}#turn-{due.alarm.position + 1}",
    )
    mail = webhook = None
    if settings.oncall_mail:
        zone = ZoneInfo(get_content().practice.time_zone)
        message = news.mail(settings.oncall_mail, zone, now)
        mail = Parcel.objects.queue_mail(message, KIND, now, urgent=True)
    if settings.oncall_webhook:
        webhook = Parcel.objects.queue_webhook(settings.oncall_webhook, news.webhook(), KIND, now, urgent=True)
    return Alert.objects.create(
        conversation=conversation,
        tier=due.alarm.tier,
        why=due.why.value,
        at=due.heard.at,
        position=due.heard.position,
        mail=mail,
        webhook=webhook,
    )
