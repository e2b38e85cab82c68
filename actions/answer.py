"""Answers with a passage of the practice's articles: acknowledge, quote with source, offer what fits."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.booking import show_specialist
from actions.exercise import offerable
from actions.session import Session, fresh, say, slots
from actions.wording import acknowledge, short_name

# A second label of at least this share of the first is acknowledged too: from there on two of three were meant, on
# lines that nothing was learnt from. What a message is about is told apart more surely than one feeling from its neighbour.
SECOND_SHARE = {"about_": 0.4, "feel_": 0.6}
# "I hear the other thing too: losing a baby", to somebody whose baby lives, would hurt: only where it is very likely.
SECOND_SHARE_OF_LOSS = 0.8
QUESTIONS = "ask_"
FROM = "\n\nFrom “"  # between a passage and where it stands
NEXT_AMONG = 4  # passages among which "tell me more" stays with the same article
ALL_SHOWN = (
    "You have seen what the articles say about this. You can ask in other words, or put it to a person.",
    "That was all that the articles have on this. Would you like to ask something else, or talk to a person?",
    "There is no further passage on this. A person can go on from here, or you can tell me more in your own words.",
)
# Labels whose passages each answer one thing, and by how much less the next best may fit to be quoted in its place.
OF_THE_PRACTICE = ("ask_consultation", "ask_therapy")
NEARLY_AS_GOOD = 1.0
STANDS_ABOVE = (
    "What I have on that stands above, under “{heading}”. The practice itself can tell you the rest; you can ask it in the free first talk.",
    "That part is above, under “{heading}”, and the articles say no more on it. Someone from the practice can, and asking costs nothing.",
    "I would only repeat “{heading}”, which stands above. For anything beyond it, the practice is the one to ask.",
)


class ActionAnswer(Action):
    """One acknowledgement, one passage, one offer."""

    def name(self) -> str:
        """The name that rules use."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Quote the best passage not yet shown in this session."""
        session = Session(tracker)
        unseen = [row for row in session.passages if row["id"] not in session.shown]
        if not session.passages or (session.typed and not session.answered):
            dispatcher.utter_message(response="utter_no_article")
            return slots(topic=session.intent, missed=0)
        if not unseen:
            say(dispatcher, fresh(ALL_SHOWN, session), choices=person(session), asks="offer")
            return slots(topic=session.intent, missed=0)
        if _stands_above(session, unseen[0]):
            words = fresh(STANDS_ABOVE, session).format(heading=session.passages[0]["heading"])
            say(dispatcher, words, choices=person(session), asks="offer")
            return slots(topic=session.intent, missed=0)
        passage = next_of(unseen, session)
        say(dispatcher, opening(session), card=None)
        say(
            dispatcher,
            quotation(passage),
            card=passage_card(passage),
            choices=offers(session),
            asks="offer",
        )
        events = slots(topic=session.intent, shown=[*session.shown, passage["id"]], missed=0)
        if session.intent == "feel_intrusive_thoughts":
            unwanted = session.unwanted or said_unwanted(session)
            if session.typed and not unwanted and session.asked != "intrusive":
                dispatcher.utter_message(response="utter_ask_intrusive")
            elif session.typed:
                show_specialist(dispatcher, session)
            events += slots(unwanted=unwanted)
        return events


def _stands_above(session: Session, next_best: dict[str, Any]) -> bool:
    """Whether a question about the practice has its answer in what was quoted already, and nothing else comes near it:
    who asks again what a session costs is not told how long the wait is.
    """
    best = session.passages[0]
    again = session.typed and session.intent in OF_THE_PRACTICE and best["id"] in session.shown
    return bool(again and next_best["score"] < best["score"] - NEARLY_AS_GOOD)


def next_of(unseen: list[dict[str, Any]], session: Session) -> dict[str, Any]:
    """The passage to quote: the best one; on "tell me more" the best of the article that was quoted last, if any."""
    if session.choice == "more" and session.shown:
        article = session.shown[-1].partition("#")[0]
        # Only among the best, since an article goes on to other things.
        return next((row for row in unseen[:NEXT_AMONG] if row["article"] == article), unseen[0])
    return unseen[0]


def opening(session: Session) -> str:
    """The acknowledgement; a second topic that is nearly as likely is named too."""
    first = acknowledge(session.intent, len(session.shown))
    if session.intent.startswith(QUESTIONS) or not session.confidence:
        return first
    for label, probability in session.ranking:
        least = next((share for family, share in SECOND_SHARE.items() if label.startswith(family)), None)
        name = short_name(label)
        if label == session.intent or least is None or not name:
            continue
        if label == "about_loss" and not session.loss:
            least = SECOND_SHARE_OF_LOSS
        if probability >= least * session.confidence:
            return f"{first} I hear the other thing too: {name[0].lower()}{name[1:]}."
    return first


def quotation(passage: dict[str, Any]) -> str:
    """`passage` in words, with its source: what is read where cards cannot be shown."""
    return f"{passage['text']}{FROM}{passage['title']}”: {passage['heading']}"


def passage_card(passage: dict[str, Any]) -> dict[str, Any]:
    """The card that quotes `passage`."""
    return {
        "type": "passage",
        "article": passage["article"],
        "id": passage["id"],
        "title": passage["title"],
        "heading": passage["heading"],
        "quote": passage["text"],
        "url": passage["url"],
        "reviewed": passage["reviewed"],
        "digest": passage["digest"],
    }


def offers(session: Session) -> list[tuple[str, str]]:
    """What fits next: more, an exercise where one is fitting, a person."""
    choices = [("Tell me more", f'/{session.intent}{{"choice": "more"}}')]
    if session.intent.startswith(("feel_", "ask_how", "ask_why")) and offerable(session):
        choices.append(("A short exercise", "/request_exercise"))
    return choices + person(session)


def person(session: Session) -> list[tuple[str, str]]:
    """The way to a person: the consultation, or, while risk is open, whoever can be reached."""
    return [("Talk to a person", "/request_human")] if session.risk else [("Free consultation", "/request_booking")]


# Words that say by themselves that the thoughts are unwanted. Whole words: "whatever" holds "hate", "homesick" "sick".
_CLEAR = re.compile(
    r"\b(?:scar(?:e|ed|es|ing|y)|horrif\w+|terrif\w+|hat(?:e|ed|es|ing)|don.?t want|unwanted|disgust\w*|awful|"
    r"sick(?:en\w*)?|afraid|frighten\w*|never|panic\w*)\b"
)


def said_unwanted(session: Session) -> bool:
    """Whether this message says that the thoughts are unwanted: by its words, or by the button that answers it."""
    if session.typed:
        return not is_unclear(session.text)
    return session.asked == "intrusive" and session.choice is None


def is_unclear(text: str) -> bool:
    """Whether the words leave open if the thoughts are unwanted; then one question is asked (docs/safety-case.md, rule 7)."""
    lowered = text.lower()
    return _CLEAR.search(lowered) is None and not lowered.startswith("/")
