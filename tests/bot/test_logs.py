"""Log lines: structured, and of an exception its kind and places only."""

from __future__ import annotations

import io
import json
import logging
import logging.config
from typing import TYPE_CHECKING

import pytest

from bot.logs import configuration
from bot.settings import SettingError, get_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "what a parent wrote"


@pytest.fixture
def form(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    get_settings.cache_clear()


def lines(form: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a handler with the configured formatter writes."""
    monkeypatch.setenv("ATTUNE_LOG", form)
    get_settings.cache_clear()
    config = configuration("web")
    # Configured for a logger of its own: the root's handlers belong to the test runner.
    config["loggers"] = {"of.this.test": {"handlers": ["console"], "level": "INFO", "propagate": False}}
    stream = io.StringIO()
    config["handlers"]["console"]["stream"] = stream
    del config["root"]
    logging.config.dictConfig(config)
    logger = logging.getLogger("of.this.test")
    logger.warning("%d turns wait", 3)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.exception("a turn failed")
    return stream.getvalue().splitlines()


def test_as_json_every_line_is_an_object(form: pytest.MonkeyPatch) -> None:
    first, second = (json.loads(line) for line in lines("json", form))
    assert first["event"] == "3 turns wait"
    assert (first["process"], first["level"], first["logger"]) == ("web", "warning", "of.this.test")
    assert first["timestamp"].endswith("Z")
    assert second["exception"] == "ValueError"
    assert "test_logs.py" in second["places"][-1]


@pytest.mark.parametrize("kind", ["plain", "json"])
def test_what_an_exception_says_is_not_logged(kind: str, form: pytest.MonkeyPatch) -> None:
    written = "\n".join(lines(kind, form))
    assert "ValueError" in written
    assert "a turn failed" in written
    assert SECRET not in written


def test_an_unknown_form_is_named_with_the_fix(form: pytest.MonkeyPatch) -> None:
    form.setenv("ATTUNE_LOG", "xml")
    get_settings.cache_clear()
    with pytest.raises(SettingError, match=r"ATTUNE_LOG='xml' is not known\. Use plain or json\."):
        get_settings()
