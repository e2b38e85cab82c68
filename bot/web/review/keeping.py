"""How long the record of who looked is kept: ATTUNE_RECORD_DAYS, and never shorter than conversations are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bot.settings import get_settings
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from datetime import datetime


def forget_old(sender: object, before: datetime, **_: Any) -> str:
    """Receiver of retention_over: deletes the lines whose time is over; returns how many, in words.

    A crisis counts as opened because of its line, so that none goes while there may be conversations of its age.
    """
    old = min(timezone.now() - timedelta(days=get_settings().record_days), before)
    count, _by_model = ViewRecord.objects.filter(at__lt=old).delete()
    return f"{count} lines of the record deleted"
