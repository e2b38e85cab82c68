"""Replies in other languages: what is read, and what is wrong with a file."""

from __future__ import annotations

import re
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


def test_the_way_out_bears_the_name_that_the_button_has_in_the_language(root: Path, knowledge_folder: Path) -> None:
    """In both languages: the widget's may differ from that of the message."""
    catalogue = (root / "bot" / "web" / "widget" / "src" / "strings" / "catalogue.ts").read_text("utf-8")
    english, spanish = re.findall(r'export const leave: Text = \["(.+?)", "(.+?)"\]', catalogue)[0]
    replies = load_languages(knowledge_folder)["es"].responses
    texts = [text for texts in replies.values() for text in texts]
    assert sum(spanish in text for text in texts) >= 5
    assert [t for t in texts if t.count(english) != t.count(f"«{spanish}» ({english})") or t.count(spanish) > 1] == []


def test_spanish_takes_nobody_for_a_woman_or_a_man(knowledge_folder: Path) -> None:
    spanish = load_languages(knowledge_folder)["es"]
    gendered = re.compile(  # what is said of whoever writes, or of the person who should help
        r"\b(?:estoy|estás|estar|está|quedes|eres)(?: (?!a\b)\w+)? (?:sol|segur|herid|enferm|cansad|atent|asustad)[oa]s?\b"
        r"|\b(?:un|una) (?:médic|vecin|amig|enfermer)[oa]\b",
        re.IGNORECASE,
    )
    texts = [*spanish.buttons.values(), *(text for texts in spanish.responses.values() for text in texts)]
    assert [text for text in texts if gendered.search(text)] == []
