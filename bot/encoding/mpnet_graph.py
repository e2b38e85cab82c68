"""The MPNet sentence encoder as an ONNX graph, built from its published weights without torch.

The graph follows `MPNetModel` (Song et al. 2020, arXiv:2004.09297) and ends with a vector for each token:
the encoder pools them over the whole text and over each sentence, so that one run serves both. The weights
of linear layers become int8 and the embedding table float16; everything else stays float32
(bot/encoding/quantise.py says what that costs).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

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

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from onnx import ModelProto

OPSET = 17


class _Builder:
    """Collects nodes and constants; every method returns the name of the tensor that it made."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name


def build(weights: Mapping[str, npt.NDArray[Any]]) -> ModelProto:
    """The encoder as a float32 graph.

    Input `input_ids`, int64 of shape (batch, tokens), all of the same length; output `tokens`, float32 of shape
    (batch, tokens, 768).
    """
    g = _Builder()
    f32 = {name: array.astype(np.float32) for name, array in weights.items()}

    def linear(x: str, prefix: str) -> str:
        w = g.constant(f"{prefix}.weight_t", f32[f"{prefix}.weight"].T)
        b = g.constant(f"{prefix}.bias", f32[f"{prefix}.bias"])
        return g.op("Add", [g.op("MatMul", [x, w], f"{prefix}.matmul"), b], f"{prefix}.out")

    def layer_norm(x: str, prefix: str) -> str:
        w = g.constant(f"{prefix}.weight", f32[f"{prefix}.weight"])
        b = g.constant(f"{prefix}.bias", f32[f"{prefix}.bias"])
        return g.op("LayerNormalization", [x, w, b], f"{prefix}.norm", axis=-1, epsilon=LAYER_NORM_EPSILON)

    # Token and position embeddings.
    table = g.constant("words", weights["embeddings.word_embeddings.weight"].astype(np.float16))
    words = g.op("Cast", [g.op("Gather", [table, "input_ids"], "words.rows")], "words.f32", to=TensorProto.FLOAT)
    positions = f32["embeddings.position_embeddings.weight"][FIRST_POSITION : FIRST_POSITION + MAX_TOKENS]
    zero, one, two = (g.constant(f"i{n}", np.array([n], dtype=np.int64)) for n in (0, 1, 2))
    shape = g.op("Shape", ["input_ids"], "ids.shape")
    length = g.op("Slice", [shape, one, two], "length")
    position_rows = g.op("Slice", [g.constant("positions", positions), zero, length, zero], "positions.rows")
    hidden = layer_norm(g.op("Add", [words, position_rows], "embedded"), "embeddings.LayerNorm")

    # Relative position bias, shared by all layers: (1, heads, tokens, tokens).
    buckets = g.constant("buckets", relative_buckets(MAX_TOKENS))
    ends = g.op("Concat", [length, length], "square", axis=0)
    starts = g.constant("starts", np.zeros(2, dtype=np.int64))
    bucket_rows = g.op("Slice", [buckets, starts, ends], "buckets.square")
    bias_table = g.constant("bias_table", f32["encoder.relative_attention_bias.weight"])
    bias = g.op("Transpose", [g.op("Gather", [bias_table, bucket_rows], "bias.rows")], "bias", perm=[2, 0, 1])

    one_float = g.constant("f1", np.array(1.0, dtype=np.float32))
    split = g.constant("heads.split", np.array([0, 0, HEADS, HEAD_WIDTH], dtype=np.int64))
    join = g.constant("heads.join", np.array([0, 0, WIDTH], dtype=np.int64))
    scale = g.constant("heads.scale", np.array(1 / math.sqrt(HEAD_WIDTH), dtype=np.float32))
    root2 = g.constant("gelu.root2", np.array(math.sqrt(2), dtype=np.float32))
    half = g.constant("gelu.half", np.array(0.5, dtype=np.float32))

    for i in range(LAYERS):
        p = f"encoder.layer.{i}"

        def heads(x: str, name: str, perm: list[int]) -> str:
            return g.op("Transpose", [g.op("Reshape", [x, split], f"{name}.split")], name, perm=perm)

        q = heads(linear(hidden, f"{p}.{LINEAR['q']}"), f"{p}.q", [0, 2, 1, 3])
        k = heads(linear(hidden, f"{p}.{LINEAR['k']}"), f"{p}.k", [0, 2, 3, 1])
        v = heads(linear(hidden, f"{p}.{LINEAR['v']}"), f"{p}.v", [0, 2, 1, 3])
        scores = g.op("Mul", [g.op("MatMul", [q, k], f"{p}.qk"), scale], f"{p}.scaled")
        attention = g.op("Softmax", [g.op("Add", [scores, bias], f"{p}.biased")], f"{p}.attention", axis=-1)
        mixed = g.op("Transpose", [g.op("MatMul", [attention, v], f"{p}.av")], f"{p}.mixed", perm=[0, 2, 1, 3])
        context = linear(g.op("Reshape", [mixed, join], f"{p}.joined"), f"{p}.{LINEAR['o']}")
        hidden = layer_norm(g.op("Add", [context, hidden], f"{p}.residual1"), f"{p}.attention.LayerNorm")

        inner = linear(hidden, f"{p}.{LINEAR['inner']}")
        erf = g.op("Erf", [g.op("Div", [inner, root2], f"{p}.gelu.scaled")], f"{p}.gelu.erf")
        plus = g.op("Add", [erf, one_float], f"{p}.gelu.plus")
        gelu = g.op("Mul", [g.op("Mul", [inner, plus], f"{p}.gelu.product"), half], f"{p}.gelu")
        outer = linear(gelu, f"{p}.{LINEAR['outer']}")
        hidden = layer_norm(g.op("Add", [outer, hidden], f"{p}.residual2"), f"{p}.output.LayerNorm")

    g.op("Identity", [hidden], "tokens")
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])
    out = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", WIDTH])
    graph = helper.make_graph(g.nodes, "mpnet", [ids], [out], initializer=g.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
