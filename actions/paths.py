"""Where the action server finds the knowledge folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.helplines import current_helplines
from knowledge.practice import current_practice

KNOWLEDGE = Path(os.environ.get("ATTUNE_KNOWLEDGE") or Path(__file__).resolve().parent.parent / "knowledge")
logger = logging.getLogger(__name__)


def read_ahead() -> None:
    """Read practice and helplines at the start: what was good then serves while somebody breaks it."""
    for read in (current_practice, current_helplines):
        try:
            read(KNOWLEDGE)
        except (KnowledgeError, OSError) as error:
            logger.error("actions that need it fail until it is mended: %s", error)
