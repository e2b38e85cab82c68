"""Replies in other languages: what is read, and what is wrong with a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from knowledge.errors import KnowledgeError
from knowledge.languages import load_language, load_languages

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "reviewed_by: null\nreviewed_on: null\nbuttons: {/affirm: Sí}\nresponses:\n  utter_greet: [Hola]\n"


def test_a_language_is_read(tmp_path: Path) -> None:
    path = tmp_path / "es.yml"
    path.write_text(GOOD, "utf-8")
    language = load_language(path)
    assert (language.code, language.responses, language.buttons) == (
        "es",
        {"utter_greet": ("Hola",)},
        {"/affirm": "Sí"},
    )


def test_a_reply_without_texts_is_named(tmp_path: Path) -> None:
    path = tmp_path / "es.yml"
    path.write_text(GOOD.replace("[Hola]", "[]"), "utf-8")
    with pytest.raises(KnowledgeError, match="utter_greet"):
        load_language(path)


def test_a_folder_without_languages_has_none(tmp_path: Path) -> None:
    assert load_languages(tmp_path) == {}
