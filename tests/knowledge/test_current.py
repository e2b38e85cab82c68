"""Files that change while a process runs: read again at once, and a broken one keeps what was read before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from knowledge.articles import current_articles
from knowledge.current import Current
from knowledge.errors import KnowledgeError, read_text
from knowledge.helplines import current_helplines
from knowledge.languages import current_languages
from knowledge.practice import current_practice

if TYPE_CHECKING:
    from pathlib import Path


class Read:
    """A file whose every reading is counted; "broken" cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "words.txt"
        self.times = 0
        self.folder = folder
        self.current = Current(self.load, "words.txt")

    def load(self, folder: Path) -> str:
        self.times += 1
        text = read_text(folder / "words.txt")
        if "broken" in text:
            raise KnowledgeError(self.path, "broken", "mend it", 3)
        return text

    def get(self) -> str:
        return self.current.of(self.folder)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    made = Read(tmp_path)
    made.path.write_text("first")
    return made


def test_nothing_is_read_again_while_the_file_stays(read: Read) -> None:
    assert [read.get() for _ in range(3)] == ["first"] * 3
    assert read.times == 1


def test_a_changed_file_is_read_at_once(read: Read) -> None:
    read.get()
    read.path.write_text("second one")
    assert read.get() == "second one"


def test_a_file_of_the_same_length_is_known_by_its_time(read: Read) -> None:
    read.get()
    read.path.write_text("other")
    os.utime(read.path, ns=(1, 1))
    assert read.get() == "other"


@pytest.mark.parametrize("how", ["broken", "binary", "gone", "not a file"])
def test_a_broken_file_keeps_what_was_read_before_and_is_complained_of_once(
    read: Read, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    read.get()
    if how == "broken":
        read.path.write_text("broken")
    elif how == "binary":
        read.path.write_bytes(b"\xff\xfe\xfd")
    else:
        read.path.unlink()
        if how == "not a file":
            read.path.mkdir()
    assert [read.get() for _ in range(3)] == ["first"] * 3
    assert read.times == 2
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "kept what was read before" in caplog.text
    assert "words.txt" in caplog.text


def test_a_mended_file_is_used_again(read: Read) -> None:
    read.get()
    read.path.write_text("broken")
    read.get()
    read.path.write_text("mended")
    assert read.get() == "mended"


def test_what_could_never_be_read_is_an_error_each_time(read: Read) -> None:
    read.path.write_text("broken")
    for _ in range(2):
        with pytest.raises(KnowledgeError, match=r"words\.txt:3"):
            read.get()


def test_each_folder_has_its_own(read: Read, tmp_path: Path) -> None:
    read.get()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "words.txt").write_text("elsewhere")
    assert read.current.of(tmp_path / "other") == "elsewhere"
    assert read.get() == "first"
    assert read.times == 2


def test_a_file_that_comes_or_goes_among_many_is_seen(tmp_path: Path) -> None:
    names = Current(lambda folder: sorted(path.name for path in folder.glob("*.md")), "*.md")
    (tmp_path / "a.md").touch()
    assert names.of(tmp_path) == ["a.md"]
    (tmp_path / "b.md").touch()
    assert names.of(tmp_path) == ["a.md", "b.md"]
    (tmp_path / "a.md").unlink()
    assert names.of(tmp_path) == ["b.md"]


@pytest.mark.parametrize(
    ("current", "name"),
    [
        (current_practice, "practice.yml"),
        (current_helplines, "helplines.yml"),
        (current_languages, "languages/es.yml"),
        (current_articles, "articles/low-mood.md"),
    ],
)
def test_whatever_a_person_edits_while_attune_runs_may_be_broken_for_a_while(
    own_knowledge: Path, current, name: str
) -> None:
    before = current(own_knowledge)
    (own_knowledge / name).write_text("---\nhalf: [saved\n---\n")
    assert current(own_knowledge) is before
