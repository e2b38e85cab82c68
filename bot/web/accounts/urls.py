"""Addresses of the accounts app."""

from __future__ import annotations

from django.urls import path

from bot.web.accounts import links, own, people, signing_in

app_name = "accounts"

urlpatterns = [
    path("staff/sign-in/", signing_in.sign_in, name="sign_in"),
    path("staff/sign-in/code/", signing_in.code, name="code"),
    path("staff/sign-in/set-up/", signing_in.set_up, name="set_up"),
    path("staff/sign-out/", signing_in.sign_out, name="sign_out"),
    path("staff/first/<str:token>/", links.first, name="first"),
    path("staff/welcome/<str:token>/", links.welcome, name="welcome"),
    path("staff/account/", own.account, name="own"),
    path("staff/accounts/", people.people, name="people"),
    path("staff/accounts/<int:user_id>/", people.change, name="change"),
]
