"""The first page of operations.md, which is read at night: every symptom has its command, and each names what is there."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.cli import COMMANDS
from bot.safety.tiers import ALARM
from tests.docs.pages import ROOT, page, section

DEPLOY = ROOT / "bot" / "deploy"
OPERATIONS = page("docs/operations.md")
NIGHT = section(OPERATIONS, "Something is wrong")
WAYS = ("attune run", "containers", "Kubernetes", "systemd")


def symptoms() -> dict[str, dict[str, str]]:
    """The command of each way to run Attune, by what is seen."""
    rows = [row.strip("| ").split(" | ") for row in re.findall(r"^\| .*$", NIGHT, re.MULTILINE)]
    head, *seen = rows
    assert [cell.strip("`") for cell in head[1:]] == list(WAYS)
    return {row[0]: dict(zip(WAYS, row[1:], strict=True)) for row in seen}


def test_it_comes_first_after_the_table_of_contents() -> None:
    headings = re.findall(r"^## (.+)$", OPERATIONS, re.MULTILINE)
    assert headings[0] == "Something is wrong"
    contents = OPERATIONS.split("## ")[0]
    linked = set(re.findall(r"\(#([\w-]+)\)", contents))
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert anchors <= linked


def test_five_symptoms_are_told_with_what_to_know_of_each() -> None:
    numbered = [seen for seen in symptoms() if seen[0].isdecimal()]
    assert [seen[:2] for seen in numbered] == ["1.", "2.", "3.", "4.", "5."]
    told = NIGHT.split("### ")[0]
    assert re.findall(r"^(\d\.) ", told, re.MULTILINE) == ["1.", "2.", "3.", "4.", "5."]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_has_one_command_for_each(way: str) -> None:
    for seen, commands in symptoms().items():
        assert re.fullmatch(r"`[^`]+`", commands[way]), seen


def test_containers_pods_and_units_of_the_commands_exist() -> None:
    services = set(yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"])
    workloads = {
        f"{one['kind'].lower()}/{one['metadata']['name']}"
        for one in yaml.safe_load_all((DEPLOY / "kubernetes/attune.yaml").read_text("utf-8"))
    }
    units = {path.name.split("@")[0] for path in (DEPLOY / "systemd").glob("*.service")}
    for commands in symptoms().values():
        named = set(re.findall(r"\b(?:web|rasa|actions)-\d\b|\bpostgres\b", commands["containers"]))
        assert named <= services
        assert set(re.findall(r"\b(?:deployment|statefulset)/\w+", commands["Kubernetes"])) <= workloads
        assert set(re.findall(r"\b(attune-\w+)@", commands["systemd"])) <= units
        for command in commands.values():
            called = re.findall(r"(?:/attune|-1 attune|-- attune|attune-run) (\w+)", command)
            assert set(called) <= set(COMMANDS)


def test_five_steps_for_who_is_alerted_name_every_tier_that_alerts() -> None:
    steps = re.findall(r"^\d\. (.*)", NIGHT.split("### A crisis alert came\n")[1], re.MULTILINE)
    assert len(steps) == 5
    assert set(re.findall(r"\b([A-Z]) (?=[a-z])", steps[0])) - {"O"} == set(ALARM)
