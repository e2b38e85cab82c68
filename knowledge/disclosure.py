"""What a parent is told before the first message, and again whenever they ask (docs/safety-case.md; EU AI Act Art. 50)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knowledge.helplines import Helplines
    from knowledge.practice import Practice


def disclosure(practice: Practice, helplines: Helplines, region: str) -> list[str]:
    """The points, one sentence or two each, filled in for this practice and region."""
    number = helplines.words(region)["emergency_number"]
    return [
        "I am an automated program. I am not a person, a therapist or an emergency service.",
        f"Nobody is watching this chat live. In an emergency, call {number}.",
        f"Conversations are read later by {practice.reader}, to improve these answers.",
        f"They are kept for {practice.retention_days} days. You can delete yours at any time in the menu.",
        "Leave now, at the top, closes this page at once. It does not clear your browser history.",
    ]


def opening_messages(practice: Practice, helplines: Helplines, region: str) -> list[dict[str, Any]]:
    """The messages of a new session: the notice, then a greeting with ways to begin."""
    points = disclosure(practice, helplines, region)
    # The first is for everybody: who is pregnant, or whose baby has died, begins here too.
    ways = [
        ("I feel low, or not like myself", "/feel_low"),
        ("I don't feel close to my baby", "/feel_disconnected"),
        ("Help me settle right now", "/request_exercise"),
        ("Talk to a person", "/request_human"),
    ]
    if practice.care == "information":
        points.insert(1, "Here I give information only: no exercises, no care.")
        ways = [way for way in ways if way[1] != "/request_exercise"]
    return [
        {
            "text": "Before you write: " + " ".join(points),
            "card": {"type": "notice", "title": "Before you write", "items": points},
        },
        {
            "text": "Hello. You can write to me in your own words, at any hour, about how it is with you: in pregnancy, "
            "with a baby, or after a loss. What is on your mind?",
            "choices": [{"label": label, "payload": payload} for label, payload in ways],
        },
    ]
