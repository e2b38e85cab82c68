"""Texts that are encrypted at rest, so that a copied database file names nobody."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import models

from bot.settings import get_settings

if TYPE_CHECKING:
    from django.db.models.lookups import Lookup

    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class SealError(RuntimeError):
    """Something sealed cannot be opened with the present secret."""


def _fernet(secret: str) -> Fernet:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"attune field encryption").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


@lru_cache(maxsize=2)
def _fernets(secrets: str) -> MultiFernet:
    return MultiFernet([_fernet(secret.strip()) for secret in secrets.split(",") if secret.strip()])


def _current() -> MultiFernet:
    """The first of the secrets in ATTUNE_FIELD_SECRET encrypts, all of them decrypt: that is how keys rotate."""
    return _fernets(get_settings().secret("field"))


def seal(text: str) -> str:
    """`text`, encrypted. Raises UnicodeEncodeError for text that is not valid Unicode."""
    return _current().encrypt(text.encode()).decode("ascii")


def unseal(token: str) -> str:
    """The text of `token`. Raises SealError when no known secret opens it."""
    try:
        return _current().decrypt(token.encode("ascii")).decode()
    except InvalidToken:
        raise SealError(
            "This was encrypted with another secret. Add the old one to ATTUNE_FIELD_SECRET, after a comma."
        ) from None


class SealedText(_TextField):
    """A text that is encrypted in the database and plain in Python. It cannot be searched; empty stays empty."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """The plain text. Raises SealError."""
        return unseal(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """The encrypted text."""
        return seal(str(value)) if value else value

    def get_lookup(self, lookup_name: str) -> type[Lookup[Any]] | None:
        """Only isnull: every encryption of the same text differs, so that a comparison would find nothing."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
