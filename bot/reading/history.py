"""What was said before in a conversation, as its tracker has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rasa.shared.core.events import ActionExecuted, UserUttered

from bot.understanding.labels import is_crisis

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

DENIAL_TURNS = 2
OWNED = {"utter_safety_yes", "utter_safety_unsure"}


def typed_by_parent(tracker: DialogueStateTracker) -> list[str]:
    """What the parent wrote and pressed so far, oldest first."""
    return [e.text or "" for e in tracker.events if isinstance(e, UserUttered)]


def asked_before(tracker: DialogueStateTracker, intent: str) -> str | None:
    """The words that were last typed, if they were understood as `intent`: "tell me more" goes on from them."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.text and not event.text.startswith("/"):
            return event.text if event.intent.get("name") == intent else None
    return None


def last_crisis(tracker: DialogueStateTracker) -> str | None:
    """The label of the last crisis, whoever was in danger; a yes to the direct question is the writer's own."""
    for event in reversed(tracker.events):
        if isinstance(event, ActionExecuted) and event.action_name in OWNED:
            return "crisis_suicide"
        name: str | None = event.intent_name if isinstance(event, UserUttered) else None
        if name and is_crisis(name):
            return name
    return None


def last_crisis_words(tracker: DialogueStateTracker) -> str:
    """What was said in the last message that was a crisis; empty where none was."""
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered) and event.intent_name and is_crisis(event.intent_name):
            return event.text or ""
    return ""


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
