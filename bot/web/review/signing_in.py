"""Signing in to the console and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bot.web.chat.limits import address_key
from bot.web.review.access import access
from bot.web.review.models import SignInFailure, ViewRecord

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

MOST_NAME, MOST_PASSWORD = 150, 1024
WRONG = "Name and password do not fit together."
LOCKED = "Too many attempts. Please try again in a quarter of an hour."


def _next(request: HttpRequest) -> str:
    """Where to go afterwards: a page of the console, whatever the address asks for."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if own and wanted.startswith("/staff/") else reverse("review:inbox")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; the same answer for a wrong name and a wrong password."""
    if request.method != "POST":
        return render(request, "review/sign_in.html", {"next": _next(request)})
    name, password = request.POST.get("name", "").strip(), request.POST.get("password", "")
    address = address_key(request)
    readable = len(name) <= MOST_NAME and len(password) <= MOST_PASSWORD and "\x00" not in name
    if SignInFailure.objects.locked(name[:MOST_NAME], address):
        return _again(request, name, LOCKED, 429)
    user = authenticate(request, username=name, password=password) if readable else None
    if user is None or not user.is_staff:
        SignInFailure.objects.failed(name[:MOST_NAME].replace("\x00", ""), address)
        return _again(request, name, WRONG, 422)
    SignInFailure.objects.forgive(name, address)
    login(request, user)
    ViewRecord.objects.record(user, ViewRecord.SIGN_IN)
    return HttpResponseRedirect(_next(request))


def _again(request: HttpRequest, name: str, problem: str, status: int) -> HttpResponse:
    context = {"next": _next(request), "name": name[:MOST_NAME], "problem": problem}
    return render(request, "review/sign_in.html", context, status=status)


@require_POST
@access("anyone")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return HttpResponseRedirect(reverse("review:sign_in"))
