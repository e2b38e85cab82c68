"""Changes the country whose helplines are shown, when a parent says where they are."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Session, say, slots
from knowledge.helplines import ANYWHERE, Helplines, load_helplines
from knowledge.places import region_in


@lru_cache(maxsize=1)
def helplines() -> Helplines:
    """The helplines of this process."""
    return load_helplines(KNOWLEDGE)


class ActionRegion(Action):
    """Sets the region from a pressed choice or from the words; asks where it finds neither."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_region"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The new region's numbers in words, or the picker."""
        session = Session(tracker)
        code = (
            session.choice if session.choice and re.fullmatch(r"[A-Z]{2}", session.choice) else region_in(session.text)
        )
        if not code:
            names = helplines().regions()
            card = {
                "type": "region",
                "current": tracker.get_slot("region") or ANYWHERE,
                "regions": [{"code": c, "name": n} for c, n in names],
            }
            choices = [(name, f'/request_region{{"choice": "{c}"}}') for c, name in names]
            say(
                dispatcher,
                "Which country are you in? I'll show the helplines of that country.",
                card=card,
                choices=choices,
            )
            return []
        known = helplines().normalise_region(code)
        words = helplines().words(known)
        kind = "crisis" if session.risk else "support"
        say(
            dispatcher,
            f"Thank you; I'll use the numbers for {words['region_name']} from now on. In danger: {words['emergency_number']}. "
            f"In a crisis: {words['crisis_line']}, {words['crisis_ways']}.",
            card=helplines().card(known, kind),
        )
        return slots(region=known)
