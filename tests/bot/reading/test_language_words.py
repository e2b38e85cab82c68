"""The words of other languages: as a message is compared with them, and what is said of a file that is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from bot.models import NOT_LEARNT
from bot.reading.language import folded
from bot.reading.language_words import PATH, LanguageWordsError, language_words, load_language_words
from bot.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def test_every_word_is_written_as_a_message_is_folded() -> None:
    words = language_words()
    parts = (words.small, words.short, words.spanish_answers)
    written = [text for part in parts for texts in part.values() for text in texts]
    assert [text for text in written if " ".join(folded(text)) != text] == []


def test_no_spanish_answer_means_two_things() -> None:
    answers = language_words().spanish_answers
    assert sum(map(len, answers.values())) == len(frozenset().union(*answers.values()))


@pytest.mark.parametrize(
    ("part", "key"), [("small", "es"), ("short", "es"), ("spanish_answers", "deny"), ("spanish_answers", None)]
)
def test_what_is_missing_is_named_with_the_fix(tmp_path: Path, part: str, key: str | None) -> None:
    content = yaml.safe_load(PATH.read_text("utf-8"))
    if key:
        del content[part][key]
    else:
        del content[part]
    path = tmp_path / "languages.yml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    with pytest.raises(LanguageWordsError, match=rf"languages\.yml: {part} lacks .*{key or 'affirm'}.*\. Fix: "):
        load_language_words(path)


def test_a_bare_no_in_a_list_is_no_word(tmp_path: Path) -> None:
    path = tmp_path / "languages.yml"
    path.write_text(PATH.read_text("utf-8").replace('deny: ["no", ', "deny: [no, "), "utf-8")
    with pytest.raises(LanguageWordsError, match=r"spanish_answers, deny has what is no word\. Fix: put each word in"):
        load_language_words(path)


def test_no_model_depends_on_these_words() -> None:
    assert str(PATH.relative_to(ROOT)) in NOT_LEARNT
