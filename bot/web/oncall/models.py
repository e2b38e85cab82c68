"""What was told to whom is on call, by conversation."""

from __future__ import annotations

from django.db import models
from django.db.models import Case, Exists, OuterRef, When

from bot.safety.tiers import ALARM, TIERS
from bot.web.chat.models import TIER_CHOICES, Conversation, Turn
from bot.web.oncall.rule import Alarm, Why
from bot.web.outgoing.models import Parcel

_GRAVITY = Case(*(When(tier=tier, then=place) for place, tier in enumerate(TIERS)))  # 0 is the gravest


class AlertQuerySet(models.QuerySet["Alert"]):
    """Queries over alerts."""

    def newest(self) -> Alert | None:
        """The one that told of the latest alarm; of several, the one that was made last."""
        return self.order_by("-position", "-pk").first()

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes the alerts, and takes back what of them has not left yet: the parent had it erased."""
        parcels = {key for pair in self.values_list("mail", "webhook") for key in pair if key}
        deleted = super().delete()
        Parcel.objects.withdraw(parcels)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own
    delete.queryset_only = True  # type: ignore[attr-defined]  # likewise


class Alert(models.Model):
    """That somebody was told, of which tier and why. It goes when the conversation goes."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="alerts")
    tier = models.CharField(max_length=1, choices=TIER_CHOICES)
    why = models.CharField(max_length=6, choices=[(why.value, why.value) for why in Why])
    at = models.DateTimeField(help_text="When the last alarm that was known then was said.")
    position = models.PositiveIntegerField(help_text="The turn of that alarm.")
    mail = models.ForeignKey(Parcel, models.SET_NULL, null=True, related_name="+")
    webhook = models.ForeignKey(Parcel, models.SET_NULL, null=True, related_name="+")

    objects = AlertQuerySet.as_manager()

    class Meta:
        # A position may come again, with a graver tier: danger that was heard late, in a turn before it.
        constraints = (models.UniqueConstraint(fields=["conversation", "position", "tier"], name="oncall_told_once"),)

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.tier} {self.why}"

    @property
    def told(self) -> Alarm:
        """The last alarm that was known then, with the tier that was told."""
        return Alarm(self.tier, self.at, self.position)


def untold_alarms() -> models.QuerySet[Turn]:
    """Turns with an alarm of which nobody was told: no alert of their tier or a graver one reaches as far as they do.

    The place alone does not say it: danger may be heard in a turn after a later one was told (chat/unheard.py).
    """
    alerts = Alert.objects.filter(conversation=OuterRef("conversation"), position__gte=OuterRef("position"))
    told = alerts.alias(gravity=_GRAVITY).filter(gravity__lte=OuterRef("gravity"))
    return Turn.objects.filter(tier__in=ALARM).alias(gravity=_GRAVITY).filter(~Exists(told))
