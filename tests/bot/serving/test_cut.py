"""What of a conversation is kept: the slots, the last turns, whose crisis it was; in a database no words."""

from __future__ import annotations

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.reading.history import last_crisis, last_crisis_words
from bot.serving.cut import TURNS_KEPT, cut, share_metadata, without_words


def turn(number: int, intent: str = "feel_low") -> list[Event]:
    said = UserUttered(f"words {number}", {"name": intent, "confidence": 0.9}, parse_data={"passages": ["long"]})
    reply = BotUttered("a reply", metadata={"utter_action": "utter_x", "metadata": {"wording": number % 3}})
    return [
        said,
        ActionExecuted("utter_x"),
        reply,
        SlotSet("asked", f"asked {number}"),
        ActionExecuted("action_listen"),
    ]


def conversation(turns: int) -> list[Event]:
    start = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    return [*start, *(event for number in range(turns) for event in turn(number))]


def values(events: list[Event]) -> dict[str, object]:
    return {event.key: event.value for event in events if isinstance(event, SlotSet)}


def test_a_short_conversation_keeps_its_steps() -> None:
    events = conversation(3)
    assert [type(event) for event in cut(events)] == [type(event) for event in events]


def test_a_long_conversation_keeps_its_last_turns_only() -> None:
    kept = cut(conversation(100))
    assert sum(isinstance(event, UserUttered) for event in kept) == TURNS_KEPT
    assert len(cut([*kept, *turn(100)])) == len(kept)


def test_slots_of_the_turns_that_are_dropped_are_carried_over() -> None:
    events = [*conversation(1), SlotSet("risk", "S"), SlotSet("exercise", {"id": "x"}), *conversation(30)[3:]]
    kept = values(cut(events))
    assert kept["risk"] == "S"
    assert kept["exercise"] == {"id": "x"}
    assert kept["asked"] == "asked 29"


def test_a_session_that_began_again_carries_over_what_it_set_itself() -> None:
    events = [SlotSet("risk", "S"), SessionStarted(), SlotSet("region", "GB"), *conversation(30)[3:]]
    kept = values(cut(events))
    assert kept["region"] == "GB"
    assert "risk" not in kept


def test_whose_crisis_the_last_one_was_is_remembered() -> None:
    events = [*turn(0, "crisis_suicide"), *turn(1, "crisis_third_party"), *conversation(100)[3:]]
    for _ in range(3):
        events = [*cut(events), *turn(5)]
    assert next(e.intent_name for e in events if isinstance(e, UserUttered)) == "crisis_third_party"


def test_a_yes_to_the_direct_question_stays_the_writers_own_crisis() -> None:
    yes = [*turn(1, "affirm")[:1], ActionExecuted("utter_safety_yes"), *turn(1)[2:]]
    events = [*turn(0, "crisis_third_party"), *yes, *conversation(9)[3:]]
    for _ in range(3):
        assert last_crisis(DialogueStateTracker.from_events("a", events)) == "crisis_suicide"
        assert last_crisis_words(DialogueStateTracker.from_events("a", events)) == "words 0"
        events = [*cut(events), *turn(5)]


def test_no_replies_and_passages_are_kept() -> None:
    kept = [event.as_dict() for event in cut(conversation(3))]
    assert "long" not in str(kept)
    assert "a reply" not in str(kept)


def test_what_was_typed_lately_is_kept_in_memory_and_never_in_a_row() -> None:
    kept = cut(conversation(100))
    assert [event.text for event in kept if isinstance(event, UserUttered)] == [f"words {n}" for n in range(92, 100)]
    assert "words" not in str([event.as_dict() for event in without_words(kept)])


def test_which_wording_was_used_is_kept() -> None:
    spoken = [event for event in cut(conversation(3)) if isinstance(event, BotUttered)]
    assert [event.metadata["metadata"]["wording"] for event in spoken] == [0, 1, 2]
    assert spoken[0].metadata["utter_action"] == "utter_x"


def test_equal_metadata_is_in_memory_once_and_a_reply_keeps_its_own() -> None:
    events = cut(conversation(3))
    for event in events:
        event.metadata = {**event.metadata, "assistant_id": "attune"}
    share_metadata(events)
    steps = [event for event in events if isinstance(event, ActionExecuted)]
    assert len({id(event.metadata) for event in steps}) == 1
    assert steps[0].metadata == {"assistant_id": "attune"}
    spoken = [event for event in events if isinstance(event, BotUttered)]
    assert [event.metadata["metadata"]["wording"] for event in spoken] == [0, 1, 2]
