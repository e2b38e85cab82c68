"""Django's cookie-based middleware for the pages that have a login or a form; the API never passes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware

from bot.web.errors import is_api

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.deprecation import MiddlewareMixin

    _Mixin = MiddlewareMixin
else:
    _Mixin = object

_SESSION_KEY = re.compile("[0-9a-z]{32}")  # as Django makes them


class PagesOnly(_Mixin):
    """Mixed into a middleware of Django's: requests of the API go straight on."""

    def __call__(self, request: HttpRequest) -> Any:
        """The response, or in async mode an awaitable of it."""
        return self.get_response(request) if is_api(request) else super().__call__(request)


class PageSessions(PagesOnly, SessionMiddleware):
    """Sessions, for pages."""

    def process_request(self, request: HttpRequest) -> None:
        """Begin with the session of the cookie, or with none where it holds no key: PostgreSQL fails over a NUL."""
        given = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        request.session = self.SessionStore(given if _SESSION_KEY.fullmatch(given) else None)


class PageAuthentication(PagesOnly, AuthenticationMiddleware):
    """Who is logged in, for pages."""


class PageMessages(PagesOnly, MessageMiddleware):
    """One-time notices, for pages."""


class PageCsrf(PagesOnly, CsrfViewMiddleware):
    """Forms must come from our own pages. The API has no cookies, and so nothing to forge."""

    async def process_view(  # type: ignore[override]  # Django takes either kind
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> Any:
        """A refusal, or None to go on; the API is spared the thread."""
        if is_api(request):
            return None
        check = sync_to_async(super().process_view)
        return await check(request, callback, callback_args, callback_kwargs)
