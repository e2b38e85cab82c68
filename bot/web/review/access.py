"""Who may open which page of the console, and what every page has in common.

Each view says its rule by a decorator; a test walks the URL conf and fails for a view without one.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from bot.web.booking.policy import get_policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]

Access = Literal["anyone", "staff", "administrator"]


def access(rule: Access) -> Callable[[View], View]:
    """A decorator: the view is for `rule`; its times are in the practice's zone, and no cache keeps its answer."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if rule != "anyone":
                if not (user.is_authenticated and user.is_active and user.is_staff):
                    back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("review:inbox")
                    return HttpResponseRedirect(f"{reverse('review:sign_in')}?{urlencode({'next': back})}")
                if rule == "administrator" and not user.is_superuser:
                    raise PermissionDenied
            with timezone.override(get_policy().zone):
                response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        guarded.access = rule  # type: ignore[attr-defined]
        return guarded

    return decorate
