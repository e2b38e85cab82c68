"""What was said before in a conversation, as its tracker has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasa.shared.core.events import ActionExecuted, UserUttered

from bot.understanding.labels import is_crisis

if TYPE_CHECKING:
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

DENIAL_TURNS = 2
OF_A_BABY_OR_ANOTHER = frozenset({"crisis_harm_baby", "crisis_third_party"})  # crises of another life than the writer's
OWNED = {"utter_safety_yes", "utter_safety_unsure"}


def said_by_parent(tracker: DialogueStateTracker) -> list[str]:
    """What the parent wrote and pressed so far, oldest first."""
    return [e.text or "" for e in tracker.events if isinstance(e, UserUttered)]


def typed_before(tracker: DialogueStateTracker) -> list[str]:
    """What the parent typed before the latest message, oldest first; payloads of pressed choices are not typed."""
    return [text for text in said_by_parent(tracker)[:-1] if text and not text.startswith("/")]


def asked_before(tracker: DialogueStateTracker, intent: str) -> str | None:
    """The words that were last typed, if they were understood as `intent`: "tell me more" goes on from them."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.text and not event.text.startswith("/"):
            return event.text if event.intent.get("name") == intent else None
    return None


def crisis_of(event: Event) -> str | None:
    """The label of the crisis that `event` tells of, whoever is in danger; a yes to the direct question is the writer's
    own. None where it tells of none.
    """
    if isinstance(event, ActionExecuted):
        return "crisis_suicide" if event.action_name in OWNED else None
    name: str | None = event.intent_name if isinstance(event, UserUttered) else None
    return name if name and is_crisis(name) else None


def last_crisis(tracker: DialogueStateTracker) -> str | None:
    """The label of the last crisis; None where none was."""
    return next(filter(None, map(crisis_of, reversed(tracker.events))), None)


def last_crisis_words(tracker: DialogueStateTracker) -> str:
    """What was said in the last message that was a crisis; empty where none was."""
    return next((e.text or "" for e in reversed(tracker.events) if isinstance(e, UserUttered) and crisis_of(e)), "")


def last_topic(tracker: DialogueStateTracker) -> str | None:
    """What the last message before this one was understood as."""
    return next((e.intent_name for e in reversed(tracker.events) if isinstance(e, UserUttered)), None)


def about_someone_else(tracker: DialogueStateTracker) -> bool:
    """Whether the last crisis of the conversation was somebody else's."""
    return last_crisis(tracker) == "crisis_third_party"


def just_denied(tracker: DialogueStateTracker) -> bool:
    """Whether the direct question was answered with no, by the last message or the one before it."""
    said = 0
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name == "utter_safety_no":
            return True
        said += isinstance(event, UserUttered)
        if said == DENIAL_TURNS:
            return False
    return False
