"""Every address of the public process, by app."""

from __future__ import annotations

from django.urls import include, path

handler400 = "bot.web.errors.bad_request"
handler403 = "bot.web.errors.forbidden"
handler404 = "bot.web.errors.not_found"
handler500 = "bot.web.errors.server_error"

urlpatterns = [
    path("chat/", include("bot.web.chat.urls")),
    path("", include("bot.web.booking.urls")),  # api/..., booking/<signed>/, calendar/<signed>.ics
    path("", include("bot.web.booking.console.urls")),  # staff/bookings/..., staff/therapists/...
    path("", include("bot.web.accounts.urls")),  # staff/sign-in/, staff/accounts/...
    path("", include("bot.web.review.urls")),  # staff/...
    path("", include("bot.web.learning.urls")),  # staff/models/
    path("", include("bot.web.records.urls")),  # staff/exports/...
    path("", include("bot.web.pages.urls")),
]
