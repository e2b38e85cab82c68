"""The pattern layer: rules over folded words, with the scopes in which a match does not count."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.safety.fold import END, Word, fold
from bot.safety.rules import Pattern, Rule, compile_pattern, load_rules, load_texting, load_words
from bot.safety.spelling import Spelling
from bot.safety.tiers import TIERS
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from spacy.vocab import Vocab

FOLDER = ROOT / "data" / "safety"
NEGATION_REACH = 5  # words before a match in which a "not" turns it round
PERSON_REACH = 8  # words before a match in which its subject stands
SCOPE_BEFORE, SCOPE_AFTER = 14, 10  # words around a match that tell what it is about
LONGEST_PIECE, OVERLAP = 60, 16  # a sentence without a full stop is read in pieces
PERSONAL = frozenset(
    {"crisis_suicide", "crisis_suicide_imminent", "crisis_self_harm", "crisis_psychosis", "crisis_harm_baby"}
)
"""Labels that become crisis_third_party when someone else is the subject."""
PLAIN_SCOPES = ("fiction", "simile", "occasion")
"""Scopes that one cue word near the match opens."""
OTHER = "·"  # stands for any word that no rule names


@dataclass(frozen=True)
class Match:
    """A rule that fired: `label` and `tier` after scopes, `evidence` as the parent wrote it."""

    rule: str
    label: str
    tier: str
    evidence: str


class _Row:
    """One row of a rule with its matcher. `negative`: it names a "not" itself, as in "not wake up"."""

    def __init__(self, rule: Rule, pattern: Pattern, vocabulary: Vocab, negations: frozenset[str]) -> None:
        self.rule = rule
        self.pattern = pattern
        self.negative = not negations.isdisjoint(pattern.words)
        self.matcher = Matcher(vocabulary, validate=False)
        self.matcher.add(rule.id, [pattern.tokens])


class Patterns:
    """Some rules, compiled once; word sets, texting forms and known words are those of `folder`."""

    def __init__(self, rules: Sequence[Rule], folder: Path = FOLDER) -> None:
        self.rules = list(rules)
        sets = load_words(folder)
        self._texting = load_texting(folder)
        self._vocabulary = spacy.blank("en").vocab
        self._rows = [
            _Row(rule, compile_pattern(row, sets), self._vocabulary, frozenset(sets["negation"]))
            for rule in self.rules
            for row in rule.patterns
        ]
        self._rule_words = frozenset(word for row in self._rows for word in row.pattern.words)
        self._index = _index(self._rows)
        known = (folder / "vocabulary.txt").read_text("utf-8").split()
        # Scope cues are known words too, lest "scared" be mended to "scarred".
        cues = frozenset(word for words in sets.values() for word in words)
        self._spelling = Spelling(set(self._rule_words), [*known, *cues])
        self._scopes = {name: frozenset(words) for name, words in sets.items()}

    def words(self, text: str) -> list[Word]:
        """The folded words of `text` with texting forms written out and safety words spelt right."""
        result: list[Word] = []
        for word in fold(text):
            if written := self._texting.get(word.text):
                for number, part in enumerate(written):
                    result.append(Word(part, word.start, word.end, word.opens and number == 0))
            else:
                result.append(Word(self._spelling.correct(word.text), word.start, word.end, word.opens))
        return result

    def matches(self, text: str) -> list[Match]:
        """Every rule that fires on `text`, the gravest first."""
        found: dict[str, Match] = {}
        for words in _pieces(self.words(text)):
            present = {word.text for word in words}
            rows = {
                row
                for word in present
                for row in self._index.get(word, ())
                if not any(choices.isdisjoint(present) for choices in row.pattern.needed)
            }
            if not rows:
                continue
            # Words that no rule names stay out of spaCy's store, which never forgets.
            doc = Doc(self._vocabulary, [w.text if w.text in self._rule_words else OTHER for w in words])
            for row in rows:
                name = row.rule.id
                for _, start, end in row.matcher(doc):
                    match = self._read(row, text, words, start, end)
                    if match and (name not in found or len(match.evidence) > len(found[name].evidence)):
                        found[name] = match
        return sorted(found.values(), key=lambda match: (TIERS.index(match.tier), match.rule))

    def _read(self, row: _Row, text: str, words: list[Word], start: int, end: int) -> Match | None:
        """The match in its surroundings, or None where a scope takes it back."""
        rule = row.rule
        around = [word.text for word in words[max(0, start - SCOPE_BEFORE) : end + SCOPE_AFTER]]
        unless = rule.unless
        other = self._is_someone_else(words, start, end)
        if (
            ("negated" in unless and self._is_negated(row, words, start, end))
            or ("past" in unless and self._is_past(words, start, around))
            or ("definition" in unless and self._is_definition(words, start))
            or ("idiom" in unless and self._is_idiom(around))
            or ("feared" in unless and self._is_feared(around))
            or any(name in unless and not self._scopes[name].isdisjoint(around) for name in PLAIN_SCOPES)
            or ("third" in unless and other)
            or ("writer" in unless and self._is_writer(words, start))
        ):
            return None
        label = rule.label
        if other and label == "crisis_psychosis":
            # "she" is often the baby of whom it is believed; someone else must be the one who believes it.
            other = not self._scopes["believing"].isdisjoint(w.text for w in words[max(0, start - PERSON_REACH) : end])
        if other and label in PERSONAL:
            label = "crisis_third_party"
        last = words[end - 1] if words[end - 1].text != END else words[end - 2]
        evidence = text[words[start].start : last.end]
        return Match(rule.id, label, rule.tier, evidence)

    def _is_negated(self, row: _Row, words: list[Word], start: int, end: int) -> bool:
        """Whether a "not" stands in the match's gaps, or before it in its own clause.

        "I can't cope, I want to die" has none.
        """
        if not self._scopes["negation"].isdisjoint(word.text for word in words[start:end]) and not row.negative:
            return True
        for place in range(start - 1, max(-1, start - 1 - NEGATION_REACH), -1):
            if words[place + 1].opens:
                return False
            word = words[place].text
            if word in self._scopes["negation"]:
                return words[place + 1].text not in self._scopes["not_negating"]
            if word in self._scopes["clause"]:
                return False
            # "I don't think I want to": the "not" before the thinking reaches further.
            if word in self._scopes["self"] and (place == 0 or words[place - 1].text not in self._scopes["saying"]):
                return False
        return False

    def _is_someone_else(self, words: list[Word], start: int, end: int) -> bool:
        """Whether the nearest subject is another person: the first word of the match, or one before it."""
        if any(word.text in self._scopes["self_subject"] for word in words[start:end]):
            return False
        for place in range(start, max(-1, start - PERSON_REACH), -1):
            word = words[place].text
            if word in self._scopes["self_subject"]:
                return False
            if word in self._scopes["other_person"]:
                return True
        return False

    def _is_writer(self, words: list[Word], start: int) -> bool:
        """Whether the nearest subject is the writer: "I hear voices" is no word about someone else."""
        for place in range(start, max(-1, start - PERSON_REACH), -1):
            if words[place].text in self._scopes["other_person"]:
                return False
            if words[place].text in self._scopes["self_subject"]:
                return True
        return False

    def _is_past(self, words: list[Word], start: int, around: list[str]) -> bool:
        """Whether it was long ago and is over: "used to", "ten years ago", "at uni", "at birth", without a word for now."""
        pairs = set(pairwise(around))
        over = (
            not self._scopes["past"].isdisjoint(around)
            or ("used", "to") in pairs
            or ("at", "birth") in pairs
            or any((unit, "ago") in pairs for unit in self._scopes["long"])
            or self._is_of_an_age(around)
        )
        if not over or not self._scopes["present"].isdisjoint(word.text for word in words[max(0, start - 3) : start]):
            return False  # "but now I want to die"
        return self._scopes["present"].isdisjoint(around) or not self._scopes["resolved"].isdisjoint(around)

    def _is_of_an_age(self, around: list[str]) -> bool:
        """Whether an age is told as past: "when I was 19", and not "when I was 19 weeks"."""
        ages, counted = self._scopes["age"], self._scopes["counted"]
        places = zip(around, around[1:], around[2:], [*around[3:], END], strict=False)
        return any((who, was) == ("i", "was") and age in ages and unit not in counted for who, was, age, unit in places)

    def _is_definition(self, words: list[Word], start: int) -> bool:
        before = [word.text for word in words[:start]]
        near = before[-6:]
        if not self._scopes["asking"].isdisjoint(near) and not self._scopes["whether"].isdisjoint(near):
            return True  # "she asked if I wanted to"
        return words[0].text in self._scopes["definition"] and self._scopes["self"].isdisjoint(
            word.text for word in words
        )

    def _is_idiom(self, around: list[str]) -> bool:
        for number, word in enumerate(around):
            if word in self._scopes["idiom"]:
                return number == 0 or around[number - 1] not in self._scopes["no_joke"]
        return False

    def _is_feared(self, around: list[str]) -> bool:
        """Whether it is a thought that horrifies: an intrusive image, a "what if"."""
        if not self._scopes["feared"].isdisjoint(around):
            return True
        return ("what", "if") in set(itertools.pairwise(around))


def _pieces(words: list[Word]) -> Iterator[list[Word]]:
    """The sentences of `words`, each closed by END; very long ones in overlapping pieces."""
    sentence: list[Word] = []
    for word in [*words, Word(END, 0, 0)]:
        sentence.append(word)
        if word.text != END:
            continue
        if len(sentence) > 1:
            for first in range(0, max(1, len(sentence) - OVERLAP), LONGEST_PIECE - OVERLAP):
                yield sentence[first : first + LONGEST_PIECE]
        sentence = []


def _index(rows: list[_Row]) -> dict[str, list[_Row]]:
    """For each word, the rows to try when it is there: by the needed word that fewest rows share."""
    common = Counter(word for row in rows for choices in row.pattern.needed for word in choices)
    index: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        for word in min(row.pattern.needed, key=lambda choices: sum(common[word] for word in choices)):
            index[word].append(row)
    return dict(index)


@lru_cache(maxsize=1)
def get_patterns() -> Patterns:
    """The rules of this process."""
    return Patterns(load_rules(FOLDER))


def quick_screen(text: str) -> str | None:
    """The gravest tier that the rules alone find in `text`, or None: for when Rasa cannot be asked."""
    found = get_patterns().matches(text)
    return found[0].tier if found else None
