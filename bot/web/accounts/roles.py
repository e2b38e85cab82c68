"""The three roles of staff. They are Django groups; who has none may not sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet

Role = Literal["reviewer", "supervisor", "administrator"]
# Each may do what those before it may.
ROLES: tuple[Role, ...] = get_args(Role)
REVIEWER, SUPERVISOR, ADMINISTRATOR = ROLES


def role_of(user: Any) -> Role | None:
    """The role of an active member of staff; None for everybody else. Looked up once for each request's user.

    A superuser, whom only Django's own commands make, counts as an administrator.
    """
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return None
    if not hasattr(user, "_attune_role"):
        groups = set(user.groups.values_list("name", flat=True))
        found = [role for role in ROLES if role in groups]
        user._attune_role = ADMINISTRATOR if user.is_superuser else found[-1] if found else None
    role: Role | None = user._attune_role
    return role


def set_role(user: User, role: Role) -> None:
    """Gives `user` the role and takes others away, a superuser's rights too."""
    with transaction.atomic():
        user.is_staff, user.is_superuser = True, False
        user.save(update_fields=["is_staff", "is_superuser"])
        user.groups.remove(*Group.objects.filter(name__in=ROLES))
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    user.__dict__.pop("_attune_role", None)


def staff() -> QuerySet[User]:
    """Everybody with a role, also those who left, by name."""
    people = get_user_model().objects.filter(is_staff=True)
    return people.filter(Q(groups__name__in=ROLES) | Q(is_superuser=True)).distinct().order_by("username")


def administrators() -> QuerySet[User]:
    """The administrators who can sign in."""
    return staff().filter(Q(groups__name=ADMINISTRATOR) | Q(is_superuser=True), is_active=True).distinct()
