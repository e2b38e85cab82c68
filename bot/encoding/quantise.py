"""Turns the float32 encoder into int8 that is exact on every x86 and ARM processor.

Dynamic int8 loses MPNet's outlier activations: the plain recipe fell to a mean cosine of 0.89 to the
original (and to 0.05 with signed weights on processors without VNNI, whose 16-bit sums saturate).
Moving the outliers from the activations into the weights first (SmoothQuant, Xiao et al. 2023,
arXiv:2211.10438) brings it to 0.994; unsigned weights do not saturate anywhere.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from onnx import ModelProto

# Measured on 70 short and long English texts: 0.5 -> 0.878, 0.65 -> 0.992, 0.8 -> 0.994 mean cosine.
SMOOTHING = 0.8


def _linear_nodes(model: ModelProto) -> list[Any]:
    constants = {tensor.name for tensor in model.graph.initializer}
    return [node for node in model.graph.node if node.op_type == "MatMul" and node.input[1] in constants]


def _activation_peaks(
    model: ModelProto, batches: Iterable[npt.NDArray[np.int64]], folder: Path
) -> dict[str, npt.NDArray[np.float32]]:
    """Largest absolute value per channel of every linear layer's input, over the calibration texts."""
    names = sorted({node.input[0] for node in _linear_nodes(model)})
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    probe.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    path = folder / "probe.onnx"
    onnx.save(probe, str(path))
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    peaks: dict[str, npt.NDArray[np.float32]] = {}
    for ids in batches:
        outputs = session.run(names, {"input_ids": ids})
        for name, value in zip(names, outputs, strict=True):
            peak = np.abs(value).reshape(-1, value.shape[-1]).max(axis=0)
            peaks[name] = np.maximum(peaks.get(name, peak), peak)
    return peaks


def _smooth(model: ModelProto, peaks: dict[str, npt.NDArray[np.float32]]) -> None:
    """Divide each linear layer's input by a factor per channel and multiply its weights by it, in place."""
    constants = {tensor.name: tensor for tensor in model.graph.initializer}
    by_input: dict[str, list[Any]] = {}
    for node in _linear_nodes(model):
        by_input.setdefault(node.input[0], []).append(node)
    scalers: dict[str, Any] = {}
    for source, group in by_input.items():
        weights = [numpy_helper.to_array(constants[node.input[1]]) for node in group]
        weight_peak = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
        factor = np.maximum(peaks[source], 1e-5) ** SMOOTHING / np.maximum(weight_peak, 1e-5) ** (1 - SMOOTHING)
        factor = np.clip(factor, 1e-3, 1e3).astype(np.float32)
        for node, weight in zip(group, weights, strict=True):
            scaled = np.ascontiguousarray(weight * factor[:, None])
            constants[node.input[1]].CopyFrom(numpy_helper.from_array(scaled, node.input[1]))
            node.input[0] = f"{source}.smoothed"
        model.graph.initializer.append(numpy_helper.from_array(1 / factor, f"{source}.factor"))
        scalers[source] = helper.make_node("Mul", [source, f"{source}.factor"], [f"{source}.smoothed"])
    nodes = []
    for node in model.graph.node:
        nodes.append(node)
        nodes.extend(scalers[output] for output in node.output if output in scalers)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def quantise(model: ModelProto, calibration: Iterable[npt.NDArray[np.int64]], target: Path) -> None:
    """Write `model` with int8 linear layers to `target`.

    `calibration` holds token ids of shape (1, tokens) of some everyday texts. `model` is changed.
    """
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        folder = Path(name)
        _smooth(model, _activation_peaks(model, calibration, folder))
        smoothed = folder / "smoothed.onnx"
        onnx.save(model, str(smoothed))
        quantize_dynamic(
            str(smoothed),
            str(target),
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QUInt8,
            extra_options={"MatMulConstBOnly": True},
        )
