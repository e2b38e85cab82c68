"""Each kind of bad writing does what it says, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import unicodedata
from difflib import SequenceMatcher

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.perturb import EMOJI, KINDS, SHORTEST, WORDS_TO_A_TYPO, ZERO_WIDTH_SPACE, perturb
from bot.safety.fold import fold

TEXTS = [
    "I don't know what's wrong, she cries and CRIES... nobody told me it'd be like this!",
    "ok",
    "No.",
    'My mum said "give it time" but it has been four months - I feel nothing; am I broken?',
    "his temperature is 38.4, should we wait 2-3 hours (he's five weeks old) or ring somebody?\nThank you",
    "i keep crying and i can't stop and my husband thinks i should just be grateful but everything feels so far away from me",
    "??",
    "is it me?",
]
WORD = re.compile(r"[^\W_]+(?:['’\u200b][^\W_]+)*")


def words(text: str) -> list[str]:
    return WORD.findall(text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_the_number_of_words_stays(kind: str, text: str) -> None:
    assert len(words(perturb(text, kind))) == len(words(text))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_text_is_changed_in_the_same_way(kind: str) -> None:
    assert [perturb(text, kind) for text in TEXTS] == [perturb(text, kind) for text in reversed(TEXTS)][::-1]


def test_another_process_draws_the_same() -> None:
    code = f"from bot.evaluation.perturb import KINDS, perturb; print(ascii([perturb({TEXTS[0]!r}, k) for k in KINDS]))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == ascii([perturb(TEXTS[0], kind) for kind in KINDS])


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(max_size=200))
def test_any_text_can_be_changed(kind: str, text: str) -> None:
    changed = perturb(text, kind)
    assert changed.strip() or not text.strip()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError):
        perturb("words", "shouted")


class TestTypos:
    """Slips of the finger."""

    @pytest.mark.parametrize("text", TEXTS)
    def test_short_words_and_everything_between_stay(self, text: str) -> None:
        before, after = words(text), words(perturb(text, "typos"))
        assert [w for w in before if sum(c.isalpha() for c in w) < SHORTEST] == [
            other for w, other in zip(before, after, strict=True) if sum(c.isalpha() for c in w) < SHORTEST
        ]
        assert WORD.sub("", perturb(text, "typos")) == WORD.sub("", text)

    def test_a_typo_is_one_letter_or_two_neighbours(self) -> None:
        for number in range(200):
            before = f"something{chr(97 + number % 26)} everywhere tonight {number}"
            for old, new in zip(words(before), words(perturb(before, "typos")), strict=True):
                assert new[0] == old[0]
                if old == new:
                    continue
                dropped = len(new) == len(old) - 1
                doubled = len(new) == len(old) + 1
                swapped = sorted(new) == sorted(old)
                assert dropped or doubled or swapped
                assert SequenceMatcher(None, old, new).ratio() > 0.8

    def test_all_three_slips_occur(self) -> None:
        lengths = {len(words(perturb(f"mountain {number}", "typos"))[0]) for number in range(60)}
        assert lengths == {7, 8, 9}

    def test_some_eight_words_have_one_or_two(self) -> None:
        for number in range(50):
            text = " ".join(f"word{chr(97 + k % 26)}ly" for k in range(40)) + f" {number}"
            changed = sum(a != b for a, b in zip(words(text), words(perturb(text, "typos")), strict=True))
            assert 40 / WORDS_TO_A_TYPO <= changed <= 2 * 40 / WORDS_TO_A_TYPO

    def test_a_text_of_short_words_stays(self) -> None:
        assert perturb("is it me or no", "typos") == "is it me or no"


class TestNoPunctuation:
    """Tired thumbs do not punctuate."""

    def test_marks_go_and_words_stay_apart(self) -> None:
        text = "Well... he's off-hand,really! (Again?) “Fine” she said"
        assert perturb(text, "no punctuation") == "Well hes off hand really Again Fine she said"

    def test_numbers_keep_their_meaning(self) -> None:
        assert perturb("38.4, for 2-3 days, since 10:30.", "no punctuation") == "38.4 for 2-3 days since 10:30"

    def test_lines_stay(self) -> None:
        assert perturb("Hello,\nhow are you?", "no punctuation") == "Hello\nhow are you"

    def test_a_text_of_marks_alone_stays(self) -> None:
        assert perturb("?!", "no punctuation") == "?!"


class TestLowerCase:
    """No capitals."""

    def test_only_capitals_change(self) -> None:
        assert perturb("I CAN'T. Éa", "lower case") == "i can't. éa"


class TestEmoji:
    """Faces at the end and between words."""

    def test_a_short_text_gets_one_at_the_end(self) -> None:
        changed = perturb("so tired", "emoji")
        assert changed.startswith("so tired ")
        assert changed.removeprefix("so tired ") in EMOJI

    @pytest.mark.parametrize("text", [text for text in TEXTS if len(text.split()) > 4])
    def test_a_longer_text_gets_another_inside_and_loses_nothing(self, text: str) -> None:
        changed = perturb(text, "emoji")
        found = sorted(EMOJI, key=len, reverse=True)
        assert len(re.findall("|".join(found), changed)) == 2
        assert re.sub(rf" (?:{'|'.join(found)})", "", changed) == text

    def test_no_emoji_is_a_word_of_the_screening(self) -> None:
        for one in EMOJI:
            assert not [word for word in fold(one) if word.text.startswith("emoji")]


class TestUnicode:
    """Letters that look alike and are others."""

    TEXT = 'I don\'t know why "everything" feels broken, somebody please answer'

    def test_quotes_are_curly(self) -> None:
        changed = unicodedata.normalize("NFKC", perturb(self.TEXT, "unicode"))
        assert "don’t" in changed.replace(ZERO_WIDTH_SPACE, "")
        assert "“" in changed
        assert "”" in changed
        assert not set("'\"") & set(changed)

    def test_one_word_each_is_full_width_parted_and_accented(self) -> None:
        for number in range(50):
            changed = words(perturb(f"{self.TEXT} {number}", "unicode"))
            assert sum(any("\uff21" <= c <= "\uff5a" for c in word) for word in changed) == 1
            assert sum(ZERO_WIDTH_SPACE in word for word in changed) == 1
            assert sum(bool(re.search("[áèïöú]", word)) for word in changed) == 1

    @pytest.mark.parametrize("text", [text for text in TEXTS if words(text)])
    def test_what_is_seen_stays(self, text: str) -> None:
        plain = unicodedata.normalize("NFKD", perturb(text, "unicode")).translate(str.maketrans("’“”", '\'""'))
        assert re.sub("[\u0300-\u036f\u200b]", "", plain) == text

    def test_a_text_of_short_words_changes_too(self) -> None:
        assert perturb("it is me", "unicode") != "it is me"
