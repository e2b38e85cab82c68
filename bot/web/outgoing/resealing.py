"""Encrypts everything sealed anew with the first secret, so that an old one can be given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models, transaction

from bot.web.outgoing.sealed import SealedText, SealError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Resealed:
    """How many rows were encrypted anew, and how many no known secret opens; those are as they were."""

    rows: int
    unreadable: int


def sealed_models() -> list[tuple[type[models.Model], list[str]]]:
    """Every table with encrypted columns, and which they are."""
    found = [
        (model, [field.name for field in model._meta.concrete_fields if isinstance(field, SealedText)])
        for model in apps.get_models()
    ]
    return [(model, names) for model, names in found if names]


def reseal(said: Callable[[str], object]) -> Resealed:
    """Goes through every row, one transaction each, so that a running server loses nothing; `said` hears of progress."""
    rows = unreadable = 0
    for model, names in sealed_models():
        keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        said(f"{model._meta.verbose_name_plural}: {len(keys)}")
        for key in keys:
            try:
                rows += _reseal(model, names, key)
            except SealError:
                unreadable += 1
    return Resealed(rows, unreadable)


def _reseal(model: type[models.Model], names: list[str], key: object) -> bool:
    with transaction.atomic():
        # Locked, so that what is changed at the same moment is neither lost nor brought back.
        row = model._default_manager.select_for_update().filter(pk=key).first()
        filled = {name: getattr(row, name) for name in names if row and getattr(row, name)}
        return bool(filled and model._default_manager.filter(pk=key).update(**filled))
