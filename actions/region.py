"""Changes the country whose helplines are shown, when a parent says where they are."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.paths import KNOWLEDGE
from actions.session import Session, fresh, say, slots
from knowledge.helplines import ANYWHERE, current_helplines
from knowledge.places import region_in

WHICH = (
    "Which country are you in? I'll show the helplines of that country.",
    "I don't know that place's numbers by name. Which country are you in? You can choose it here.",
)
FROM_NOW_ON = (
    "Thank you; I'll use the numbers for {region_name} from now on. In danger: {emergency_number}. "
    "In a crisis: {crisis_line}, {crisis_ways}.",
    "All right, the numbers for {region_name} from here on. In danger: {emergency_number}. "
    "In a crisis: {crisis_line}, {crisis_ways}.",
)


class ActionRegion(Action):
    """Sets the region from a pressed choice or from the words; asks where it finds neither."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_region"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """The new region's numbers in words, or the picker."""
        session = Session(tracker)
        helplines = current_helplines(KNOWLEDGE)
        code = (
            session.choice if session.choice and re.fullmatch(r"[A-Z]{2}", session.choice) else region_in(session.text)
        )
        if not code:
            names = helplines.regions()
            card = {
                "type": "region",
                "current": tracker.get_slot("region") or ANYWHERE,
                "regions": [{"code": c, "name": n} for c, n in names],
            }
            choices = [(name, f'/request_region{{"choice": "{c}"}}') for c, name in names]
            say(
                dispatcher,
                fresh(WHICH, session),
                card=card,
                choices=choices,
            )
            return []
        known = helplines.normalise_region(code)
        words = helplines.words(known)
        kind = "crisis" if session.risk else "support"
        say(
            dispatcher,
            fresh(FROM_NOW_ON, session).format(**words),
            card=helplines.card(known, kind),
        )
        return slots(region=known)
