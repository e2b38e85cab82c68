"""Starts Rasa's server as `rasa run` does: without its HTTP API, on loopback unless ATTUNE_LISTEN says otherwise, and without TensorFlow unless wanted.

python -m bot.serving.rasa_server models/attune-….tar.gz
"""

from __future__ import annotations

import os
import sys

from bot.logs import configure
from bot.quiet import quieten
from bot.serving.without_tensorflow import leave_out_tensorflow
from bot.settings import ROOT, get_settings


def arguments(model: str) -> list[str]:
    """The arguments of `rasa run` for `model`, a path."""
    host, port = get_settings().listen, str(get_settings().rasa_port)
    files = ["--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")]
    return ["rasa", "run", "--interface", host, "--port", port, "--model", model, *files]


def main() -> None:
    """Serve the model that the command line names, until stopped."""
    quieten()
    os.environ["ATTUNE_ACTIONS_URL"] = ",".join(f"{url}/webhook" for url in get_settings().actions_urls)
    if not get_settings().tensorflow:
        leave_out_tensorflow()
    sys.argv = arguments(sys.argv[1])
    import rasa.utils.io
    from rasa.__main__ import main as rasa_main

    # Rasa would colour its lines, and print what exceptions say.
    rasa.utils.io.configure_colored_logging = lambda loglevel: configure("rasa", "ERROR")
    rasa_main()


if __name__ == "__main__":
    main()
