"""Where the action server finds the knowledge folder."""

from __future__ import annotations

import os
from pathlib import Path

KNOWLEDGE = Path(os.environ.get("ATTUNE_KNOWLEDGE") or Path(__file__).resolve().parent.parent / "knowledge")
