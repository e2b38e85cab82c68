"""One's own account: another password, new recovery codes, another phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_otp
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bot.web.accounts.models import AuthenticatorApp, RecoveryCode, SignInFailure, app_of
from bot.web.accounts.passwords import password_problems
from bot.web.accounts.roles import role_of
from bot.web.accounts.signing_in import LOCKED, go_on
from bot.web.chat.limits import address_key
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

NOT_YOU = "The password or the code does not fit. Nothing was changed."


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("staff")
def account(request: HttpRequest) -> HttpResponse:
    """The page; every change asks for the present password, and for a code where there is a second factor."""
    user: Any = request.user
    if request.method != "POST":
        return _page(request, user)
    problem = _not_them(request, user)
    if problem:
        return _page(request, user, status=429 if problem == LOCKED else 422, problem=problem)
    action = request.POST.get("action", "")
    if action == "password":
        return _new_password(request, user)
    if action == "codes":
        _noted(user, "recovery codes renewed")
        return render(request, "accounts/codes.html", {"codes": RecoveryCode.objects.renew(user), "wanted": None})
    if action == "phone":
        with transaction.atomic():
            AuthenticatorApp.objects.filter(user=user).delete()
            _noted(user, "another phone")
        return go_on(request, user, request.path)
    return _page(request, user, status=422, problem="There is no such action.")


def _not_them(request: HttpRequest, user: User) -> str:
    """Why this is not taken for them: somebody at a console that was left open must not take the account over."""
    name, address, app = user.get_username(), address_key(request), app_of(user)
    if SignInFailure.objects.locked(name, address):
        return LOCKED
    fits = user.check_password(request.POST.get("present", "")[:1024])
    given = request.POST.get("code", "").strip()[:40]
    if fits and (app is None or django_otp.verify_token(user, app.persistent_id, given)):
        return ""
    SignInFailure.objects.failed(name, address)
    return NOT_YOU


def _new_password(request: HttpRequest, user: User) -> HttpResponse:
    password = request.POST.get("password", "")
    problems = password_problems(password, request.POST.get("again", ""), user)
    if problems:
        return _page(request, user, status=422, problems=problems)
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    _noted(user, "password changed")
    return _page(request, user, done="Your password is changed. Your other sessions have ended.")


def _noted(user: User, what: str) -> None:
    ViewRecord.objects.record(user, ViewRecord.ACCOUNT, detail=f"{user.get_username()}: {what}")


def _page(request: HttpRequest, user: User, status: int = 200, **more: Any) -> HttpResponse:
    context = {"role": role_of(user), "app": app_of(user), "left": RecoveryCode.objects.filter(staff=user).count()}
    return render(request, "accounts/account.html", context | more, status=status)
