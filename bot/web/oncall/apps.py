"""The on-call app."""

from __future__ import annotations

from django.apps import AppConfig


class OncallConfig(AppConfig):
    """Alerts; its table is named oncall_alert."""

    name = "bot.web.oncall"
    background = ("bot.web.oncall.watch.keep_watch",)
