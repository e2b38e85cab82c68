"""A practice that began with the first schema loses nothing by upgrading."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.stack import ROOT
from tests.web_process import house

if TYPE_CHECKING:
    from pathlib import Path


def test_what_the_first_schema_held_is_there_after_all_migrations(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.bot.web.from_first_schema"]
    done = subprocess.run(command, cwd=ROOT, env=house(tmp_path), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "conversation": ["S", True, False],
        "to be forgotten": ["e" * 32],
        "messages": ["words of a parent", "An answer."],
        "correction": [["feel_low", "none"]],
        "flagged": True,
        "inbox": [[True, True, 1]],
        "booking": ["a nickname", "a@example.org", "booked"],
        "parcel": ["a@example.org", "Subject: hello", "mail", False, "pending"],
    }
