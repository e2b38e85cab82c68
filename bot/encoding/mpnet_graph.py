"""The MPNet sentence encoder as an ONNX graph, built from its published weights without torch.

The graph follows `MPNetModel` (Song et al. 2020, arXiv:2004.09297) with the mean pooling and unit
length of sentence-transformers. The weights of linear layers become int8 and the embedding table
float16; everything else stays float32 (bot/encoding/quantise.py says what that costs).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from onnx import ModelProto

LAYERS = 12
HEADS = 12
WIDTH = 768
HEAD_WIDTH = WIDTH // HEADS
LAYER_NORM_EPSILON = 1e-5
RELATIVE_BUCKETS = 32
RELATIVE_MAX_DISTANCE = 128
FIRST_POSITION = 2  # MPNet counts positions from padding_idx + 1
MAX_TOKENS = 384
OPSET = 17


def relative_buckets(length: int) -> npt.NDArray[np.int64]:
    """Bucket of every (query, key) pair, shape (length, length), values 0..31 (T5's bidirectional rule)."""
    positions = np.arange(length)
    distance = positions[:, None] - positions[None, :]
    half = RELATIVE_BUCKETS // 2
    exact = half // 2
    buckets = np.where(distance < 0, half, 0)
    distance = np.abs(distance)
    scale = (half - exact) / math.log(RELATIVE_MAX_DISTANCE / exact)
    far = exact + (np.log(np.maximum(distance, 1) / exact) * scale).astype(np.int64)
    far = np.minimum(far, half - 1)
    result: npt.NDArray[np.int64] = buckets + np.where(distance < exact, distance, far)
    return result.astype(np.int64)


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

    Inputs `input_ids` and `attention_mask`, both int64 of shape (batch, tokens); output `embedding`,
    float32 of shape (batch, 768), rows of unit length.
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

    # Padding mask as a large negative number added to the scores: (batch, 1, 1, tokens).
    mask = g.op("Cast", ["attention_mask"], "mask.f32", to=TensorProto.FLOAT)
    axes = g.constant("mask.axes", np.array([1, 2], dtype=np.int64))
    minus = g.op("Sub", [mask, g.constant("f1", np.array(1.0, dtype=np.float32))], "mask.minus")
    far = g.op("Mul", [minus, g.constant("f_large", np.array(1e9, dtype=np.float32))], "mask.far")
    bias = g.op("Add", [bias, g.op("Unsqueeze", [far, axes], "mask.wide")], "bias.masked")

    split = g.constant("heads.split", np.array([0, 0, HEADS, HEAD_WIDTH], dtype=np.int64))
    join = g.constant("heads.join", np.array([0, 0, WIDTH], dtype=np.int64))
    scale = g.constant("heads.scale", np.array(1 / math.sqrt(HEAD_WIDTH), dtype=np.float32))
    root2 = g.constant("gelu.root2", np.array(math.sqrt(2), dtype=np.float32))
    half = g.constant("gelu.half", np.array(0.5, dtype=np.float32))

    for i in range(LAYERS):
        p = f"encoder.layer.{i}"

        def heads(x: str, name: str, perm: list[int]) -> str:
            return g.op("Transpose", [g.op("Reshape", [x, split], f"{name}.split")], name, perm=perm)

        q = heads(linear(hidden, f"{p}.attention.attn.q"), f"{p}.q", [0, 2, 1, 3])
        k = heads(linear(hidden, f"{p}.attention.attn.k"), f"{p}.k", [0, 2, 3, 1])
        v = heads(linear(hidden, f"{p}.attention.attn.v"), f"{p}.v", [0, 2, 1, 3])
        scores = g.op("Mul", [g.op("MatMul", [q, k], f"{p}.qk"), scale], f"{p}.scaled")
        attention = g.op("Softmax", [g.op("Add", [scores, bias], f"{p}.biased")], f"{p}.attention", axis=-1)
        mixed = g.op("Transpose", [g.op("MatMul", [attention, v], f"{p}.av")], f"{p}.mixed", perm=[0, 2, 1, 3])
        context = linear(g.op("Reshape", [mixed, join], f"{p}.joined"), f"{p}.attention.attn.o")
        hidden = layer_norm(g.op("Add", [context, hidden], f"{p}.residual1"), f"{p}.attention.LayerNorm")

        inner = linear(hidden, f"{p}.intermediate.dense")
        erf = g.op("Erf", [g.op("Div", [inner, root2], f"{p}.gelu.scaled")], f"{p}.gelu.erf")
        plus = g.op("Add", [erf, "f1"], f"{p}.gelu.plus")
        gelu = g.op("Mul", [g.op("Mul", [inner, plus], f"{p}.gelu.product"), half], f"{p}.gelu")
        outer = linear(gelu, f"{p}.output.dense")
        hidden = layer_norm(g.op("Add", [outer, hidden], f"{p}.residual2"), f"{p}.output.LayerNorm")

    # Mean over real tokens, then unit length.
    last = g.constant("pool.axis", np.array([2], dtype=np.int64))
    weights_by_token = g.op("Unsqueeze", [mask, last], "pool.mask")
    masked = g.op("Mul", [hidden, weights_by_token], "pool.masked")
    total = g.op("ReduceSum", [masked, one], "pool.sum", keepdims=0)
    count = g.op("ReduceSum", [weights_by_token, one], "pool.count", keepdims=0)
    mean = g.op("Div", [total, count], "pool.mean")
    norm = g.op("ReduceL2", [mean], "pool.norm", axes=[1], keepdims=1)
    g.op("Div", [mean, norm], "embedding")

    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])
    attend = helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "tokens"])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", WIDTH])
    graph = helper.make_graph(g.nodes, "mpnet", [ids, attend], [out], initializer=g.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
