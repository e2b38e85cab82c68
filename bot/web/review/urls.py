"""Addresses of the review app."""

from __future__ import annotations

from django.urls import path

from bot.web.review import (
    audit,
    changes,
    metrics_page,
    office,
    passages,
    presence,
    revealing,
    saved_filters,
    unopened,
    views,
)

app_name = "review"

urlpatterns = [
    path("staff", views.inbox),
    path("staff/", views.inbox, name="inbox"),
    path("staff/unopened/", unopened.count, name="unopened"),
    path("staff/filters/", saved_filters.save, name="save_filter"),
    path("staff/filters/<int:filter_id>/delete/", saved_filters.delete, name="delete_filter"),
    path("staff/conversations/<str:conversation_id>/", views.transcript, name="transcript"),
    path("staff/conversations/<str:conversation_id>/print/", views.paper, name="paper"),
    path("staff/conversations/<str:conversation_id>/reveal/", revealing.reveal, name="reveal"),
    path("staff/conversations/<str:conversation_id>/test/", views.saved_test, name="saved_test"),
    path("staff/conversations/<str:conversation_id>/review/", changes.review, name="review"),
    path("staff/conversations/<str:conversation_id>/present/", presence.present, name="present"),
    path("staff/turns/<int:turn_id>/correct/", changes.correct, name="correct"),
    path("staff/changes/<int:change_id>/undo/", changes.undo, name="undo"),
    path("staff/passages/", passages.search, name="passages"),
    path("staff/metrics/", metrics_page.metrics, name="metrics"),
    path("staff/metrics/<str:table>/", metrics_page.export, name="metrics_export"),
    path("staff/articles/", office.articles, name="articles"),
    path("staff/views/", audit.views, name="views"),
    path("staff/views/csv/", audit.export, name="views_export"),
]
