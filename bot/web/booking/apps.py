"""The booking app."""

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Free consultations; its tables are named booking_*."""

    name = "bot.web.booking"
    label = "booking"
    background = (
        "bot.web.booking.reminders.watch",
        "bot.web.booking.calendar_sync.begin",
    )

    def ready(self) -> None:
        """Registers the system checks, and hears of retention."""
        from bot.web.booking import checks, retention  # noqa: F401 - the checks register themselves
        from bot.web.chat.retention import retention_over

        retention_over.connect(retention.forget_old, dispatch_uid="booking.retention")
