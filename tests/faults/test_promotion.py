"""A model is promoted while parents write: every turn is answered by Rasa, and an open risk stays open."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bot import register
from bot.models import code_hash
from tests.stack import ROOT, cards

if TYPE_CHECKING:
    from tests.stack import Stack

pytestmark = pytest.mark.stack

PATIENCE = 120.0
SECOND = "attune-second"


def bring_second_model(stack: Stack) -> None:
    """The same model under another name: what is tested is the change."""
    entries = register.read(stack.models).entries
    first = next(name for name in entries if name != SECOND and register.archive(stack.models, name).exists())
    if SECOND not in entries:
        shutil.copy(register.archive(stack.models, first), register.archive(stack.models, SECOND))
        register.add(stack.models, SECOND, sources="second", code=code_hash())


def choose(stack: Stack, name: str) -> None:
    environment = {**os.environ, "ATTUNE_MODELS": str(stack.models), "ATTUNE_VAR": str(stack.var)}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "models", "--use", name, "--by", "a test"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def turns_since(stack: Stack, last: int) -> list[tuple[str | None, int]]:
    """Model and whether Rasa was missed, of each turn after the row `last`."""
    with closing(sqlite3.connect(stack.var / "attune.sqlite3")) as connection:
        rows = connection.execute(
            "SELECT json_extract(understood, '$.model'), failed FROM chat_turn WHERE id > ? ORDER BY id", (last,)
        )
        return [(model, failed) for model, failed in rows]


def trouble(stack: Stack, since: int) -> list[str]:
    """Why Rasa was missed, as the web process logged it after the first `since` characters; slow is not lost."""
    log = (stack.var / "log" / "web.log").read_text("utf-8", "replace")[since:]
    return [why for why in re.findall(r"Rasa cannot be had: (.*)", log) if not why.startswith("no answer within")]


def last_row(stack: Stack) -> int:
    with closing(sqlite3.connect(stack.var / "attune.sqlite3")) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM chat_turn").fetchone()[0])


def test_no_turn_is_lost_while_another_model_takes_over(stack: Stack) -> None:
    stack.wait_until_ready()
    bring_second_model(stack)
    at_risk = stack.parent("US")
    assert cards(at_risk.says("I want to kill myself"), "helplines")
    before, said = last_row(stack), []
    logged = len((stack.var / "log" / "web.log").read_text("utf-8", "replace"))
    over = threading.Event()
    broken: list[BaseException] = []

    def write() -> None:
        parent = stack.parent("GB")
        while not over.is_set():
            try:
                said.append(parent.says("how do I get closer to my baby"))
            except Exception as error:  # noqa: BLE001 - told below, where the test can fail
                broken.append(error)
                return
            over.wait(2.2)  # within the limit of one session

    parents = [threading.Thread(target=write) for _ in range(2)]
    for one in parents:
        one.start()
    try:
        choose(stack, SECOND)
        until = time.monotonic() + PATIENCE
        while f"Model {SECOND} answers from now on" not in stack.output.read_text("utf-8", "replace"):
            assert time.monotonic() < until, stack.output.read_text("utf-8", "replace")
            time.sleep(0.2)
        heard = len(said)
        while len(said) < heard + 4 and not broken:
            assert time.monotonic() < until
            time.sleep(0.1)
    finally:
        over.set()
        for one in parents:
            one.join()
    assert broken == []
    turns = turns_since(stack, before)
    assert len(turns) == len(said)
    assert trouble(stack, logged) == []
    heard_by = [model for model, failed in turns if not failed]
    assert heard_by[-1] == f"{SECOND}.tar.gz"
    assert len(set(heard_by)) == 2
    shown = cards(at_risk.says("how do I get closer to my baby"), "helplines")
    assert shown
    assert shown[0]["compact"] is True
