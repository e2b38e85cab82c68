"""Trains Rasa's model, and finds the one to use.

A model's name carries a hash of everything that it was made from, so that "is there a model for this data" is one look
at the folder, and a model is never mistaken for another. Only what the register holds is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import logging
import sys
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import register
from bot.encoding.weights import encoder_identity, ensure_encoder
from bot.model_card import Card, content_of, hash_of, read_card, write_card
from bot.register import Choice, RegisterError
from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bot.settings import Settings

DATA = ("config.yml", "domain.yml", "data")
CODE = ("bot/nlu", "bot/understanding", "bot/safety", "bot/encoding")
# Read when a message comes; no model depends on them.
NOT_LEARNT = ("data/follow_ups/after_risk.yml", "data/languages.yml", "data/moves.yml")
REVIEWED = "data/nlu/reviewed"  # what corrections brought; a setting says where it really lies
SUFFIXES = {".yml", ".txt", ".py"}
KEPT = 5  # older models are removed
RUNNING = "rasa.model"  # below var: the name of the model that Rasa was started with last


class TrainingError(RuntimeError):
    """Training brought no model; the message says why."""


@dataclass(frozen=True)
class Trained:
    """A finished training: where the model is, and the seconds it took (0 where it was there already)."""

    path: Path
    seconds: float


@dataclass(frozen=True)
class Selected:
    """The model to use, and why it is this one, as the end of a sentence."""

    path: Path
    why: str

    @property
    def name(self) -> str:
        """The model's name."""
        return register.name_of(self.path)


def _sources(parts: tuple[str, ...], reviewed: Path | None = None) -> Iterator[tuple[str, Path]]:
    """The files of `parts` with the names under which they are hashed."""
    for part in parts:
        path = ROOT / part
        if path.is_file():
            yield part, path
            continue
        for file in sorted(path.rglob("*")):
            name = str(file.relative_to(ROOT))
            if file.is_file() and file.suffix in SUFFIXES and not name.startswith((*NOT_LEARNT, f"{REVIEWED}/")):
                yield name, file
    if "data" in parts:
        for name, file in content_of(reviewed or get_settings().reviewed, {".yml"}):
            yield f"{REVIEWED}/{name}", file


def _hash(parts: tuple[str, ...], *, packages: bool, reviewed: Path | None = None) -> str:
    digest = hashlib.sha256(encoder_identity().encode() if packages else b"")
    for package in ("rasa", "scikit-learn", "spacy") if packages else ():
        digest.update(importlib.metadata.version(package).encode())
    for name, path in _sources(parts, reviewed):
        digest.update(name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def data_hash(reviewed: Path | None = None) -> str:
    """A hash of all that a model is made from: data, rules, domain, configuration, code and packages.

    With `reviewed`, as it would be with that folder in place of data/nlu/reviewed.
    """
    return _hash((*DATA, *CODE), packages=True, reviewed=reviewed)


def code_hash() -> str:
    """A hash of what reads a model: one made by other code may not load, or may read otherwise than it was measured."""
    return _hash(("config.yml", *CODE), packages=True)


def _made_from(sources: str) -> str:
    """The name of the model that is made from `sources`."""
    return f"attune-{sources}"


def _loadable(name: str) -> Path | None:
    folder = get_settings().models
    return register.archive(folder, name) if register.may_be_loaded(folder, name) else None


def model_to_use() -> Selected | None:
    """The model that was chosen for the data as it is now, else the one that fits it; None: it has to be trained.

    A choice ends when anything changes that models are made from. Raises RegisterError.
    """
    sources = data_hash()
    choice = register.read(get_settings().models).choice
    chosen = _loadable(choice.name) if choice and choice.sources == sources else None
    if choice and chosen:
        return Selected(chosen, f"{choice.why} ({choice.by}, {choice.at[:10]})")
    fitting = _loadable(_made_from(sources))
    return Selected(fitting, "it fits the data") if fitting else None


def put_in_use(name: str, by: str, why: str) -> Choice:
    """Choose `name` for the data as it is now, and write so on its card. Raises RegisterError where it cannot be used."""
    folder = get_settings().models
    entry = register.read(folder).entries.get(name)
    if entry and entry.code != code_hash():
        raise RegisterError(f"{name} was made by other code than today's. Go back to that version of Attune to use it.")
    current = model_to_use()
    before = current.name if current and current.name != name else None
    choice = Choice(name, data_hash(), by, register.now(), why, before)
    register.choose(folder, choice)
    card = read_card(folder, name)
    if card:
        write_card(folder, Card(**{**card.__dict__, "promoted": {"by": by, "at": choice.at, "why": why}}))
    return choice


def train(report: Callable[[str], None], *, force: bool = False) -> Trained:
    """Train a model, unless one fits and `force` is False. Raises TrainingError."""
    # Whether another model was chosen does not matter here: training is about the one that fits the data.
    existing = _loadable(_made_from(data_hash()))
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
    sources = data_hash()
    name = _made_from(sources)
    printed, model = io.StringIO(), None
    try:
        # What Rasa prints to stdout, which belongs to the command that asked for the model, tells why there is none.
        with contextlib.redirect_stdout(printed):
            model = rasa.train(
                domain=str(ROOT / "domain.yml"),
                config=str(ROOT / "config.yml"),
                training_files=[str(ROOT / "data" / "rules")],
                output=str(models),
                fixed_model_name=name,
                # What has not changed comes from Rasa's cache; forced, everything is trained anew.
                force_training=force,
            ).model
    except RasaException as error:
        raise TrainingError(f"Rasa could not train: {error}") from error
    finally:
        if not model:
            sys.stderr.write(printed.getvalue())
    if not model:
        raise TrainingError("Rasa trained no model. Run `make check` to see what is wrong with data/ or domain.yml.")
    seconds = time.perf_counter() - began
    register.add(models, name, sources=sources, code=code_hash())
    write_card(models, _card(name, sources, seconds))
    _remove_old(models)
    return Trained(register.archive(models, name), seconds)


def _card(name: str, sources: str, seconds: float) -> Card:
    from bot.understanding.examples import load_examples

    examples = load_examples()
    return Card(
        name=name,
        sources=sources,
        data=_hash(DATA, packages=False),
        knowledge=hash_of(content_of(get_settings().knowledge)),
        trained=register.now(),
        seconds=round(seconds, 1),
        phrasings=len(examples),
        learnt=dict(sorted(Counter(example.batch for example in examples if example.batch).items())),
    )


def note_running(settings: Settings, name: str) -> None:
    """Note that Rasa answers with the model `name`, whose archive it needs while it starts. Raises OSError."""
    (settings.var / RUNNING).write_text(name, "utf-8")


def _running(settings: Settings) -> str | None:
    try:
        return (settings.var / RUNNING).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _remove_old(models: Path) -> None:
    """Keep the newest, and whatever is in use, would be after a restart, or was until the last choice."""
    choice, selected = register.read(models).choice, model_to_use()
    in_use = {_running(get_settings()), selected.name if selected else None}
    in_use |= {choice.name, choice.before} if choice else set()
    found = sorted(models.glob("attune-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[KEPT:]:
        if register.name_of(path) not in in_use:
            register.forget(models, register.name_of(path))
