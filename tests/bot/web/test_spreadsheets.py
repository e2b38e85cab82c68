"""Which cells a spreadsheet could run, and which stay as they are."""

from __future__ import annotations

import pytest

from bot.web.spreadsheets import harmless


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1 555", "-2", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "\r=1", "|x", "%x", "＝1", "\n@x"]
)
def test_a_cell_that_a_spreadsheet_could_run_is_text(typed: str) -> None:
    assert harmless(typed) == f"'{typed}"


@pytest.mark.parametrize("typed", ["Sam", "", "a=b", "sam@example.org", "555 010"])
def test_other_cells_stay_as_they_are(typed: str) -> None:
    assert harmless(typed) == typed
