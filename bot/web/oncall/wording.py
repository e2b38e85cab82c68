"""What an alert says: that somebody is needed, how gravely, and where to read on. Never what the parent wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timezone
from typing import TYPE_CHECKING, Any

from bot.safety.tiers import TIER_NAMES
from bot.web.oncall.rule import Why
from bot.web.outgoing.mail import new_mail

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage
    from zoneinfo import ZoneInfo

SUBJECT = "Attune: a conversation needs you (tier {tier})"
WHY = {
    Why.FIRST: "the first alarm of this conversation",
    Why.GRAVER: "it became graver",
    Why.AGAIN: "the alarms go on",
}
MAIL = """\
A conversation with a parent raised an alarm.

Tier:    {tier}, {meaning}
Why now: {why}
When:    {when}
Region:  {region}
Alarms:  {alarms} so far in this conversation

{link}

Attune answered with the helplines of the region; it calls nobody. What was written is in the console only.
"""


@dataclass(frozen=True)
class News:
    """Everything that an alert knows; `alarms` counts the turns with an alarm so far."""

    tier: str
    why: Why
    at: datetime
    region: str
    alarms: int
    link: str

    @property
    def subject(self) -> str:
        """What stands on a lock screen: neutral."""
        return SUBJECT.format(tier=self.tier)

    def mail(self, to: str, zone: ZoneInfo, now: datetime) -> EmailMessage:
        """The mail; its time is in `zone`, where the practice is."""
        there = self.at.astimezone(zone)
        message = new_mail(to, self.subject, now)
        message["Importance"] = "high"
        message.set_content(
            MAIL.format(
                tier=self.tier,
                meaning=TIER_NAMES[self.tier],
                why=WHY[self.why],
                when=f"{there:%A} {there.day} {there:%B %Y, %H:%M} ({zone.key})",
                region=self.region or "not known",
                alarms=f"{self.alarms} turn{'' if self.alarms == 1 else 's'}",
                link=self.link,
            )
        )
        return message

    def webhook(self) -> dict[str, Any]:
        """The body of the call. `text` is what chat services show of it."""
        return {
            "event": "alarm",
            "text": f"{self.subject}: {TIER_NAMES[self.tier]}, {WHY[self.why]}. {self.link}",
            "tier": self.tier,
            "meaning": TIER_NAMES[self.tier],
            "why": self.why.value,
            "at": self.at.astimezone(timezone.utc).isoformat(timespec="seconds"),
            "region": self.region or None,
            "alarms": self.alarms,
            "link": self.link,
        }
