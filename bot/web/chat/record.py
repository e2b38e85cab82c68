"""A turn as it is answered and as it will be stored, and the situation in which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Answer:
    """What goes back to the parent for one message; `region` is None where it cannot be told now."""

    id: str
    messages: list[dict[str, Any]]
    region: str | None


@dataclass(frozen=True)
class Record:
    """A turn as it will be stored; the fields are those of models.Turn."""

    client_id: str
    kind: str
    text: str
    replies: list[dict[str, Any]]
    region: str
    payload: str = ""
    understood: dict[str, Any] = field(default_factory=dict)
    tier: str | None = None
    intent: str = ""
    confidence: float | None = None
    actions: list[str] = field(default_factory=list)
    milliseconds: float | None = None
    failed: bool = False
    created: datetime = field(default_factory=timezone.now)

    @property
    def asks(self) -> str | None:
        """The question that Rasa's reply leaves open."""
        return as_asked(self.understood.get("asks"))

    def answer(self) -> Answer:
        """The turn as it is answered."""
        return Answer(self.client_id, self.replies, self.region or None)


@dataclass(frozen=True)
class Situation:
    """What has to be known before a message is answered; `label` belongs to the pressed button, if offered.

    `risk` is the gravest alarm so far: Rasa forgets it with a restart, and never heard of what was answered without it.
    `asked` is the question that Rasa's last reply left open: while Rasa is away, the answer is read here.
    `unread`: nothing is known, since the database cannot be read and another process had the conversation before.
    """

    region: str | None
    answer: Answer | None = None
    label: str | None = None
    risk: str | None = None
    asked: str | None = None
    unread: bool = False


def as_asked(value: object) -> str | None:
    """What was asked, as it is stored: the name of a question, or nothing."""
    return value if isinstance(value, str) else None
