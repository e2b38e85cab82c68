"""Silences what Rasa's and TensorFlow's imports say about themselves. Import before Rasa."""

from __future__ import annotations

import logging
import os
import warnings
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from typing import TextIO

ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_REGISTER": "false",
    "PYTHONWARNINGS": "ignore",
    "LOG_LEVEL": "ERROR",  # Rasa's; its progress bars heed it, and not TQDM_DISABLE
}


def quieten() -> None:
    """For this process and those that it starts: no telemetry, no banners, warnings of others left out."""
    os.environ.update({name: os.environ.get(name, value) for name, value in ENVIRONMENT.items()})
    warnings.filterwarnings("ignore")
    # Sanic and Rasa put filters of their own in front when they are imported and started: what they let through ends here.
    warnings.showwarning = _unshown
    # Rasa logs through structlog, which prints everything until it is told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name in ("rasa", "tensorflow", "absl", "matplotlib", "apscheduler", "sanic.root", "onnxruntime"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _unshown(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Takes the place of `warnings.showwarning`."""
