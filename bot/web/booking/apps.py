"""The booking app."""

from __future__ import annotations

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Free consultations; its tables are named booking_*."""

    name = "bot.web.booking"
    label = "booking"
    background = (
        "bot.web.booking.reminders.watch",
        "bot.web.booking.retention.daily",
        "bot.web.booking.calendar_sync.begin",
    )

    def ready(self) -> None:
        """Registers the system checks."""
        from bot.web.booking import checks  # noqa: F401
