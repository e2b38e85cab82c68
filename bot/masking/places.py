"""Addresses: house and street, flats, post boxes, postcodes. Names of towns alone are not masked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.masking.spans import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.masking.spans import Span

_SUFFIX = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|dr|court|ct|crescent|cres|terrace|boulevard|blvd|grove|gardens"
    r"|gdns|mews|square|sq|parade|circle|cir|highway|hwy|parkway|pkwy|hill|rise|row|walk|green|park|view|gate|wharf|quay)"
)
# What is no street, though it comes after a number: "2 weeks in a row", "3 hours drive", "a 10 minute walk".
_NOT = r"(?!(?:weeks?|days?|months?|hours?|hrs?|mins?|minutes?|years?|yrs?|times?|nights?|miles?|km|lbs?|oz|ml|mg|kg|am|pm|in|of|and|or|the|a|x|st|nd|rd|th|where|i|same|my|his|her|our|we|you|on|at|to|for|from|car|catchment)\b)"
_WORD = r"[A-Za-z][A-Za-z'’.-]*"
_STREET = re.compile(
    rf"(?<![\w.,:£$€])(?:(?:flat|apt\.?|apartment|unit|suite|no\.?|number|house)\s*\#?\s*\w{{1,4}}\s*,?\s+)?\#?\d{{1,5}}[a-d]?,?\s+"
    rf"{_NOT}{_WORD}(?:\s+{_NOT}{_WORD}){{0,3}}?\s+{_SUFFIX}\b\.?(?:\s+(?:north|south|east|west|[nsew])\b)?"
    rf"(?:,?\s*(?:flat|apt\.?|apartment|unit|suite|\#)\s*\w{{1,4}}\b)?",
    re.IGNORECASE,
)
# After words of living somewhere a street needs no number: "we live on Harrow Road".
_LIVED_IN = re.compile(
    rf"\b(?:live|lives|living|lived|staying|stay|moved|address is|house is|home is)\s+(?:on|in|at|to|off)\s+(?P<street>"
    rf"{_NOT}{_WORD}(?:\s+{_NOT}{_WORD}){{0,2}}?\s+(?:street|st|road|rd|avenue|ave|lane|close|drive|crescent|terrace|boulevard|grove|gardens|mews))\b",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r"\b(?:flat|apt\.?|apartment|unit)\s+(?:no\.?\s*|number\s*|\#)?\d{1,4}[a-z]?\b(?!\s*(?:weeks?|days?|months?))",
    re.IGNORECASE,
)
_BOX = re.compile(r"\bp\.?\s?o\.? box\s+\d+\b", re.IGNORECASE)
_UK_POSTCODE = re.compile(r"\b(?:GIR\s?0AA|[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE)
_IRISH = re.compile(r"\b[AC-FHKNPRTV-Y]\d[\dW] ?[\dAC-FHKNPRTV-Y]{4}\b")
_CANADIAN = re.compile(r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b", re.IGNORECASE)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
_ZIP = re.compile(rf"\b(?:{_STATES}),?\s+\d{{5}}(?:-\d{{4}})?\b|\b\d{{5}}-\d{{4}}\b")
_AUSTRALIAN = re.compile(r"\b(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),?\s+\d{4}\b")
_NAMED_CODE = re.compile(
    r"\b(?:zip|zip ?code|post ?code|postal code|eircode|pin ?code)(?: is|:|=)?\s*(?P<code>[A-Z]{0,2}\d[A-Z\d]{1,3}(?:\s?\d[A-Z\d]{2})?)\b",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[Span]:
    """Streets with a number, flats, boxes and postcodes of the countries of knowledge/helplines.yml that speak English."""
    for pattern in (_STREET, _FLAT, _BOX, _UK_POSTCODE, _IRISH, _CANADIAN, _ZIP, _AUSTRALIAN):
        yield from matches(pattern, text, "address")
    yield from matches(_LIVED_IN, text, "address", "street")
    yield from matches(_NAMED_CODE, text, "address", "code")
