"""A figure that stands on two pages is the same on both: what performance.md has was measured."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import PAGES, name_of, page, section

ALARMED = ("alarm", "alarm or check", "twins alarmed")


def measured() -> dict[str, float]:
    """Each figure of performance.md, in percent."""
    rows = re.findall(r"^\| ([\w. ]+) \| (\d\.\d+) \|", section(page("docs/performance.md"), "Figures"), re.MULTILINE)
    return {name: round(float(value) * 100, 1) for name, value in rows}


@pytest.mark.parametrize(
    ("beginning", "figures"),
    [
        ("At these thresholds ", [*(f"voices.{name}" for name in ALARMED), "voices.others alarmed"]),
        ("On `tests/eval`, by other", [*(f"crisis.{name}" for name in ALARMED), "crisis.ordinary lines alarmed"]),
    ],
)
def test_the_safety_case_has_the_measured_figures_of_the_screening(beginning: str, figures: list[str]) -> None:
    case = page("docs/safety-case.md")
    sentence = case[case.index(beginning) :].split(". ")[0]
    assert [float(number) for number in re.findall(r"(\d+\.\d)%", sentence)] == [measured()[name] for name in figures]


def test_no_page_ends_a_sentence_twice() -> None:
    doubled = [name_of(path) for path in PAGES if re.search(r"\w\.\.$", path.read_text("utf-8"), re.MULTILINE)]
    assert doubled == []
