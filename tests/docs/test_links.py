"""Every link, anchor, picture, file and function that the documentation names is there."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, anchors, drawings, links, name_of, page, section

FOLDERS = "actions|bot|data|docs|knowledge|tests|\\.ci|\\.github"
WAYS = ("The way of a message", "The way of a correction")
# The first words of a Mermaid drawing, and how many brackets of each kind stand open at its end.
KINDS = re.compile(r"(?:flowchart|graph) (?:TD|TB|LR|RL|BT)|sequenceDiagram|stateDiagram-v2|erDiagram")
PAIRS = ("()", "[]", "{}")


def test_every_markdown_file_of_the_project_is_looked_at() -> None:
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git repository")
    kept = {ROOT / name for name in listed.stdout.split() if not name.startswith(("knowledge/articles/", "tests/"))}
    assert {path for path in kept if path.exists()} <= set(PAGES)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(path: Path) -> None:
    for link in links(path.read_text("utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), link


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_pictures_are_files_that_begin_as_pictures_do(path: Path) -> None:
    for link in links(path.read_text("utf-8")):
        if link.endswith(".png") and not re.match(r"[a-z]+:", link):
            assert (path.parent / link).read_bytes().startswith(b"\x89PNG\r\n\x1a\n"), link


def test_every_picture_is_shown_on_some_page() -> None:
    shown = {(path.parent / link).resolve() for path in PAGES for link in links(path.read_text("utf-8"))}
    pictures = set((DOCS / "images").glob("*.png"))
    # The widget's cards are a gallery: the README links the folder as a whole.
    gallery = set((DOCS / "images").glob("widget-*.png")) if DOCS / "images" in shown else set()
    assert pictures <= shown | gallery


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_files_that_a_page_names_are_there(path: Path) -> None:
    text = path.read_text("utf-8")
    made = set(re.findall(r"^\d\. Write `([^`]+)`", text, re.MULTILINE))  # by a recipe: tests/docs/test_recipes.py
    for name in set(re.findall(rf"`((?:{FOLDERS})/[\w./*@-]*)`", text)) - made:
        assert list(ROOT.glob(name.rstrip("/"))), name


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_page_of_docs_is_linked_from_the_readme_or_another_page(path: Path) -> None:
    if DOCS not in path.parents:
        return
    targets = {
        (other.parent / link.partition("#")[0]).resolve() for other in PAGES for link in links(other.read_text("utf-8"))
    }
    assert path in targets


# Names beside files


def defined_in(path: Path) -> set[str]:
    """Every name that a module gives to something: constants, functions, classes, and methods with and without theirs."""
    body = ast.parse(path.read_text("utf-8")).body
    given = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    given += [node.target for node in body if isinstance(node, ast.AnnAssign)]
    functions = functions_in(path)
    return functions | {name.split(".")[-1] for name in functions} | {n.id for n in given if isinstance(n, ast.Name)}


def names_beside_files(text: str) -> list[tuple[str, str]]:
    """Each "`Name` (`file`)", and "`name` in `file`"; beside a word in small letters, brackets say where to read on."""
    file = rf"`((?:{FOLDERS})/[\w/]+\.py)`"
    return re.findall(rf"`([A-Z][\w.]*)` \({file}", text) + re.findall(rf"`([\w.]+)` (?:in|of) {file}", text)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_a_name_is_defined_in_the_file_that_stands_beside_it(path: Path) -> None:
    pairs = names_beside_files(path.read_text("utf-8"))
    assert [(name, file) for name, file in pairs if name not in defined_in(ROOT / file)] == []


def test_a_name_beside_a_file_that_only_imports_it_is_found() -> None:
    assert ("Reply", "bot/web/chat/rasa_reply.py") in names_beside_files(page("docs/architecture.md"))
    assert "Reply" in defined_in(ROOT / "bot/web/chat/rasa_reply.py")
    assert "Reply" not in defined_in(ROOT / "bot/web/chat/rasa_client.py")


# Drawings

DRAWN = [(path, number) for path in PAGES for number, _ in enumerate(drawings(path.read_text("utf-8")))]


@pytest.mark.parametrize(("path", "number"), DRAWN, ids=lambda value: name_of(value) if isinstance(value, Path) else "")
def test_a_drawing_names_its_kind_and_closes_what_it_opens(path: Path, number: int) -> None:
    drawing = drawings(path.read_text("utf-8"))[number]
    assert KINDS.match(drawing)
    lines = [line.split() for line in drawing.splitlines()]
    assert sum(bool(line) and line[0] == "subgraph" for line in lines) == lines.count(["end"])
    assert drawing.count('"') % 2 == 0
    without_words = re.sub(r'"[^"\n]*"', "", drawing)
    for opening, closing in PAIRS:
        assert without_words.count(opening) == without_words.count(closing)


@pytest.mark.parametrize(("path", "number"), DRAWN, ids=lambda value: name_of(value) if isinstance(value, Path) else "")
def test_files_that_a_drawing_names_are_there(path: Path, number: int) -> None:
    drawing = drawings(path.read_text("utf-8"))[number]
    for name in re.findall(rf"(?<![\w/])((?:{FOLDERS})/[\w./-]*\w)", drawing):
        assert (ROOT / name).exists(), name


# The two ways of docs/architecture.md, against the code


def functions_in(path: Path) -> set[str]:
    """Functions, classes and methods (`Class.method`) of a module; of TypeScript the methods of its classes."""
    text = path.read_text("utf-8")
    if path.suffix == ".ts":
        return set(re.findall(r"^  (?:async )?(\w+)\(.*\{$", text, re.MULTILINE))
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            inner = [one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            found |= {node.name, *(f"{node.name}.{name}" for name in inner)}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
    return found


def steps(way: str) -> list[tuple[str, str, str]]:
    """Number, file and functions of each row."""
    rows = re.findall(
        r"^\| *(\d*) *\| `([^`]+)` \| ([^|]+) \|", section(page("docs/architecture.md"), way), re.MULTILINE
    )
    assert rows
    return rows


@pytest.mark.parametrize("way", WAYS)
def test_every_step_of_a_way_names_functions_of_its_file(way: str) -> None:
    for _, name, functions in steps(way):
        named = re.findall(r"`([^`]+)`", functions)
        assert named, name
        assert set(named) <= functions_in(ROOT / name), name


@pytest.mark.parametrize("way", WAYS)
def test_a_number_in_a_drawing_stands_beside_a_file_of_its_row(way: str) -> None:
    (drawing,) = drawings(section(page("docs/architecture.md"), way))
    rows: dict[str, set[str]] = {}
    number = ""
    for begins, name, _ in steps(way):
        number = begins or number
        rows.setdefault(number, set()).add(name)
    numbered = re.findall(rf'"(\d+) ((?:{FOLDERS})/[\w./-]*\w)', drawing)
    assert numbered
    for number, name in numbered:
        assert name in rows[number] or any(one.startswith(f"{name}/") for one in rows[number]), (number, name)
    assert list(rows) == [str(n) for n in range(1, len(rows) + 1)]


# The README

SHORT = ("Embed it", "Bring your articles", "Review conversations", "Deploy it")


@pytest.mark.parametrize("heading", SHORT)
def test_a_way_in_takes_under_ten_lines_and_links_onward(heading: str) -> None:
    text = section(page("README.md"), heading)
    assert len([line for line in text.splitlines() if line.strip() and not line.startswith("```")]) < 10
    assert links(text)


def test_every_figure_of_the_readme_stands_beside_its_command() -> None:
    rows = re.findall(r"^\| (?!figure|---)(.+) \|$", section(page("README.md"), "Figures"), re.MULTILINE)
    assert rows
    for row in rows:
        assert re.search(r"\| `attune \w+[^`]*`$", row), row
