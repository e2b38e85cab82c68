"""What every request passes: a request id, security headers, one shape of errors, and who may call the API.

All of it runs in the event loop, so that a chat turn never waits for a thread. Django's own session and CSRF
middleware, which do not, are kept to the pages that need them.
"""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers

from bot.origins import origin_of
from bot.settings import get_settings
from bot.web.body_limit import NOTE
from bot.web.errors import error_answer, is_api, json_error
from bot.web.metrics import count_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_request_id: ContextVar[str] = ContextVar("request_id", default="-")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Other sites are not told that somebody came from a page about perinatal illness.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
EMBED = "/embed"
HEALTH = ("/healthz", "/readyz", "/metrics")
WIDGET_FILES = ("/widget/", "/widget.js")


class RequestIdFilter(logging.Filter):
    """Puts the id of the request being answered on every log record, as `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: nothing is held back."""
        record.request_id = _request_id.get()
        return True


class Around:
    """A middleware of two steps: `before` may answer in place of the view, `after` may change the answer."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        """The response, or in async mode an awaitable of it."""
        if iscoroutinefunction(self):
            return self._in_loop(request)
        response = self.before(request) or self._get_response(request)
        return self.after(request, response)

    async def _in_loop(self, request: HttpRequest) -> HttpResponseBase:
        response = self.before(request) or await self._get_response(request)
        return self.after(request, response)

    def before(self, request: HttpRequest) -> HttpResponse | None:
        """An answer in place of the view's, or None to go on."""
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response to send."""
        return response


class RequestId(Around):
    """Gives each request an id: in the log, and in the answer for a parent or practice to quote."""

    def before(self, request: HttpRequest) -> None:
        """Choose the id; one from outside is not taken over, it could forge log lines."""
        _request_id.set(secrets.token_hex(8))

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add X-Request-Id, and count the answer."""
        count_response(response.status_code)
        response["X-Request-Id"] = _request_id.get()
        return response


class ContentLength(Around):
    """Says how long an answer is; without it the server would send it in chunks."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add Content-Length where the answer has a body."""
        if isinstance(response, HttpResponse) and response.status_code not in {204, 304}:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


class SecurityHeaders(Around):
    """The content security policy and its companions."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the headers that the view has not set itself."""
        settings = get_settings()
        ancestors = ["'self'"]
        if request.path == EMBED:
            ancestors += settings.allowed_origins
        headers = HEADERS | {"Content-Security-Policy": POLICY + " ".join(ancestors)}
        if request.path != EMBED:
            headers["X-Frame-Options"] = "SAMEORIGIN"
        if request.path.startswith(WIDGET_FILES):
            # Loaded by the practice's pages, with an integrity attribute, which needs CORS.
            headers |= {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
        if settings.public_url.startswith("https://"):
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if is_api(request):
            headers["Cache-Control"] = "no-store"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


class ErrorAnswers(Around):
    """Gives every error its kind form, also those that Django answers with an empty or plain body."""

    def before(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a body that was too large or too slow to be read (see body_limit)."""
        note = getattr(request, "scope", {}).get(NOTE)
        return error_answer(request, {"too_large": 413, "too_slow": 408}[note]) if note else None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, replaced when it is an error that no view has worded."""
        worded = response.headers.get("Content-Type") == "application/json"
        if response.status_code < 400 or worded or (not is_api(request) and _has_content(response)):
            return response
        kept = {name: response[name] for name in ("Allow", "Retry-After") if name in response}
        return error_answer(request, response.status_code, kept)


def _has_content(response: HttpResponseBase) -> bool:
    return response.streaming or (isinstance(response, HttpResponse) and bool(response.content))


class AllowedOrigins(Around):
    """CORS for the API: the practice's own pages, and nobody else's. Never with cookies."""

    def before(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a preflight, or the refusal of a foreign page.

        Raises DisallowedHost for a name that is not ours; health checks come by whatever address there is.
        """
        if request.path not in HEALTH:
            request.get_host()
        origin = request.headers.get("Origin")
        if not is_api(request) or origin is None:
            return None
        if not self._may_call(request, origin):
            return json_error(403, "origin_not_allowed", "This chat does not belong to the page it was opened on.")
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return HttpResponse(
                status=204,
                headers={
                    "Access-Control-Allow-Methods": "GET, POST, DELETE",
                    "Access-Control-Allow-Headers": "authorization, content-type",
                    "Access-Control-Max-Age": "600",
                },
            )
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Let an allowed page read the answer."""
        if is_api(request):
            patch_vary_headers(response, ["Origin"])
            origin = request.headers.get("Origin")
            if origin is not None and self._may_call(request, origin):
                response["Access-Control-Allow-Origin"] = origin
                response["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
        return response

    @staticmethod
    def _may_call(request: HttpRequest, origin: str) -> bool:
        page = origin_of(origin)
        if page is None:  # anybody can send anything here
            return False
        settings = get_settings()
        # Our own origin has the page's scheme: behind a proxy that ends TLS, the one here is not the parent's.
        own = origin_of(f"{page.partition(':')[0]}://{request.get_host()}")
        return page in (*settings.allowed_origins, settings.public_url, own)
