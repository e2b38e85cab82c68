"""What a page of the console gets whose session is over: nothing that was typed is lost, and one click leads back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from bot.web import errors

if TYPE_CHECKING:
    from django.http import HttpRequest

# htmx shows an answer with this status, and stops asking again and again.
STOP_ASKING = 286
CONSOLE = "/staff/"
# What is typed into the console's forms, and what to call it. Never a password.
TYPED = {
    "text": "Note",
    "note": "Note",
    "reason": "Reason",
    "intent": "Right intent",
    "crisis_label": "Right crisis label",
    "tag": "Tag",
}
TAKES_AWAY = {"unnote", "untag"}  # actions whose form has the key of a note or a tag, which nobody typed


def answer(request: HttpRequest) -> HttpResponse:
    """The way to sign in: a line for a part of a page, what was typed for a form, else the page itself."""
    sign_in = f"{reverse('accounts:sign_in')}?{urlencode({'next': _page_of(request)})}"
    response: HttpResponse
    if "HX-Request" in request.headers:
        # Not the whole page of signing in, which would land in the middle of what somebody is typing.
        response = render(request, "review/signed_out.html", {"sign_in": sign_in}, status=STOP_ASKING)
    elif typed := _typed(request):
        response = render(request, "review/kept.html", {"sign_in": sign_in, "typed": typed}, status=403)
    else:
        return HttpResponseRedirect(sign_in)
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. A form of the console is refused, too, that was open while somebody signed in anew."""
    typed = _typed(request) if request.path.startswith(CONSOLE) else []
    if not typed:
        return errors.csrf_failure(request, reason)
    response = render(request, "review/kept.html", {"back": _page_of(request), "typed": typed}, status=403)
    add_never_cache_headers(response)
    return response


def _page_of(request: HttpRequest) -> str:
    """The console's page that somebody sees: the one asked for, or the one from which it was sent."""
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return request.get_full_path()
    seen = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if url_has_allowed_host_and_scheme(seen, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(seen)
        if parts.path.startswith(CONSOLE):
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return reverse("review:inbox")


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What somebody typed into a form, with what it is."""
    if request.POST.get("action") in TAKES_AWAY:
        return []
    return [(what, text) for name, what in TYPED.items() if (text := request.POST.get(name, "").strip())]
