"""MPNet in torch, with low-rank adapters on its upper layers: for tuning only, never part of a running Attune.

The same network as bot/encoding/mpnet_graph.py (Song et al. 2020, arXiv:2004.09297); adapters after Hu et al.
2021 (LoRA, arXiv:2106.09685).
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.encoding.mpnet_layout import (
    FIRST_POSITION,
    HEAD_WIDTH,
    HEADS,
    LAYER_NORM_EPSILON,
    LAYERS,
    LINEAR,
    MAX_TOKENS,
    WIDTH,
    relative_buckets,
)

HALF = torch.bfloat16


class Linear(nn.Module):
    """A frozen linear layer; with `rank` above 0, plus a trained product of two small matrices."""

    def __init__(self, weight: Tensor, bias: Tensor, rank: int, kind: torch.dtype) -> None:
        super().__init__()
        self.weight: Tensor
        self.bias: Tensor
        self.register_buffer("weight", weight.to(kind))
        self.register_buffer("bias", bias.to(kind))
        self.rank = rank
        if rank:
            self.down = nn.Parameter(torch.randn(rank, weight.shape[1]) / math.sqrt(weight.shape[1]))
            self.up = nn.Parameter(torch.zeros(weight.shape[0], rank))

    def forward(self, x: Tensor) -> Tensor:
        """`x` of shape (..., inputs) to (..., outputs)."""
        y = functional.linear(x, self.weight, self.bias)
        return y + functional.linear(functional.linear(x, self.down), self.up) if self.rank else y


def _norm(weights: dict[str, Tensor], prefix: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(WIDTH, eps=LAYER_NORM_EPSILON)
    norm.weight.data, norm.bias.data = weights[f"{prefix}.weight"].clone(), weights[f"{prefix}.bias"].clone()
    return norm.requires_grad_(False)


class Layer(nn.Module):
    """One transformer layer."""

    def __init__(self, weights: dict[str, Tensor], number: int, rank: int, kind: torch.dtype) -> None:
        super().__init__()
        prefix = f"encoder.layer.{number}"
        self.linear = nn.ModuleDict(
            {
                name: Linear(weights[f"{prefix}.{path}.weight"], weights[f"{prefix}.{path}.bias"], rank, kind)
                for name, path in LINEAR.items()
            }
        )
        self.attention_norm = _norm(weights, f"{prefix}.attention.LayerNorm")
        self.output_norm = _norm(weights, f"{prefix}.output.LayerNorm")

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """Hidden states (batch, tokens, 768) one layer further."""
        batch, tokens, _ = x.shape

        def heads(y: Tensor) -> Tensor:
            return y.view(batch, tokens, HEADS, HEAD_WIDTH).transpose(1, 2)

        q, k, v = (heads(self.linear[name](x)) for name in ("q", "k", "v"))
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        x = self.attention_norm(self.linear["o"](mixed.transpose(1, 2).reshape(batch, tokens, WIDTH)) + x)
        inner: Tensor = self.output_norm(self.linear["outer"](functional.gelu(self.linear["inner"](x))) + x)
        return inner


class MPNet(nn.Module):
    """The encoder of `weights`; layers from `first` on carry adapters of `rank`. `kind`: of the frozen weights."""

    def __init__(
        self, weights: dict[str, Tensor], rank: int = 0, first: int = LAYERS, kind: torch.dtype = HALF
    ) -> None:
        super().__init__()
        self.first = first
        self.kind = kind
        self.words: Tensor
        self.positions: Tensor
        self.relative: Tensor
        self.buckets: Tensor
        self.register_buffer("words", weights["embeddings.word_embeddings.weight"])
        self.register_buffer("positions", weights["embeddings.position_embeddings.weight"])
        self.register_buffer("relative", weights["encoder.relative_attention_bias.weight"])
        self.register_buffer("buckets", torch.from_numpy(relative_buckets(MAX_TOKENS)))
        self.norm = _norm(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer(weights, n, rank if n >= first else 0, kind) for n in range(LAYERS))

    def bias(self, mask: Tensor) -> Tensor:
        """Relative positions and padding as numbers added to the attention scores."""
        tokens = mask.shape[1]
        relative = self.relative[self.buckets[:tokens, :tokens]].permute(2, 0, 1)[None]
        return (relative + (mask[:, None, None, :].float() - 1) * 1e9).to(self.kind)

    def lower(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Hidden states below the first adapter: the same in every epoch, so that they can be kept."""
        x = self.norm(self.words[ids] + self.positions[FIRST_POSITION : FIRST_POSITION + ids.shape[1]])
        bias = self.bias(mask)
        for layer in self.layers[: self.first]:
            x = layer(x, bias)
        result: Tensor = x
        return result

    def upper(self, x: Tensor, mask: Tensor) -> Tensor:
        """Vectors of unit length, shape (batch, 768), from the kept hidden states."""
        bias = self.bias(mask)
        for layer in self.layers[self.first :]:
            x = layer(x, bias)
        weight = mask[..., None].float()
        return functional.normalize((x.float() * weight).sum(1) / weight.sum(1), dim=-1)

    def adapters(self) -> dict[str, Any]:
        """The trained matrices by the name of the weight that their product is added to."""
        found = {}
        for number, layer in enumerate(self.layers):
            for name, path in LINEAR.items():
                linear = layer.linear[name]
                if linear.rank:
                    prefix = f"encoder.layer.{number}.{path}"
                    found[f"{prefix}.down"] = linear.down.detach().numpy().astype("float16")
                    found[f"{prefix}.up"] = linear.up.detach().numpy().astype("float16")
        return found
