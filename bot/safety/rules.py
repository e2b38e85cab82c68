"""Loads the screening rules of data/safety/*.yml and compiles them to spaCy Matcher patterns.

A pattern is a row of words as a clinician would write it:

    want|wanna|wish        one of these words
    really?                may be missing
    <baby>                 any word of the named set in words.yml
    ...                    up to three words of any kind, within the sentence
    .                      the end of the sentence, also as one of several: now|.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from bot.safety.fold import END
from bot.safety.tiers import TIERS

if TYPE_CHECKING:
    from pathlib import Path

SCOPES = ("negated", "past", "definition", "fiction", "third", "writer", "idiom", "feared", "simile", "occasion")
GAP = 3


class RuleError(ValueError):
    """A rule cannot be used; the message names file, rule and fix."""


@dataclass(frozen=True)
class Rule:
    """One screening rule. `unless` names the scopes in which a match does not count."""

    id: str
    label: str
    tier: str
    patterns: tuple[str, ...]
    unless: tuple[str, ...]
    fires: tuple[str, ...]
    silent: tuple[str, ...]


def load_words(folder: Path) -> dict[str, list[str]]:
    """The named word sets of words.yml. Raises RuleError for a word that YAML takes for something else: no, on, 2010."""
    content: dict[str, list[Any]] = yaml.safe_load((folder / "words.yml").read_text("utf-8"))["sets"]
    for name, words in content.items():
        if odd := [word for word in words if not isinstance(word, str)]:
            raise RuleError(f"words.yml: {name} has {odd}, which YAML reads as no word. Fix: put it in quotes.")
    return content


def load_texting(folder: Path) -> dict[str, tuple[str, ...]]:
    """Texting forms and the words that they stand for."""
    content: dict[str, str] = yaml.safe_load((folder / "words.yml").read_text("utf-8"))["texting"]
    return {str(form): tuple(str(words).split()) for form, words in content.items()}


def load_rules(folder: Path) -> list[Rule]:
    """Every rule of `folder`, in file order. Raises RuleError."""
    rules: list[Rule] = []
    for path in sorted(folder.glob("*.yml")):
        if path.name == "words.yml":
            continue
        content = yaml.safe_load(path.read_text("utf-8"))
        for entry in content["rules"]:
            rules.append(_rule(entry, path))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"rule id {rule.id} is used twice. Fix: give each rule its own id.")
        seen.add(rule.id)
    return rules


def _rule(entry: dict[str, Any], path: Path) -> Rule:
    name = entry.get("id", "?")
    missing = {"id", "label", "tier", "patterns", "fires", "silent"} - entry.keys()
    if missing:
        raise RuleError(f"{path}: rule {name} lacks {sorted(missing)}. Fix: add them.")
    if unknown := entry.keys() - {"id", "label", "tier", "patterns", "unless", "fires", "silent"}:
        raise RuleError(f"{path}: rule {name} has {sorted(unknown)}. Fix: remove or correct them.")
    rule = Rule(
        id=entry["id"],
        label=entry["label"],
        tier=entry["tier"],
        patterns=tuple(map(str, entry["patterns"])),
        unless=tuple(entry.get("unless", ())),
        fires=tuple(map(str, entry["fires"])),
        silent=tuple(map(str, entry["silent"])),
    )
    if rule.tier not in TIERS:
        raise RuleError(f"{path}: rule {name} has tier {rule.tier!r}. Fix: use one of {', '.join(TIERS)}.")
    if bad := set(rule.unless) - set(SCOPES):
        raise RuleError(f"{path}: rule {name} has scopes {sorted(bad)}. Fix: use some of {', '.join(SCOPES)}.")
    return rule


@dataclass(frozen=True)
class Pattern:
    """One compiled row: its Matcher tokens, all its words, and the choices of each word that must be there."""

    tokens: list[dict[str, Any]]
    words: frozenset[str]
    needed: tuple[frozenset[str], ...]


def compile_pattern(pattern: str, sets: dict[str, list[str]]) -> Pattern:
    """The Matcher tokens of one row. Raises RuleError for an unknown set or a row without a word."""
    tokens: list[dict[str, Any]] = []
    needed: list[frozenset[str]] = []
    everything: set[str] = set()
    for part in pattern.split():
        if part == "...":
            # Three optional tokens, not "*": the work per word stays bounded.
            tokens.extend([{"OP": "?"}] * GAP)
            continue
        words = _choices(part.rstrip("?"), sets, pattern)
        everything.update(words)
        token: dict[str, Any] = {"ORTH": {"IN": words} if len(words) > 1 else words[0]}
        if part.endswith("?"):
            token["OP"] = "?"
        else:
            needed.append(frozenset(words))
        tokens.append(token)
    if not needed:
        raise RuleError(f"pattern {pattern!r} has no word that must be there. Fix: give it one.")
    return Pattern(tokens, frozenset(everything), tuple(needed))


def _choices(part: str, sets: dict[str, list[str]], pattern: str) -> list[str]:
    words: set[str] = set()
    for choice in part.split("|"):
        if choice.startswith("<"):
            name = choice.strip("<>")
            if name not in sets:
                raise RuleError(f"pattern {pattern!r} names the set <{name}>. Fix: add it to words.yml.")
            words.update(sets[name])
        else:
            words.add(END if choice == "." else choice)
    return sorted(words)
