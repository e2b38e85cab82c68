"""Trains Rasa's model, and finds the one that fits the data as it is now.

A model's name carries a hash of everything that it was made from, so that "is there a model for this
data" is one look at the folder, and a model is never mistaken for another.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import logging
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.encoding.weights import encoder_identity, ensure_encoder
from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = ("config.yml", "domain.yml", "data")
CODE = ("bot/nlu", "bot/understanding", "bot/safety", "bot/encoding")
NOT_LEARNT = ("data/follow_ups", "data/moves.yml")  # read when a message comes; no model depends on them
KEPT = 5  # older models are removed


class TrainingError(RuntimeError):
    """Training brought no model; the message says why."""


@dataclass(frozen=True)
class Trained:
    """A finished training: where the model is, and the seconds it took (0 where it was there already)."""

    path: Path
    seconds: float


def _sources() -> Iterator[Path]:
    for name in (*DATA, *CODE):
        path = ROOT / name
        if path.is_file():
            yield path
        else:
            yield from (p for p in sorted(path.rglob("*")) if _is_source(p))


def _is_source(path: Path) -> bool:
    inside = path.relative_to(ROOT).as_posix()
    return path.is_file() and path.suffix in {".yml", ".txt", ".py"} and not inside.startswith(NOT_LEARNT)


def data_hash() -> str:
    """A hash of all that a model is made from: data, rules, domain, configuration, code and packages."""
    digest = hashlib.sha256(encoder_identity().encode())
    for package in ("rasa", "scikit-learn", "spacy"):
        digest.update(importlib.metadata.version(package).encode())
    for path in _sources():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def fitting_model() -> Path | None:
    """The model made from the data as it is now, if there is one."""
    path = get_settings().models / f"attune-{data_hash()}.tar.gz"
    return path if path.exists() else None


def train(report: Callable[[str], None], *, force: bool = False) -> Trained:
    """Train a model, unless one fits and `force` is False. Raises TrainingError."""
    existing = fitting_model()
    if existing and not force:
        return Trained(existing, 0.0)
    began = time.perf_counter()
    ensure_encoder(report)
    # Rasa is imported here: it takes seconds, and most commands do not train.
    import rasa
    from rasa.shared.exceptions import RasaException
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.ERROR)
    report("Training: reading data, encoding phrasings, fitting the models")
    models = get_settings().models
    models.mkdir(parents=True, exist_ok=True)
    try:
        # Rasa prints its progress to stdout, which belongs to the command that asked for the model.
        with contextlib.redirect_stdout(sys.stderr):
            result = rasa.train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data" / "rules")],
                output=str(models),
                fixed_model_name=f"attune-{data_hash()}",
                # What has not changed comes from Rasa's cache; forced, everything is trained anew.
                force_training=force,
            )
    except RasaException as error:
        raise TrainingError(f"Rasa could not train: {error}") from error
    if not result.model:
        raise TrainingError("Rasa trained no model. Run `make check` to see what is wrong with data/ or domain.yml.")
    _remove_old(models)
    return Trained(Path(result.model), time.perf_counter() - began)


def _remove_old(models: Path) -> None:
    found = sorted(models.glob("attune-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        path.unlink()
