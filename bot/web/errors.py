"""Errors as they are answered: one JSON shape with helplines for the API, a plain kind page for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string

from bot.web.chat.fallback import helplines_message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

API = ("/chat/", "/api/")
# Code and text for the API, title and text for a page, by status.
KNOWN = {
    400: ("bad_request", "That could not be read.", "That did not work", "The address or the form could not be read."),
    403: ("forbidden", "That is not allowed here.", "Not allowed here", "This page may not be opened from there."),
    404: ("not_found", "There is nothing at this address.", "Page not found", "There is nothing at this address."),
    405: ("method_not_allowed", "That is not how this address works.", "Not possible", "This page works another way."),
    408: ("too_slow", "Sending took too long. Please try again.", "That took too long", "Please try again."),
    413: (
        "too_large",
        "That was more than I can read at once. Please send me the most important part, in a shorter message.",
        "Too much at once",
        "What was sent is larger than this page can take.",
    ),
    500: ("server_error", "Something went wrong here. Please try again.", "Something went wrong", "It is our fault."),
}


class ApiError(Exception):
    """Raised where a request of the API cannot be answered; becomes the error shape."""

    def __init__(self, status: int, code: str, text: str, *, region: str | None = None, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.text = text
        self.region = region
        self.retry_after = retry_after

    def response(self) -> JsonResponse:
        """The answer, with the helplines of the region that is known."""
        response = json_error(self.status, self.code, self.text, region=self.region)
        if self.retry_after:
            response["Retry-After"] = str(self.retry_after)
        return response


def json_error(status: int, code: str, text: str, *, region: str | None = None) -> JsonResponse:
    """The error shape: a code for programs, a text for the parent, and the helplines."""
    body = {"error": {"code": code, "text": text}, "messages": [helplines_message(region)]}
    return JsonResponse(body, status=status)


def is_api(request: HttpRequest) -> bool:
    """Whether the request's answer has to be JSON."""
    return request.path.startswith(API)


def error_answer(request: HttpRequest, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer for `status`, in the form that the requested address speaks."""
    code, text, title, explained = KNOWN.get(status, KNOWN[500] if status >= 500 else KNOWN[400])
    if is_api(request):
        response: HttpResponse = json_error(status, code, text)
    else:
        response = _page(status, title, explained)
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return error_answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return error_answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return error_answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500; it needs neither the database nor Rasa."""
    return error_answer(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a form that was sent from elsewhere, or kept open for too long, gets."""
    text = "This form was open for too long, or cookies are blocked. Go back, reload the page and send it again."
    return _page(403, "Please try once more", text)


def _page(status: int, title: str, text: str) -> HttpResponse:
    page = {"title": title, "text": text, "status": status, "helplines": helplines_message(None)["text"]}
    return HttpResponse(render_to_string("pages/error.html", page), status=status)
