"""Starts rasa-sdk's action server on the loopback interface unless ATTUNE_LISTEN says otherwise."""

from __future__ import annotations

from rasa_sdk.endpoint import create_app

from bot.logs import configure
from bot.quiet import quieten
from bot.settings import get_settings


def main() -> None:
    """Serve the `actions` package until stopped."""
    quieten()
    configure("actions", "ERROR")
    app = create_app("actions")
    app.run(get_settings().listen, get_settings().actions_port, workers=1, register_sys_signals=True, access_log=False)


if __name__ == "__main__":
    main()
