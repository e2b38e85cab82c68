"""The one Chromium of all measurements and browser tests: Debian's, without a screen."""

from __future__ import annotations

import shutil

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
MISSING = "no chromium; to run the browser tests: sudo apt-get install -y chromium"


def program() -> str | None:
    """Where chromium is, or None."""
    return next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
