"""Addresses of the review app."""

from __future__ import annotations

from django.urls import path

from bot.web.review import changes, first_admin, office, signing_in, unopened, views

app_name = "review"

urlpatterns = [
    path("staff", views.inbox),
    path("staff/", views.inbox, name="inbox"),
    path("staff/unopened/", unopened.count, name="unopened"),
    path("staff/sign-in/", signing_in.sign_in, name="sign_in"),
    path("staff/sign-out/", signing_in.sign_out, name="sign_out"),
    path("staff/first/<str:token>/", first_admin.first, name="first"),
    path("staff/conversations/<str:conversation_id>/", views.transcript, name="transcript"),
    path("staff/conversations/<str:conversation_id>/review/", changes.review, name="review"),
    path("staff/turns/<int:turn_id>/correct/", changes.correct, name="correct"),
    path("staff/articles/", office.articles, name="articles"),
    path("staff/views/", office.views, name="views"),
]
