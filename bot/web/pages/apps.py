"""The pages app."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The demo site of the practice; it has no tables."""

    name = "bot.web.pages"
