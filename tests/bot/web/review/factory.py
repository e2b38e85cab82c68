"""Conversations as they happen: what parents write at night, with everything that the console shows beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bot.web.chat.models import Conversation, Turn
from bot.web.content import get_articles, get_content
from knowledge.passages import Passage, passages_of

MODEL = "2026-11-22-quiet-heron"


@dataclass
class Said:
    """What a parent says, and how it is understood and answered."""

    text: str
    intent: str
    confidence: float = 0.82
    others: tuple[str, ...] = ("feel_low", "feel_alone", "ask_why")
    reply: str = "That sounds heavy to carry. Here is something from our articles that may fit."
    card: dict[str, Any] | None = None
    choices: tuple[str, ...] = ()
    tier: str | None = None
    label: str | None = None
    by: str = "rules"
    evidence: str = ""
    passages: tuple[str, ...] = ()
    actions: tuple[str, ...] = ("action_answer",)
    pressed: bool = False
    failed: bool = False
    language: str | None = None


@dataclass
class Script:
    """A conversation."""

    turns: list[Said]
    region: str = "US"
    page: str = "/"
    extra: dict[str, Any] = field(default_factory=dict)


@lru_cache(maxsize=1)
def passages() -> list[Passage]:
    return passages_of(get_articles())


def passage_card(article: str) -> dict[str, Any]:
    found = next(passage for passage in passages() if passage.article == article)
    return {
        "type": "passage",
        "article": found.article,
        "id": found.id,
        "title": found.title,
        "heading": found.heading,
        "quote": found.text,
        "url": found.url,
        "reviewed": found.reviewed,
    }


def helplines(kind: str, region: str = "US") -> dict[str, Any]:
    return get_content().helplines.card(region, kind)


EXERCISE = {
    "type": "exercise",
    "exercise": "five-senses",
    "name": "Five, four, three, two, one",
    "step": 1,
    "steps": 5,
    "text": "Look around slowly and name five things you can see, aloud or in your head.",
    "seconds": 40,
    "sense": "sight",
    "pace": None,
}
RATING = {
    "type": "rating",
    "question": "How strong is it now?",
    "min": 0,
    "max": 10,
    "min_label": "calm",
    "max_label": "the most I can bear",
}
BOOKING = {
    "type": "booking",
    "mode": "slots",
    "url": None,
    "kinds": ["video", "phone", "in_person"],
    "time_zone": "America/New_York",
    "slots": [
        {"id": "a", "label": "Tue 24 November, 10:00 am", "therapist": "The practice", "start": "", "end": ""},
        {"id": "b", "label": "Tue 24 November, 10:30 am", "therapist": "The practice", "start": "", "end": ""},
    ],
    "notice": "These details go to the practice only.",
}


def babysitter() -> Script:
    return Script(
        [
            Said(
                "I love my baby but I feel like the babysitter. like his real mum is coming home any minute",
                "feel_disconnected",
                0.94,
                ("feel_no_instant_love", "feel_guilty", "feel_numb"),
                card=passage_card("delayed-bond"),
                passages=("delayed-bond", "instant-bond-myth", "process-not-a-switch"),
                choices=("What can I do?", "Help me settle right now", "Talk to a person"),
            ),
            Said(
                "Help me settle right now",
                "request_exercise",
                1.0,
                (),
                reply="Let's begin. You can stop at any step.",
                card=EXERCISE,
                choices=("Next", "Stop"),
                actions=("action_exercise",),
                pressed=True,
            ),
            Said(
                "ok the lamp, the cot, my tea, the door, a sock",
                "affirm",
                0.61,
                ("small_talk", "feel_better", "unsure"),
                reply="How strong is it now?",
                card=RATING,
                choices=tuple(str(n) for n in range(11)),
                actions=("action_exercise",),
            ),
            Said(
                "4. a bit better. can i talk to someone real about this",
                "request_human",
                0.71,
                ("request_booking", "feel_better", "ask_consultation"),
                reply="Of course. These are the next free times for a first talk, free of charge.",
                card=BOOKING,
                actions=("action_booking",),
            ),
        ],
        page="/articles/delayed-bond",
    )


def suicide() -> Script:
    return Script(
        [
            Said(
                "he's 9 weeks and i just cry in the bathroom so nobody hears",
                "feel_low",
                0.88,
                ("feel_alone", "feel_overwhelmed", "feel_guilty"),
                card=passage_card("low-mood"),
                passages=("low-mood", "baby-blues-or-depression"),
            ),
            Said(
                "i'm so tired of it. everyone would be better off without me honestly",
                "crisis_suicide",
                0.97,
                ("feel_low", "feel_guilty", "feel_exhausted"),
                reply="I'm really glad you told me. Are you thinking about killing yourself? "
                "You can call or text 988 now, at any hour.",
                card=helplines("crisis"),
                choices=("Yes", "No", "Not sure"),
                tier="S",
                label="crisis_suicide",
                by="both",
                evidence="everyone would be better off without me",
                actions=("utter_crisis_suicide",),
            ),
            Said(
                "sorry I was being dramatic. im fine",
                "deny",
                0.58,
                ("feel_better", "goodbye", "unsure"),
                reply="You don't have to be sorry. It is good that you said it, and the offer stays: 988 is there.",
                card=helplines("crisis"),
                tier="S",
                label="crisis_suicide",
                by="context",
                actions=("utter_still_here",),
            ),
        ]
    )


def intrusive() -> Script:
    return Script(
        [
            Said(
                "I keep picturing dropping her down the stairs and it horrifies me, I won't carry her any more",
                "feel_intrusive_thoughts",
                0.91,
                ("feel_anxious", "feel_guilty", "crisis_harm_baby"),
                card=passage_card("intrusive-thoughts"),
                passages=("intrusive-thoughts", "worry-and-panic"),
            ),
            Said("so I'm not a monster?", "feel_guilty", 0.66, ("ask_why", "feel_intrusive_thoughts", "ask_condition")),
        ],
        region="GB",
    )


def violence() -> Script:
    return Script(
        [
            Said(
                "cant write much he checks my phone. he says if i leave he keeps the baby",
                "crisis_violence",
                0.9,
                ("about_partner", "feel_afraid_to_tell", "request_helplines"),
                reply="Is it safe to chat now? You can leave this page at once with the button at the top.",
                card=helplines("domestic_abuse", "GB"),
                tier="V",
                label="crisis_violence",
                evidence="he checks my phone",
                actions=("utter_crisis_violence",),
            )
        ],
        region="GB",
    )


def small() -> list[Script]:
    return [
        Script(
            [
                Said(
                    "why dont i feel that rush everyone talks about",
                    "feel_no_instant_love",
                    0.93,
                    card=passage_card("instant-bond-myth"),
                    passages=("instant-bond-myth", "delayed-bond"),
                )
            ]
        ),
        Script(
            [
                Said(
                    "i cant do this anymore and it has been like this for weeks, i cant sleep even when she sleeps",
                    "feel_exhausted",
                    0.72,
                    ("feel_overwhelmed", "feel_low", "crisis_suicide"),
                    tier="R",
                    label="feel_exhausted",
                    by="classifier",
                    evidence="i cant sleep even when she sleeps",
                    card=passage_card("sleep-and-exhaustion"),
                    passages=("sleep-and-exhaustion",),
                )
            ],
            page="/articles/sleep-and-exhaustion",
        ),
        Script([Said("is this confidential?", "ask_privacy", 0.97, ("ask_bot", "ask_capabilities"))]),
        Script([Said("are u a real person", "ask_bot", 0.99, ("request_human", "ask_capabilities"))]),
        Script(
            [
                Said(
                    "me hace falta hablar con alguien",
                    "nlu_fallback",
                    0.3,
                    ("request_human", "feel_alone", "out_of_scope"),
                    reply="I am not sure that I understood. Would one of these fit?",
                    choices=("Talk to a person", "Feeling alone", "Something else"),
                    actions=("action_not_understood",),
                )
            ]
        ),
        Script(
            [
                Said(
                    "my wife won't hold our son, I don't know what to do",
                    "about_someone_else",
                    0.86,
                    ("about_partner", "about_non_birth_parent", "feel_disconnected"),
                    card=passage_card("helping-someone-you-love"),
                    passages=("helping-someone-you-love",),
                )
            ],
            region="IE",
        ),
        Script(
            [
                Said(
                    "hello?? anyone",
                    "",
                    0.0,
                    (),
                    reply="I can't answer properly right now. If you or your baby are in danger, call 911.",
                    card=helplines("crisis"),
                    failed=True,
                )
            ]
        ),
        Script(
            [
                Said(
                    "I shouted at her so loud she jumped and then I just sat on the floor",
                    "feel_angry",
                    0.89,
                    ("feel_guilty", "feel_overwhelmed", "crisis_harm_baby"),
                    card=passage_card("anger-and-rage"),
                    passages=("anger-and-rage", "overwhelmed-and-crying-baby"),
                )
            ]
        ),
    ]


def scripts() -> list[Script]:
    """One of each."""
    return [babysitter(), suicide(), intrusive(), violence(), *small()]


def play(script: Script, begun: datetime) -> Conversation:
    """Stores `script` as the chat would have stored it, the first turn at `begun`."""
    content = get_content()
    opening = [{"id": f"o{n}", "from": "bot", **message} for n, message in enumerate(content.opening(script.region))]
    conversation = Conversation.objects.create(
        region=script.region, page=script.page, opening=opening, created=begun, updated=begun, **script.extra
    )
    for n, said in enumerate(script.turns):
        conversation.append(turn_of(said, n, begun + timedelta(seconds=50 * n + 8)))
    return conversation


def turn_of(said: Said, n: int, at: datetime) -> Turn:
    """The turn for `said`, not yet stored."""
    rest = (1 - said.confidence) * 0.6
    names = [said.intent, *said.others]
    ranking = [
        {"intent": name, "confidence": said.confidence if not place else rest / 2**place}
        for place, name in enumerate(names)
        if name
    ]
    reply: dict[str, Any] = {"id": f"r{n}", "from": "bot", "text": said.reply}
    if said.card:
        reply["card"] = said.card
    if said.choices:
        reply["choices"] = [{"label": one, "payload": f"/{one}"} for one in said.choices]
    cards = [passage_card(article) for article in said.passages]
    understood: dict[str, Any] = (
        {}
        if said.failed
        else {
            "text": said.text,
            "intent": said.intent,
            "confidence": said.confidence,
            "ranking": ranking,
            "safety": {
                "tier": said.tier,
                "label": said.label,
                "by": said.by if said.tier else None,
                "evidence": said.evidence or None,
                "score": 0.91 if said.tier else 0.03,
            },
            "passages": [
                {key: card[key] for key in ("id", "article", "title", "heading")} | {"score": 2.9 - place * 0.7}
                for place, card in enumerate(cards)
            ],
            "language": said.language,
            "model": MODEL,
        }
    )
    return Turn(
        client_id=f"c{n}",
        kind=Turn.Kind.PAYLOAD if said.pressed else Turn.Kind.TEXT,
        text=said.text,
        replies=[reply],
        understood=understood,
        tier=said.tier,
        intent=said.intent,
        confidence=said.confidence,
        actions=list(said.actions),
        milliseconds=24.0 + 3 * n,
        failed=said.failed,
        created=at,
    )
