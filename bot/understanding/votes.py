"""The votes of all phrasings on a vector, in int8: what the kernel ridge says, at a fifteenth of the time.

Comparing a vector with 20,000 others in float32 reads 60 MB from memory in every turn. The stored side is
rounded to 8 bits and the weights are fitted to the rounded vectors, so that nothing is lost there. The asking
side is split into a coarse and a fine part of 8 bits each: with the coarse part alone the scores, sums of many
large weights of both signs, would be off by 0.015 on average; with both they agree to 0.001.

One ONNX graph does it all. It is built when the model is trained and stored as it is, so that a running
Attune needs neither the `onnx` package nor a second copy of the phrasings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from bot.encoding.rounding import STEPS, steps_of
from bot.settings import get_settings
from bot.understanding.kernel import WIDTH

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

ZERO = 128  # unsigned numbers: signed ones saturate on processors without VNNI (bot/encoding/quantise.py)
ROWS_AT_ONCE = 64
# onnxruntime 1.23.2's product of 8-bit matrices is wrong in some cells on processors with AMX when the columns do not
# fill its tiles (found with 17 to 31 columns over and more than 16 rows): phrasings without weight fill them.
TILE = 64


def build(support: Floats, weights: Floats, base: Floats) -> npt.NDArray[np.uint8]:
    """The graph as bytes: `support` (phrasings, numbers) is rounded, `weights` (phrasings, questions), `base` (questions,).

    Inputs `asked`, uint8 of shape (2 * rows, numbers), coarse parts first; `steps`, float32 of shape (2, rows, 1).
    Output `scores`, float32 of shape (rows, questions).
    """
    # Imported here: onnx is needed to train, never to run.
    from onnx import TensorProto, helper, numpy_helper

    missing = -len(support) % TILE
    support = np.pad(support, ((0, missing), (0, 0)))
    weights = np.pad(weights, ((0, missing), (0, 0)))
    steps = steps_of(support)
    codes = (np.rint(support / steps) + ZERO).astype(np.uint8)
    width, questions = support.shape[1], weights.shape[1]
    constants = {
        "support": codes.T,
        "zero": np.array(ZERO, dtype=np.uint8),
        "support_steps": (steps.T * np.float32(2 * WIDTH))[None],
        "offset": np.array(2 * WIDTH, dtype=np.float32),
        "parts": np.array([2, -1, len(support)], dtype=np.int64),
        "first": np.array([0], dtype=np.int64),
        "weights": weights.astype(np.float32),
        "base": base.astype(np.float32)[None],
    }
    node = helper.make_node
    nodes = [
        node("MatMulInteger", ["asked", "support", "zero", "zero"], ["products"]),
        node("Cast", ["products"], ["numbers"], to=TensorProto.FLOAT),
        node("Reshape", ["numbers", "parts"], ["by_part"]),
        node("Mul", ["by_part", "steps"], ["sized"]),
        node("ReduceSum", ["sized", "first"], ["sum"], keepdims=1),
        node("Mul", ["sum", "support_steps"], ["alike"]),
        node("Sub", ["alike", "offset"], ["distance"]),
        node("Exp", ["distance"], ["kernel_of_one"]),
        node("Squeeze", ["kernel_of_one", "first"], ["kernel"]),
        node("MatMul", ["kernel", "weights"], ["votes"]),
        node("Add", ["votes", "base"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "votes",
        [
            helper.make_tensor_value_info("asked", TensorProto.UINT8, ["rows_twice", width]),
            helper.make_tensor_value_info("steps", TensorProto.FLOAT, [2, "rows", 1]),
        ],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["rows", questions])],
        initializer=[numpy_helper.from_array(np.ascontiguousarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return np.frombuffer(model.SerializeToString(), dtype=np.uint8)


class Votes:
    """Asks all phrasings at once."""

    def __init__(self, graph: npt.NDArray[np.uint8]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = get_settings().threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(graph.tobytes(), options, providers=["CPUExecutionProvider"])

    def __call__(self, vectors: Floats) -> Floats:
        """Scores of shape (len(vectors), questions) for vectors of unit length. A row does not depend on the others."""
        parts = [self._some(vectors[first : first + ROWS_AT_ONCE]) for first in range(0, len(vectors), ROWS_AT_ONCE)]
        result: Floats = np.concatenate(parts)
        return result

    def _some(self, vectors: Floats) -> Floats:
        steps = steps_of(vectors)
        coarse = np.rint(vectors / steps)
        fine_steps = steps / (2 * STEPS)
        fine = np.rint((vectors - coarse * steps) / fine_steps)
        asked = (np.concatenate([coarse, fine]) + ZERO).astype(np.uint8)
        scores: Floats = self._session.run(None, {"asked": asked, "steps": np.stack([steps, fine_steps])})[0]
        return scores
