"""Dates that could tell who somebody is, and numbers that stand for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.masking.spans import Span, matches

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
_WHOLE = re.compile(
    rf"\b{_DAY}(?: of)?[ -]{_MONTH}\.?,?[ -]{_YEAR}\b|\b{_MONTH}\.? {_DAY},? {_YEAR}\b"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:{_YEAR}|\d\d)\b"
    rf"|\b(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:{_YEAR}|\d\d)\b"
    rf"|\b{_YEAR}[/.-](?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|[12]\d|3[01])\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    rf"\b(?:born|birthday|bday|b-day|dob|d\.o\.b\.?|date of birth|due date)\b(?:\s+(?:is|was|on|the|in|it'?s|=|:)|[:,=])*\s*"
    rf"(?P<date>(?:{_DAY}(?: of)? {_MONTH}|{_MONTH} {_DAY}|{_DAY}[/.-](?:0?[1-9]|1[0-2])|{_MONTH} {_YEAR}|{_YEAR})\b(?:,? {_YEAR}\b)?)",
    re.IGNORECASE,
)
_NHS = re.compile(r"(?<![\d+])\d{3}[ -]\d{3}[ -]\d{4}(?!\d)")
_US_SOCIAL = re.compile(r"(?<!\d)(?!000|666|9\d\d)\d{3}-\d{2}-\d{4}(?!\d)")
_UK_INSURANCE = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE
)
_CARD = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?\b")
_NAMED = re.compile(
    r"\b(?:nhs|hospital|patient|medical record|mrn|insurance|policy|member(?:ship)?|medicare|medicaid|health card|case|claim"
    r"|reference|ref|booking|account|passport|licen[cs]e|social security|ssn|national insurance|ni|pps|sort code|customer"
    r"|student|employee|staff|badge|reg(?:istration)?|id)\s*(?:number|no\.?|num|id|code|\#)?\s*(?:is|was|:|=|\#|-)*\s*"
    r"(?P<number>\#?(?=[A-Z\d/-]*\d[A-Z\d/ -]*\d[A-Z\d/ -]*\d)[A-Z\d][A-Z\d/-]*(?: \d[A-Z\d/-]*)*)",
    re.IGNORECASE,
)
_PLATE = re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b")


def dates(text: str) -> Iterator[Span]:
    """Whole dates with their year, and those that words of birth announce."""
    yield from matches(_WHOLE, text, "date")
    yield from matches(_BORN, text, "date", "date")


def numbers(text: str) -> Iterator[Span]:
    """Numbers that stand for a person: of health services and insurances, cards, accounts, plates."""
    for match in _NHS.finditer(text):
        if _nhs_check(re.sub(r"\D", "", match.group())):
            yield Span(*match.span(), "number")
    for match in _CARD.finditer(text):
        if _luhn(re.sub(r"\D", "", match.group())):
            yield Span(*match.span(), "number")
    for pattern in (_US_SOCIAL, _UK_INSURANCE, _IBAN, _PLATE):
        yield from matches(pattern, text, "number")
    yield from matches(_NAMED, text, "number", "number")


def _nhs_check(digits: str) -> bool:
    """Whether ten digits carry the NHS number's check digit (modulus 11; NHS Data Dictionary, "NHS NUMBER")."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return rest % 11 == int(digits[9]) and rest != 10


def _luhn(digits: str) -> bool:
    """Whether the digits carry a payment card's check digit (ISO/IEC 7812-1, annex B)."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
