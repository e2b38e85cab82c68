"""Silences what Rasa's and TensorFlow's imports say about themselves. Import before Rasa."""

from __future__ import annotations

import logging
import os
import warnings

import structlog

ENVIRONMENT = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SANIC_REGISTER": "false",
    "PYTHONWARNINGS": "ignore",
}


def quieten() -> None:
    """For this process and those that it starts: no telemetry, no banners, warnings of others left out."""
    os.environ.update({name: os.environ.get(name, value) for name, value in ENVIRONMENT.items()})
    warnings.filterwarnings("ignore")
    # Rasa logs through structlog, which prints everything until it is told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for name in ("rasa", "tensorflow", "absl", "matplotlib", "apscheduler", "sanic.root", "onnxruntime"):
        logging.getLogger(name).setLevel(logging.ERROR)
