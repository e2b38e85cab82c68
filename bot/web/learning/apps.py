"""The learning app."""

from __future__ import annotations

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """What was learnt from which turn; its tables are named learning_..."""

    name = "bot.web.learning"

    def ready(self) -> None:
        """Hear of conversations that go."""
        from bot.web.learning import withdrawing  # noqa: F401 - connects its receiver
