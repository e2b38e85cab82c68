"""A person who edits knowledge/ is told file, line and fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from knowledge.articles import load_article
from knowledge.errors import Fields, KnowledgeError, parse_yaml, read_text
from knowledge.exercises import load_exercise
from knowledge.helplines import load_helplines
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def line_of(path: Path, words: str) -> int:
    """Where `words` stand for the first time in `path`, counted from 1."""
    return next(n for n, row in enumerate(path.read_text("utf-8").splitlines(), 1) if words in row)


def change(path: Path, old: str, new: str) -> None:
    """Replace the first `old` in `path`."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def complaint(load: Callable[[Path], Any], path: Path) -> str:
    """What loading `path` complains of."""
    with pytest.raises(KnowledgeError) as caught:
        load(path)
    message = str(caught.value)
    assert ". Fix: " in message
    assert message.endswith(".")
    return message


@pytest.fixture
def exercise(own_knowledge: Path) -> Path:
    return own_knowledge / "exercises" / "warm-mug.yml"


@pytest.fixture
def article(own_knowledge: Path) -> Path:
    return own_knowledge / "articles" / "delayed-bond.md"


def test_broken_yaml_is_reported_with_its_line(exercise: Path) -> None:
    exercise.write_text("id: warm-mug\nname: A mug\npurpose: [never closed\nminutes: 2\n", "utf-8")
    message = complaint(load_exercise, exercise)
    assert message.startswith(f"{exercise}:4: broken YAML")
    assert "correct the YAML on that line" in message


def test_broken_front_matter_is_reported_with_the_line_of_the_file(article: Path) -> None:
    article.write_text("---\nid: delayed-bond\ntitle: [never closed\n---\nText.\n", "utf-8")
    number = int(complaint(load_article, article).split(":")[1])
    assert number in (3, 4)


def test_a_missing_field_is_named(exercise: Path) -> None:
    change(exercise, "posture:", "# posture:")
    message = complaint(load_exercise, exercise)
    assert "`posture` is missing" in message
    assert "add `posture:` with a text" in message


def test_a_misspelt_field_is_reported_on_its_line(exercise: Path) -> None:
    change(exercise, "minutes: 2", "minutes: 2\nhandsfree: true")
    message = complaint(load_exercise, exercise)
    assert message.startswith(f"{exercise}:{line_of(exercise, 'handsfree')}: `handsfree` is not known")
    assert "correct its spelling" in message


def test_a_misspelt_field_of_an_article_is_reported_on_its_line(article: Path) -> None:
    change(article, "\nurl:", "\nadress: somewhere\nurl:")
    assert complaint(load_article, article).startswith(f"{article}:{line_of(article, 'adress')}: `adress` is not known")


def test_a_wrong_row_in_a_list_is_reported_on_its_own_line(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, 'name: "1737 Need to talk?"\n    kind: crisis', 'name: "1737 Need to talk?"\n    kind: hotline')
    message = complaint(lambda _: load_helplines(own_knowledge), path)
    assert message.startswith(f"{path}:{line_of(path, 'kind: hotline')}: `kind` is 'hotline'")
    assert "use one of: emergency, crisis, domestic_abuse, support" in message


def test_what_is_missing_in_a_row_is_reported_where_the_row_begins(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, "id: nz-1737\n    name:", "id: nz-1737\n    # name:")
    message = complaint(lambda _: load_helplines(own_knowledge), path)
    assert message.startswith(f"{path}:{line_of(path, 'id: nz-1737')}: `name` is missing")


def test_a_binary_file_is_no_text(article: Path) -> None:
    article.write_bytes(b"\x89PNG\r\n\xff\xfe\x00")
    message = complaint(load_article, article)
    assert message.startswith(f"{article}: the file is not UTF-8 text")
    assert "save it as UTF-8" in message


def test_control_characters_are_reported(exercise: Path) -> None:
    exercise.write_text("id: warm-mug\nname: a\x07b\n", "utf-8")
    assert "remove the characters that YAML does not allow" in complaint(load_exercise, exercise)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    message = complaint(read_text, tmp_path / "practice.yml")
    assert message.startswith(f"{tmp_path / 'practice.yml'}: the file is missing")


def test_a_key_given_twice_is_reported_on_the_second_line(exercise: Path) -> None:
    change(exercise, "minutes: 2", "minutes: 2\nminutes: 20")
    message = complaint(load_exercise, exercise)
    assert message.startswith(f"{exercise}:{line_of(exercise, 'minutes: 20')}: ")
    assert "`minutes` stands there twice" in message


def test_a_country_given_twice_is_reported(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, "- code: CA", "- code: US")
    message = complaint(lambda _: load_helplines(own_knowledge), path)
    assert message.startswith(f"{path}:{line_of(path, 'regions:')}: `regions` has US twice")


def test_an_id_that_is_not_the_file_name_is_reported(article: Path) -> None:
    copy = article.with_name("another-bond.md")
    copy.write_text(article.read_text("utf-8"), "utf-8")
    message = complaint(load_article, copy)
    assert message.startswith(f"{copy}:2: `id` is 'delayed-bond' in a file named another-bond.md")


def test_an_exercise_whose_id_is_not_its_file_name_is_reported(exercise: Path) -> None:
    change(exercise, "id: warm-mug", "id: cold-mug")
    assert complaint(load_exercise, exercise).startswith(f"{exercise}:1: `id` is 'cold-mug'")


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "only words\n"])
def test_a_file_that_is_no_mapping_is_reported(tmp_path: Path, text: str) -> None:
    with pytest.raises(KnowledgeError, match="write one key a line"):
        parse_yaml(text, tmp_path / "x.yml")


def test_an_article_without_front_matter_is_told_to_begin_with_it(article: Path) -> None:
    article.write_text("# Bonding\n\nText.\n", "utf-8")
    assert complaint(load_article, article).startswith(f"{article}:1: no front matter")


def test_an_article_without_text_is_reported(article: Path) -> None:
    text = article.read_text("utf-8")
    article.write_text(text[: text.index("\n---\n", 4) + 5], "utf-8")
    assert "write the article's sections" in complaint(load_article, article)


def test_an_unknown_audience_lists_the_known_ones(article: Path) -> None:
    change(article, "audience: [", "audience: [grandparents, ")
    message = complaint(load_article, article)
    assert "['grandparents']" in message
    assert "birth_parent, non_birth_parent, partner, family" in message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("minutes: 2", "minutes: two", "give a whole number"),
        ("minutes: 2", "minutes: true", "give a whole number"),
        ("minutes: 2", "minutes: -2", "give a number of 0 or more"),
        ("hands_free: false", "hands_free: maybe", "give true or false"),
        ("good_for: [feel_numb", "good_for: [3, feel_numb", "give a list of texts"),
        ("baby: without", "baby: sometimes", "use one of: with, without, either"),
        ("sense: smell", "sense: taste", "use one of: smell, touch"),
        ("sense: smell", "sense: breath, pace: {in: 4, out: 6}", "give `{in: 4, hold: 0, out: 6}`"),
        ("reviewed_on: null", "reviewed_on: soon", "a date such as 2026-01-31"),
        ("reviewed_on: null", "reviewed_on: 2026-02-30", "correct the date"),
        ("reviewed_on: null", "reviewed_on: 2026-02-20 10:00:00", "a date such as 2026-01-31"),
        ("name: A warm mug in your hands", "name: null", "give a text"),
    ],
)
def test_a_wrong_value_is_told_what_would_be_right(exercise: Path, old: str, new: str, expected: str) -> None:
    change(exercise, old, new)
    assert expected in complaint(load_exercise, exercise)


def test_a_list_of_plain_words_where_rows_belong_is_reported(tmp_path: Path) -> None:
    fields = Fields(parse_yaml("steps: [breathe, rest]", tmp_path / "x.yml"), tmp_path / "x.yml")
    with pytest.raises(KnowledgeError, match="write each row as"):
        fields.each("steps", lambda row: row.text("text"))


def test_an_exercise_without_steps_is_reported(exercise: Path) -> None:
    text = exercise.read_text("utf-8")
    begin, end = text.index("steps:"), text.index("closing:")
    exercise.write_text(f"{text[:begin]}steps: []\n{text[end:]}", "utf-8")
    assert "write at least one step" in complaint(load_exercise, exercise)


def test_a_helpline_without_any_way_to_reach_it_is_reported(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, 'call: "14416"', "call: null")
    assert "give call, text or chat" in complaint(lambda _: load_helplines(own_knowledge), path)


def test_a_country_without_an_emergency_number_is_reported(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(
        path,
        'id: in-emergency\n    name: "Emergency services"\n    kind: emergency',
        "id: in-emergency\n    name: Emergency\n    kind: support",
    )
    assert "IN has no emergency number" in complaint(lambda _: load_helplines(own_knowledge), path)


def test_helplines_without_the_international_region_are_reported(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, "- code: ZZ", "- code: XX")
    assert "add the international fallback" in complaint(lambda _: load_helplines(own_knowledge), path)


def test_helplines_without_the_international_list_are_reported(own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    change(path, 'Find A Helpline"\n    kind: crisis', 'Find A Helpline"\n    kind: support')
    assert "add the international list" in complaint(lambda _: load_helplines(own_knowledge), path)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("reader: staff", "reeder: staff", "`reader` is missing"),
        ("phone: null", "phone: null\nfone: null", "`fone` is not known"),
        ("minutes: 20", "minutes: 20\n  minuts: 30", "`minuts` is not known"),
        ("time_zone: America/New_York", "time_zone: Mars/Olympus", "use an IANA name such as Europe/London"),
        ("mode: slots", "mode: link", "give the address of your scheduler"),
        ("mode: slots", "mode: walk-in", "use one of: slots, link, off"),
        ("kinds: [video,", "kinds: [carrier-pigeon, video,", "use some of: video, phone, in_person"),
        ("minutes: 20", "minutes: 20\n  cost: ten dollars", "`cost` is not known"),
        ("how_it_starts:", "how_it_starts:\n    pigeon: at dawn", "`pigeon` is not known"),
        ('phone: ""', "phone: [we ring]", "`phone` is"),
        ("care: full", "care: some", "use one of: full, information"),
        ("booking:", "bookings:", "`booking` is missing"),
    ],
)
def test_what_is_wrong_with_the_practice_is_named(own_knowledge: Path, old: str, new: str, expected: str) -> None:
    path = own_knowledge / "practice.yml"
    change(path, old, new)
    assert expected in complaint(lambda _: load_practice(own_knowledge), path)
