"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may work in the console, and how they prove that it is them; its tables are named accounts_*."""

    name = "bot.web.accounts"
