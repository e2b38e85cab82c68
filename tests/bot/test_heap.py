"""What lives since the start is left out of garbage collections."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

SETTLED = """
import gc, json
from bot.heap import settle
kept = [[number] for number in range(50_000)]
before = len(gc.get_objects())
settle()
print(json.dumps([before, len(gc.get_objects()), gc.get_freeze_count(), gc.isenabled()]))
"""


def test_nothing_that_lives_is_searched_any_more_and_what_comes_later_is():
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    before, after, frozen, enabled = json.loads(done.stdout)
    assert before > 50_000
    assert after < 1_000
    assert frozen > 50_000
    assert enabled
    assert gc.isenabled()
