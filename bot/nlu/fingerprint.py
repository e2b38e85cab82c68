"""What the outcome of a graph component depends on beside its settings and its data, as one hash.

Of the code, Rasa's own fingerprint has the source of the component's class alone; without more, a training
after a change of what the class calls would take the old outcome from Rasa's cache.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from bot import understanding

if TYPE_CHECKING:
    from collections.abc import Iterable

UNDERSTANDING = sorted(Path(understanding.__file__).parent.glob("*.py"))


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 of the files' contents, in hexadecimal; other names or another order of equal contents change it not."""
    digest = hashlib.sha256()
    for content in sorted(hashlib.sha256(path.read_bytes()).digest() for path in paths):
        digest.update(content)
    return digest.hexdigest()
