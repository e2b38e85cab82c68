"""What a message means after what was asked: "yes" to the direct question is no small word."""

from __future__ import annotations

from bot.safety.screen import CHECK, Verdict

YES = Verdict("S", "crisis_suicide", "context", "answer to the direct question")
# Signs that were already asked about need not be asked about again in the next turns.
QUIET_TURNS = 3


def in_context(verdict: Verdict, intent: str, asked: str | None, turns_since_check: int | None) -> Verdict:
    """The verdict given what the last reply asked.

    A clear yes or "not sure" to "Are you thinking about killing yourself?" is tier S again; a check that
    was made within the last turns is not made again.
    """
    if verdict.alarm:
        return verdict
    if asked == "safety" and intent in {"affirm", "unsure"}:
        return YES
    if verdict.tier == CHECK and turns_since_check is not None and turns_since_check < QUIET_TURNS:
        return Verdict(score=verdict.score)
    return verdict
