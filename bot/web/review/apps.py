"""The review app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class ReviewConfig(AppConfig):
    """The staff console; its tables are named review_*."""

    name = "bot.web.review"
    background = ("bot.web.review.summarising.keep_up", "bot.web.review.keeping.forget_changes")

    def ready(self) -> None:
        """Has the inbox follow what is said and what is decided."""
        from bot.web.chat.retention import retention_over
        from bot.web.chat.signals import turn_heard, turn_stored
        from bot.web.review import keeping, models, summarising

        turn_stored.connect(summarising.on_turn_stored, dispatch_uid="review.summary")
        turn_heard.connect(summarising.on_turn_heard, dispatch_uid="review.heard")
        retention_over.connect(keeping.forget_old, dispatch_uid="review.record")
        post_delete.connect(summarising.on_summary_deleted, models.Summary, dispatch_uid="review.erased")
        for model in (models.Review, models.Tag, models.Completion):
            for signal in (post_save, post_delete):
                signal.connect(summarising.on_decided, model, dispatch_uid=f"review.{model.__name__}.{id(signal)}")
