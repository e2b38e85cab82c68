"""Scopes, spelling, Unicode tricks and speed of the pattern layer."""

import pytest

from bot.safety.fold import fold
from bot.safety.patterns import get_patterns, quick_screen
from tests.timing import least_seconds

ALARMS = set("EPISV")


def _alarms(text: str) -> list[str]:
    return [match.label for match in get_patterns().matches(text) if match.tier in ALARMS]


@pytest.mark.parametrize(
    "text",
    [
        "I don't want to die",
        "I never think of killing myself",
        "I don't think I want to die",
        "what does wanting to die mean",
        "the film where she wants to die made me cry",
        "I used to cut myself years ago at uni",
        "when I was 19 I tried to end my life",
        "I tried to end my life when I was nineteen",
        "he asked if I wanted to kill myself",
        "I want to die of embarrassment",
        "dead on my feet, dying for a brew",
        "could murder a curry",
        "these feeds are killing me",
        "I want to run away for a weekend",
        "he hates me",
        "I keep picturing dropping her and it horrifies me",
        "what if I hurt him, the thought makes me sick",
        "I'm scared he stopped breathing so I keep checking",
        "it feels like she's not my baby",
        "wish us luck, the bag is packed and everything is ready for the birth",
    ],
)
def test_harmless_text_raises_no_alarm(text: str) -> None:
    assert _alarms(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("su*cide is on my mind, I want to commit su*cide", "crisis_suicide"),
        ("i want to k*ll myself", "crisis_suicide"),
        ("i want to d*e now", "crisis_suicide"),
    ],
)
def test_a_word_with_asterisks_is_the_word(text: str, expected: str) -> None:
    assert expected in _alarms(text)


def test_asterisks_of_another_length_are_no_word() -> None:
    assert _alarms("i want to k****ll myself laughing at this") == _alarms("i want to tickle myself laughing at this")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("I can't cope, I want to die", id="not in another clause"),
        pytest.param("no but honestly I want to die", id="no and but"),
        pytest.param("not even joking I want to die", id="not joking"),
        pytest.param("I can't stop thinking about killing myself", id="cannot stop"),
        pytest.param("I've wanted to die since she came", id="perfect"),
        pytest.param("I used to be fine but now I want to die", id="used to, now"),
        pytest.param("can I move my slot? I want to die. thanks", id="between other things"),
        pytest.param("Fed him. Bathed him. Also I want to die", id="last sentence"),
        pytest.param("my husband snores and I want to die", id="another subject earlier"),
        pytest.param("when I was 19 weeks I tried to end my life", id="weeks are no age"),
        pytest.param("I was 19 when she left, and now I want to die", id="an age, now"),
    ],
)
def test_a_scope_ends_where_its_clause_ends(text: str) -> None:
    assert "crisis_suicide" in _alarms(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("my wife says she wants to die", "crisis_third_party"),
        ("my sister keeps cutting herself", "crisis_third_party"),
        ("she tells me I should go but I want to die", "crisis_suicide"),
        ("they'd be better off without me", "crisis_suicide"),
        ("he speaks to me in my mind", "crisis_psychosis"),
        ("my wife hears voices", "crisis_third_party"),
        ("I hear voices telling me to do it", "crisis_psychosis"),
    ],
)
def test_the_subject_decides_whose_crisis_it_is(text: str, label: str) -> None:
    labels = _alarms(text)
    assert label in labels
    assert ("crisis_third_party" in labels) == (label == "crisis_third_party")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("i wan't to dieee", id="stretched, apostrophe"),
        pytest.param("I want to k\u200bill myself", id="zero-width"),
        pytest.param("I want to \uff4bill myself", id="full-width"),
        pytest.param("I want to \u043aill mys\u0435lf", id="homoglyphs"),
        pytest.param("i want to k1ll mys3lf", id="leetspeak"),
        pytest.param("i want to k*ll myself", id="censored"),
        pytest.param("im siucidal", id="swapped letters"),
        pytest.param("feeling suicdal", id="lost letter"),
        pytest.param("kms tn", id="texting"),
        pytest.param("i wanna unalive", id="slang"),
        pytest.param("WANT TO DIE", id="capitals"),
        pytest.param("i want 2 end my life. want to d i e now", id="spaced letters"),
        pytest.param("killmyself tonight", id="run together"),
        pytest.param("quiero morir", id="spanish"),
    ],
)
def test_hidden_and_misspelt_words_are_seen(text: str) -> None:
    assert set(_alarms(text)) & {"crisis_suicide", "crisis_suicide_imminent"}


def test_evidence_is_what_the_parent_wrote() -> None:
    text = "Hello. I w\u200bant to DIE. Thanks"
    match = get_patterns().matches(text)[0]
    assert match.evidence in text
    assert match.evidence.endswith("DIE")


def test_the_gravest_comes_first() -> None:
    assert quick_screen("I want to die and the baby isn't breathing") == "E"
    assert quick_screen("lovely weather") is None
    assert quick_screen("") is None


def test_words_of_visitors_do_not_stay_in_memory() -> None:
    patterns = get_patterns()
    patterns.matches("I want to die, said Zyxwvutia Quorbleton of Flumptown")
    kept = {word for word in ("zyxwvutia", "quorbleton", "flumptown") if word in patterns._vocabulary.strings}
    assert not kept


@pytest.mark.parametrize(
    "piece",
    [
        "kill myself ",
        "i want to die ",
        "not ",
        "i ",
        "a b c ",
        "k",
        "k i l l ",
        "\u200b",
        "want to ",
        "my baby he she ",
        "x. ",
        "1 ",
    ],
)
def test_hostile_input_is_read_within_a_second(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    assert least_seconds(lambda: get_patterns().matches(text), enough=1) < 1


def test_every_rule_word_at_once_is_read_within_a_second() -> None:
    text = " ".join(sorted(get_patterns()._rule_words))[:20_000]
    assert least_seconds(lambda: get_patterns().matches(text), enough=1) < 1


def test_thirty_words_take_two_milliseconds() -> None:
    text = (
        "Right so I have just done the ten o'clock feed and changed him and put him back in the cot "
        "and I sat on the stairs and cried for twenty minutes again"
    )
    get_patterns().matches(text)
    assert least_seconds(lambda: [get_patterns().matches(text) for _ in range(50)]) / 50 < 0.002


@pytest.mark.parametrize(
    ("words", "feared"),
    [("what if i did", True), ("it horrifies me", True), ("if what i did", False), ("what i would do", False)],
)
def test_a_what_if_is_a_fear(words: str, feared: bool) -> None:
    assert get_patterns()._is_feared(words.split()) is feared


@pytest.mark.parametrize(
    ("words", "idiom"), [("joke i would not", True), ("not joking i would", False), ("i would not", False)]
)
def test_a_joke_is_none_where_not_stands_before_it(words: str, idiom: bool) -> None:
    assert get_patterns()._is_idiom(words.split()) is idiom


def test_the_nearest_subject_is_looked_for_before_a_match_and_not_after_it() -> None:
    assert get_patterns()._is_writer(fold("i hear voices"), 1)
    assert not get_patterns()._is_writer(fold("hear voices said i"), 0)
    assert not get_patterns()._is_writer(fold("i think she hears voices"), 3)
