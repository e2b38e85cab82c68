"""Every screening rule fires on its examples and stays silent on their harmless twins."""

from pathlib import Path

import pytest

from bot.safety.patterns import FOLDER, Patterns, get_patterns
from bot.safety.rules import RuleError, compile_pattern, load_rules, load_texting, load_words

RULES = load_rules(FOLDER)
LABEL_TIERS = {
    "crisis_medical": {"E"},
    "crisis_psychosis": {"P"},
    "crisis_suicide_imminent": {"I"},
    "crisis_harm_baby": {"I"},
    "crisis_suicide": {"S"},
    "crisis_self_harm": {"S"},
    "crisis_violence": {"V"},
    "crisis_third_party": set("EPISV"),
}


def _examples(kind: str) -> list[object]:
    return [pytest.param(rule.id, text, id=f"{rule.id}: {text[:50]}") for rule in RULES for text in getattr(rule, kind)]


def _fired(rule: str, text: str) -> bool:
    return any(match.rule == rule for match in get_patterns().matches(text))


@pytest.mark.parametrize(("rule", "text"), _examples("fires"))
def test_rule_fires(rule: str, text: str) -> None:
    assert _fired(rule, text)


@pytest.mark.parametrize(("rule", "text"), _examples("silent"))
def test_rule_is_silent(rule: str, text: str) -> None:
    assert not _fired(rule, text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_rule_is_whole(rule) -> None:
    assert len(rule.fires) >= 3
    assert len(rule.silent) >= 3
    assert len(set(rule.patterns)) == len(rule.patterns)
    if rule.tier == "R":
        assert not rule.label.startswith("crisis_") or rule.label == "crisis_medical"
    else:
        assert rule.tier in LABEL_TIERS[rule.label]


def test_every_label_has_rules() -> None:
    assert {rule.label for rule in RULES} >= set(LABEL_TIERS)


def test_texting_forms_are_written_as_folded() -> None:
    for form, words in load_texting(FOLDER).items():
        assert form == form.lower(), form
        assert words, form


def _folder(tmp_path: Path, rule: str) -> Path:
    (tmp_path / "words.yml").write_text((FOLDER / "words.yml").read_text("utf-8"), "utf-8")
    (tmp_path / "vocabulary.txt").write_text("hello\n", "utf-8")
    (tmp_path / "one.yml").write_text(f"rules:\n- {rule}\n", "utf-8")
    return tmp_path


def _patterns(folder: Path) -> Patterns:
    return Patterns(load_rules(folder), folder)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("{id: a, label: crisis_suicide, tier: S, patterns: [die], fires: [die]}", "lacks ['silent']"),
        ("{id: a, label: crisis_suicide, tier: X, patterns: [die], fires: [die], silent: [ok]}", "tier 'X'"),
        (
            "{id: a, label: crisis_suicide, tier: S, unless: [luck], patterns: [die], fires: [die], silent: [ok]}",
            "scopes ['luck']",
        ),
        ("{id: a, label: crisis_suicide, tier: S, patterns: ['<luck> die'], fires: [die], silent: [ok]}", "<luck>"),
        ("{id: a, label: crisis_suicide, tier: S, patterns: ['die?'], fires: [die], silent: [ok]}", "must be there"),
        ("{id: a, label: crisis_suicide, tier: S, patterns: [die], fires: [die], silent: [ok], x: 1}", "['x']"),
    ],
    ids=["missing key", "bad tier", "bad scope", "bad set", "no needed word", "odd key"],
)
def test_a_broken_rule_is_named(tmp_path: Path, rule: str, says: str) -> None:
    with pytest.raises(RuleError, match=r"Fix: ") as caught:
        _patterns(_folder(tmp_path, rule))
    assert says in str(caught.value)


def test_a_word_that_yaml_reads_as_no_word_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.yml").write_text("sets:\n  negation: [no, not]\n", "utf-8")
    with pytest.raises(RuleError, match="negation has \\[False\\]"):
        load_words(tmp_path)


def test_an_id_used_twice_is_named(tmp_path: Path) -> None:
    rule = "{id: a, label: crisis_suicide, tier: S, patterns: [die], fires: [die], silent: [ok]}"
    with pytest.raises(RuleError, match="used twice"):
        _patterns(_folder(tmp_path, f"{rule}\n- {rule}"))


def test_gap_and_sentence_end() -> None:
    sets = load_words(FOLDER)
    pattern = compile_pattern("shook ... him .|today", sets)
    assert [set(choices) for choices in pattern.needed] == [{"shook"}, {"him"}, {"|", "today"}]
