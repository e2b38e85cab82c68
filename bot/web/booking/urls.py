"""Addresses of the booking app."""

from __future__ import annotations

from django.urls import path

from bot.web.booking import api, feed, manage

app_name = "booking"

urlpatterns = [
    path("api/slots", api.slots, name="slots"),
    path("api/bookings", api.bookings, name="bookings"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("booking/<str:signed>/", manage.manage, name="manage"),
    path("calendar/<str:signed>.ics", feed.feed, name="feed"),
]
