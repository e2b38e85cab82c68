"""The pattern layer: rules over folded words, with the scopes in which a match does not count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from bot.safety.fold import END, Word, fold
from bot.safety.rules import Rule, compile_pattern, load_rules, load_texting, load_words
from bot.safety.spelling import Spelling
from bot.settings import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ROOT / "data" / "safety"
NEGATION_REACH = 4  # words before a match in which a "not" turns it round
PERSON_REACH = 5  # words before a match in which its subject stands
SEVERITY = {tier: rank for rank, tier in enumerate(("E", "I", "P", "S", "V", "R"))}


@dataclass(frozen=True)
class Match:
    """A rule that fired: `label` and `tier` after scopes, `evidence` as the parent wrote it."""

    rule: str
    label: str
    tier: str
    evidence: str


class Patterns:
    """All rules of a folder, compiled once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.rules = load_rules(folder)
        self._sets = load_words(folder)
        self._texting = load_texting(folder)
        self._vocabulary = spacy.blank("en").vocab
        self._matcher = Matcher(self._vocabulary)
        self._by_id = {rule.id: rule for rule in self.rules}
        safety_words: set[str] = set()
        for rule in self.rules:
            tokens = [compile_pattern(pattern, self._sets) for pattern in rule.patterns]
            self._matcher.add(rule.id, tokens)
            safety_words |= {w for row in tokens for token in row for w in token.get("ORTH", {}).get("IN", ())}
        known = (folder / "vocabulary.txt").read_text("utf-8").split()
        self._spelling = Spelling(safety_words, known)
        self._scopes = {name: frozenset(words) for name, words in self._sets.items()}

    def words(self, text: str) -> list[Word]:
        """The folded words of `text` with texting forms written out and safety words spelt right."""
        result: list[Word] = []
        for word in fold(text):
            if written := self._texting.get(word.text):
                result.extend(Word(part, word.start, word.end) for part in written)
            else:
                result.append(Word(self._spelling.correct(word.text), word.start, word.end))
        return result

    def matches(self, text: str) -> list[Match]:
        """Every rule that fires on `text`, the gravest first."""
        words = self.words(text)
        if not words:
            return []
        doc = Doc(self._vocabulary, words=[word.text for word in words])
        found: dict[str, Match] = {}
        for key, start, end in self._matcher(doc):
            rule = self._by_id[self._vocabulary.strings[key]]
            match = self._read(rule, text, words, start, end)
            if match and (rule.id not in found or len(match.evidence) > len(found[rule.id].evidence)):
                found[rule.id] = match
        return sorted(found.values(), key=lambda match: SEVERITY[match.tier])

    def _read(self, rule: Rule, text: str, words: list[Word], start: int, end: int) -> Match | None:
        """The match in its sentence, or None where a scope takes it back."""
        first = start
        while first > 0 and words[first - 1].text != END:
            first -= 1
        last = end
        while last < len(words) and words[last].text != END:
            last += 1
        before = [word.text for word in words[first:start]]
        sentence = [word.text for word in words[first:last]]
        unless = set(rule.unless)
        if "negated" in unless and self._scopes["negation"] & set(before[-NEGATION_REACH:]):
            return None
        rest = set(sentence)
        if "past" in unless and self._is_past(sentence):
            return None
        if "definition" in unless and sentence[:1] and self._is_definition(sentence):
            return None
        if "fiction" in unless and rest & self._scopes["fiction"]:
            return None
        if "idiom" in unless and rest & self._scopes["idiom"]:
            return None
        label = rule.label
        subject = before[-PERSON_REACH:]
        if set(subject) & self._scopes["other_person"] and not set(subject) & self._scopes["self"]:
            if "third" in unless:
                return None
            if label in {"crisis_suicide", "crisis_suicide_imminent", "crisis_self_harm", "crisis_psychosis"}:
                label = "crisis_third_party"
        evidence = text[words[start].start : words[end - 1].end]
        return Match(rule.id, label, rule.tier, evidence)

    def _is_past(self, sentence: list[str]) -> bool:
        rest = set(sentence)
        return bool(rest & self._scopes["past"]) and not rest & self._scopes["present"]

    def _is_definition(self, sentence: list[str]) -> bool:
        return bool(set(sentence[:4]) & self._scopes["definition"]) and not set(sentence) & self._scopes["self"]


@lru_cache(maxsize=1)
def get_patterns() -> Patterns:
    """The rules of this process."""
    return Patterns()


def quick_screen(text: str) -> str | None:
    """The gravest tier that the rules alone find in `text`, or None: for when Rasa cannot be asked."""
    found = get_patterns().matches(text)
    return found[0].tier if found else None
