"""Loads the screening rules of data/safety/*.yml and compiles them to spaCy Matcher patterns.

A pattern is a row of words as a clinician would write it:

    want|wanna|wish        one of these words
    really?                may be missing
    die*                   any word that begins so
    <baby>                 any word of the named set in words.yml
    ...                    up to three words of any kind, within the sentence
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.safety.fold import END

TIERS = ("E", "P", "I", "S", "V", "R")
SCOPES = ("negated", "past", "definition", "fiction", "third", "idiom")
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
    """The named word sets of words.yml."""
    content: dict[str, list[str]] = yaml.safe_load((folder / "words.yml").read_text("utf-8"))["sets"]
    return {name: [str(word) for word in words] for name, words in content.items()}


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
        patterns=tuple(entry["patterns"]),
        unless=tuple(entry.get("unless", ())),
        fires=tuple(entry["fires"]),
        silent=tuple(entry["silent"]),
    )
    if rule.tier not in TIERS:
        raise RuleError(f"{path}: rule {name} has tier {rule.tier!r}. Fix: use one of {', '.join(TIERS)}.")
    if bad := set(rule.unless) - set(SCOPES):
        raise RuleError(f"{path}: rule {name} has scopes {sorted(bad)}. Fix: use some of {', '.join(SCOPES)}.")
    return rule


def compile_pattern(pattern: str, sets: dict[str, list[str]]) -> list[dict[str, Any]]:
    """The Matcher tokens of one pattern. Raises RuleError for an unknown set."""
    tokens: list[dict[str, Any]] = []
    for part in pattern.split():
        if part == "...":
            # Three optional tokens, not "*": the work per word stays bounded.
            tokens.extend([{"ORTH": {"NOT_IN": [END]}, "OP": "?"}] * GAP)
            continue
        optional = part.endswith("?")
        words, prefixes = _alternatives(part.rstrip("?"), sets, pattern)
        if prefixes:
            choices = "|".join([*(f"{p}.*" for p in prefixes), *words])
            token: dict[str, Any] = {"ORTH": {"REGEX": f"^(?:{choices})$"}}
        else:
            token = {"ORTH": {"IN": words}}
        if optional:
            token["OP"] = "?"
        tokens.append(token)
    return tokens


def _alternatives(part: str, sets: dict[str, list[str]], pattern: str) -> tuple[list[str], list[str]]:
    words: list[str] = []
    prefixes: list[str] = []
    for choice in part.split("|"):
        if choice.startswith("<"):
            name = choice.strip("<>")
            if name not in sets:
                raise RuleError(f"pattern {pattern!r} names the set <{name}>. Fix: add it to words.yml.")
            words.extend(sets[name])
        elif choice.endswith("*"):
            prefixes.append(choice[:-1])
        else:
            words.append(choice)
    return words, prefixes
