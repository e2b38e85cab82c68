"""Reads what the booking form sends: every field checked for form, every problem named beside its field."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from bot.web.booking.policy import zone_or
from bot.web.booking.slots import NotASlotError, read_slot_id
from bot.web.booking.wishes import Wish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.web.booking.policy import Policy

MOST_NAME, MOST_EMAIL, MOST_NOTE = 100, 254, 1000
CONTACTS = ("email", "text", "call", "none")
_PHONE = re.compile(r"\+?[0-9 ().\-/]{3,30}")


class InvalidFormError(ValueError):
    """The form cannot be taken; `fields` says what to mend, by field."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class _Reader:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.problems: dict[str, str] = {}

    def text(self, field: str, most: int, lines: bool = False) -> str:
        """The text of `field`, trimmed; empty, with a problem noted, where it is not a text to be stored."""
        raw = self.values.get(field)
        if raw is None:
            return ""
        if not isinstance(raw, str):
            self.problems[field] = "Please write this as text."
            return ""
        if len(raw) > most:
            self.problems[field] = f"Please use at most {most} characters."
            return ""
        text = raw.replace("\r\n", "\n").strip()
        # Control characters and lone surrogates; a newline in a name or address is how mail headers are forged.
        if any(unicodedata.category(one) in {"Cc", "Cs"} and not (lines and one in "\n\t") for one in text):
            self.problems[field] = "Please use ordinary letters, without line breaks."
            return ""
        return text

    def choice(self, field: str, choices: tuple[str, ...]) -> str:
        raw = self.values.get(field)
        if isinstance(raw, str) and raw in choices:
            return raw
        self.problems[field] = "Please choose one."
        return ""

    def email(self) -> str:
        """The address with its domain in ASCII, as mail servers want it."""
        text = self.text("email", MOST_EMAIL)
        if not text:
            return ""
        try:
            validate_email(text)
            name, _, domain = text.rpartition("@")
            return f"{name}@{domain.encode('idna').decode('ascii')}"
        except (ValidationError, UnicodeError):
            self.problems["email"] = "This does not look like an e-mail address."
            return ""

    def phone(self) -> str:
        text = self.text("phone", 40)
        if text and (not _PHONE.fullmatch(text) or sum(one.isdigit() for one in text) < 3):
            self.problems["phone"] = "Please write the number with digits, for example +1 555 010 0199."
        return text


def read_wish(values: Mapping[str, Any], policy: Policy, session: str) -> Wish:
    """The wish in `values`, the JSON object of POST /api/bookings. Raises InvalidFormError."""
    form = _Reader(values)
    name = form.text("name", MOST_NAME)
    if not name:
        form.problems.setdefault("name", "Please give a name; a nickname is fine.")
    contact = form.choice("contact", CONTACTS)
    email, phone = form.email(), form.phone()
    if contact == "email" and not email:
        form.problems.setdefault("email", "Please give an e-mail address, or choose another way.")
    if contact in {"text", "call"} and not phone:
        form.problems.setdefault("phone", "Please give a phone number, or choose another way.")
    kind = form.choice("kind", policy.practice.booking.kinds)
    note = form.text("note", MOST_NOTE, lines=True)
    if values.get("consent") is not True:
        form.problems["consent"] = "Please agree that the practice stores these details."
    slot = values.get("slot")
    try:
        therapist, start = read_slot_id(slot if isinstance(slot, str) and len(slot) < 100 else "")
    except NotASlotError:
        form.problems["slot"] = "Please choose one of the times."
    if form.problems:
        raise InvalidFormError(form.problems)
    zone = zone_or(values.get("time_zone"), policy.zone)
    return Wish(therapist, start, kind, name, contact, email, phone, note, zone.key, session)
