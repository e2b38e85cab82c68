"""When who is on call is told: at the first alarm, when it becomes graver, and every quarter of an hour of alarms.

The rule looks at what was not told yet, not at single turns, so that it makes up for an alert that failed.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.safety.tiers import gravest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

QUIET = timedelta(minutes=15)  # between two alerts of a conversation whose alarms grow no graver


class Why(enum.Enum):
    """The reason of an alert."""

    FIRST = "first"
    GRAVER = "graver"
    AGAIN = "again"


@dataclass(frozen=True)
class Alarm:
    """A turn with an alarm tier: its place in the conversation, from 0, and when it was said."""

    tier: str
    at: datetime
    position: int


@dataclass(frozen=True)
class Owed:
    """An alert that is to be queued: `alarm` is the last of the gravest that were not told.

    `heard` is the last alarm that is known now: after danger that was heard late, one that was told before.
    """

    why: Why
    alarm: Alarm
    heard: Alarm


def owed(untold: Sequence[Alarm], last: Alarm | None) -> Owed | None:
    """The alert that `untold`, alarms in their order, ask for; `last` is what the alert before told, if there was one.

    "Graver" is meant against that alert: who went back from I to S and then to I again is told of again.
    """
    if not untold:
        return None
    newest = untold[-1]
    tier = gravest(*(alarm.tier for alarm in untold))
    alarm = [one for one in untold if one.tier == tier][-1]
    if last is None:
        return Owed(Why.FIRST, alarm, newest)
    heard = max(newest, last, key=lambda one: one.position)
    if tier != last.tier and gravest(tier, last.tier) == tier:
        return Owed(Why.GRAVER, alarm, heard)
    # Either way: after a clock that ran ahead was set right, the last alert lies in the future, and is none to wait for.
    return Owed(Why.AGAIN, alarm, heard) if abs(heard.at - last.at) >= QUIET else None
