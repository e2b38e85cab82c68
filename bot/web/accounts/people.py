"""The page of accounts: invite, change a role, let go, reset, unlock. For administrators; each change is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from bot.web.accounts.links import link_for
from bot.web.accounts.models import AuthenticatorApp, OneTimeLink, RecoveryCode, SignInFailure
from bot.web.accounts.passwords import name_problems
from bot.web.accounts.roles import ROLES, Role, administrators, role_of, set_role, staff
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest

LAST = "This is the only administrator who can sign in. Make somebody else an administrator first."
OWN = "You cannot do this to your own account. Ask another administrator."


class RefusedError(ValueError):
    """What was asked for cannot be done; the message says why."""


@require_http_methods(["GET", "HEAD", "POST"])
@access("accounts")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account; a POST invites somebody new and shows the link, once."""
    if request.method != "POST":
        return _page(request)
    name, role = request.POST.get("name", "").strip(), _role(request)
    problems = name_problems(name)
    if role is None:
        problems.append("Choose a role.")
    if role and not problems:
        try:
            with transaction.atomic():
                user = get_user_model().objects.create_user(name)  # with a password that nobody has
                set_role(user, role)
                _noted(request, user, f"invited as {role}")
                link = link_for(user)
            return _page(request, link=link, owner=user)
        except IntegrityError:
            problems = [f"There is an account called {name} already."]
    return _page(request, status=422, problem=" ".join(problems), name=name[:150], wanted=role)


def _role(request: HttpRequest) -> Role | None:
    """The role that was chosen; None for something else."""
    return next((role for role in ROLES if role == request.POST.get("role")), None)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    recent = SignInFailure.objects.recent()
    failures = list(recent.values_list("name", flat=True))
    apps = {app.user_id: app for app in AuthenticatorApp.objects.filter(confirmed=True)}
    waiting = set(OneTimeLink.objects.filter(used_at=None).values_list("account_id", flat=True))
    rows = [
        {
            "user": one,
            "role": role_of(one),
            "app": apps.get(one.pk),
            "invited": one.pk in waiting and not one.has_usable_password(),
            "failures": failures.count(one.get_username().lower()),
            "self": one.pk == request.user.pk,
        }
        for one in staff().prefetch_related("groups")
    ]
    return render(request, "accounts/people.html", {"rows": rows, "roles": ROLES} | more, status=status)


def _noted(request: HttpRequest, user: User, what: str) -> None:
    ViewRecord.objects.record(request.user, ViewRecord.ACCOUNT, detail=f"{user.get_username()}: {what}")


def _must_not_be_the_last(user: User) -> None:
    if not administrators().exclude(pk=user.pk).exists():
        raise RefusedError(LAST)


def _change_role(request: HttpRequest, user: User) -> None:
    role = _role(request)
    if role is None:
        raise RefusedError("Choose a role.")
    if role_of(user) == role:
        raise RefusedError(f"{user.get_username()} is {role} already.")
    _must_not_be_the_last(user)
    set_role(user, role)
    _noted(request, user, f"made {role}")


def _deactivate(request: HttpRequest, user: User) -> None:
    _must_not_be_the_last(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    OneTimeLink.objects.filter(account=user).delete()
    _noted(request, user, "deactivated")


def _activate(request: HttpRequest, user: User) -> None:
    user.is_active = True
    user.save(update_fields=["is_active"])
    _noted(request, user, "active again")


def reset(user: User) -> str:
    """End password, second factor, recovery codes and every session of `user`; the link to begin anew."""
    with transaction.atomic():
        AuthenticatorApp.objects.filter(user=user).delete()
        RecoveryCode.objects.filter(staff=user).delete()
        # A password that somebody else may know must not be enough to set up a second factor.
        user.set_unusable_password()
        user.save(update_fields=["password"])
        return link_for(user)


def _unlock(request: HttpRequest, user: User) -> None:
    SignInFailure.objects.forgive(user.get_username())
    for app in AuthenticatorApp.objects.filter(user=user):
        app.throttle_reset()
    _noted(request, user, "unlocked")


# What the forms of a row can ask for. Those in NOT_ONESELF are for others only.
ACTIONS: dict[str, Callable[[HttpRequest, User], None]] = {
    "role": _change_role,
    "deactivate": _deactivate,
    "activate": _activate,
    "unlock": _unlock,
}
NOT_ONESELF = {"role", "deactivate", "reset"}


@require_POST
@access("accounts")
def change(request: HttpRequest, user_id: int) -> HttpResponse:
    """One change of one account. Refused for the last administrator, and what would shut oneself out."""
    user = get_object_or_404(staff(), pk=user_id)
    action = request.POST.get("action", "")
    try:
        if action in NOT_ONESELF and user.pk == request.user.pk:
            raise RefusedError(OWN)
        if action == "reset":
            if not user.is_active:
                raise RefusedError("This account is deactivated. Activate it first.")
            with transaction.atomic():
                _noted(request, user, "password and second factor reset")
                link = reset(user)
            return _page(request, link=link, owner=user)
        if action not in ACTIONS:
            raise RefusedError("There is no such action.")
        with transaction.atomic():
            ACTIONS[action](request, user)
    except RefusedError as error:
        return _page(request, status=422, refused=str(error))
    return HttpResponseRedirect(reverse("accounts:people"))
