"""Addresses of the records app."""

from __future__ import annotations

from django.urls import path

from bot.web.records import page

app_name = "records"

urlpatterns = [
    path("staff/exports/", page.exports, name="exports"),
    path("staff/exports/<str:name>/", page.download, name="download"),
]
