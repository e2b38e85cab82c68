"""The recipes of CONTRIBUTING.md, followed to the letter on a copy of what they change.

"Write `FILE`" makes the file of the block below it, "In `FILE`, below `LINE`" puts the block under that line, and "in
place of `LINE`" exchanges it. What has to hold afterwards are the project's own checks, called with the copy. That is
all but what takes a training: how many phrasings there are, and how well they are read.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from bot.cli.knowledge import command as knowledge_command
from bot.dialogues import load_dialogues
from bot.settings import get_settings
from bot.understanding import examples, labels
from knowledge.articles import load_articles
from knowledge.exercises import Situation, fitting, load_exercises
from knowledge.lint import FAIL, check
from knowledge.passages import passages_of
from knowledge.search import PassageIndex
from knowledge.wording import NEVER_SAID
from tests import test_domain, test_voice
from tests.data import test_phrasings
from tests.docs import test_documented
from tests.docs.pages import RECIPE_LABELS, ROOT, page
from tests.knowledge import test_article_files, test_exercise_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COPIED = ("data", "knowledge", "domain.yml", "config.yml", "docs/intents.md", "tests/conversations")
STEP = re.compile(
    r"^\d\. (?P<verb>In|Write) `(?P<file>[^`]+)`(?:, (?P<where>below|in place of) `(?P<line>[^`]+)`)?[^\n]*\n\n"
    r"   ```\w+\n(?P<block>.*?)^   ```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """One change of a recipe; `line` is where, and None for a file of its own."""

    file: str
    where: str | None
    line: str | None
    block: str

    def follow(self, folder: Path) -> None:
        path = folder / self.file
        if self.line is None:
            assert not (ROOT / self.file).exists(), f"{self.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.block, "utf-8")
            return
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (place,) = [number for number, line in enumerate(lines) if line.strip() == self.line]
        lines[place : place + 1] = [self.block] if self.where == "in place of" else [lines[place], self.block]
        path.write_text("".join(lines), "utf-8")


def recipe(heading: str) -> list[Step]:
    """The steps below `heading`, up to the next one of any level; what is in a block is indented and no heading."""
    text = re.split(r"^#+ ", page("CONTRIBUTING.md").split(f"# {heading}\n")[1], flags=re.MULTILINE)[0]
    found = []
    for match in STEP.finditer(text):
        # What stands left of the block is the list's; the rest of the indentation belongs to the file.
        block = "".join(line[3:] if line.strip() else "\n" for line in match["block"].splitlines(keepends=True))
        found.append(Step(match["file"], match["where"], match["line"], block))
    assert found
    assert text.count("   ```") == 2 * len(found), "a block that no sentence leads to"
    return found


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that recipes change, with the labels and the knowledge read from there; the phrasings stay behind."""
    for name in COPIED:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("*.py", "nlu"))
        else:
            shutil.copy(ROOT / name, target)
    monkeypatch.setattr(labels, "PATH", tmp_path / "data" / "labels.yml")
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(tmp_path / "knowledge"))
    forget_what_was_read()
    yield tmp_path
    monkeypatch.undo()
    forget_what_was_read()


def forget_what_was_read() -> None:
    labels.labels.cache_clear()
    get_settings.cache_clear()


def holds(test: Callable[..., None], **given: object) -> None:
    """Run one of the project's tests with those of `given` that it asks for."""
    test(**{name: given[name] for name in inspect.signature(test).parameters})


# The intent, answered with a passage or with a reply of its own

WITH_A_PASSAGE, WITH_A_REPLY = "Add an intent", "With a reply of its own instead of a passage"
STEPS = {WITH_A_PASSAGE: 8, WITH_A_REPLY: 7}
LABEL = dict(zip(STEPS, RECIPE_LABELS, strict=True))
OF_THE_CODE = {test_phrasings.test_no_line_that_measures_is_learnt, test_domain.test_every_response_is_used}


def intent_checks(heading: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project's tests ask of a label, but for the number of its phrasings."""
    new = LABEL[heading]
    domain = yaml.safe_load((folder / "domain.yml").read_text("utf-8"))
    rules = [
        rule
        for path in sorted((folder / "data/rules").glob("*.yml"))
        for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]
    ]
    assert new in labels.labels()
    phrasings = [one for path in (folder / "data/nlu").rglob(f"{new}.yml") for one in examples.read_phrasings(path)]
    assert phrasings
    (dialogue,) = [step.file for step in recipe(heading) if step.file.startswith("tests/conversations/")]
    assert load_dialogues(folder / dialogue)
    replies = domain["responses"].get(f"utter_{new}", [])
    texts = {f"wording {number}": wording["text"] for number, wording in enumerate(replies)}
    given = {
        "domain": domain,
        "rules": rules,
        "root": folder,
        "examples": phrasings,
        "knowledge_folder": folder / "knowledge",
        "shipped": load_articles(folder / "knowledge"),
    }
    for test in (
        test_domain.test_the_intents_of_the_domain_are_the_labels,
        test_domain.test_every_label_has_a_rule,
        test_domain.test_every_label_has_a_rule_that_holds_whatever_was_asked,
        test_domain.test_every_action_of_a_rule_exists,
        test_domain.test_every_response_is_used,
        test_domain.test_every_response_has_three_wordings_that_differ,
        test_domain.test_every_placeholder_can_be_filled,
        test_domain.test_every_button_leads_to_a_label,
        test_domain.test_after_a_loss_every_reply_has_two_wordings_without_a_baby,
        test_domain.test_what_a_parent_would_call_a_topic_is_the_same_in_labels_and_choices,
        test_phrasings.test_every_phrasing_has_words,
        test_phrasings.test_every_phrasing_names_its_voice_and_known_labels,
        test_phrasings.test_no_phrasing_stands_twice,
        test_phrasings.test_no_two_phrasings_of_a_label_are_nearly_the_same,
        test_phrasings.test_no_phrasing_could_be_read_as_a_pressed_choice_or_markup,
        test_phrasings.test_every_phrasing_lies_in_the_file_of_its_label,
        test_phrasings.test_no_line_that_measures_is_learnt,
        test_article_files.test_every_topic_of_an_article_is_a_label,
        test_article_files.test_every_label_that_is_answered_with_a_passage_has_an_article,
        test_voice.test_every_label_that_parents_say_has_three_acknowledgements,
    ):
        holds(test, **given | ({"root": ROOT} if test in OF_THE_CODE else {}))
    for name in NEVER_SAID:
        test_voice.test_attune_never_says(texts, name)
    monkeypatch.setattr(test_documented, "page", lambda name: (folder / name).read_text("utf-8"))
    test_documented.test_every_intent_is_described(labels.labels()[new])


@pytest.mark.parametrize("heading", STEPS)
def test_an_intent_that_is_added_by_its_recipe_passes_the_checks(
    heading: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in recipe(heading):
        step.follow(copy)
    forget_what_was_read()
    intent_checks(heading, copy, monkeypatch)


@pytest.mark.parametrize(
    ("heading", "left_out"), [(heading, n) for heading, most in STEPS.items() for n in range(most)]
)
def test_no_step_of_the_recipe_for_an_intent_can_be_left_out(
    heading: str, left_out: int, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = recipe(heading)
    assert len(steps) == STEPS[heading]
    for number, step in enumerate(steps):
        if number != left_out:
            step.follow(copy)
    forget_what_was_read()
    with pytest.raises((AssertionError, ValueError)):
        intent_checks(heading, copy, monkeypatch)


def test_the_recipes_for_an_intent_differ_in_the_family_as_they_say() -> None:
    for heading, family in ((WITH_A_PASSAGE, "about"), (WITH_A_REPLY, "ask")):
        steps = recipe(heading)
        assert LABEL[heading].startswith(f"{family}_")
        assert (steps[0].file, steps[0].line) == ("data/labels.yml", f"{family}:")
        assert steps[1].file == f"data/nlu/{family}/{LABEL[heading]}.yml"


# The article


def test_an_article_that_is_added_by_its_recipe_is_checked_listed_and_found(copy: Path, encode) -> None:
    (step,) = recipe("Add an article")
    step.follow(copy)
    name = step.file.rpartition("/")[2].removesuffix(".md")
    folder = copy / "knowledge"
    findings = [one for one in check(folder, set(labels.labels())).findings if one.article == name]
    assert [one for one in findings if one.state == FAIL] == []
    result = CliRunner().invoke(knowledge_command, ["check"])
    assert result.exit_code == 0, result.output
    assert name in CliRunner().invoke(knowledge_command, ["list"]).output
    asked = re.search(r'echo "([^"]+)" \| attune search', page("CONTRIBUTING.md"))
    assert asked
    articles = load_articles(folder)
    holds(test_article_files.test_every_address_of_a_shipped_article_is_its_own_page, shipped=articles)
    holds(test_article_files.test_every_source_is_dated_and_linked, shipped=articles)
    found = PassageIndex(passages_of(articles), encode).search(asked.group(1), encode([asked.group(1)])[0])
    assert found.hits[0].passage.article == name


# The exercise


def test_an_exercise_that_is_added_by_its_recipe_passes_the_checks_and_is_offered(copy: Path) -> None:
    (step,) = recipe("Add an exercise")
    step.follow(copy)
    exercises = load_exercises(copy / "knowledge")
    name = step.file.rpartition("/")[2].removesuffix(".yml")
    families = {label.name: label.family for label in labels.labels().values()}
    given = {"exercises": exercises, "knowledge_folder": copy / "knowledge", "labels": families}
    tests = [test for about, test in vars(test_exercise_files).items() if about.startswith("test_")]
    usable = [test for test in tests if set(inspect.signature(test).parameters) <= set(given)]
    assert len(usable) >= 10
    for test in usable:
        holds(test, **given)
    new = exercises[name]
    assert all(new in fitting(exercises, Situation(label), most=99) for label in new.good_for)


# The graph component


def test_a_graph_component_that_is_added_by_its_recipe_runs_before_the_screening(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.nlu.training_data.message import Message

    monkeypatch.setattr(DefaultV1Recipe, "_registered_components", dict(DefaultV1Recipe._registered_components))
    code, config = recipe("Add a graph component")
    code.follow(copy)
    config.follow(copy)
    spec = importlib.util.spec_from_file_location("recipe_component", copy / code.file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pipeline = [one["name"] for one in yaml.safe_load((copy / "config.yml").read_text("utf-8"))["pipeline"]]
    assert pipeline[-1] == "bot.nlu.safety.SafetyScreen"
    module_name, _, class_name = pipeline[1].rpartition(".")
    assert module_name.replace(".", "/") + ".py" == code.file
    component = getattr(module, class_name)
    assert class_name in DefaultV1Recipe._registered_components
    typed, pressed = component.create({}, None, None, None).process(
        [Message({"text": "we cannot sleep"}), Message({"text": "/affirm"})]
    )
    assert typed.get(module.LENGTH) == 3
    assert pressed.get(module.LENGTH) is None
