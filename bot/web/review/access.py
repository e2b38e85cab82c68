"""Who may open which page of the console and do what there: the one place where that is decided.

Each view says its rule by a decorator; a test walks the URL conf and fails for a view without one. What is only a part
of a page asks `may`.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Literal

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from bot.web.accounts import sessions
from bot.web.accounts.roles import ADMINISTRATOR, REVIEWER, ROLES, SUPERVISOR, Role, role_of
from bot.web.booking.policy import get_policy
from bot.web.review import signed_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    View = Callable[..., HttpResponseBase]

Rule = Literal["staff", "record", "reveal", "export", "assign", "decide", "models", "accounts", "therapists"]
# The least role for each. docs/review.md says the same in words.
LEAST: dict[Rule, Role] = {
    "staff": REVIEWER,  # read masked, review
    "record": SUPERVISOR,  # see who looked
    "reveal": SUPERVISOR,  # see what is masked, with a reason
    "export": SUPERVISOR,  # take out as a file
    "assign": SUPERVISOR,  # give a conversation to somebody
    "decide": SUPERVISOR,  # the third opinion, where two reviewers differ
    "models": SUPERVISOR,
    "accounts": ADMINISTRATOR,
    "therapists": ADMINISTRATOR,  # who takes consultations, and when
}


def may(user: AbstractBaseUser | AnonymousUser, rule: Rule) -> bool:
    """Whether `user` has the role that `rule` needs."""
    role = role_of(user)
    return role is not None and ROLES.index(role) >= ROLES.index(LEAST[rule])


def access(rule: Rule | Literal["anyone"], *, by_itself: bool = False) -> Callable[[View], View]:
    """A decorator: the view is for `rule`; its times are in the practice's zone, and no cache keeps its answer.

    `by_itself`: an open page asks for it, not a person, so that it does not keep the session awake.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if rule != "anyone":
                if not sessions.is_in(request):
                    if request.user.is_authenticated:
                        logout(request)  # a session that is over; a sign-in that is half-way goes on
                    return signed_out.answer(request)
                if not may(request.user, rule):
                    raise PermissionDenied
                if not by_itself:
                    sessions.worked(request)
            with timezone.override(get_policy().zone):
                response = view(request, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        guarded.access = rule  # type: ignore[attr-defined]  # for the test of all pages
        return guarded

    return decorate
