"""Written dialogues: how they are read, and how a choice is pressed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from bot.dialogues import Dialogue, DialogueError, load_dialogues, play

if TYPE_CHECKING:
    from pathlib import Path


class Scripted:
    """Plays turns without Rasa; each answer offers one choice named after the turn."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    async def play(self, sender: str, **turn: Any) -> Any:
        self.heard.append({"sender": sender, **turn})
        number = len(self.heard)
        message = {"text": f"Answer {number}", "choices": [{"label": f"Go {number}", "payload": f"/go{number}"}]}
        found = {"intent": "affirm", "safety": {"tier": None}}
        return SimpleNamespace(messages=[message], understood=found, actions=["action_answer"])


async def played(*turns: dict[str, str], region: str | None = None) -> tuple[Scripted, list[dict[str, Any]]]:
    player = Scripted()
    rows = [turn.as_row() async for turn in play(player, Dialogue("d", region, list(turns)))]
    return player, rows


async def test_turns_are_typed_in_order_and_counted_from_zero() -> None:
    player, rows = await played({"user": "hello"}, {"user": "so low"})
    assert [turn["text"] for turn in player.heard] == ["hello", "so low"]
    assert [(row["turn"], row["user"]) for row in rows] == [(0, "hello"), (1, "so low")]
    assert len({turn["sender"] for turn in player.heard}) == 1
    assert set(rows[0]) == {"name", "turn", "user", "intent", "tier", "replies", "actions"}
    assert rows[0]["replies"] == [{"text": "Answer 1", "card": None, "choices": [{"label": "Go 1", "payload": "/go1"}]}]


async def test_a_choice_is_pressed_by_a_part_of_its_label() -> None:
    player, rows = await played({"user": "hello"}, {"user": "again"}, {"payload_from": "go 1"})
    assert player.heard[2]["payload"] == "/go1"
    assert rows[2]["user"] == "/go1"


async def test_choices_of_the_greeting_can_be_pressed_first() -> None:
    player, _ = await played({"payload_from": "settle"})
    assert player.heard[0]["payload"] == "/request_exercise"


async def test_a_choice_that_was_not_offered_is_an_error_that_lists_what_was() -> None:
    with pytest.raises(DialogueError, match=r"d, turn 1: no choice contains 'fly'\. Offered: .*'Go 1'"):
        await played({"user": "hello"}, {"payload_from": "fly"})


@pytest.mark.parametrize(("given", "expected"), [("UK", "GB"), ("IE", "IE"), (None, "US"), ("BR", "ZZ")])
async def test_the_region_is_normalised_and_defaults_to_the_practices(given: str | None, expected: str) -> None:
    player, _ = await played({"user": "hello"}, region=given)
    assert player.heard[0]["region"] == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name: x", "write a list of dialogues"),
        ("- {name: x}", "dialogue 0 needs `turns`"),
        ("- {turns: []}\n- turns: [{usr: hello}]", "dialogue 1, turn 0 needs `user` or `payload_from`"),
        ("- [", "expected"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "d.yml"
    path.write_text(content, "utf-8")
    with pytest.raises(DialogueError) as caught:
        load_dialogues(path)
    assert str(caught.value).startswith(f"{path}:")
    assert expected in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DialogueError, match="No such file"):
        load_dialogues(tmp_path / "none.yml")


def test_a_dialogue_without_a_name_is_named_by_its_place(tmp_path: Path) -> None:
    path = tmp_path / "d.yml"
    path.write_text("- {turns: [{user: a}]}\n- {name: n, region: GB, turns: []}", "utf-8")
    assert load_dialogues(path) == [Dialogue("0", None, [{"user": "a"}]), Dialogue("n", "GB", [])]
