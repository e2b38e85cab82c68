"""The first administrator: made by a person over a one-time link, never with a default password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model, login
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bot.settings import get_settings
from bot.web.review.access import access
from bot.web.review.models import OneTimeLink, ViewRecord

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

MOST_NAME, MOST_PASSWORD = 150, 1024


def has_administrator() -> bool:
    """Whether somebody can administer the console."""
    return get_user_model().objects.filter(is_superuser=True, is_active=True).exists()


def first_admin_link() -> str | None:
    """The full address with which the first administrator is made; None when there is one.

    Good for one use within 24 hours; a new link ends the one before. Needs Django to be set up and migrated.
    """
    if has_administrator():
        return None
    return f"{get_settings().public_url}{reverse('review:first', args=[OneTimeLink.objects.make()])}"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@access("anyone")
def first(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link: name and password, then straight into the console."""
    if has_administrator() or not OneTimeLink.objects.valid(token).exists():
        return render(request, "review/link_over.html", status=404)
    if request.method != "POST":
        return render(request, "review/first.html", {"problems": {}})
    name = request.POST.get("name", "").strip()
    password = request.POST.get("password", "")
    problems = _problems(name, password, request.POST.get("again", ""))
    if not problems:
        user = _create(token, name, password)
        if user:
            login(request, user)
            ViewRecord.objects.record(user, ViewRecord.SIGN_IN, detail="first administrator")
            return HttpResponseRedirect(reverse("review:inbox"))
        problems["name"] = ["This could not be saved. Perhaps the name is taken, or the link was just used."]
    return render(request, "review/first.html", {"problems": problems, "name": name[:MOST_NAME]}, status=422)


def _problems(name: str, password: str, again: str) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    try:
        if not name or len(name) > MOST_NAME:
            raise ValidationError(f"Give a name of 1 to {MOST_NAME} characters.")
        UnicodeUsernameValidator()(name)
    except ValidationError as error:
        problems["name"] = error.messages
    try:
        if len(password) > MOST_PASSWORD:
            raise ValidationError(f"Use at most {MOST_PASSWORD} characters.")
        validate_password(password, get_user_model()(username=name))
    except ValidationError as error:
        problems["password"] = error.messages
    if password != again:
        problems["again"] = ["The two passwords differ."]
    return problems


def _create(token: str, name: str, password: str) -> User | None:
    """The administrator; None when the link was used up meanwhile or the name is taken."""
    try:
        with transaction.atomic():
            if OneTimeLink.objects.spend(token):
                return get_user_model().objects.create_superuser(name, password=password)
    except IntegrityError:
        return None
    return None
