"""OpenBLAS is told what the processor can do, and is left alone where nothing is known."""

from __future__ import annotations

import pytest

from bot import openblas

WIDE = "model name : x\nflags\t\t: fpu avx2 fma avx512f avx512bw avx512cd avx512dq avx512vl\n"


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        (WIDE, "SkylakeX"),
        ("flags : fpu sse2 avx2 fma\n", "Haswell"),
        ("flags : fpu sse2\n", None),
        ("Features : asimd fphp\n", None),
        ("", None),
    ],
)
def test_the_core_type_follows_the_flags(cpuinfo: str, name: str | None) -> None:
    assert openblas.core_type(cpuinfo) == name


def test_a_value_of_the_environments_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(openblas.VARIABLE, "Zen")
    openblas.name_processor()
    assert openblas.os.environ[openblas.VARIABLE] == "Zen"
