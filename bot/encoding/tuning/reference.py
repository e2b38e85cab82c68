"""Writes the vectors that a freshly built encoder is compared with: torch's own, in float32, adapters merged.

Made by another implementation than the one that runs (bot/encoding/mpnet_graph.py), so that a mistake in the
graph or in the quantisation shows when an encoder is built.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from bot.encoding.adapter import merge
from bot.encoding.tuning.mpnet import MPNet

if TYPE_CHECKING:
    from pathlib import Path


def write_reference(folder: Path, path: Path) -> None:
    """Vectors for the texts that stand in `path` already; `folder` holds the publisher's files."""
    merged = {
        name: torch.from_numpy(array.copy()) for name, array in merge(load_file(folder / "model.safetensors")).items()
    }
    network = MPNet(merged, kind=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    rows = json.loads(path.read_text("utf-8"))
    for row in rows:
        ids = torch.tensor([tokenizer.encode(row["text"]).ids])
        mask = torch.ones_like(ids)
        with torch.no_grad():
            vector = network.upper(network.lower(ids, mask), mask)[0]
        row["vector"] = [round(float(number), 6) for number in vector]
    path.write_text(json.dumps(rows, ensure_ascii=False) + "\n", "utf-8")
