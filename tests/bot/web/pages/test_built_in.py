"""The numbers that the widget carries are those of knowledge/helplines.yml, and the files that parents get have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.web.pages.built_in import SOURCE, as_json, built_in, is_current
from bot.web.pages.files import DIST
from knowledge.helplines import Helplines, load_helplines

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def helplines(knowledge_folder: Path) -> Helplines:
    return load_helplines(knowledge_folder)


def test_the_widget_s_numbers_are_those_of_the_file(helplines: Helplines) -> None:
    assert SOURCE.read_text("utf-8") == as_json(built_in(helplines)), "run `make widget`"
    assert is_current(helplines)


def test_every_number_is_in_the_file_that_parents_get(helplines: Helplines) -> None:
    loader = (DIST / "loader.js").read_text("utf-8")
    for row in built_in(helplines).values():
        assert json.dumps(row, ensure_ascii=False, separators=(",", ":")) in loader, "run `make widget`"


def test_every_country_has_its_emergency_number_and_a_line_to_call_and_where_there_is_one_to_text(
    helplines: Helplines,
) -> None:
    for code, (emergency, *rows) in built_in(helplines).items():
        region = helplines.region(code)
        crisis = [line for line in region.lines if line.kind == "crisis" and code != "ZZ"]
        known = {(line.name, line.call or "", line.text or "", line.text_body or "") for line in crisis}
        shown = [(*row, *[""] * (4 - len(row))) for row in rows]
        assert emergency == (helplines.first(region, "emergency").call or "112")
        assert set(shown) <= known, code
        assert any(row[1] for row in shown) == any(line.call for line in crisis), code
        assert any(row[2] for row in shown) == any(line.text for line in crisis), code


def test_a_number_that_changed_is_noticed(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    path.write_text(path.read_text("utf-8").replace('call: "116 123"', 'call: "116 124"'), "utf-8")
    assert not is_current(load_helplines(own_knowledge))
