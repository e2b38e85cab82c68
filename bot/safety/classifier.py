"""The classifier layer of the screening: how much a text reads like danger, and of which kind.

Three estimates of one reading are added: the kernel's own answer to "danger or not", the crisis labels'
share of all intents, and the same by wording alone. They err in different places (AUROC on other authors'
hard negatives: 0.944, 0.955, 0.934; together 0.96: docs/decisions/003-understanding.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.understanding.intents import SOMEBODY_ELSE, crises
from bot.understanding.labels import is_crisis

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bot.understanding.intents import Reading

    Floats = npt.NDArray[np.float32]

KERNEL_SHARE = 2.5
MASS_SHARE = 1.0
WORDING_SHARE = 0.2


def danger(reading: Reading) -> Floats:
    """One score a text; higher is more like danger. Thresholds: config.yml, chosen on left-out voices."""
    result: Floats = (
        KERNEL_SHARE * reading.danger + MASS_SHARE * reading.danger_mass() + WORDING_SHARE * reading.danger_wording()
    )
    return result


def kind(reading: Reading, row: int) -> str:
    """The likeliest crisis label of text `row`."""
    return _likeliest(reading, row, crisis=True)


def feeling(reading: Reading, row: int) -> str:
    """The likeliest label of text `row` that is no crisis: what is answered where a red flag is asked about."""
    return _likeliest(reading, row, crisis=False)


def _likeliest(reading: Reading, row: int, *, crisis: bool) -> str:
    among = [i for i, label in enumerate(reading.labels) if is_crisis(label) is crisis]
    return reading.labels[max(among, key=lambda i: float(reading.probabilities[row, i]))]


def danger_of_another(reading: Reading, row: int) -> str:
    """Which danger somebody else is in, as the label that it would have if they wrote themselves."""
    found = [
        (float(share), label)
        for share, label in zip(reading.kinds[row], crises(reading.labels), strict=True)
        if label != SOMEBODY_ELSE
    ]
    return max(found)[1]
