"""Who can be booked and when: therapists, their weekly hours and the days that differ."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from bot.settings import get_settings
from bot.web.booking.availability import Rules, Span
from bot.web.booking.policy import zone_or

if TYPE_CHECKING:
    from datetime import date

    from bot.web.booking.policy import Policy

_feed = signing.Signer(salt="attune.booking.feed", sep=".")

WEEKDAYS = [
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
]


def known_zone(name: str) -> None:
    """Raises ValidationError unless `name` is empty or an IANA zone."""
    utc = ZoneInfo("UTC")
    if name and zone_or(name, utc).key != name:
        raise ValidationError(f"{name} is not a time zone. Use an IANA name such as Europe/London.")


class TherapistQuerySet(models.QuerySet["Therapist"]):
    """Queries over therapists."""

    def bookable(self) -> TherapistQuerySet:
        """Active therapists with their hours, in the order in which they are offered."""
        return self.filter(active=True).prefetch_related("hours", "exceptions").order_by("name", "pk")

    def of_feed(self, signed: str) -> Therapist:
        """The therapist of a calendar feed's address. Raises Therapist.DoesNotExist for an altered or ended one."""
        try:
            key, _, revision = _feed.unsign(signed).partition("-")
            return self.get(pk=int(key), feed_revision=int(revision))
        except (signing.BadSignature, ValueError, OverflowError):
            raise Therapist.DoesNotExist from None


class Therapist(models.Model):
    """Someone (or something: the practice as a whole) that can be booked once at a time.

    What is left empty is taken from knowledge/practice.yml: name, time zone, minutes.
    """

    name = models.CharField(max_length=80, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[known_zone])
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    buffer_minutes = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(480)])
    notice_hours = models.PositiveSmallIntegerField(default=24, validators=[MaxValueValidator(24 * 60)])
    horizon_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(50)])
    kinds = models.JSONField(default=list, blank=True, help_text="Of practice.yml's kinds; empty: all of them.")
    languages = models.JSONField(default=list, blank=True, help_text="Names, as parents read them.")
    specialities = models.JSONField(default=list, blank=True)
    mail = models.EmailField(blank=True)
    active = models.BooleanField(default=True)
    feed_revision = models.PositiveIntegerField(default=0)
    calendar_url = models.URLField(max_length=500, blank=True)
    calendar_synced = models.DateTimeField(null=True, blank=True)
    calendar_problem = models.CharField(max_length=120, blank=True)

    objects = TherapistQuerySet.as_manager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(minutes__isnull=True) | models.Q(minutes__gt=0), name="therapist_minutes"
            ),
            models.CheckConstraint(condition=models.Q(capacity__gt=0), name="therapist_capacity"),
        )

    def __str__(self) -> str:
        return self.name or "The practice"

    def label(self, policy: Policy) -> str:
        """The name that parents see."""
        return self.name or policy.practice.name

    def zone(self, policy: Policy) -> ZoneInfo:
        """The zone in which the hours are meant."""
        return zone_or(self.time_zone, policy.zone)

    def offers(self, policy: Policy) -> list[str]:
        """The kinds of consultation that can be booked with them, in the practice's order."""
        return [kind for kind in policy.practice.booking.kinds if not self.kinds or kind in self.kinds]

    @property
    def feed_url(self) -> str:
        """The secret address of their calendar feed; whoever has it sees the times, and no names."""
        return f"{get_settings().public_url}/calendar/{_feed.sign(f'{self.pk}-{self.feed_revision}')}.ics"

    def rules(self, policy: Policy) -> Rules:
        """The hours in the form that availability.py reckons with."""
        week: dict[int, list[Span]] = defaultdict(list)
        for hours in self.hours.all():
            week[hours.weekday].append(Span(hours.opens, hours.closes))
        exceptions: dict[date, list[Span]] = {}
        for one in self.exceptions.all():
            spans = exceptions.setdefault(one.day, [])
            if one.opens and one.closes:
                spans.append(Span(one.opens, one.closes))
        return Rules(
            zone=self.zone(policy),
            week=week,
            exceptions=exceptions,
            length=timedelta(minutes=self.minutes or policy.practice.booking.minutes),
            buffer=timedelta(minutes=self.buffer_minutes),
            notice=timedelta(hours=self.notice_hours),
            horizon=timedelta(days=self.horizon_days),
            capacity=self.capacity,
        )


class WeeklyHours(models.Model):
    """A span of one weekday, in the therapist's zone. A weekday may have several."""

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=WEEKDAYS)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name_plural = "weekly hours"
        constraints = (
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("opens")), name="weekly_hours_in_order"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekly_hours_weekday"),
            models.UniqueConstraint(fields=["therapist", "weekday", "opens"], name="weekly_hours_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"


class DayException(models.Model):
    """A day that differs from its weekday: closed when no hours are given, else open in these hours only."""

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="exceptions")
    day = models.DateField()
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False, closes__gt=models.F("opens")),
                name="day_exception_hours",
            ),
        )

    def __str__(self) -> str:
        return f"{self.day}: {f'{self.opens:%H:%M}-{self.closes:%H:%M}' if self.opens and self.closes else 'closed'}"


class BusyTime(models.Model):
    """A time at which the therapist's own calendar says that they are busy; it blocks slots, and nobody's name."""

    therapist = models.ForeignKey(Therapist, models.CASCADE, related_name="busy_times")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["therapist", "end"], name="booking_busy"),)
        constraints = (models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="busy_in_order"),)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} UTC to {self.end:%Y-%m-%d %H:%M}"
