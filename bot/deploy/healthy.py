"""Health check of a container: exit code 0 when the process in it answers, whichever of the three it is."""

from __future__ import annotations

import sys
import urllib.request

from bot.settings import get_settings

SECONDS = 2.0


def addresses() -> list[str]:
    """Where a process of this container may answer."""
    settings = get_settings()
    return [
        f"http://127.0.0.1:{settings.web_port}/healthz",
        f"http://127.0.0.1:{settings.rasa_port}/webhooks/attune/",
        f"http://127.0.0.1:{settings.actions_port}/health",
    ]


def healthy() -> bool:
    """Whether one of them answers with status 200."""
    for address in addresses():
        try:
            with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - a loopback address
                if answer.status == 200:
                    return True
        except OSError:
            continue
    return False


if __name__ == "__main__":
    sys.exit(0 if healthy() else 1)
