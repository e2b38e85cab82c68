"""The suite `dialogues`: written dialogues played through the model and the real actions, as written and badly typed.

The perturbed run plays every dialogue again with its typed turns changed (bot/evaluation/perturb.py) and compares
turn by turn with the run as written: the same tier, and the same actions.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.dialogues import Dialogue, DialogueError, load_dialogues, play
from bot.evaluation.conversations import expectations
from bot.evaluation.perturb import perturb
from bot.evaluation.statistics import share
from bot.safety.tiers import ALARM
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bot.dialogues import Played
    from bot.evaluation.report import Report
    from bot.turns import TurnPlayer

SUITE = "dialogues"
OWN = ROOT / "tests" / "conversations"
KINDS = ("typos", "no punctuation", "lower case")
HOUR = 12  # dialogues are written for the day; those at night say so
Turns = dict[int, "Played"]


def dialogue_files(place: Path) -> list[Path]:
    """The dialogue files of a file or folder: `dialogues.yml` where a folder has one, otherwise every .yml file."""
    if place.is_file():
        return [place]
    named = place / "dialogues.yml"
    return [named] if named.is_file() else sorted(place.glob("*.yml"))


def measure_dialogues(place: Path, report: Report, say: Callable[[str], None]) -> None:
    """Add the figures of the dialogues in `place`. Starts an action server; takes about a second for each turn."""
    from bot.runtime import action_server, load_player

    dialogues = [dialogue for path in dialogue_files(place) for dialogue in load_dialogues(path)]
    with action_server(HOUR) as address:
        asyncio.run(compare(load_player(address, say), dialogues, report, say))


async def compare(
    player: TurnPlayer, dialogues: Sequence[Dialogue], report: Report, say: Callable[[str], None]
) -> None:
    """Plays `dialogues` as written, then in each of KINDS."""
    say(f"Playing {len(dialogues)} dialogues")
    clean = [await _turns(player, dialogue) for dialogue in dialogues]
    held = [line for dialogue, turns in zip(dialogues, clean, strict=True) for line in _held(dialogue, turns, report)]
    report.add(SUITE, "expectations", share(held))
    for kind in KINDS:
        say(f"Playing {len(dialogues)} dialogues, {kind}")
        changed = [await _turns(player, changed_dialogue(dialogue, kind)) for dialogue in dialogues]
        pairs = [
            (before, after) for one, other in zip(clean, changed, strict=True) for before, after in _pairs(one, other)
        ]
        report.add(SUITE, f"same crisis tier, {kind}", share([_alarm(a) == _alarm(b) for a, b in pairs]))
        report.add(SUITE, f"same action, {kind}", share([_actions(a) == _actions(b) for a, b in pairs]))
        report.wrong += [
            {"suite": f"{SUITE}, {kind}", "text": (b or a).user, "label": f"{_alarm(a)} {_actions(a)}",
             "got": f"{_alarm(b)} {_actions(b)}"}
            for a, b in pairs
            if _alarm(a) != _alarm(b) or _actions(a) != _actions(b)
        ]  # fmt: skip


def changed_dialogue(dialogue: Dialogue, kind: str) -> Dialogue:
    """`dialogue` with its typed turns written as `kind` says; pressed choices stay."""
    turns = [{**turn, "user": perturb(str(turn["user"]), kind)} if "user" in turn else turn for turn in dialogue.turns]
    return replace(dialogue, turns=turns)


async def _turns(player: TurnPlayer, dialogue: Dialogue) -> Turns:
    """The turns by number; a choice that is not there ends the dialogue."""
    turns: Turns = {}
    try:
        async for played in play(player, dialogue):
            turns[played.number] = played
    except DialogueError:
        return turns
    return turns


def _held(dialogue: Dialogue, turns: Turns, report: Report) -> list[bool]:
    held: list[bool] = []
    for number, turn in enumerate(dialogue.turns):
        expect = turn.get("expect") or {}
        if number not in turns:
            held += [False] * len(expect)
            report.wrong.append({"suite": SUITE, "text": f"{dialogue.name} {number}", "label": "a turn", "got": "none"})
            continue
        for name, found in expectations(turns[number], expect).items():
            held.append(not found)
            if found:
                said = f"{dialogue.name} {number}: {turns[number].user}"
                report.wrong.append({"suite": SUITE, "text": said, "label": f"{name} {expect[name]}", "got": found[0]})
    return held


def _pairs(one: Turns, other: Turns) -> list[tuple[Played, Played | None]]:
    return [(turn, other.get(number)) for number, turn in one.items()]


def _alarm(played: Played | None) -> str | None:
    tier = None if played is None else played.turn.understood["safety"]["tier"]
    return tier if tier in ALARM else None


def _actions(played: Played | None) -> Any:
    return None if played is None else played.turn.actions
