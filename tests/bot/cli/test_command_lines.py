"""The command line: what is read from stdin, what is written, and errors in one line."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from bot import cli
from bot.cli import chat, lines
from bot.settings import SettingError
from knowledge.errors import KnowledgeError


def read(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> list[str]:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
    return list(lines.texts())


def test_plain_lines_are_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, b"one\r\n two \n\nlast") == ["one", " two ", "", "last"]


def test_json_lines_give_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, b'{"text": "a\\nb", "id": 3}\n{"text": ""}\nplain\n') == ["a\nb", "", "plain"]


def test_what_only_looks_like_json_is_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, b"{sigh} so tired\n[1, 2]\n") == ["{sigh} so tired", "[1, 2]"]


def test_bytes_that_are_no_text_do_not_stop_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = read(monkeypatch, b"caf\xe9\nnext\n")
    assert first.startswith("caf")
    assert second == "next"


@pytest.mark.parametrize("row", [b'{"txt": "a"}', b'{"text": 3}', b'{"text": null}'])
def test_a_json_line_without_text_is_named(monkeypatch: pytest.MonkeyPatch, row: bytes) -> None:
    with pytest.raises(click.ClickException, match='line 2: a JSON line needs "text" with a string'):
        read(monkeypatch, b"fine\n" + row)


def test_rows_are_written_one_a_line_and_notes_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    lines.write({"text": "ça\nva"})
    lines.note("Training")
    written = capsys.readouterr()
    assert written.out.count("\n") == 1
    assert "ça" in written.out
    assert json.loads(written.out) == {"text": "ça\nva"}
    assert written.err == "Training\n"


def test_help_lists_every_command_and_imports_no_rasa() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from bot.cli import cli; r = CliRunner().invoke(cli, ['--help']); "
        "print(r.output); assert 'rasa.core' not in sys.modules"
    )
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert [name for name in cli.COMMANDS if f"  {name}" not in shown] == []


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(cli.cli, ["dance"])
    assert result.exit_code == 2
    assert "No such command 'dance'" in result.output


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_has_its_module(name: str) -> None:
    assert importlib.util.find_spec(f"bot.cli.{cli.MODULES.get(name, name)}") is not None


@pytest.mark.parametrize(
    "error", [SettingError("ATTUNE_PORT='x' is not a port."), KnowledgeError("a.md", "broken", "mend", 3)]
)
def test_a_known_error_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "cli", fail)
    monkeypatch.setattr(cli, "quieten", lambda: None)
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    assert capsys.readouterr().err == f"attune: {error}\n"


def test_choices_in_the_terminal_are_numbered_over_all_messages(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    messages = [
        {"text": "[One]", "choices": [{"label": "A", "payload": "/a"}]},
        {"text": "Two", "choices": [{"label": "B", "payload": "/b"}, {"label": "C", "payload": "/c"}]},
    ]
    assert chat._show(Console(width=60), messages) == ["/a", "/b", "/c"]
    shown = capsys.readouterr().out
    assert "[One]" in shown
    assert "3 C" in shown
