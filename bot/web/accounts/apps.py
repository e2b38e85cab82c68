"""The accounts app."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who may work in the console, and how they prove that it is them; its tables are named accounts_*."""

    name = "bot.web.accounts"

    def ready(self) -> None:
        """Hear of retention."""
        from bot.web.accounts import keeping
        from bot.web.chat.retention import retention_over

        retention_over.connect(keeping.clear, dispatch_uid="accounts.cleared")
