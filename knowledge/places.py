"""Finds the country that a text names, by country, nationality or large city."""

from __future__ import annotations

import re
from functools import lru_cache

# Cities only where the name is hardly ever anything else.
_PLACES = {
    "US": "new mexico|new england|new jersey|new hampshire|united states|usa|u s a|america|the states|new york|nyc|california|texas|florida|chicago|boston|seattle|ohio|los angeles|georgia usa|brooklyn|philadelphia|denver|michigan|oregon|virginia|arizona",
    "CA": "canada|toronto|vancouver|montreal|ontario|alberta|calgary|ottawa|british columbia|quebec|winnipeg|edmonton",
    "GB": "united kingdom|uk|england|scotland|wales|northern ireland|britain|great britain|london|leeds|manchester|glasgow|edinburgh|birmingham|liverpool|bristol|cardiff|belfast|sheffield|newcastle|nottingham",
    "IE": "ireland|irland|eire|dublin|cork|galway|limerick",
    "AU": "new south wales|australia|aus|sydney|melbourne|brisbane|perth|adelaide|tasmania|queensland|canberra|hobart|darwin",
    "NZ": "new zealand|nz|auckland|wellington|christchurch|aotearoa|dunedin",
    "IN": "india|mumbai|delhi|bangalore|bengaluru|chennai|kolkata|hyderabad|pune|kerala|gujarat|punjab",
    "ZA": "south africa|johannesburg|joburg|cape town|durban|pretoria",
    "PH": "philippines|manila|cebu|davao|pilipinas",
    "DE": "germany|deutschland|berlin|munich|hamburg|cologne|frankfurt",
    "FR": "france|paris|lyon|marseille|toulouse",
    "ES": "spain|espana|españa|madrid|barcelona|sevilla|valencia",
    "ZZ": "south america|latin america|central america|brazil|brasil|mexico|méxico|italy|portugal|poland|polska|nigeria|kenya|ghana|japan|china|singapore|malaysia|netherlands|holland|belgium|sweden|norway|denmark|finland|switzerland|austria|turkey|ukraine|argentina|colombia|chile|peru|egypt|uae|dubai|pakistan|bangladesh|sri lanka|nepal|israel|greece|indonesia|vietnam|thailand|korea|jamaica|trinidad",
}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{code}>{names})" for code, names in _PLACES.items())
    return re.compile(rf"\b(?:{groups})\b")


# "I'm in Leeds", "we live in", "mum from", ", in Brisbane,": where somebody is, not where they were or somebody else is.
_RESIDES = re.compile(
    r"(?:\b(?:i'?m|im|i am|we'?re|we are|i live|we live|living|based|calling|writing|messaging|here|new mum|new mom|mum|mom|dad|"
    r"parent|mother|father|am)(?: \w+){0,3}? (?:in|from|near|outside)|(?:^|[,.;!?–-]\s*)(?:in|from|here in|over in)) (?:the )?(?=(\S+(?: \S+){0,2}))"
)
_ELSEWHERE = re.compile(
    r"\b(?:her|his|their|my (?:mum|mom|mother|dad|father|parents|sister|brother|family|husband|wife|partner|friend|in ?laws))\b[^,.;]*$|"
    r"\b(?:not|was|were|used to|born|grew up|moved|holiday|honeymoon|went|going|visiting|trip|back)\b[^,.;]*$"
)


# "I live in Ireland, not America": the place after the no is the one that is meant least.
_NOT_THERE = re.compile(
    r"\b(?:not|no|isn'?t|aren'?t|ain'?t|never|instead of|rather than)(?: (?:in|from|the|an?|to|living|based)){0,3} $"
)


def residence_in(text: str) -> str | None:
    """The ISO code of the place where the writer says that they are; None where no place or somebody else's is named."""
    lowered = text.lower()
    for match in _RESIDES.finditer(lowered):
        if _ELSEWHERE.search(lowered[: match.end()]):
            continue
        named = _pattern().match(re.sub(r"[.,;!?]", "", match.group(1)))
        if named:
            return named.lastgroup
    return None


def region_in(text: str) -> str | None:
    """The ISO code of the first place named in `text`, but for "not America"; ZZ for a country without lines of its own; else None."""
    lowered = text.lower().replace(".", "")
    us = re.search(r"\bin the us\b|\bi'?m us\b|\bus based\b|\bfrom the us\b", lowered)
    if us and not _NOT_THERE.search(lowered[: us.start()]):
        return "US"
    named = [match for match in _pattern().finditer(lowered) if not _NOT_THERE.search(lowered[: match.start()])]
    return named[0].lastgroup if named else None
