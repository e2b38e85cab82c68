"""What is particular to one practice: its name, region, retention, and how consultations are booked."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from knowledge.current import Current
from knowledge.errors import Fields, parse_yaml, read_text

if TYPE_CHECKING:
    from pathlib import Path

Mode = Literal["slots", "link", "off"]
MODES: tuple[Mode, ...] = ("slots", "link", "off")
KINDS = ("video", "phone", "in_person")


@dataclass(frozen=True)
class BookingPolicy:
    """How the first consultation is booked, which is free by contract; `minutes` is its length.

    A reminder goes out `reminder_hours` before it (0: none). `retention_days` after it the booking is erased; None
    stands for the practice's own retention time. `how_it_starts` has by kind what a parent is told with the booking: who
    rings, which link to open, where to come; a kind without words is missing. `link_is_missing`: it should lead to a scheduler, and is off because
    nobody said where that is.
    """

    mode: Mode
    url: str | None
    minutes: int
    kinds: tuple[str, ...]
    waiting: str
    after: str
    reminder_hours: int
    retention_days: int | None
    how_it_starts: dict[str, str] = field(default_factory=dict)
    link_is_missing: bool = False


@dataclass(frozen=True)
class Practice:
    """The content of knowledge/practice.yml."""

    name: str
    site: str
    phone: str | None
    email: str | None
    default_region: str
    time_zone: str
    retention_days: int
    reader: str
    care: str
    booking: BookingPolicy

    @property
    def contact(self) -> str:
        """How to reach the practice, to end a sentence with: "on (555) 010-0199 or at care@practice.example"."""
        ways = [f"on {self.phone}" if self.phone else "", f"at {self.email}" if self.email else ""]
        return " or ".join(way for way in ways if way) or "through the contact on its website"


def _how_it_starts(fields: Fields) -> dict[str, str]:
    written = {kind: fields.text(kind, None) or "" for kind in KINDS}
    fields.done()
    return {kind: text for kind, text in written.items() if text}


def _booking(fields: Fields, path: Path) -> BookingPolicy:
    starts = fields.take("how_it_starts", dict, "texts by kind: video, phone, in_person", None) or {}
    policy = BookingPolicy(
        # YAML reads a bare `off` as false.
        mode="off"
        if fields.take("mode", (str, bool), "slots, link or off", ...) is False
        else cast("Mode", fields.choice("mode", MODES)),
        url=fields.text("url", None),
        minutes=fields.number("minutes"),
        kinds=fields.texts("kinds"),
        waiting=fields.text("waiting"),
        after=fields.text("after"),
        reminder_hours=fields.number("reminder_hours", 24),
        retention_days=fields.number("retention_days", None),
        how_it_starts=_how_it_starts(Fields(starts, path)),
    )
    fields.done()
    if policy.mode == "link" and not policy.url:
        raise fields.error("url", "is empty while `mode` is link", "give the address of your scheduler")
    if unknown := set(policy.kinds) - set(KINDS):
        raise fields.error("kinds", f"has {sorted(unknown)}", f"use some of: {', '.join(KINDS)}")
    return policy


def load_practice(folder: Path) -> Practice:
    """The practice of the knowledge folder `folder`. Raises KnowledgeError."""
    path = folder / "practice.yml"
    fields = Fields(parse_yaml(read_text(path), path), path)
    booking = fields.take("booking", dict, "the block of the delivered practice.yml", ...)
    zone = fields.text("time_zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise fields.error("time_zone", f"is {zone!r}", "use an IANA name such as Europe/London") from None
    practice = Practice(
        name=fields.text("name"),
        site=fields.text("site").rstrip("/"),
        phone=fields.text("phone", None),
        email=fields.text("email", None),
        default_region=fields.text("default_region").upper(),
        time_zone=zone,
        retention_days=fields.number("retention_days"),
        reader=fields.text("reader"),
        care=fields.choice("care", ("full", "information")),
        booking=_booking(Fields(booking, path), path),
    )
    fields.done()
    return practice


_practice = Current(load_practice, "practice.yml")


def current_practice(folder: Path) -> Practice:
    """The practice of `folder` as it is now, its booking as `as_set` says.

    Raises KnowledgeError or OSError if it could never be read.
    """
    practice = _practice.of(folder)
    mode, url = os.environ.get("ATTUNE_BOOKING_MODE"), os.environ.get("ATTUNE_BOOKING_URL")
    return replace(practice, booking=as_set(practice.booking, mode, url)) if mode or url else practice


def as_set(written: BookingPolicy, mode: str | None, url: str | None) -> BookingPolicy:
    """The policy `written` in practice.yml with ATTUNE_BOOKING_MODE and ATTUNE_BOOKING_URL having the last word.

    An address in the environment alone says enough: the practice has its own scheduler.
    """
    address = url or written.url
    wanted = next((known for known in MODES if known == mode), "link" if url else written.mode)
    missing = wanted == "link" and not address
    return replace(written, mode="off" if missing else wanted, url=address, link_is_missing=missing)
