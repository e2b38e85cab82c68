"""One-time links: with one the first administrator is made, with one everybody else chooses a password.

There is no default password, and no administrator ever knows the password of somebody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bot.settings import get_settings
from bot.web.accounts.models import OneTimeLink
from bot.web.accounts.passwords import MOST_NAME, name_problems, password_problems
from bot.web.accounts.roles import ADMINISTRATOR, administrators, role_of, set_role
from bot.web.accounts.signing_in import go_on
from bot.web.review.access import access
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse


def has_administrator() -> bool:
    """Whether somebody can administer the console."""
    return administrators().exists()


def first_admin_link() -> str | None:
    """The full address with which the first administrator is made; None when there is one.

    Good for one use within 24 hours; a new link ends the one before. Needs Django to be set up and migrated.
    """
    if has_administrator():
        return None
    return f"{get_settings().public_url}{reverse('accounts:first', args=[OneTimeLink.objects.make()])}"


def link_for(user: User) -> str:
    """The full address with which `user` chooses a password; a link before it ends."""
    return f"{get_settings().public_url}{reverse('accounts:welcome', args=[OneTimeLink.objects.make(user)])}"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def first(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the first link: name and password, then the second factor."""
    if has_administrator() or not OneTimeLink.objects.valid(token).filter(account=None).exists():
        return render(request, "accounts/link_over.html", status=404)
    if request.method != "POST":
        return render(request, "accounts/first.html", {"problems": {}})
    name = request.POST.get("name", "").strip()
    password = request.POST.get("password", "")
    problems = password_problems(password, request.POST.get("again", ""), name=name)
    if found := name_problems(name):
        problems["name"] = found
    if not problems:
        user = _create(token, name, password)
        if user:
            return go_on(request, user, reverse("review:inbox"))
        problems["name"] = ["This could not be saved. Perhaps the name is taken, or the link was just used."]
    return render(request, "accounts/first.html", {"problems": problems, "name": name[:MOST_NAME]}, status=422)


def _create(token: str, name: str, password: str) -> User | None:
    """The administrator; None when the link was used up meanwhile or the name is taken."""
    try:
        with transaction.atomic():
            if OneTimeLink.objects.spend(token):
                user: User = get_user_model().objects.create_user(name, password=password)
                set_role(user, ADMINISTRATOR)
                ViewRecord.objects.record(user, ViewRecord.ACCOUNT, detail=f"{name}: first administrator")
                return user
    except IntegrityError:
        return None
    return None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link that an administrator made: a password, then the second factor."""
    link = OneTimeLink.objects.valid(token).filter(account__isnull=False).select_related("account").first()
    user: User | None = link.account if link else None
    if user is None or role_of(user) is None:
        return render(request, "accounts/link_over.html", status=404)
    context: dict[str, Any] = {"owner": user, "role": role_of(user), "problems": {}}
    if request.method != "POST":
        return render(request, "accounts/welcome.html", context)
    password = request.POST.get("password", "")
    problems = password_problems(password, request.POST.get("again", ""), user)
    if problems:
        return render(request, "accounts/welcome.html", context | {"problems": problems}, status=422)
    with transaction.atomic():
        if not OneTimeLink.objects.spend(token):
            return render(request, "accounts/link_over.html", status=404)
        user.set_password(password)
        user.save(update_fields=["password"])
        ViewRecord.objects.record(user, ViewRecord.ACCOUNT, detail=f"{user.get_username()}: password chosen by link")
    return go_on(request, user, reverse("review:inbox"))
