"""What all tests share: the practice's knowledge folder, a copy to break, and an encoder that needs no model."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy.typing as npt
    from playwright.sync_api import Browser

    from tests.span_receiver import SpanReceiver
    from tests.stack import Stack

hypothesis.settings.register_profile("long")
ROOT = Path(__file__).resolve().parent.parent
DIMENSIONS = 768


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With several workers, a file stays with one of them; so do all tests that need the running Attune, first of all."""
    for item in items:
        group = "stack" if item.get_closest_marker("stack") else item.path.as_posix()
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: item.get_closest_marker("stack") is None)


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def knowledge_folder() -> Path:
    """The knowledge folder that is shipped; read it, never write to it."""
    return ROOT / "knowledge"


@pytest.fixture
def own_knowledge(tmp_path: Path) -> Path:
    """A copy of the knowledge folder to change."""
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@pytest.fixture(scope="session")
def encode() -> Callable[[Sequence[str]], npt.NDArray[np.float32]]:
    """Unit vectors of hashed words: texts with the same words are alike, and nothing is downloaded."""

    def vector(text: str) -> npt.NDArray[np.float32]:
        counts = np.zeros(DIMENSIONS, dtype=np.float32)
        for word in re.findall(r"[a-z]+", text.lower()):
            counts[int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest(), "big") % DIMENSIONS] += 1
        length = float(np.linalg.norm(counts))
        return counts / length if length else counts

    def hashed(texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.stack([vector(text) for text in texts])

    return hashed


@pytest.fixture
def traces(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpanReceiver]:
    """Turns are traced in this process, and in those that it starts; here the spans arrive."""
    from bot import tracing
    from bot.settings import get_settings
    from tests.span_receiver import SpanReceiver

    with SpanReceiver() as receiver:
        monkeypatch.setenv("ATTUNE_TRACES_URL", receiver.url)
        get_settings.cache_clear()
        tracing.start("test")
        yield receiver
        receiver.answers.set()
        tracing.finish()
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole of Attune, running; started once for all tests that need it."""
    from tests.stack import running

    with running(tmp_path_factory.mktemp("stack")) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests. It keeps an event loop in this thread: run them apart from async tests."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import FLAGS, MISSING, program

    found = program()
    if not found:
        pytest.skip(MISSING)
    # That loop also makes Django suspect async code, where tests and live server share a thread's database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
