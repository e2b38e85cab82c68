"""Addresses of the chat API."""

from __future__ import annotations

from django.urls import path

from bot.web.chat import views

app_name = "chat"

urlpatterns = [
    path("session", views.api(POST=views.begin, DELETE=views.erase), name="session"),
    path("message", views.api(POST=views.message), name="message"),
    path("history", views.api(GET=views.history), name="history"),
    path("openapi.json", views.api(GET=views.openapi), name="openapi"),
]
