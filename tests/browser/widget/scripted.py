"""What the fake bot says: one answer per card, in the shape of the contracts in the design."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

LINES = {
    "emergency": {
        "id": "us-911",
        "name": "Emergency services",
        "call": {"label": "Call 911", "href": "tel:911"},
        "text": None,
        "chat": None,
        "hours": "24/7",
        "languages": ["en"],
        "for": "Danger to life",
        "crisis": True,
    },
    "crisis": {
        "id": "us-988",
        "name": "988 Suicide & Crisis Lifeline",
        "call": {"label": "Call 988", "href": "tel:988"},
        "text": {"label": "Text 988", "href": "sms:988"},
        "chat": {"label": "Chat online", "href": "https://988lifeline.org/chat/"},
        "hours": "24/7",
        "languages": ["en", "es"],
        "for": "Anyone in distress",
        "crisis": True,
    },
    "support": {
        "id": "us-tlc",
        "name": "National Maternal Mental Health Hotline",
        "call": {"label": "Call 1-833-852-6262", "href": "tel:+18338526262"},
        "text": {"label": "Text 1-833-852-6262", "href": "sms:+18338526262"},
        "chat": None,
        "hours": "24/7",
        "languages": ["en", "es"],
        "for": "Pregnant and new parents",
        "crisis": False,
    },
}


def bot(text: str, card: dict | None = None, *choices: str, payloads: dict[str, str] | None = None) -> dict:
    """A message of the bot; a choice's payload is its label in capitals, unless given."""
    message: dict = {"from": "bot", "text": text}
    if card:
        message["card"] = card
    if choices:
        message["choices"] = [
            {"label": label, "payload": (payloads or {}).get(label, "/" + label.lower())} for label in choices
        ]
    return message


def greeting(region: str) -> list[dict]:
    items = [
        "I am an automated program: not a person, a therapist or an emergency service.",
        "Nobody is watching live. If you or your baby are in danger, call 911.",
        "Staff of the practice read conversations to improve this chat. They are kept for 90 days.",
        "You can erase this conversation at any time in the menu.",
        "Leave now, at the top, closes this page at once. It does not clear your browser history.",
    ]
    notice = {"type": "notice", "title": "Before you write", "items": items}
    return [
        bot("Before you write: " + " ".join(items), notice),
        bot("Hello. What is on your mind tonight?", None, "I feel numb", "I cannot sleep", "Book a consultation"),
    ]


def slots(count: int, first: int = 0) -> list[dict]:
    start = datetime(2031, 3, 4, 9, tzinfo=timezone.utc)
    times = [start + timedelta(days=n // 4, hours=n % 4) for n in range(first, first + count)]
    return [
        {
            "id": f"slot-{n}",
            "start": time.isoformat(),
            "end": (time + timedelta(minutes=20)).isoformat(),
            "label": time.strftime("%a %d %B, %H:%M"),
            "therapist": "Perinatal therapist",
            "kinds": ["video", "phone", "in_person"],
            "languages": ["English", "Polish"],
            "specialities": ["birth trauma"],
        }
        for n, time in enumerate(times, first)
    ]


def exercise(step: int) -> dict:
    texts = {
        1: "Look around, slowly. Name five things that you can see, however small.",
        2: "Breathe in through your nose, and let the breath go as if through a straw.",
        3: "Notice three sounds: one far away, one near, one inside.",
        4: "Feel your feet on the floor. You have arrived here.",
    }
    card = {
        "type": "exercise",
        "exercise": "five-senses",
        "name": "Five senses",
        "step": step,
        "steps": 4,
        "text": texts[step],
        "seconds": 30 if step == 1 else None,
        "sense": {1: "sight", 3: "hearing", 4: "touch"}.get(step),
        "pace": {"in": 4, "hold": 0, "out": 6} if step == 2 else None,
    }
    choices = ["Next", "Stop"] if step == 1 else ["Next", "Back", "Stop"] if step < 4 else ["Done", "Back"]
    payloads = {"Next": f"/step {step + 1}", "Back": f"/step {step - 1}", "Stop": "/rating", "Done": "/rating"}
    return bot(texts[step], card, *choices, payloads=payloads)


def booking(mode: str = "slots") -> dict:
    offered = slots(3)
    offered[2]["id"] = "taken"
    return {
        "type": "booking",
        "mode": mode,
        "url": "/book" if mode == "link" else None,
        "kinds": ["video", "phone", "in_person"],
        "time_zone": "Europe/London",
        "slots": offered if mode == "slots" else [],
        "notice": "These details go to the practice only and are not part of this conversation.",
    }


def helplines(kind: str, *lines: str, compact: bool = False) -> dict:
    return {
        "type": "helplines",
        "kind": kind,
        "region": "US",
        "region_name": "United States",
        "compact": compact,
        "lines": [LINES[name] for name in lines],
    }


PASSAGE = {
    "type": "passage",
    "article": "feeling-disconnected",
    "id": "feeling-disconnected#1",
    "title": "When you feel like a babysitter",
    "heading": "It is common",
    "quote": "Many parents do not feel a rush of love at first. The bond often grows in small, "
    "repeated moments, and it can grow late.",
    "url": "/articles/feeling-disconnected#it-is-common",
    "reviewed": False,
}
RATING = {
    "type": "rating",
    "question": "How tense do you feel now?",
    "min": 0,
    "max": 10,
    "min_label": "calm",
    "max_label": "very tense",
}
REGION = {
    "type": "region",
    "current": "US",
    "regions": [{"code": "US", "name": "United States"}, {"code": "GB", "name": "United Kingdom"}],
}


def answer(said: str) -> list[dict]:
    """The messages for what was said or pressed; words that the script does not know are echoed."""
    said = said.lower().removeprefix("/")
    if said.startswith("step "):
        return [exercise(int(said[5:]))]
    match said:
        case "i feel numb" | "passage":
            text = f"Our article says: “{PASSAGE['quote']}” ({PASSAGE['title']})"
            return [
                bot(text, PASSAGE),
                bot(
                    "Would a short exercise help?",
                    None,
                    "Yes, an exercise",
                    "Not now",
                    payloads={"Yes, an exercise": "/step 1"},
                ),
            ]
        case "exercise" | "yes, an exercise":
            return [exercise(1)]
        case "rating":
            numbers = [str(n) for n in range(11)]
            return [bot(RATING["question"], RATING, *numbers, "Skip", payloads={n: f"/rate {n}" for n in numbers})]
        case "booking" | "book a consultation":
            return [bot("You can book a free consultation here.", booking())]
        case "booking link":
            return [bot("You can book a free consultation here.", booking("link"))]
        case "emergency":
            return [bot("Call 911 now. Say that you gave birth, and when.", helplines("emergency", "emergency"))]
        case "crisis":
            return [
                bot(
                    "I am glad that you told me. Please call or text 988 now.",
                    helplines("crisis", "emergency", "crisis"),
                ),
                bot("Are you thinking about killing yourself?", None, "Yes", "No", "I am not sure"),
            ]
        case "abuse":
            return [bot("Is it safe to chat now?", helplines("domestic_abuse", "crisis"), "Yes", "No")]
        case "support":
            return [bot("These people know about this.", helplines("support", "support"))]
        case "compact":
            return [bot("I am still here.", helplines("crisis", "emergency", "crisis", compact=True))]
        case "change my country" | "region":
            return [bot("Which country are you in?", REGION, "United States", "United Kingdom")]
        case "unknown card":
            return [bot("The text makes sense alone.", {"type": "hologram", "shape": "sphere"})]
        case "broken card":
            return [bot("The text makes sense alone.", {"type": "passage", "quote": None})]
        case _ if said.startswith("rate "):
            return [bot(f"Thank you. You said {said[5:]}.", None, "Book a consultation", "That is all")]
        case _:
            return [bot(f"You said: {said}", None)]
