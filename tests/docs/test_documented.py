"""The documentation names everything that the code has."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
import yaml
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from bot.cli import COMMANDS, Lazy
from bot.evaluation.suites import ABOUT
from bot.safety.tiers import ALARM, card_kind
from bot.serving import states
from bot.settings import get_settings
from bot.understanding.labels import labels
from bot.web.accounts.models import LINK_LIFE, LOCK_WINDOW
from bot.web.metrics import registry
from bot.web.review import presence
from knowledge.practice import load_practice
from tests.docs.pages import PAGES, RECIPE_LABELS, ROOT, name_of, page, section

NOT_BUILT = "Not built yet"
OPERATIONS = page("docs/operations.md")


# Settings


def settings_in_code() -> set[str]:
    """Every variable that the code reads, the secrets among them."""
    found: set[str] = set()
    sources = [path for folder in ("bot", "actions", "knowledge") for path in (ROOT / folder).rglob("*.py")]
    for path in [*sources, *(ROOT / "bot/deploy").glob("*.sh"), ROOT / "endpoints.yml", ROOT / "Makefile"]:
        text = path.read_text("utf-8")
        found.update(re.findall(r"\bATTUNE_[A-Z]+(?:_[A-Z]+)*\b", text))
        found.update(re.findall(r"""environ(?:\.get\(|\[)\s*["']([A-Z][A-Z_]+)["']""", text))
        found.update(f"ATTUNE_{name.upper()}_SECRET" for name in re.findall(r"""\.secret\(["'](\w+)["']\)""", text))
    return found


@pytest.mark.parametrize("setting", sorted(settings_in_code()))
def test_every_setting_is_in_operations(setting: str) -> None:
    assert f"`{setting}`" in OPERATIONS


def test_operations_names_no_setting_that_nothing_reads() -> None:
    named = set(re.findall(r"`(ATTUNE_[A-Z_]+)`", OPERATIONS))
    assert named <= settings_in_code()


# Commands


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_operations(command: str) -> None:
    assert f"`attune {command}" in OPERATIONS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_of_a_command_is_in_operations(command: str) -> None:
    found = Lazy().get_command(None, command)  # type: ignore[arg-type]  # the group looks at the name only
    assert found is not None
    rows = [line for line in OPERATIONS.splitlines() if line.startswith(f"| `attune {command}")]
    options = [
        option for parameter in found.params if parameter.param_type_name == "option" for option in parameter.opts
    ]
    missing = [option for option in options if not any(f"`{option}" in row for row in rows)]
    assert not missing


def test_a_command_that_the_docs_name_exists_or_is_said_to_be_missing() -> None:
    missing = section(OPERATIONS, NOT_BUILT)
    for path in PAGES:
        for command in re.findall(r"`attune ([a-z][a-z-]+)", path.read_text("utf-8")):
            assert command in COMMANDS or f"`attune {command}`" in missing, f"{name_of(path)}: attune {command}"


@pytest.mark.parametrize("suite", ABOUT)
def test_every_suite_of_eval_is_in_operations(suite: str) -> None:
    (row,) = re.findall(r"^\| `attune eval .*", OPERATIONS, re.MULTILINE)
    assert f"`{suite}`" in row


def make_targets() -> list[str]:
    return re.findall(r"^([a-zA-Z][\w-]*):.*## ", page("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("target", make_targets())
def test_every_make_target_is_in_operations(target: str) -> None:
    assert f"`make {target}`" in OPERATIONS


# Routes


def routes() -> list[str]:
    """Every address of the URL conf, its converters left out: /articles/<article_id>."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> list[str]:
        found: list[str] = []
        for one in patterns:
            here = prefix + str(one.pattern)
            found += walk(one.url_patterns, here) if isinstance(one, URLResolver) else [here]
        return found

    return sorted({re.sub(r"<\w+:(\w+)>", r"<\1>", route) for route in walk(get_resolver().url_patterns, "/")})


@pytest.mark.parametrize("route", routes())
def test_every_route_is_in_operations(route: str) -> None:
    assert f"`{route}`" in OPERATIONS


def test_operations_names_no_route_that_is_not_there() -> None:
    table = section(OPERATIONS, "Public routes")
    named = re.findall(r"^\| [A-Z, ]+ \| `(/[^`]*)`", table, re.MULTILINE)
    assert named
    assert set(named) <= set(routes())


@pytest.mark.parametrize("first", sorted({f"/{route.split('/')[1].split('<')[0]}" for route in routes()}))
def test_every_kind_of_route_is_in_the_threat_model(first: str) -> None:
    assert f"`{first}" in page("docs/threat-model.md")


# Intents


@pytest.mark.parametrize("label", labels().values(), ids=lambda label: label.name)
def test_every_intent_is_described(label: object) -> None:
    assert re.search(rf"^\*\*`{label.name}`\*\*", page("docs/intents.md"), re.MULTILINE)  # type: ignore[attr-defined]


def test_the_docs_name_no_intent_that_is_not_there() -> None:
    families = "crisis|feel|about|ask|request|manage"
    for path in PAGES:
        named = re.findall(rf"`((?:{families})_[a-z_]+)`", path.read_text("utf-8"))
        assert set(named) <= {*labels(), *RECIPE_LABELS}, name_of(path)


def test_the_pairs_of_neighbours_name_labels_and_two_sentences() -> None:
    rows = re.findall(r"^\| (`.+?)$", section(page("docs/intents.md"), "Pairs"), re.MULTILINE)
    assert len(rows) >= 20
    for row in rows:
        cells = [cell.strip() for cell in row.strip(" |").split(" | ")]
        assert len(cells) == 4, row
        assert {cells[0].strip("`"), cells[2].strip("`")} <= set(labels()), row
        assert cells[1]
        assert cells[3]


def test_the_pairs_are_no_training_phrasings() -> None:
    """A pair that is also trained on would show nothing."""
    text = "\n".join(path.read_text("utf-8") for path in (ROOT / "data" / "nlu").rglob("*.yml")).lower()
    rows = re.findall(r"^\| (`.+?)$", section(page("docs/intents.md"), "Pairs"), re.MULTILINE)
    cells = [row.strip(" |").split(" | ") for row in rows]
    for sentence in [cell.strip() for row in cells for cell in (row[1], row[3])]:
        assert f"- {sentence.lower()}\n" not in text, sentence


def test_the_list_of_voices_is_that_of_the_phrasings() -> None:
    rows = re.findall(r"^\| (`[^|]+) \|", section(page("docs/intents.md"), "Voices"), re.MULTILINE)
    described = Counter(name for row in rows for name in re.findall(r"`(\w+)`", row))
    files = [path for path in (ROOT / "data/nlu").rglob("*.yml") if path.parent.name != "reviewed"]
    heads = [line for path in files for line in re.findall(r"^  metadata: .*", path.read_text("utf-8"), re.MULTILINE)]
    written = {name for head in heads for name in re.findall(r"\bvoice: (\w+)", head)}
    assert set(described) == written
    assert set(described.values()) == {1}


# What is stored

# Rights and kinds of tables: Django's own, the same everywhere.
OF_DJANGO = {"auth_permission", "auth_group_permissions", "auth_user_user_permissions", "django_content_type"}


def tables() -> set[str]:
    """Every table that Attune stores something in; the full-text index is no model."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - OF_DJANGO | {"review_words"}


def stored() -> dict[str, str]:
    """What privacy.md says of each table: for how long."""
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+) \| ([^|]+) \|$", page("docs/privacy.md"), re.MULTILINE)
    return {table: life for named, life in rows for table in re.findall(r"`(\w+)`", named)}


@pytest.mark.parametrize("table", sorted(tables()))
def test_privacy_says_for_how_long_every_table_keeps_what_it_has(table: str) -> None:
    assert stored().get(table)


def test_privacy_names_no_table_that_is_not_there() -> None:
    named = {name for name in stored() if re.match(r"(?:auth|django|chat|review|booking|oncall)_", name)}
    assert named <= tables()


def test_privacy_says_the_times_that_hold() -> None:
    text = page("docs/privacy.md")
    assert f"`knowledge/practice.yml`, {load_practice(ROOT / 'knowledge').retention_days} days" in text
    assert f"`ATTUNE_RECORD_DAYS` ({get_settings().record_days})" in text
    assert f"{presence.GONE.seconds} seconds" in stored()["review_presence"]
    assert states.IDLE == 12 * 3600
    assert text.count("twelve hours after the last message") == 2
    assert timedelta(hours=24) == LINK_LIFE
    assert timedelta(minutes=15) == LOCK_WINDOW


# Metrics


def metrics() -> dict[str, tuple[str, ...]]:
    """The names of /metrics as they are asked for, with their labels."""
    found = {}
    for collector in registry._collector_to_names:
        labels_of = tuple(getattr(collector, "_labelnames", ()))
        for metric in collector.collect():
            found[f"{metric.name}_total" if metric.type == "counter" else metric.name] = labels_of
    return found


def metric_rows() -> dict[str, str]:
    """What the table of the metrics says of each: its labels, as they stand there."""
    rows = re.findall(r"^\| (`[^|]+) \|([^|]*)\|", section(OPERATIONS, "Metrics"), re.MULTILINE)
    return {name: labels_of for names, labels_of in rows for name in re.findall(r"`((?:attune|process)_\w+)`", names)}


@pytest.mark.parametrize("metric", sorted(metrics()))
def test_every_metric_is_in_operations_with_its_labels(metric: str) -> None:
    assert metric in metric_rows()
    assert set(re.findall(r"`(\w+)`", metric_rows()[metric])) == set(metrics()[metric])


def test_operations_names_no_metric_that_is_not_counted() -> None:
    named = set(re.findall(r"\b(?:attune|process)_\w+(?=`|\{)", section(OPERATIONS, "What to watch")))
    assert set(metric_rows()) | named <= set(metrics())


# Cards, tiers, replies


def card_types() -> set[str]:
    openapi = yaml.safe_load(page("bot/web/chat/openapi.yml"))
    declared = set(openapi["components"]["schemas"]["BotMessage"]["properties"]["card"]["properties"]["type"]["enum"])
    drawn = set(re.findall(r'^  type: "(\w+)";', page("bot/web/widget/src/types.ts"), re.MULTILINE))
    assert declared == drawn
    return declared


def made_by() -> dict[str, list[str]]:
    """The rows of the contracts' table: each card with the files that make it."""
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| ([^|]+) \|$", section(page("docs/architecture.md"), "Contracts"), re.MULTILINE
    )
    return {card: re.findall(r"`([^`]+)`", files) for card, files in rows}


def test_the_contracts_name_every_card_and_no_other() -> None:
    assert set(made_by()) == card_types()


@pytest.mark.parametrize("card", sorted(card_types()))
def test_every_card_is_made_where_the_contracts_say(card: str) -> None:
    assert any(f'"type": "{card}"' in page(name) for name in made_by()[card])


@pytest.mark.parametrize("card", sorted(card_types()))
def test_every_card_has_its_place_in_the_console(card: str) -> None:
    assert (ROOT / "bot/web/review/templates/review/cards" / f"{card}.html").exists()


def test_every_crisis_reply_and_rules_file_is_in_the_safety_case() -> None:
    case = page("docs/safety-case.md")
    replies = re.findall(
        r"^  (utter_(?:crisis|third_party|safety|someone_near|safe_to_chat)_\w+):", page("domain.yml"), re.M
    )
    missing = [name for name in replies if f"`{name}`" not in case]
    missing += [path.name for path in (ROOT / "data/safety").glob("*.yml") if f"`data/safety/{path.name}`" not in case]
    assert not missing


def test_the_card_of_every_alarm_is_that_of_the_safety_case() -> None:
    rows = re.findall(r"^\| ([A-Z]) \|.*\| ([a-z ]+) \|$", page("docs/safety-case.md"), re.MULTILINE)
    said = {tier: kind.replace(" ", "_") for tier, kind in rows if tier in ALARM}
    assert said == {tier: card_kind(tier) for tier in ALARM}


def test_every_threshold_is_in_the_safety_case() -> None:
    limits = re.search(r"return \{\s*(\"alarm\".*?)\}", page("bot/nlu/safety.py"), re.DOTALL)
    assert limits
    names = re.findall(r'"(\w+)":', limits.group(1))
    assert all(f"`{name}`" in page("docs/safety-case.md") for name in names)
