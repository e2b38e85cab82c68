"""Helplines by region, as cards whose links dial what a person would dial."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from knowledge.current import Current
from knowledge.errors import Fields, KnowledgeError, parse_yaml, read_text

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("emergency", "crisis", "domestic_abuse", "support")
WHOM = ("anyone", "women", "men")
ANYWHERE = "ZZ"  # ISO 3166 leaves ZZ to users: any country without lines of its own
STALE_AFTER = timedelta(days=365)
# Which kinds of line a card of each kind shows, in this order.
SHOWN = {
    "emergency": ("emergency", "crisis"),
    "crisis": ("crisis", "emergency"),
    "domestic_abuse": ("domestic_abuse", "emergency"),
    "support": ("support", "crisis"),
}
SHORTHANDS = {"UK": "GB", "EN": "GB", "EIRE": "IE", "USA": "US"}


@dataclass(frozen=True)
class Line:
    """One helpline; `call` and `text` are numbers as typed in the country itself."""

    id: str
    name: str
    kind: str
    call: str | None
    text: str | None
    text_body: str | None
    chat: str | None
    hours: str
    languages: tuple[str, ...]
    purpose: str
    crisis: bool
    verified_on: date
    source: str
    narrow: bool = False  # for one need only: not to be named to every parent
    whom: str = "anyone"  # an abuse line may be for women, or for men, alone

    def as_card(self) -> dict[str, Any]:
        """The line in the form that a helplines card carries."""
        call = {"label": f"Call {self.call}", "href": f"tel:{_digits(self.call)}"} if self.call else None
        text = None
        if self.text:
            body = f"?&body={self.text_body}" if self.text_body else ""
            label = f"Text {self.text_body} to {self.text}" if self.text_body else f"Text {self.text}"
            text = {"label": label, "href": f"sms:{_digits(self.text)}{body}"}
        chat = {"label": "Online", "href": self.chat} if self.chat else None
        return {
            "id": self.id,
            "name": self.name,
            "call": call,
            "text": text,
            "chat": chat,
            "hours": self.hours,
            "languages": list(self.languages),
            "for": self.purpose,
            "crisis": self.crisis,
        }

    def by_text(self) -> str:
        """How to text the line, for who cannot speak: "text HOME to 741741"."""
        return f"text {self.text_body} to {self.text}" if self.text_body else f"text {self.text}"

    def in_words(self) -> str:
        """How to reach the line, in one phrase: "call 988 or text 988"."""
        ways = []
        if self.call:
            ways.append(f"call {self.call}")
        if self.text:
            ways.append(self.by_text())
        if not ways and self.chat:
            ways.append(self.chat)
        return " or ".join(ways)


def _digits(number: str | None) -> str:
    return re.sub(r"[^\d+*#]", "", number or "")


@dataclass(frozen=True)
class Region:
    """A country and its lines."""

    code: str
    name: str
    lines: tuple[Line, ...]

    def first(self, kind: str) -> Line | None:
        """The country's own line to name first for `kind`; None where it has none of that kind."""
        return next((line for line in self.lines if line.kind == kind), None)


class Helplines:
    """All regions. Unknown countries get the international fallback."""

    def __init__(self, regions: tuple[Region, ...]) -> None:
        self._regions = {region.code: region for region in regions}
        self._anywhere = next(line for line in self._regions[ANYWHERE].lines if line.kind == "crisis")

    def normalise_region(self, code: str | None) -> str:
        """The ISO code that has lines here: UK becomes GB; unknown, empty or odd input becomes ZZ."""
        wanted = (code or "").strip().upper()
        wanted = SHORTHANDS.get(wanted, wanted)
        return wanted if wanted in self._regions else ANYWHERE

    def region(self, code: str | None) -> Region:
        """The region for `code`."""
        return self._regions[self.normalise_region(code)]

    def regions(self) -> list[tuple[str, str]]:
        """Codes and names, in the file's order."""
        return [(region.code, region.name) for region in self._regions.values()]

    def card(self, region: str | None, kind: str, *, compact: bool = False) -> dict[str, Any]:
        """The helplines card of `kind` for `region`: the kind's own lines first, then the next best."""
        place = self.region(region)
        lines = [line for wanted in SHOWN[kind] for line in place.lines if line.kind == wanted]
        if not any(line.kind == kind for line in lines):
            # Nothing of its own in this country: the international list is better than silence.
            lines += [self._anywhere] if self._anywhere not in lines else []
        return {
            "type": "helplines",
            "kind": kind,
            "region": place.code,
            "region_name": place.name,
            "compact": compact,
            "lines": [line.as_card() for line in lines],
        }

    def first(self, place: Region, kind: str) -> Line:
        """The line to name for `kind` in `place`: its own, else the international list.

        Never the emergency number in place of people who listen: who fears the police or a partner would be told to
        ask "emergency services" first what they do.
        """
        return place.first(kind) or self._anywhere

    @staticmethod
    def _for_others(place: Region, named: Line) -> str:
        """A sentence after the abuse line that was `named`, for whom that line is not; empty where it is for anyone."""
        if named.whom == "anyone":
            return ""
        men = next((line for line in place.lines if line.kind == "domestic_abuse" and line.whom == "men"), None)
        if men:
            return f" For men: {men.name}, {men.in_words()}."
        return " That line is for women; ask there who helps anybody else."

    def words(self, region: str | None) -> dict[str, str]:
        """Phrases for texts: `emergency_number`, `crisis_line`, `crisis_ways`, `abuse_line`, ...

        `abuse_for_others` is a sentence of its own with a space before it, and empty where the line is for anyone.
        """
        place = self.region(region)
        emergency, crisis = self.first(place, "emergency"), self.first(place, "crisis")
        abuse = self.first(place, "domestic_abuse")
        support = next((line for line in place.lines if line.kind == "support" and not line.narrow), crisis)
        texting = next((line for line in place.lines if line.text and line.kind == "crisis"), None)
        return {
            "emergency_number": emergency.call or "your local emergency number",
            "crisis_line": crisis.name,
            "crisis_ways": crisis.in_words(),
            "crisis_number": crisis.call or crisis.text or crisis.chat or "",
            "abuse_line": abuse.name,
            "abuse_ways": abuse.in_words(),
            "abuse_number": abuse.call or abuse.text or abuse.chat or "",
            "abuse_for_others": self._for_others(place, abuse),
            "support_line": support.name,
            "support_ways": support.in_words(),
            "text_ways": texting.by_text()
            if texting
            else "go to https://findahelpline.com for a text or web chat line",
            "region_name": place.name,
        }

    def stale(self, today: date) -> list[Line]:
        """Lines that nobody has verified for a year."""
        return [
            line for region in self._regions.values() for line in region.lines if today - line.verified_on > STALE_AFTER
        ]


def _line(fields: Fields) -> Line:
    verified = fields.take("verified_on", date, "a date such as 2026-01-31", ...)
    line = Line(
        id=fields.text("id"),
        name=fields.text("name"),
        kind=fields.choice("kind", KINDS),
        call=fields.text("call", None),
        text=fields.text("text", None),
        text_body=fields.text("text_body", None),
        chat=fields.text("chat", None),
        hours=fields.text("hours"),
        languages=fields.texts("languages"),
        purpose=fields.text("for"),
        crisis=fields.flag("crisis"),
        verified_on=verified,
        source=fields.text("source"),
        narrow=fields.flag("narrow", False),
        whom=fields.choice("whom", WHOM, "anyone"),
    )
    if not (line.call or line.text or line.chat):
        raise fields.error("call", f"is missing for {line.id}", "give call, text or chat")
    return line


def _region(fields: Fields) -> Region:
    return Region(code=fields.text("code"), name=fields.text("name"), lines=fields.each("lines", _line))


def load_helplines(folder: Path) -> Helplines:
    """The helplines of the knowledge folder `folder`. Raises KnowledgeError."""
    path = folder / "helplines.yml"
    fields = Fields(parse_yaml(read_text(path), path), path)
    regions = fields.each("regions", _region)
    fields.done()
    codes = [region.code for region in regions]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise fields.error("regions", f"has {', '.join(twice)} twice", "put the lines of a country under one `code`")
    if ANYWHERE not in codes:
        raise KnowledgeError(path, "there is no region ZZ", "add the international fallback")
    for region in regions:
        if not any(line.kind == "emergency" for line in region.lines):
            raise KnowledgeError(path, f"{region.code} has no emergency number", "add a line with `kind: emergency`")
        if region.code == ANYWHERE and not any(line.kind == "crisis" for line in region.lines):
            raise KnowledgeError(path, "ZZ has no line of `kind: crisis`", "add the international list")
    return Helplines(regions)


_helplines = Current(load_helplines, "helplines.yml")


def current_helplines(folder: Path) -> Helplines:
    """The helplines of `folder` as they are now. Raises KnowledgeError or OSError if they could never be read."""
    return _helplines.of(folder)
