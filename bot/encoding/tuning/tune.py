"""Tunes the encoder's upper layers on the phrasings of data/nlu, and writes what Attune ships.

Low-rank adapters learn three things at once: which label a phrasing has (`also` as soft labels), whether it is
danger, and that phrasings of one label lie together; a share of the loss holds every vector near the original
one, so that passages are still found. Voices named in HELD_OUT are never shown to it: figures on them are
figures on strangers. docs/decisions/006-tuned-encoder.md says what it brought.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from bot.encoding.adapter import HELD_OUT
from bot.encoding.tuning.mpnet import HALF, MPNet
from bot.understanding.examples import Example, load_examples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LONGEST = 224  # tokens
ALSO_SHARE = 0.25  # of a phrasing's weight that goes to its further labels, as in bot/understanding/intents.py
LOGIT_SCALE = 16.0  # unit vectors to the scale on which a linear head separates them
LIKENESS_SCALE = 20.0  # 1 / temperature of the contrastive share
SAME_LABEL = 0.3  # overlap of two phrasings' label shares from which they count as alike


@dataclass(frozen=True)
class Recipe:
    """The settings of a tuning. `batch` is in tokens, padding included."""

    seed: int = 0
    rank: int = 16
    first_layer: int = 6
    epochs: int = 2
    batch: int = 3072
    rate: float = 3e-4
    head_rate: float = 3e-3
    decay: float = 0.01
    warm_up: float = 0.06
    near_original: float = 0.3
    contrast: float = 0.3


def data_hash(examples: Sequence[Example]) -> str:
    """Names the phrasings that an adapter was tuned on."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(json.dumps(asdict(example), sort_keys=True).encode())
    return digest.hexdigest()[:16]


class Tuning:
    """Phrasings, kept hidden states and the network."""

    def __init__(self, folder: Path, examples: Sequence[Example], recipe: Recipe) -> None:
        self.examples = examples
        self.recipe = recipe
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        self.ids = [torch.tensor(e.ids) for e in tokenizer.encode_batch([example.text for example in examples])]
        self.network = MPNet(load_file(str(folder / "model.safetensors")), recipe.rank, recipe.first_layer)
        self.labels = sorted({example.label for example in examples})
        self.shares, self.danger = self._targets()
        self.kept: list[Tensor] = []
        self.original = torch.zeros(len(examples), 0)

    def _targets(self) -> tuple[Tensor, Tensor]:
        column = {label: place for place, label in enumerate(self.labels)}
        shares = torch.zeros(len(self.examples), len(self.labels))
        for row, example in enumerate(self.examples):
            also = [label for label in example.also if label in column and label != example.label]
            shares[row, column[example.label]] = 1 - (ALSO_SHARE if also else 0)
            for label in also:
                shares[row, column[label]] += ALSO_SHARE / len(also)
        danger = torch.tensor([float(example.label.startswith("crisis_")) for example in self.examples])
        return shares, danger

    def batches(self, rows: Sequence[int], tokens: int, *, shuffled: bool) -> list[list[int]]:
        """`rows` in batches of texts of about the same length, at most `tokens` each."""
        jitter = 8.0 if shuffled else 0.0
        order = sorted(rows, key=lambda i: len(self.ids[i]) + random.random() * jitter)
        found: list[list[int]] = []
        batch: list[int] = []
        for row in order:
            if batch and (len(batch) + 1) * max(len(self.ids[i]) for i in (row, *batch[:1])) > tokens:
                found.append(batch)
                batch = []
            batch.append(row)
        if batch:
            found.append(batch)
        if shuffled:
            random.shuffle(found)
        return found

    def _mask(self, batch: Sequence[int]) -> Tensor:
        mask = torch.zeros(len(batch), max(len(self.ids[i]) for i in batch), dtype=torch.long)
        for row, i in enumerate(batch):
            mask[row, : len(self.ids[i])] = 1
        return mask

    def keep_lower_layers(self) -> None:
        """Run the layers below the adapters once, and note the original vectors."""
        self.kept = [torch.empty(0)] * len(self.examples)
        self.original = torch.zeros(len(self.examples), 768)
        with torch.no_grad(), torch.autocast("cpu", HALF):
            for batch in self.batches(range(len(self.examples)), 4096, shuffled=False):
                mask = self._mask(batch)
                ids = torch.ones_like(mask)
                for row, i in enumerate(batch):
                    ids[row, : len(self.ids[i])] = self.ids[i]
                x = self.network.lower(ids, mask)
                for row, i in enumerate(batch):
                    self.kept[i] = x[row, : len(self.ids[i])].to(HALF).clone()
                self.original[batch] = self.network.upper(x, mask)

    def vectors(self, batch: Sequence[int]) -> Tensor:
        """Vectors of the examples `batch` as the network stands."""
        mask = self._mask(batch)
        x = torch.zeros(len(batch), mask.shape[1], 768, dtype=HALF)
        for row, i in enumerate(batch):
            x[row, : len(self.ids[i])] = self.kept[i]
        with torch.autocast("cpu", HALF):
            return self.network.upper(x, mask)

    def loss(self, batch: Sequence[int], labels: nn.Module, danger: nn.Module) -> Tensor:
        """What is learnt, over the examples `batch`."""
        vectors = self.vectors(batch)
        scaled = functional.dropout(vectors * LOGIT_SCALE, 0.1)
        shares = self.shares[batch]
        total = -(shares * functional.log_softmax(labels(scaled), -1)).sum(-1).mean()
        total = total + functional.binary_cross_entropy_with_logits(danger(scaled).squeeze(-1), self.danger[batch])
        total = total + self.recipe.near_original * (1 - (vectors * self.original[batch]).sum(-1)).mean()
        alike = (shares @ shares.T > SAME_LABEL).float().fill_diagonal_(0)
        likeness = (vectors @ vectors.T * LIKENESS_SCALE).fill_diagonal_(-1e4)
        paired = alike.sum(-1) > 0
        if paired.any():
            contrast = -(functional.log_softmax(likeness, -1) * alike).sum(-1)[paired] / alike.sum(-1)[paired]
            total = total + self.recipe.contrast * contrast.mean()
        return total


def tune(folder: Path, threads: int, report: Callable[[str], None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Adapters and their description. `folder` holds model.safetensors and tokenizer.json of the publisher."""
    recipe = Recipe()
    torch.manual_seed(recipe.seed)
    random.seed(recipe.seed)
    np.random.seed(recipe.seed)
    torch.set_num_threads(threads)
    examples = [example for example in load_examples() if example.voice not in HELD_OUT]
    tuning = Tuning(folder, examples, recipe)
    report(f"{len(examples)} phrasings; running the lower layers once")
    tuning.keep_lower_layers()
    labels = nn.Linear(768, len(tuning.labels))
    nn.init.normal_(labels.weight, std=0.02)
    danger = nn.Sequential(nn.Linear(768, 128), nn.GELU(), nn.Linear(128, 1))
    adapters = [parameter for parameter in tuning.network.parameters() if parameter.requires_grad]
    heads = [*labels.parameters(), *danger.parameters()]
    optimiser = torch.optim.AdamW(
        [{"params": adapters, "lr": recipe.rate}, {"params": heads, "lr": recipe.head_rate}],
        weight_decay=recipe.decay,
    )
    rows = range(len(examples))
    steps = len(tuning.batches(rows, recipe.batch, shuffled=True)) * recipe.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / (recipe.warm_up * steps)) * max(0.02, 1 - s / steps)
    )
    began = time.perf_counter()
    step = 0
    for epoch in range(recipe.epochs):
        summed = 0.0
        batches = tuning.batches(rows, recipe.batch, shuffled=True)
        for number, batch in enumerate(batches, 1):
            loss = tuning.loss(batch, labels, danger)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(adapters, 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            summed += float(loss.detach())
            if number % 25 == 0 or number == len(batches):
                passed = time.perf_counter() - began
                left = passed / step * max(0, steps - step)
                report(f"epoch {epoch + 1}: {number}/{len(batches)}, loss {summed / number:.3f}, {left:.0f} s left")
    about = {
        "recipe": asdict(recipe),
        "data": data_hash(examples),
        "phrasings": len(examples),
        "held_out": sorted(HELD_OUT),
        "torch": torch.__version__,
    }
    return tuning.network.adapters(), about
