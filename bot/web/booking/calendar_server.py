"""The practice's calendar server, over CalDAV: putting, deleting and reading events. Knows no tables."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import caldav
import requests
from caldav.lib.error import AuthorizationError, DAVError

from bot.settings import get_settings
from bot.web.booking.availability import Period
from bot.web.booking.feed import UID_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

TIMEOUT = 20  # seconds for each call
GONE = (200, 202, 204, 404, 410)
STORED = (200, 201, 204)


class CalendarError(Exception):
    """The calendar cannot be had; the text says why, in words for staff, without address or password."""


def is_on_the_server(url: str) -> bool:
    """Whether `url` lies below ATTUNE_CALDAV_URL: the password of the settings must go nowhere else."""
    here, there = urlsplit(get_settings().caldav_url or ""), urlsplit(url)
    inside = there.path.startswith(here.path) and ".." not in there.path.split("/")
    return bool(here.netloc) and (here.scheme, here.netloc) == (there.scheme, there.netloc) and inside


class CalendarServer:
    """The server of the settings, for as long as a round of keeping in step takes."""

    def __init__(self) -> None:
        settings = get_settings()
        self._client = caldav.DAVClient(
            url=settings.caldav_url or "",
            username=settings.caldav_user,
            password=settings.caldav_password,
            timeout=TIMEOUT,
            headers={"User-Agent": "Attune"},
        )

    def put(self, calendar_url: str, event: str, content: bytes) -> None:
        """Stores the event, in place of an older one. Raises CalendarError."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        with _said():
            status = self._client.put(_address(calendar_url, event), content.decode(), headers).status
        if status not in STORED:
            raise CalendarError(f"the server refused an event ({status})")

    def delete(self, calendar_url: str, event: str) -> None:
        """Deletes the event; one that is gone already is fine. Raises CalendarError."""
        with _said():
            status = self._client.delete(_address(calendar_url, event)).status
        if status not in GONE:
            raise CalendarError(f"the server kept an event ({status})")

    def busy(self, calendar_url: str, zone: ZoneInfo, start: datetime, end: datetime) -> list[Period]:
        """When the calendar says busy between `start` and `end`, in order; our own events left out.

        Days without a time are days in `zone`, and so are times without one. Raises CalendarError.
        """
        with _said():
            calendar = caldav.Calendar(client=self._client, url=calendar_url)
            found: list[Any] = calendar.search(start=start, end=end, event=True, expand=True)
            periods = [_period(part, zone) for event in found for part in event.icalendar_instance.walk("VEVENT")]
        # A server may answer with whole series; what lies outside says nothing.
        return sorted({one for one in periods if one and one.start < end and one.end > start})


@contextmanager
def _said() -> Iterator[None]:
    """Whatever goes wrong inside is a CalendarError; a calendar is written by many programs."""
    try:
        yield
    except AuthorizationError:
        raise CalendarError("the server refused name or password") from None
    except requests.RequestException as problem:
        raise CalendarError(f"the server cannot be reached ({type(problem).__name__})") from None
    except (DAVError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise CalendarError(f"the calendar cannot be read ({type(problem).__name__})") from None


def _address(calendar_url: str, event: str) -> str:
    return f"{calendar_url.rstrip('/')}/{event}.ics"


def _period(event: Any, zone: ZoneInfo) -> Period | None:
    """When the event blocks; None for one of ours, one that is cancelled, and one that leaves the time free."""
    ours = str(event.get("uid", "")).endswith(f"@{UID_DOMAIN}")
    free = str(event.get("transp", "")).upper() == "TRANSPARENT" or str(event.get("status", "")).upper() == "CANCELLED"
    if ours or free or event.get("dtstart") is None:
        return None
    begins: date = event["dtstart"].dt
    whole_days = not isinstance(begins, datetime)
    if event.get("dtend") is not None:
        ends: date = event["dtend"].dt
    elif event.get("duration") is not None:
        ends = begins + event["duration"].dt
    else:
        ends = begins + timedelta(days=1) if whole_days else begins
    start, end = _moment(begins, zone), _moment(ends, zone)
    return Period(start, end) if end > start else None


def _moment(when: date, zone: ZoneInfo) -> datetime:
    moment = when if isinstance(when, datetime) else datetime.combine(when, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(timezone.utc)
