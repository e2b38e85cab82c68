"""The forms of therapists, their hours and the days that differ: every error beside its field, and says the fix."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from bot.settings import get_settings
from bot.web.booking.calendar_server import is_on_the_server
from bot.web.booking.models import DayException, Therapist, WeeklyHours
from bot.web.booking.policy import get_policy
from bot.web.booking.therapists import WEEKDAYS

if TYPE_CHECKING:
    _TherapistForm = forms.ModelForm[Therapist]
else:
    _TherapistForm = forms.ModelForm

MOST_LISTED, MOST_LETTERS = 12, 40
LONGEST_ABSENCE = 120  # days entered at once


class Listed(forms.CharField):
    """A list of short texts, typed with commas between."""

    def prepare_value(self, value: Any) -> Any:
        """The list as it is typed."""
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The list. Raises ValidationError."""
        parts = [" ".join(part.split()) for part in str(value or "").replace("\n", ",").split(",")]
        found = list(dict.fromkeys(part for part in parts if part))
        if len(found) > MOST_LISTED or any(len(part) > MOST_LETTERS for part in found):
            raise forms.ValidationError(f"Use at most {MOST_LISTED} of at most {MOST_LETTERS} letters each.")
        return found


class TherapistForm(_TherapistForm):
    """One therapist. What is left empty is the practice's."""

    kinds = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text="None ticked means all of them."
    )
    languages = Listed(required=False, help_text="With commas between: English, Spanish. Parents see them.")
    specialities = Listed(required=False, help_text="With commas between: birth trauma, fathers. Parents see them.")

    class Meta:
        model = Therapist
        fields = (
            "name",
            "mail",
            "time_zone",
            "kinds",
            "languages",
            "specialities",
            "minutes",
            "buffer_minutes",
            "notice_hours",
            "horizon_days",
            "capacity",
            "calendar_url",
        )
        labels = {  # noqa: RUF012  read by Django
            "name": "Name",
            "mail": "E-mail",
            "time_zone": "Time zone",
            "minutes": "Length (minutes)",
            "buffer_minutes": "Buffer (minutes)",
            "notice_hours": "Notice (hours)",
            "horizon_days": "Horizon (days)",
            "capacity": "Capacity",
            "calendar_url": "Calendar address (CalDAV)",
        }
        help_texts = {  # noqa: RUF012
            "name": "As parents see it. Empty: the practice's name.",
            "mail": "Hears of bookings, moves and cancellations, without the parent's name.",
            "buffer_minutes": "Kept free before and after each appointment.",
            "notice_hours": "The least time between booking and appointment.",
            "horizon_days": "How far ahead parents can book.",
            "capacity": "Appointments that may be at the same time. 1 for a person; more for a team or rooms.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy, caldav = get_policy(), get_settings().caldav_url
        names = {"video": "Video", "phone": "Phone", "in_person": "In person"}
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (kind, names[kind]) for kind in policy.practice.booking.kinds
        ]
        self.fields["kinds"].label = "Kinds"
        self.fields["time_zone"].help_text = f"For example Europe/London. Empty: {policy.zone.key}."
        self.fields["time_zone"].widget.attrs |= {"list": "zones", "autocomplete": "off"}
        self.fields["minutes"].help_text = f"Empty: {policy.practice.booking.minutes}, as practice.yml says."
        if caldav:
            self.fields["calendar_url"].help_text = f"A calendar below {caldav}. Empty: none."
        else:
            del self.fields["calendar_url"]
        for name in self.fields:
            self.fields[name].widget.attrs.setdefault("autocomplete", "off")

    def clean_calendar_url(self) -> str:
        """An address on the server of the settings: the password of the settings must go nowhere else."""
        url: str = self.cleaned_data["calendar_url"]
        if url and not is_on_the_server(url):
            raise forms.ValidationError(f"Give an address that begins with {get_settings().caldav_url}")
        return url


class Hours(forms.Form):
    """From and to, of one day."""

    opens = forms.TimeField(label="From", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    closes = forms.TimeField(label="To", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))

    def in_order(self) -> tuple[time, time] | None:
        """From and to, where both are given and in order; an error is noted otherwise."""
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        if not opens or not closes:
            return None
        if closes <= opens:
            self.add_error("closes", "This has to be after From. For hours over midnight, enter two days.")
            return None
        return opens, closes


class WeeklyHoursForm(Hours):
    """The same hours on one or several days of the week."""

    days = forms.TypedMultipleChoiceField(
        label="Days",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose one day or more."},
    )
    field_order = ("days", "opens", "closes")

    def __init__(self, therapist: Therapist, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.therapist = therapist

    def clean(self) -> dict[str, Any]:
        """Refuses hours that overlap those that are there."""
        span = self.in_order()
        if span:
            overlapping = self.therapist.hours.filter(
                weekday__in=self.cleaned_data.get("days", ()), opens__lt=span[1], closes__gt=span[0]
            ).first()
            if overlapping:
                self.add_error("opens", f"This overlaps {overlapping}. Remove those hours first.")
        return self.cleaned_data

    def save(self) -> None:
        """Adds the hours to each of the days."""
        opens, closes = self.cleaned_data["opens"], self.cleaned_data["closes"]
        WeeklyHours.objects.bulk_create(
            WeeklyHours(therapist=self.therapist, weekday=day, opens=opens, closes=closes)
            for day in self.cleaned_data["days"]
        )


class ExceptionForm(Hours):
    """One day or several in a row: closed, or open at other hours."""

    first = forms.DateField(label="First day", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    last = forms.DateField(
        label="Last day",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Empty: that one day.",
    )
    field_order = ("first", "last", "opens", "closes")

    def __init__(self, therapist: Therapist, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.therapist = therapist
        for name in ("opens", "closes"):
            self.fields[name].required = False
        self.fields["opens"].help_text = "Both empty: closed."

    def days(self) -> list[date]:
        """The days meant."""
        first: date = self.cleaned_data["first"]
        last: date = self.cleaned_data.get("last") or first
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def clean(self) -> dict[str, Any]:
        """Refuses a turned-round or endless range, half of a pair of hours, and overlapping hours."""
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and not timedelta(0) <= last - first < timedelta(days=LONGEST_ABSENCE):
            self.add_error("last", f"The last day comes after the first, by at most {LONGEST_ABSENCE} days.")
            return self.cleaned_data
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        if bool(opens) != bool(closes) and not self.errors:
            self.add_error("opens" if closes else "closes", "Give both times, or neither for a closed day.")
        span = self.in_order()
        if first and span:
            there = self.therapist.exceptions.filter(day__in=self.days(), opens__lt=span[1], closes__gt=span[0]).first()
            if there:
                self.add_error("opens", f"This overlaps {there}. Remove that first.")
        return self.cleaned_data

    def save(self) -> None:
        """Enters the days. A closed day takes the place of its hours, and hours that of a closed day."""
        opens, closes = self.cleaned_data.get("opens"), self.cleaned_data.get("closes")
        there = self.therapist.exceptions.filter(day__in=self.days())
        (there.filter(opens__isnull=True) if opens else there).delete()
        DayException.objects.bulk_create(
            DayException(therapist=self.therapist, day=day, opens=opens, closes=closes) for day in self.days()
        )
