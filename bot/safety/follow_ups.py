"""What a parent answers after a crisis reply, beyond yes and no: barriers, taking it back, being watched.

Rules of data/follow_ups/, in the pattern language of the screening, and kinds of message that are learnt from the
phrasings beside them. They count only while a risk is open in the session, and never lower it: docs/safety-case.md,
"Rules that hold always", 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from bot.safety.patterns import Patterns
from bot.safety.rules import Rule, RuleError
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATH = ROOT / "data" / "follow_ups" / "after_risk.yml"
KEYS = {"id", "after"}
BY_WORDS = {"patterns", "fires", "silent"}
FURTHER = {"unless", "repeats", "of", "hears"}
OWN = "own"  # in `of`: any crisis but somebody else's
OF_ANOTHER = "crisis_third_party"
NO_TIER = "R"  # a follow-up is no alarm of its own


@dataclass(frozen=True)
class FollowUp:
    """A rule, or the learnt kinds that it `hears`, or both: counts where the open risk is one of `after`, and the last
    crisis one of `of` (any, where it is empty); `repeats` the open tier as an alarm of this turn."""

    rule: Rule
    after: frozenset[str]
    of: frozenset[str]
    hears: frozenset[str]
    repeats: bool

    @property
    def name(self) -> str:
        """Its id, which is the value of the slot `follow_up`."""
        return self.rule.id


def load_follow_ups(path: Path = PATH) -> list[FollowUp]:
    """Every follow-up, in file order: the first that fires is taken. Raises RuleError."""
    found: list[FollowUp] = []
    for entry in yaml.safe_load(path.read_text("utf-8"))["rules"]:
        name = entry.get("id", "?")
        if missing := KEYS - entry.keys():
            raise RuleError(f"{path}: follow-up {name} lacks {sorted(missing)}. Fix: add them.")
        if unknown := entry.keys() - KEYS - BY_WORDS - FURTHER:
            raise RuleError(f"{path}: follow-up {name} has {sorted(unknown)}. Fix: remove or correct them.")
        if (missing := BY_WORDS - entry.keys()) and (missing != BY_WORDS or "hears" not in entry):
            raise RuleError(f"{path}: follow-up {name} lacks {sorted(missing)}. Fix: add them, or `hears` instead.")
        after, of, hears = (frozenset(entry.get(key, ())) for key in ("after", "of", "hears"))
        found.append(FollowUp(_rule(entry), after, of, hears, bool(entry.get("repeats", False))))
    return found


def _rule(entry: dict[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        label=entry["id"],
        tier=NO_TIER,
        patterns=tuple(map(str, entry.get("patterns", ()))),
        unless=tuple(entry.get("unless", ())),
        fires=tuple(map(str, entry.get("fires", ()))),
        silent=tuple(map(str, entry.get("silent", ()))),
    )


class FollowUps:
    """All follow-ups, compiled once."""

    def __init__(self, follow_ups: list[FollowUp]) -> None:
        self._follow_ups = follow_ups
        self._patterns = Patterns([follow_up.rule for follow_up in follow_ups if follow_up.rule.patterns])

    def named(self, name: str) -> FollowUp:
        """The follow-up `name`. Raises RuleError where there is none."""
        for one in self._follow_ups:
            if one.name == name:
                return one
        raise RuleError(f"There is no follow-up {name!r} in {PATH}. Fix: add it, or correct its name in bot/reading.")

    def find(
        self,
        text: str,
        risk: str | None,
        crisis: str | None = None,
        fits: Callable[[FollowUp], bool] = lambda one: True,
    ) -> FollowUp | None:
        """What the words of `text` answer while `risk` is open after `crisis` (a label); None where nothing is open or
        `fits`.
        """
        fired = {match.rule for match in self._patterns.matches(text)} if risk else set()
        return next((one for one in self._open(risk, crisis) if one.name in fired and fits(one)), None)

    def heard(self, kind: str, risk: str | None, crisis: str | None = None) -> FollowUp | None:
        """The same for a learnt `kind` of message."""
        return next((one for one in self._open(risk, crisis) if kind in one.hears), None)

    def _open(self, risk: str | None, crisis: str | None) -> Iterator[FollowUp]:
        of = {crisis} if crisis == OF_ANOTHER else {crisis, OWN}
        return (one for one in self._follow_ups if risk in one.after and (not one.of or one.of & of))


@lru_cache(maxsize=1)
def get_follow_ups() -> FollowUps:
    """The follow-ups of this process."""
    return FollowUps(load_follow_ups())
