"""Whether a baby has died is read with care."""

from __future__ import annotations

import pytest

from bot.reading import loss


@pytest.mark.parametrize(
    "text",
    [
        "my baby is alive",
        "nobody died",
        "I said my dad",
        "no i meant my mum not the baby",
        "what? my baby is fine",
        "our baby is alive",
        "I didn't lose anyone",
    ],
)
def test_who_says_that_the_baby_lives_is_heard(text: str) -> None:
    assert loss.lives(text)


@pytest.mark.parametrize(
    "text",
    [
        "his twin is alive",
        "my son is fine",
        "they said my mother should not come",
        "I keep pretending my baby is still alive",
        "they told me it's not a baby, just cells",
        "it's not the baby blues",
        "I did not lose my baby on purpose",
        "my baby is here in my heart",
        "my baby isn't here any more",
        "she would be two now",
    ],
)
def test_what_ends_no_loss_is_left(text: str) -> None:
    assert not loss.lives(text)


@pytest.mark.parametrize(
    "text",
    [
        "my dad died when i was pregnant",
        "our dog died last week",
        "Mum died last week",
        "my mum's gone",
        "my mother-in-law died",
        "my dad died before he could meet his little one",
        "I miss my mum",
        "my nan's funeral is friday",
    ],
)
def test_the_loss_of_somebody_or_something_else_is_told_apart(text: str) -> None:
    assert loss.of_another(text)


@pytest.mark.parametrize(
    "text",
    [
        "my mum died and then we lost the baby",
        "I had a miscarriage",
        "my son died",
        "my partner lost our daughter",
        "we buried our boy beside my dad who died",
    ],
)
def test_a_baby_who_died_counts_beside_others(text: str) -> None:
    assert not loss.of_another(text)


def test_a_thing_that_was_lost_is_no_death() -> None:
    assert not loss.of_another("i lost my job when i was pregnant")


def test_words_of_loss_are_known() -> None:
    assert loss.named("there was no heartbeat")
    assert not loss.named("we did five rounds of ivf to have her")


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("I'm 24 weeks now and terrified", True),
        ("pregnant again and scared", True),
        ("this pregnancy is different", True),
        ("he was born at 38 weeks", False),
        ("I'm 6 weeks postpartum", False),
        ("when I was pregnant I bled", False),
        ("I'm 6 weeks since we lost him", False),
        ("I'm 12 weeks and there is no heartbeat", False),
        ("my third pregnancy ended the same way", False),
        ("my sister is pregnant now and I can't look at her", False),
        ("I'm not pregnant again", False),
        ("We lost this pregnancy at 14 weeks", False),
        ("I'm 20 weeks, they couldn't find a heartbeat", False),
        ("I'm 38 weeks, he died yesterday", False),
        ("We lost our son at 22 weeks last year. I'm 24 weeks now", True),
        ("I'm pregnant again, we lost our son two years ago", True),
    ],
)
def test_who_is_pregnant_now_is_told_from_who_was(text: str, now: bool) -> None:
    assert loss.pregnant_now(text) is now


@pytest.mark.parametrize(
    ("text", "past"),
    [
        ("He was born at 38 weeks. He didn't take a breath. It was nine days ago", True),
        ("she was stillborn in May", True),
        ("he was stillborn and I feel faint today", False),
        ("she just came out and never took a breath, what do I do", False),
        ("he was born ten minutes ago and didn't take a breath", False),
        ("he was stillborn four days ago and I have a temperature and chills", False),
        ("I lost the baby and I'm still passing clots", False),
        ("miscarried last week and it smells bad now", False),
    ],
)
def test_a_birth_that_is_past_is_told_from_a_body_that_is_unwell(text: str, past: bool) -> None:
    assert loss.told_as_past(text) is past


def test_a_pregnancy_that_was_told_before_the_loss_is_over() -> None:
    assert list(loss.since_told(["I'm 20 weeks pregnant", "there was no heartbeat", "so tired"])) == [
        "there was no heartbeat",
        "so tired",
    ]
    assert not list(loss.since_told(["I'm 20 weeks pregnant"]))


def test_a_pregnancy_told_before_a_loss_of_last_year_goes_on() -> None:
    told = ["im 22 weeks", "i lost one last year at 15 weeks", "will it be different when its born"]
    assert any(map(loss.pregnant_now, loss.since_told(told)))


@pytest.mark.parametrize(
    ("text", "cares"),
    [
        ("i do everything for him and it's just blank", True),
        ("I feed her, change her, rock her", True),
        ("I hold my baby and feel nothing", True),
        ("I hold her photo every night", False),
        ("I feed her sister and cry", False),
        ("I held him for an hour", False),
        ("I look at her empty cot", False),
    ],
)
def test_a_baby_who_is_cared_for_lives(text: str, cares: bool) -> None:
    assert loss.cares_for_a_baby(text) is cares
