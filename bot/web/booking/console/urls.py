"""Addresses of the console's booking pages."""

from __future__ import annotations

from django.urls import path

from bot.web.booking.console import bookings, changes, export, therapists

app_name = "desk"

urlpatterns = [
    path("staff/bookings/", bookings.bookings, name="bookings"),
    path("staff/bookings/calendar/", bookings.calendar, name="calendar"),
    path("staff/bookings/export.csv", export.export, name="export"),
    path("staff/bookings/<int:key>/", bookings.booking, name="booking"),
    path("staff/bookings/<int:key>/change/", changes.change, name="change"),
    path("staff/therapists/", therapists.therapists, name="therapists"),
    path("staff/therapists/new/", therapists.new, name="new_therapist"),
    path("staff/therapists/<int:key>/", therapists.therapist, name="therapist"),
    path("staff/therapists/<int:key>/switch/", therapists.switch, name="switch"),
    path("staff/therapists/<int:key>/hours/", therapists.add_hours, name="add_hours"),
    path("staff/therapists/<int:key>/hours/<int:hours_key>/remove/", therapists.remove_hours, name="remove_hours"),
    path("staff/therapists/<int:key>/exceptions/", therapists.add_exception, name="add_exception"),
    path(
        "staff/therapists/<int:key>/exceptions/<int:exception_key>/remove/",
        therapists.remove_exception,
        name="remove_exception",
    ),
]
