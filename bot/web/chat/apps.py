"""The chat app."""

from __future__ import annotations

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Conversations and their turns."""

    name = "bot.web.chat"
    background = (
        "bot.web.chat.screening.warm_up",
        "bot.web.chat.log.retry_storing",
        "bot.web.chat.unheard.keep_listening",
        "bot.web.chat.forgetting.retry_forgetting",
        "bot.web.chat.retention.daily",
    )
