"""The machine that a benchmark ran on, so that its figures can be read."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


def machine() -> dict[str, Any]:
    """Processor, cores, memory, versions, date, and how busy it was when the benchmark began."""
    return {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory GB": round(int((_first("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 2**20),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "rasa": importlib.metadata.version("rasa"),
        "load before": round(os.getloadavg()[0], 2),
    }


def in_words(about: dict[str, Any]) -> str:
    """The machine in one line."""
    return (
        f"{about['date']}, {about['cores']} cores of {about['processor']}, {about['memory GB']} GB, {about['system']}, "
        f"Python {about['python']}, Rasa {about['rasa']}, load {about['load before']} before it began"
    )


def _first(path: str, name: str) -> str | None:
    file = Path(path)
    lines = file.read_text("utf-8", "replace").splitlines() if file.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), None)
