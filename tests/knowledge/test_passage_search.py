"""Search over passages, with vectors of hashed words in place of the encoder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge import stored
from knowledge.errors import KnowledgeError
from knowledge.library import Library
from knowledge.passages import Passage
from knowledge.search import GRAVE_DISTRUST, LEAST_COSINE, OUTSIDE, OUTSIDE_DISTRUST, TOLD_WEIGHT, PassageIndex
from knowledge.terms import terms

if TYPE_CHECKING:
    from collections.abc import Callable


def passage(name: str, heading: str, text: str, *topics: str) -> Passage:
    return Passage(f"{name}#h.1", name, name, heading, text, f"/articles/{name}", topics, reviewed=False)


SLEEP = passage("sleep", "Broken nights", "Sleep comes back slowly when nights are broken.", "feel_exhausted")
BOND = passage("bond", "Broken nights", "Closeness comes back slowly when nights are broken.", "feel_disconnected")
FEED = passage("feed", "Bottle or breast", "Milk from either place feeds a baby well.", "about_feeding", "feel_guilty")
GUILT = passage("guilt", "Guilt", "Shame visits parents who care.", "feel_guilty")
ALL = [SLEEP, BOND, FEED, GUILT]


@pytest.fixture(scope="module")
def index(encode: Callable) -> PassageIndex:
    return PassageIndex(ALL, encode)


@pytest.fixture
def find(index: PassageIndex, encode: Callable) -> Callable:
    def search(text: str, intents: dict[str, float] | None = None, most: int = 3):
        return index.search(text, encode([text])[0], intents, most)

    return search


def test_the_passage_with_the_same_words_comes_first(find: Callable) -> None:
    found = find("milk feeds a baby")
    assert found.hits[0].passage is FEED
    assert found.answered
    assert [hit.score for hit in found.hits] == sorted((hit.score for hit in found.hits), reverse=True)


def test_what_was_understood_decides_between_likes(find: Callable) -> None:
    text = "slowly broken nights"
    assert find(text, {"feel_exhausted": 0.9}).hits[0].passage is SLEEP
    assert find(text, {"feel_disconnected": 0.9}).hits[0].passage is BOND


def test_the_first_topic_of_an_article_weighs_more_than_a_later_one(find: Callable) -> None:
    plain = {hit.passage.id: hit.score for hit in find("shame and milk", most=4).hits}
    raised = {hit.passage.id: hit.score for hit in find("shame and milk", {"feel_guilty": 0.6}, most=4).hits}
    gain = {name: raised[name] - plain[name] for name in plain}
    assert gain[GUILT.id] == pytest.approx(1.2)
    assert gain[FEED.id] == pytest.approx(0.8)
    assert gain[SLEEP.id] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "gain"),
    [("shame and milk", 1.2), ("shame and milk?", 0.78), ("how do shame and milk go together", 0.78)],
)
def test_a_label_counts_more_for_what_is_told_than_for_what_is_asked(find: Callable, text: str, gain: float) -> None:
    plain = {hit.passage.id: hit.score for hit in find(text, most=4).hits}
    raised = {hit.passage.id: hit.score for hit in find(text, {"feel_guilty": 0.6}, most=4).hits}
    assert raised[GUILT.id] - plain[GUILT.id] == pytest.approx(gain)


def test_a_question_that_is_understood_counts_as_much_in_any_words(encode: Callable) -> None:
    why = passage("why", "Hormones", "Shame visits parents when hormones fall.", "ask_why")
    index = PassageIndex([why, SLEEP], encode)
    plain = {hit.passage.id: hit.score for hit in index.search("shame", encode(["shame"])[0], {}, 2).hits}
    raised = {
        hit.passage.id: hit.score for hit in index.search("shame", encode(["shame"])[0], {"ask_why": 1.0}, 2).hits
    }
    assert raised[why.id] - plain[why.id] == pytest.approx(1.0)


def test_an_unlikely_label_does_not_overrule_the_words(find: Callable) -> None:
    assert find("milk feeds a baby", {"feel_exhausted": 0.02}).hits[0].passage is FEED


def test_a_heading_that_asks_the_same_lifts_its_passage(encode: Callable) -> None:
    text = "Many parents wait for weeks until it comes"
    plain, titled = passage("a", "Of other things", text), passage("b", "Will it pass", text)
    index = PassageIndex([plain, titled, FEED], encode)
    assert index.search("will it pass", encode(["will it pass"])[0]).hits[0].passage is titled


def test_a_question_about_the_practice_is_answered_by_its_own_article(encode: Callable) -> None:
    drink = passage(
        "drink", "Wine in the evening", "An evening glass becomes the border of the evening.", "about_substances"
    )
    hours = passage("hours", "When", "Times of the therapists are in the list.", "ask_consultation")
    index, text = PassageIndex([drink, hours, FEED], encode), "do you do evenings"
    assert index.search(text, encode([text])[0], {"about_substances": 0.9}).hits[0].passage is drink
    assert index.search(text, encode([text])[0], {"ask_consultation": 0.9}).hits[0].passage is hours


@pytest.mark.parametrize("topic", ["crisis_psychosis", "about_loss"])
def test_an_article_about_danger_or_death_comes_up_only_for_who_speaks_of_it(encode: Callable, topic: str) -> None:
    grave = passage("signs", "When to send visitors home", "Send visitors home when she is ill.", topic)
    index, text = PassageIndex([grave, SLEEP, FEED, GUILT], encode), "send visitors home"

    def score(intents: dict[str, float]) -> float:
        hits = index.search(text, encode([text])[0], intents, 4).hits
        return next(hit.score for hit in hits if hit.passage is grave)

    weight = TOLD_WEIGHT if topic.startswith("about_") else 1.0
    assert score({topic: 0.06}) - score({}) == pytest.approx(GRAVE_DISTRUST + weight * 0.06, abs=1e-4)
    assert score({"feel_guilty": 0.9}) == pytest.approx(score({}), abs=1e-4)


def test_a_section_about_danger_comes_up_only_for_who_speaks_of_one(encode: Callable) -> None:
    ordinary = passage(
        "telling", "How do I say it?", "Send visitors home and say it to one person.", "feel_afraid_to_tell"
    )
    danger = replace(
        passage("telling", "What if it is danger?", "Send visitors home and ring.", "feel_afraid_to_tell"), danger=True
    )
    index, text = PassageIndex([ordinary, danger, SLEEP, FEED, GUILT], encode), "send visitors home and ring"

    def score(**intents: float) -> float:
        hits = index.search(text, encode([text])[0], intents, 5).hits
        return next(hit.score for hit in hits if hit.passage is danger)

    assert score(feel_afraid_to_tell=0.9) < score(feel_afraid_to_tell=0.9, crisis_harm_baby=0.1) - 1


def test_where_nothing_is_good_enough_the_search_says_so(find: Callable) -> None:
    found = find("quarterly tax spreadsheet")
    assert not found.answered
    assert max(hit.cosine for hit in found.hits) < LEAST_COSINE


@pytest.mark.parametrize("probability", [0.1, 0.9, 1.0])
def test_a_topic_alone_makes_no_answer(find: Callable, probability: float) -> None:
    assert not find("quarterly tax spreadsheet", {"about_feeding": probability}).answered


def test_a_rare_word_that_only_one_passage_has_is_an_answer(encode: Callable) -> None:
    winnicott = passage("good", "Good enough", f"Winnicott watched parents. {'Other words stand here too. ' * 12}")
    found = PassageIndex([*ALL, winnicott], encode).search("winnicott", encode(["winnicott"])[0])
    assert found.hits[0].passage is winnicott
    assert found.hits[0].cosine < LEAST_COSINE
    assert found.answered


def test_a_likely_topic_helps_words_that_are_nearly_good_enough(find: Callable) -> None:
    text = "her milk, my quarterly tax spreadsheet, invoice and shame since april june july march"
    assert 0.1 < max(hit.cosine for hit in find(text).hits) < LEAST_COSINE
    assert not find(text).answered
    assert find(text, {"about_feeding": 0.8}).answered


@pytest.mark.parametrize("text", ["???", "", "the and of"])
def test_a_text_without_words_is_searched_and_not_answered(find: Callable, text: str) -> None:
    assert not find(text).answered


def test_no_more_is_found_than_wanted_or_there(find: Callable) -> None:
    assert len(find("milk", most=2).hits) == 2
    assert len(find("milk", most=50).hits) == len(ALL)


def test_one_passage_alone_can_be_searched(encode: Callable) -> None:
    text = "milk feeds a baby from either place well"
    assert PassageIndex([FEED], encode).search(text, encode([text])[0]).answered


def test_without_passages_nothing_is_found(encode: Callable) -> None:
    found = PassageIndex([], encode).search("milk", encode(["milk"])[0])
    assert found.hits == []
    assert not found.answered


def test_words_are_compared_by_their_stems_without_small_words() -> None:
    assert terms("The Babies' NIGHTS and I don't keep checking") == ["babi", "night", "dont", "keep", "check"]


def test_a_way_to_ask_lifts_its_passage(encode: Callable) -> None:
    text = "Many parents wait for weeks until it comes"
    plain, asked = passage("a", "Of other things", text), passage("b", "Of other things", text)
    asked = replace(asked, asked=("does it go away",))
    index = PassageIndex([plain, asked, FEED], encode)
    assert index.search("will it go away", encode(["will it go away"])[0]).hits[0].passage is asked


class TestStored:
    """What a search compares with, kept in files."""

    def test_it_is_made_once_for_the_same_passages(self, tmp_path: Path, encode: Callable) -> None:
        def never(texts: list[str]) -> None:
            raise AssertionError(texts)

        made = PassageIndex(ALL, encode, tmp_path, "one")
        kept = PassageIndex(ALL, never, tmp_path, "one")  # type: ignore[arg-type]
        vector = encode(["milk feeds a baby"])[0]
        assert kept.search("milk feeds a baby", vector) == made.search("milk feeds a baby", vector)

    def test_other_words_and_another_encoder_are_made_anew(self, tmp_path: Path, encode: Callable) -> None:
        PassageIndex(ALL, encode, tmp_path, "one")
        PassageIndex(ALL, encode, tmp_path, "two")
        PassageIndex([*ALL[:3], replace(GUILT, text="Other words.")], encode, tmp_path, "two")
        assert len(list(tmp_path.iterdir())) == 3

    def test_only_the_newest_are_kept(self, tmp_path: Path, encode: Callable) -> None:
        for number in range(stored.KEPT + 2):
            PassageIndex(ALL, encode, tmp_path, str(number))
        assert len(list(tmp_path.iterdir())) == stored.KEPT

    def test_drafts_of_killed_processes_are_removed_when_they_are_old(self, tmp_path: Path, encode: Callable) -> None:
        old, new = tmp_path / f"{stored.DRAFT}old", tmp_path / f"{stored.DRAFT}new"
        for draft in (old, new):
            draft.mkdir()
            (draft / "texts.npy").touch()
        os.utime(old, (1, time.time() - stored.ABANDONED - 60))
        PassageIndex(ALL, encode, tmp_path)
        assert (old.exists(), new.exists()) == (False, True)

    def test_a_process_that_is_killed_while_it_encodes_leaves_no_draft(self, tmp_path: Path, encode: Callable) -> None:
        drafts: list[Path] = []

        def looking(texts: list[str]) -> np.ndarray:
            drafts.extend(tmp_path.iterdir())
            return encode(texts)

        PassageIndex(ALL, looking, tmp_path)
        assert drafts == []

    def test_arrays_are_mapped_and_not_read(self, tmp_path: Path, encode: Callable) -> None:
        arrays = stored.load(ALL, encode, tmp_path)
        assert isinstance(arrays.texts.base, np.memmap)
        assert isinstance(arrays.words.scores["data"].base, np.memmap)


NOBODY = 65534
AS_NOBODY = """
import os, sys
from pathlib import Path
import numpy as np
from knowledge import stored
from knowledge.passages import Passage

def encode(texts):
    return np.eye(768, dtype=np.float32)[[len(text) % 768 for text in texts]]

def some(text):
    return [Passage("a#h.1", "a", "a", "A", text, "/articles/a", (), reviewed=False)]

def never(texts):
    raise AssertionError(texts)

os.umask(0o022)
stored.load(some("Nights are short."), encode, Path("store"), "one")
os.chmod("store", 0o755)
stored.load(some("Nights are short."), encode)  # what is imported late has to be there before the rights go
os.chdir("store")
os.setgroups([])
os.setgid(int(sys.argv[1]))
os.setuid(int(sys.argv[1]))
print(stored.load(some("Nights are short."), never, Path(), "one").texts.shape)
for _ in range(2):
    print(stored.load(some("An edited article."), encode, Path(), "one").texts.shape)
print(len(os.listdir()))
"""


class TestReadOnly:
    """An image and a unit have the cache on a read-only disk, made by another user."""

    @staticmethod
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    def test_what_was_made_before_is_used(
        self, tmp_path: Path, encode: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = stored.load(ALL, encode, tmp_path, "one")
        monkeypatch.setattr(os, "utime", self.refuse)
        assert (stored.load(ALL, encode, tmp_path, "one").texts == made.texts).all()

    def test_an_edited_article_is_found_all_the_same_and_the_fix_is_named_once(
        self, tmp_path: Path, encode: Callable, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        PassageIndex(ALL, encode, tmp_path)
        monkeypatch.setattr(Path, "rename", self.refuse)
        caplog.set_level("WARNING")
        for text in ("Zebras graze beside zebras.", "Zebras sleep beside zebras."):
            found = PassageIndex([*ALL, replace(GUILT, text=text)], encode, tmp_path).search(text, encode([text])[0])
            assert found.hits[0].passage.text == text
        (line,) = caplog.messages
        assert str(tmp_path) in line
        assert "attune knowledge index" in line
        assert len(list(tmp_path.iterdir())) == 1

    @pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
    def test_a_user_who_may_only_read_uses_what_root_made_and_makes_the_rest_in_memory(self, tmp_path: Path) -> None:
        code = [sys.executable, "-c", AS_NOBODY, str(NOBODY)]
        variables = {**os.environ, "PYTHONPATH": str(Path(stored.__file__).parents[1])}
        done = subprocess.run(code, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
        assert done.stdout.splitlines() == ["(1, 768)"] * 3 + ["1"], done.stderr
        assert done.stderr.count("cannot be kept in") == 1


class TestApproximate:
    """From 20,000 passages on not all are compared."""

    @pytest.fixture
    def many(self) -> list[Passage]:
        words = [
            "milk",
            "night",
            "sleep",
            "rage",
            "birth",
            "bond",
            "love",
            "cry",
            "walk",
            "bath",
            "song",
            "shame",
            "doctor",
            "guilt",
            "friend",
            "work",
            "home",
            "car",
        ]
        random = np.random.default_rng(1)
        return [
            passage(f"p{n}", f"{words[n % 18]} {words[n * 7 % 18]}", " ".join(random.choice(words, 6)), "feel_low")
            for n in range(3000)
        ]

    def test_it_takes_over_by_itself_and_finds_the_same(
        self, many: list[Passage], encode: Callable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        exact = PassageIndex(many, encode)
        assert exact._arrays.near is None
        monkeypatch.setattr(stored, "APPROXIMATE_FROM", len(many))
        near = PassageIndex(many, encode)
        assert near._arrays.near is not None
        same = 0
        for text in ("shame at night", "milk and sleep", "walk home with a friend", "birth rage"):
            vector = encode([text])[0]
            one, other = (index.search(text, vector, {"feel_low": 0.5}, 5) for index in (exact, near))
            assert one.answered == other.answered
            assert one.hits[0].score == pytest.approx(other.hits[0].score, abs=0.3)
            same += len({hit.passage.id for hit in one.hits} & {hit.passage.id for hit in other.hits})
        assert same >= 16


class TestLibrary:
    """The articles of a folder, reloaded when a file changes."""

    @pytest.fixture
    def folder(self, own_knowledge: Path) -> Path:
        for path in list((own_knowledge / "articles").glob("*.md")):
            if path.stem not in {"delayed-bond", "low-mood"}:
                path.unlink()
        return own_knowledge

    @staticmethod
    def save(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000))

    def test_nothing_is_built_again_while_no_file_changes(self, folder: Path, encode: Callable) -> None:
        library = Library(folder, encode)
        before = library.index
        assert library.refresh() is False
        assert library.index is before

    def test_a_changed_article_is_found_by_its_new_words(self, folder: Path, encode: Callable) -> None:
        library = Library(folder, encode)
        path = folder / "articles" / "low-mood.md"
        self.save(path, path.read_text("utf-8") + "\n## Zebras\n\nZebras graze beside zebras.\n")
        assert library.refresh() is True
        assert any(p.heading == "Zebras" for p in library.index.passages)

    def test_a_removed_article_is_no_longer_quoted(self, folder: Path, encode: Callable) -> None:
        library = Library(folder, encode)
        (folder / "articles" / "low-mood.md").unlink()
        assert library.refresh() is True
        assert {p.article for p in library.index.passages} == {"delayed-bond"}

    def test_a_broken_article_is_complained_of_once_and_the_old_index_goes_on(
        self, folder: Path, encode: Callable
    ) -> None:
        library = Library(folder, encode)
        before = library.index
        self.save(folder / "articles" / "low-mood.md", "half saved")
        with pytest.raises(KnowledgeError, match=r"low-mood\.md:1"):
            library.refresh()
        assert library.index is before
        assert library.refresh() is False

    def test_a_folder_without_articles_is_waited_for(self, tmp_path: Path, folder: Path, encode: Callable) -> None:
        library = Library(tmp_path / "empty", encode)
        assert library.index.passages == []
        (tmp_path / "empty" / "articles").mkdir(parents=True)
        (folder / "articles" / "low-mood.md").rename(tmp_path / "empty" / "articles" / "low-mood.md")
        assert library.refresh() is True
        assert library.index.passages[0].url.startswith("/articles/low-mood#")

    def test_the_practices_site_stands_before_the_addresses(self, folder: Path, encode: Callable) -> None:
        practice = folder / "practice.yml"
        practice.write_text(practice.read_text("utf-8").replace('site: ""', "site: https://p.example/"), "utf-8")
        library = Library(folder, encode)
        assert all(p.url.startswith("https://p.example/articles/") for p in library.index.passages)

    def test_a_changed_site_changes_the_addresses(self, folder: Path, encode: Callable) -> None:
        library = Library(folder, encode)
        practice = folder / "practice.yml"
        self.save(practice, practice.read_text("utf-8").replace('site: ""', "site: https://p.example/"))
        assert library.refresh() is True
        assert all(p.url.startswith("https://p.example/articles/") for p in library.index.passages)

    def test_a_broken_practice_file_keeps_addresses_and_holds_up_no_article(
        self, folder: Path, encode: Callable
    ) -> None:
        practice, path = folder / "practice.yml", folder / "articles" / "low-mood.md"
        self.save(practice, practice.read_text("utf-8").replace('site: ""', "site: https://p.example/"))
        library = Library(folder, encode)
        self.save(practice, "half: [saved")
        self.save(path, path.read_text("utf-8") + "\n## Zebras\n\nZebras graze beside zebras.\n")
        assert library.refresh() is True
        (zebras,) = (p for p in library.index.passages if p.heading == "Zebras")
        assert zebras.url.startswith("https://p.example/articles/")


@pytest.mark.parametrize("label", OUTSIDE)
def test_words_that_are_nearly_good_enough_are_not_where_the_message_is_outside(
    index: PassageIndex, find: Callable, encode: Callable, label: str
) -> None:
    text = "milk my quarterly tax feeds baby april invoice"
    trust = index.signals(text, encode([text])[0]).trust.max()
    assert LEAST_COSINE <= trust < LEAST_COSINE + OUTSIDE_DISTRUST, trust
    assert find(text).answered
    assert not find(text, {label: 1.0}).answered
