"""`django staff_link`: a one-time link for an account that nobody in the console can help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from bot.web.accounts.people import reset
from bot.web.accounts.roles import staff
from bot.web.review.models import ViewRecord

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    """Used by `attune staff-link`. Who may run it on the machine can read the database anyway."""

    help = "Reset an account's password and second factor, and print the one-time link to begin anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """The link on stdout."""
        user = staff().filter(username=options["name"]).first()
        if user is None:
            names = ", ".join(staff().values_list("username", flat=True)) or "nobody yet: attune run prints a link"
            raise CommandError(f"There is no account called {options['name']}. There are: {names}.")
        if not user.is_active:
            raise CommandError(f"{options['name']} is deactivated. An administrator can activate it in the console.")
        with transaction.atomic():
            detail = f"{user.get_username()}: password and second factor reset on the machine"
            ViewRecord.objects.create(staff_name="attune staff-link", what=ViewRecord.ACCOUNT, detail=detail[:200])
            self.stdout.write(reset(user))
