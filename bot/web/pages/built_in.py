"""The helplines that the widget carries itself, for when neither server nor chat can be reached.

`python -m bot.web.pages.built_in` writes them from the knowledge folder into the widget's sources; `make widget`
begins with it, so that knowledge/helplines.yml is the one place where a number is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import get_settings
from knowledge.helplines import ANYWHERE, Helplines, load_helplines

if TYPE_CHECKING:
    from knowledge.helplines import Line

SOURCE = Path(__file__).resolve().parent.parent / "widget" / "src" / "builtin-helplines.json"


def built_in(helplines: Helplines) -> dict[str, list[str | list[str]]]:
    """By region: the emergency number, then as few lines as it takes to be able to call and to text.

    A line is name, number to call, number to text, word to text; empty ends are left out, since every page of the
    practice carries them. Countries without lines of their own have the number that most mobile phones know.
    """
    table: dict[str, list[str | list[str]]] = {}
    for code, _ in helplines.regions():
        region = helplines.region(code)
        lines = [line for line in region.lines if line.kind == "crisis" and (line.call or line.text)]
        chosen = lines[:1] if code != ANYWHERE else []
        if chosen and not chosen[0].text:
            chosen += [line for line in lines[1:] if line.text][:1]
        table[code] = [helplines.first(region, "emergency").call or "112", *map(_row, chosen)]
    return table


def _row(line: Line) -> list[str]:
    row = [line.name, line.call or "", line.text or "", line.text_body or ""]
    while not row[-1]:
        row.pop()
    return row


def as_json(table: dict[str, list[str | list[str]]]) -> str:
    """One region a line, so that a change can be read in a diff."""
    rows = [f"  {json.dumps(code)}: {json.dumps(row, ensure_ascii=False)}" for code, row in table.items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


def is_current(helplines: Helplines) -> bool:
    """Whether the widget was built with the numbers of `helplines`."""
    return bool(json.loads(SOURCE.read_text("utf-8")) == built_in(helplines))


if __name__ == "__main__":
    SOURCE.write_text(as_json(built_in(load_helplines(get_settings().knowledge))), "utf-8")
