"""Tells OpenBLAS what this processor can do.

The versions that numpy and scipy carry for Python 3.10 are older than today's processors, take an unknown one
for a Pentium 4 and then need five times as long: 24 instead of 130 GFLOPS in the factorisation of a training.
Set before numpy is imported; a value of the environment's own stays.
"""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "OPENBLAS_CORETYPE"
WIDE = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
NARROW = {"avx2", "fma"}


def core_type(cpuinfo: str) -> str | None:
    """OpenBLAS's name for what the `flags` line of /proc/cpuinfo offers; None where it should look for itself."""
    flags = next((set(line.split()) for line in cpuinfo.splitlines() if line.startswith("flags")), set())
    if flags >= WIDE:
        return "SkylakeX"
    return "Haswell" if flags >= NARROW else None


def name_processor() -> None:
    """Set the variable for this process and those that it starts. Elsewhere than on Linux nothing is set."""
    path = Path("/proc/cpuinfo")
    if VARIABLE not in os.environ and path.exists() and (found := core_type(path.read_text("utf-8", "replace"))):
        os.environ[VARIABLE] = found
