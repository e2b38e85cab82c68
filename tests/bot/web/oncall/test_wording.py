"""What an alert says, and what it never says."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from bot.safety.tiers import ALARM
from bot.web.oncall.rule import Why
from bot.web.oncall.wording import News

LINK = "https://chat.practice.example/staff/conversations/abc/#turn-3"
AT = datetime(2027, 3, 10, 3, 4, 5, tzinfo=timezone.utc)
pytestmark = pytest.mark.usefixtures("environment")


def news(**changes) -> News:
    fields = {"tier": "S", "why": Why.FIRST, "at": AT, "region": "GB", "alarms": 1, "link": LINK}
    return News(**fields | changes)


def test_the_mail_says_how_grave_it_is_when_and_where_to_read_on() -> None:
    mail = news(why=Why.GRAVER, alarms=2).mail("oncall@practice.example", ZoneInfo("America/New_York"), AT)
    assert mail["To"] == "oncall@practice.example"
    assert mail["Subject"] == "Attune: a conversation needs you (tier S)"
    assert mail["Importance"] == "high"
    body = mail.get_content()
    for line in (
        "Tier:    S, suicide or self-harm",
        "Why now: it became graver",
        "When:    Tuesday 9 March 2027, 22:04 (America/New_York)",
        "Region:  GB",
        "Alarms:  2 turns so far in this conversation",
        LINK,
    ):
        assert line in body.splitlines()


def test_the_webhook_says_the_same_for_programs_and_in_a_line_for_chat_services() -> None:
    assert news(region="").webhook() == {
        "event": "alarm",
        "text": f"Attune: a conversation needs you (tier S): suicide or self-harm, "
        f"the first alarm of this conversation. {LINK}",
        "tier": "S",
        "meaning": "suicide or self-harm",
        "why": "first",
        "at": "2027-03-10T03:04:05+00:00",
        "region": None,
        "alarms": 1,
        "link": LINK,
    }


@pytest.mark.parametrize("tier", sorted(ALARM))
@pytest.mark.parametrize("why", Why)
def test_every_tier_and_reason_has_words(tier: str, why: Why) -> None:
    said = news(tier=tier, why=why)
    assert f"(tier {tier})" in said.subject
    assert "{" not in said.mail("oncall@practice.example", ZoneInfo("UTC"), AT).get_content()
    assert said.webhook()["meaning"]


def test_the_subject_says_nothing_to_who_reads_it_on_a_lock_screen() -> None:
    for word in ("suicide", "harm", "parent", "mother", "baby", "crisis"):
        assert word not in news().subject.lower()


def test_an_unknown_region_is_said_to_be_so() -> None:
    assert "Region:  not known" in news(region="").mail("a@b.example", ZoneInfo("UTC"), AT).get_content()
