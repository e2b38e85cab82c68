"""A conversation in which a risk may be open, as its tracker has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def after(domain: Domain) -> Callable[..., DialogueStateTracker]:
    def begin(risk: str | None, crisis: str = "crisis_suicide", **slots: object) -> DialogueStateTracker:
        tracker = DialogueStateTracker.from_events("a", [], domain.slots)
        tracker.update(UserUttered("something grave", intent={"name": crisis, "confidence": 1.0}))
        for name, value in {"risk": risk, **slots}.items():
            tracker.update(SlotSet(name, value))
        return tracker

    return begin
