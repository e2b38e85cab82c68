"""Addresses of the learning app."""

from __future__ import annotations

from django.urls import path

from bot.web.learning import views

app_name = "learning"

urlpatterns = [path("staff/models/", views.models, name="models")]
