"""Clears what signing in leaves behind: sessions that ended, links that were used or are too old."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.utils import timezone

from bot.web.accounts.models import LINK_LIFE, OneTimeLink


def clear(sender: object, **_: Any) -> None:
    """Receiver of retention_over, once a day."""
    SessionStore.clear_expired()
    OneTimeLink.objects.filter(Q(used_at__isnull=False) | Q(created__lt=timezone.now() - LINK_LIFE)).delete()
