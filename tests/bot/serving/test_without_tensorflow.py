"""Serving without TensorFlow: the same answers, and a clear error for what would need it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LEFT_OUT = """
import sys
from bot.quiet import quieten; quieten()
from bot.serving.without_tensorflow import leave_out_tensorflow, TensorFlowNeededError
assert leave_out_tensorflow() and leave_out_tensorflow()
import rasa.core.run, rasa.core.agent
from rasa.engine.recipes.default_components import DIETClassifier, TEDPolicy, RulePolicy
assert "tensorflow" not in sys.modules
for use in (DIETClassifier, TEDPolicy.load):
    try:
        use({}, None, None, None)
    except TensorFlowNeededError as error:
        assert "ATTUNE_TENSORFLOW=on" in str(error)
    else:
        raise SystemExit("it was not refused")
assert RulePolicy.get_default_config()
"""
TOO_LATE = """
from bot.quiet import quieten; quieten()
import rasa.utils.tensorflow.callback
from bot.serving.without_tensorflow import leave_out_tensorflow
assert not leave_out_tensorflow()
"""
# The answers go through a file: with PYTHONUNBUFFERED set, Python drops what a full pipe did not take at once.
READ = """
import asyncio, json, sys
from pathlib import Path
from bot.quiet import quieten; quieten()
from bot.runtime import load_agent, parse
agent = load_agent()
lines = sys.stdin.read().splitlines()
rows = [asyncio.run(parse(agent, line)) for line in lines]
kept = [{k: row[k] for k in ("intent", "intent_ranking", "safety", "passages")} for row in rows]
answers = json.dumps({"tensorflow": "tensorflow" in sys.modules, "rows": kept})
Path(sys.argv[1]).write_text(answers, encoding="utf-8")
"""


def run(code: str, root: Path, *arguments: str, stdin: str = "", **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, *arguments], cwd=root, input=stdin, capture_output=True, text=True,
        env={**os.environ, **variables}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def test_rasa_loads_without_tensorflow_and_its_components_refuse(root: Path) -> None:
    run(LEFT_OUT, root)


def test_where_rasa_is_there_already_nothing_is_replaced(root: Path) -> None:
    run(TOO_LATE, root)


@pytest.mark.model
def test_two_hundred_lines_are_read_the_same_with_and_without(root: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in (root / "tests/eval/intents.jsonl").read_text("utf-8").splitlines()]
    rows += [json.loads(line) for line in (root / "tests/eval/crisis_pos.jsonl").read_text("utf-8").splitlines()]
    lines = "\n".join(row["text"].replace("\n", " ") for row in rows[:: len(rows) // 200][:200])
    for switch in ("off", "on"):
        run(READ, root, str(tmp_path / switch), stdin=lines, ATTUNE_TENSORFLOW=switch)
    without, plain = (json.loads((tmp_path / switch).read_text("utf-8")) for switch in ("off", "on"))
    assert (without["tensorflow"], plain["tensorflow"]) == (False, True)
    assert len(without["rows"]) == 200
    assert without["rows"] == plain["rows"]
