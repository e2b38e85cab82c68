"""Signing in to the console, in two steps: the password, then a code; and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_otp
import segno
from django.contrib.auth import authenticate, logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bot.settings import get_settings
from bot.web.accounts.models import AuthenticatorApp, RecoveryCode, SignInFailure, app_of
from bot.web.accounts.passwords import MOST_NAME, MOST_PASSWORD
from bot.web.accounts.roles import role_of
from bot.web.accounts.sessions import enter, half_way, who_is_half_way
from bot.web.chat.limits import address_key
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

MOST_CODE = 40  # characters; longer than LONGEST_OF_APP it is a recovery code
LONGEST_OF_APP = 10
WRONG = "Name and password do not fit together."
WRONG_CODE = "This code does not fit. Codes change every half a minute; take the one that is shown now."
LOCKED = "Too many attempts. Please try again in a quarter of an hour, or ask an administrator to unlock you."
WAIT = "That was wrong several times. Please wait a little, then type the code that is shown then."


def next_page(request: HttpRequest) -> str:
    """Where to go afterwards: a page of the console, whatever the address asks for."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own and wanted.startswith("/staff/") else reverse("review:inbox")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; the same answer for a wrong name and a wrong password. Then the second factor."""
    if request.method != "POST":
        return render(request, "accounts/sign_in.html", {"next": next_page(request)})
    name, password = request.POST.get("name", "").strip(), request.POST.get("password", "")
    address = address_key(request)
    readable = len(name) <= MOST_NAME and len(password) <= MOST_PASSWORD and "\x00" not in name
    if SignInFailure.objects.locked(name[:MOST_NAME], address):
        return _again(request, name, LOCKED, 429)
    user = authenticate(request, username=name, password=password) if readable else None
    if user is None or role_of(user) is None:
        SignInFailure.objects.failed(name[:MOST_NAME].replace("\x00", ""), address)
        return _again(request, name, WRONG, 422)
    return go_on(request, user, next_page(request))


def _again(request: HttpRequest, name: str, problem: str, status: int) -> HttpResponse:
    context = {"next": next_page(request), "name": name[:MOST_NAME], "problem": problem}
    return render(request, "accounts/sign_in.html", context, status=status)


def go_on(request: HttpRequest, user: User, wanted: str) -> HttpResponse:
    """After the password: to the code, to setting one up, or, where no second factor is asked for, straight in."""
    if not get_settings().two_factor:
        return _in(request, user, None, wanted)
    half_way(request, user, wanted)
    return HttpResponseRedirect(reverse("accounts:code" if app_of(user) else "accounts:set_up"))


def _in(request: HttpRequest, user: User, app: AuthenticatorApp | None, wanted: str, detail: str = "") -> HttpResponse:
    SignInFailure.objects.forgive(user.get_username(), address_key(request))
    enter(request, user, app)
    ViewRecord.objects.record(user, ViewRecord.SIGN_IN, detail=detail)
    return HttpResponseRedirect(wanted)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def code(request: HttpRequest) -> HttpResponse:
    """The code of the app, or a recovery code in its place."""
    known = who_is_half_way(request)
    app = app_of(known[0]) if known else None
    if known is None or app is None:
        return HttpResponseRedirect(reverse("accounts:sign_in"))
    user, wanted = known
    if request.method != "POST":
        return render(request, "accounts/code.html")
    problem, status = _problem(request, user, app)
    if not problem:
        left = RecoveryCode.objects.filter(staff=user).count()
        used = len(request.POST.get("code", "").strip()) > LONGEST_OF_APP
        return _in(request, user, app, wanted, f"with a recovery code, {left} left" if used else "")
    return render(request, "accounts/code.html", {"problem": problem}, status=status)


def _problem(request: HttpRequest, user: User, app: AuthenticatorApp) -> tuple[str, int]:
    """What is wrong with the code that was sent, with the status to answer; empty where it fits. It is used up then."""
    name, address = user.get_username(), address_key(request)
    given = request.POST.get("code", "").strip()[:MOST_CODE]
    if SignInFailure.objects.locked(name, address):
        return LOCKED, 429
    if len(given) > LONGEST_OF_APP:
        if RecoveryCode.objects.spend(user, given):
            return "", 200
    elif not app.verify_is_allowed()[0]:
        return WAIT, 429
    elif django_otp.verify_token(user, app.persistent_id, given):
        return "", 200
    SignInFailure.objects.failed(name, address)
    return WRONG_CODE, 422


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def set_up(request: HttpRequest) -> HttpResponse:
    """The app is set up with a QR code and one code of it; then the recovery codes are shown, once."""
    known = who_is_half_way(request)
    if known is None or app_of(known[0]):
        return HttpResponseRedirect(reverse("accounts:code" if known else "accounts:sign_in"))
    user, wanted = known
    app, _ = AuthenticatorApp.objects.get_or_create(user=user, defaults={"name": "app", "confirmed": False})
    context = {"picture": picture(app.address), "key": app.spelt, "address": app.address}
    if request.method != "POST":
        return render(request, "accounts/set_up.html", context)
    problem, status = _problem(request, user, app)
    if problem:
        return render(request, "accounts/set_up.html", context | {"problem": problem}, status=status)
    AuthenticatorApp.objects.filter(pk=app.pk).update(confirmed=True)
    app.confirmed = True
    _in(request, user, app, wanted, "second factor set up")
    codes = RecoveryCode.objects.renew(user)
    return render(request, "accounts/codes.html", {"codes": codes, "wanted": wanted})


def picture(address: str) -> str:
    """The QR code of `address` as SVG, to stand in the page: no picture of it lies anywhere."""
    svg = segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", dark="#000", title="QR code")
    return str(mark_safe(svg))  # noqa: S308 - segno escapes the title; the rest is a path


@require_POST
@access("anyone")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    if request.user.is_authenticated:
        ViewRecord.objects.record(request.user, ViewRecord.SIGN_OUT)
    logout(request)
    return HttpResponseRedirect(reverse("accounts:sign_in"))
