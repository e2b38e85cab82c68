"""What Attune never says (docs/voice.md, "Never say"), in every word that a parent can read."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest
import yaml

from knowledge.articles import load_articles
from knowledge.disclosure import opening_messages
from knowledge.exercises import load_exercises
from knowledge.helplines import load_helplines
from knowledge.languages import load_languages
from knowledge.passages import passages_of
from knowledge.practice import load_practice
from knowledge.wording import NEVER_SAID, never_said

if TYPE_CHECKING:
    from pathlib import Path


def sentences(path: Path) -> list[str]:
    """What code says in its own words: its texts of several words, without docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    docstrings = {id(node.value) for node in documented if isinstance(node.value, ast.Constant)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str) and " " in node.value.strip()]


def gather(root: Path) -> dict[str, str]:
    """Every text that is shown, by where it stands."""
    folder = root / "knowledge"
    found: dict[str, str] = {}
    for name, wordings in yaml.safe_load((root / "domain.yml").read_text("utf-8"))["responses"].items():
        for number, wording in enumerate(wordings):
            buttons = " / ".join(button["title"] for button in wording.get("buttons", ()))
            found[f"{name}[{number}]"] = f"{wording['text']} {buttons}"
    content = yaml.safe_load((folder / "acknowledgements.yml").read_text("utf-8"))
    for label, texts in {"any": content["any"], **content["labels"]}.items():
        for number, text in enumerate(texts):
            found[f"acknowledgement {label}[{number}]"] = text
    found |= {f"topic {label}": text for label, text in content["topics"].items()}
    for exercise in load_exercises(folder).values():
        steps = " ".join(step.text for step in exercise.steps)
        found[f"exercise {exercise.id}"] = (
            f"{exercise.name}. {exercise.purpose} {exercise.posture} {steps} {exercise.closing}"
        )
    articles = load_articles(folder)
    found |= {f"article {article.id}": f"{article.title}. {article.summary}" for article in articles}
    found |= {passage.id: f"{passage.heading}. {passage.text}" for passage in passages_of(articles)}
    for language in load_languages(folder).values():
        for name, wordings in language.responses.items():
            found |= {f"{language.code} {name}[{number}]": text for number, text in enumerate(wordings)}
    practice = load_practice(folder)
    found["practice"] = f"{practice.booking.waiting} {practice.booking.after}"
    found["opening"] = " ".join(m["text"] for m in opening_messages(practice, load_helplines(folder), "US"))
    said_by_code = (root / "bot" / "afterwards.py", root / "bot" / "web" / "chat" / "fallback.py")
    for path in (*(root / "actions").glob("*.py"), *said_by_code):
        found[f"{path.parent.name}/{path.name}"] = " ".join(sentences(path))
    return found


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    return gather(root)


def test_everything_that_is_shown_is_read_here(texts: dict[str, str]) -> None:
    for part in ("utter_crisis_suicide[2]", "acknowledgement feel_low[1]", "exercise warm-mug", "opening"):
        assert part in texts
    assert "Shall we begin?" in texts["actions/exercise.py"]
    assert sum("#" in where for where in texts) > 400


@pytest.mark.parametrize("name", NEVER_SAID)
def test_attune_never_says(texts: dict[str, str], name: str) -> None:
    assert {where: said for where, text in texts.items() if (said := dict(never_said(text)).get(name))} == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("an exclamation mark", "Great!"),
        ("just", "It is just tiredness."),
        ("at least", "At least the baby is well."),
        ("calm down", "Try to calm down."),
        ("a claim to be a parent", "I understand as a mum."),
        ("a claim to know the feeling", "I know how you feel."),
        ("a diagnosis", "This sounds like PPD."),
        ("a promise of harmlessness", "You would never hurt your baby."),
        ("a promise about services", "Nobody will take your baby."),
        ("confidential", "This chat is confidential."),
        ("a cure", "Therapy cures it."),
        ("a dose", "Take 50 mg."),
    ],
)
def test_the_lint_finds_it_where_it_is_said(name: str, text: str) -> None:
    assert name in dict(never_said(text))


def test_where_a_baby_is_to_be_laid_is_understood_on_both_sides_of_the_ocean(texts: dict[str, str]) -> None:
    """In the United States a cot is a folding bed; in Britain nobody says crib."""
    only_one = re.compile(r"\b(?:in|into|from) (?:\w+ ){1,2}(?:cot\b|crib\b(?! or cot|, cot))", re.IGNORECASE)
    assert {where: found.group() for where, text in texts.items() if (found := only_one.search(text))} == {}
    assert "crib or cot" in texts["utter_crisis_harm_baby[0]"]


def test_the_way_to_erase_bears_the_name_that_it_has_in_the_menu(texts: dict[str, str], root: Path) -> None:
    catalogue = (root / "bot" / "web" / "widget" / "src" / "strings" / "catalogue.ts").read_text("utf-8")
    (label,) = re.findall(r'export const clear: Text = \["(.+?)"', catalogue)
    shown = {**texts, "docs/privacy.md": (root / "docs" / "privacy.md").read_text("utf-8")}
    told = [where for where, text in shown.items() if label in text]
    for name in ("utter_ask_privacy", "utter_request_deletion"):
        assert {f"{name}[{number}]" for number in range(3)} <= set(told)
    assert any(where.startswith("about-this-assistant#") for where in told)
    wrong = re.compile(
        r"clear (?:the )?chat|(?:type|write|typing|writing)\b[^.]*[\"“]delete|nothing of this conversation", re.I
    )
    assert {where: found.group() for where, text in shown.items() if (found := wrong.search(text))} == {}


def test_no_article_promises_that_staff_are_told_or_that_every_name_is_taken_out(texts: dict[str, str]) -> None:
    """Who is on call is told only where an address was set, and masking misses some (docs/privacy.md)."""
    promised = re.compile(r"staff are told|(?:names|numbers) are taken out", re.IGNORECASE)
    assert {where: found.group() for where, text in texts.items() if (found := promised.search(text))} == {}


def test_how_long_the_consultation_takes_is_written_in_practice_yml_alone(texts: dict[str, str]) -> None:
    of_it = {where: text for where, text in texts.items() if not where.startswith("exercise")}
    length = re.compile(
        r"(?:talk|consultation|call) of (?:about )?(?:\d+|twenty) minutes|[Tt]wenty minutes pass|\{cost\}"
    )
    assert {where: found.group() for where, text in of_it.items() if (found := length.search(text))} == {}


def test_no_reply_claims_to_feel(texts: dict[str, str]) -> None:
    """A program is not glad, and hopes nothing (docs/voice.md)."""
    claim = re.compile(
        r"\bI(?:'m| am) (?:so |very )?(?:glad|happy|proud|worried|relieved)\b|\bI hope\b|\bI would rather\b", re.I
    )
    said = {where: text for where, text in texts.items() if where.startswith(("utter_", "acknowledgement", "actions/"))}
    assert {where: found.group() for where, text in said.items() if (found := claim.search(text))} == {}


def test_every_label_that_parents_say_has_three_acknowledgements(root: Path) -> None:
    content = yaml.safe_load((root / "knowledge" / "acknowledgements.yml").read_text("utf-8"))
    rules = yaml.safe_load((root / "data" / "rules" / "answer.yml").read_text("utf-8"))["rules"]
    answered = {row["intent"] for row in rules[0]["steps"][0]["or"]}
    assert set(content["labels"]) == answered
    assert {label: len(set(t)) for label, t in content["labels"].items() if len(set(t)) < 3} == {}


def test_replies_to_a_crisis_are_short_enough_to_be_read(texts: dict[str, str]) -> None:
    long = {w: len(t.split()) for w, t in texts.items() if w.startswith("utter_") and len(t.split()) > 75}
    assert long == {}
