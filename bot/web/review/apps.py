"""The review app."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """The staff console; its tables are named review_*."""

    name = "bot.web.review"
