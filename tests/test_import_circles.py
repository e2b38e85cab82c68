"""No two modules import each other, directly or by way of others; import-linter checks the arrows between parts."""

from __future__ import annotations

import grimp
import pytest

# The encoder fetches and builds itself at its first use, and what was built is proven by encoding with it.
KNOWN = frozenset({"bot.encoding.encoder", "bot.encoding.weights"})


@pytest.fixture(scope="module")
def imports() -> dict[str, set[str]]:
    """What each module imports, also inside functions; imports for types only are no circle."""
    graph = grimp.build_graph(
        "bot", "actions", "knowledge", exclude_type_checking_imports=True, cache_dir=".import_linter_cache"
    )
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def reached(imports: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    open_ends = set(imports[start])
    while open_ends:
        module = open_ends.pop()
        if module not in found:
            found.add(module)
            open_ends |= imports.get(module, set())
    return found


def test_nothing_is_imported_in_a_circle(imports: dict[str, set[str]]) -> None:
    assert len(imports) > 300
    assert {module for module in imports if module in reached(imports, module)} == KNOWN


def test_a_circle_is_seen() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert {module for module in imports if module in reached(imports, module)} == {"a", "b", "c"}
