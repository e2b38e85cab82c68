"""Log lines of every process: structured, and without a word of what parents write.

Plain lines on a terminal, one JSON object a line with ATTUNE_LOG=json. Of an exception only its kind and the places in
the code are kept: its message may quote what was being worked on, a parent's message above all.
"""

from __future__ import annotations

import copy
import logging
import logging.config
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.settings import ROOT, get_settings

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    Event = MutableMapping[str, Any]

FRAMES = 12  # the innermost places of a traceback


def kind_and_places(logger: Any, method: str, event: Event) -> Event:
    """Processor: replaces `exc_info` by the exception's kind and where it came from."""
    event.pop("exc_info", None)
    failure = getattr(event.get("_record"), "failure", None)
    if failure and failure[0] is not None:
        event["exception"] = failure[0].__name__
        event["places"] = [_place(frame) for frame in traceback.extract_tb(failure[2])[-FRAMES:]]
    return event


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Hands the exception to `kind_and_places` alone; logging would append what it says as text."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        bare = copy.copy(record)
        bare.failure = record.exc_info if isinstance(record.exc_info, tuple) else None
        bare.exc_info = bare.exc_text = bare.stack_info = None
        return super().format(bare)


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path(*path.parts[-3:])
    return f"{name}:{frame.lineno} {frame.name}"


def without_address(logger: Any, method: str, event: Event) -> Event:
    """Processor: Django names the address of a request that failed; the link to a booking is one, and opens it."""
    if str(event.get("logger", "")).startswith("django."):
        event["event"] = str(event["event"]).partition(": /")[0]
    return event


def _process_name(name: str) -> Any:
    def add(logger: Any, method: str, event: Event) -> Event:
        return {"process": name, **event}

    return add


def _request_id(logger: Any, method: str, event: Event) -> Event:
    record = event.get("_record")
    if record is not None and getattr(record, "request_id", None):
        event["request_id"] = record.request_id
    return event


def configuration(process: str, level: str = "INFO") -> dict[str, Any]:
    """The `dictConfig` of a process: everything goes to stderr, which the supervisor puts into var/log."""
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if get_settings().log == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event=0)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "attune": {
                "()": Formatter,
                "foreign_pre_chain": [
                    structlog.stdlib.add_logger_name,
                    structlog.stdlib.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                ],
                "processors": [
                    _request_id,
                    without_address,
                    kind_and_places,
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    _process_name(process),
                    render,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "attune"}},
        "root": {"handlers": ["console"], "level": level},
    }


def configure(process: str, level: str) -> None:
    """Send the log lines of this process, from `level` on, through the formatter."""
    logging.config.dictConfig(configuration(process, level))
