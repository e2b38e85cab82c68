"""Plays written dialogues through the real model and actions, for `attune talk`, evaluation and tests."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.settings import get_settings
from knowledge.disclosure import opening_messages
from knowledge.helplines import load_helplines
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.turns import Turn, TurnPlayer


class DialogueError(ValueError):
    """A dialogue file cannot be played; the message names dialogue and turn."""


@dataclass(frozen=True)
class Dialogue:
    """A written dialogue: its turns are mappings with `user` or `payload_from`."""

    name: str
    region: str | None
    turns: list[dict[str, Any]]


@dataclass(frozen=True)
class Played:
    """One turn of a dialogue as it was played."""

    dialogue: Dialogue
    number: int
    user: str
    turn: Turn
    pressed: str | None = None  # the label of the button, where one was pressed

    def as_row(self) -> dict[str, Any]:
        """The line of `attune talk`."""
        replies = [
            {"text": m["text"], "card": m.get("card"), "choices": m.get("choices", [])} for m in self.turn.messages
        ]
        return {
            "name": self.dialogue.name,
            "turn": self.number,
            "user": self.user,
            "intent": self.turn.understood["intent"],
            "tier": self.turn.understood["safety"]["tier"],
            "replies": replies,
            "actions": self.turn.actions,
        }


def load_dialogues(path: Path) -> list[Dialogue]:
    """The dialogues of a YAML file. Raises DialogueError."""
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DialogueError(f"{path}: {error}") from None
    if not isinstance(content, list):
        raise DialogueError(f"{path}: write a list of dialogues, each with name and turns.")
    dialogues = []
    for number, entry in enumerate(content):
        if not isinstance(entry, dict) or not isinstance(entry.get("turns"), list):
            raise DialogueError(f"{path}: dialogue {number} needs `turns`, a list.")
        for place, turn in enumerate(entry["turns"]):
            if not isinstance(turn, dict) or not (turn.keys() & {"user", "payload_from"}):
                raise DialogueError(f"{path}: dialogue {number}, turn {place} needs `user` or `payload_from`.")
        dialogues.append(Dialogue(str(entry.get("name", number)), entry.get("region"), entry["turns"]))
    return dialogues


def _choice(wanted: str, offered: list[dict[str, str]], dialogue: Dialogue, number: int) -> dict[str, str]:
    for choice in reversed(offered):
        if wanted.lower() in choice["label"].lower():
            return choice
    labels = ", ".join(repr(choice["label"]) for choice in offered) or "none"
    raise DialogueError(f"{dialogue.name}, turn {number}: no choice contains {wanted!r}. Offered: {labels}.")


async def play(player: TurnPlayer, dialogue: Dialogue) -> AsyncIterator[Played]:
    """Each turn of `dialogue` in a conversation of its own."""
    sender = uuid.uuid4().hex
    folder = get_settings().knowledge
    practice, helplines = load_practice(folder), load_helplines(folder)
    region = helplines.normalise_region(dialogue.region or practice.default_region)
    offered = [c for m in opening_messages(practice, helplines, region) for c in m.get("choices", ())]
    for number, turn in enumerate(dialogue.turns):
        pressed = None
        if "payload_from" in turn:
            choice = _choice(str(turn["payload_from"]), offered, dialogue, number)
            said, pressed = choice["payload"], choice["label"]
            played = await player.play(sender, payload=said, region=region)
        else:
            said = str(turn["user"])
            played = await player.play(sender, text=said, region=region)
        offered = [*offered, *(c for m in played.messages for c in m.get("choices", ()))]
        yield Played(dialogue, number, said, played, pressed)
