"""Dialogue states as rows of a database that Rasa's processes share: one row for each conversation."""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 1  # seconds to connect

_tables = sa.MetaData()
_states = sa.Table(
    "dialogue_state",
    _tables,
    sa.Column("sender", sa.String(64), primary_key=True),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("touched", sa.Float, nullable=False, index=True),  # seconds since 1970
)


class StateRowsError(Exception):
    """The database of dialogue states failed; the message says how, without its address."""


class StateRows:
    """Reads and writes rows. Blocks: call it beside the event loop."""

    def __init__(self, url: str) -> None:
        url = url.replace("postgres://", "postgresql://", 1)
        postgres = url.startswith("postgresql")
        options: dict[str, Any] = {"connect_args": {"connect_timeout": PATIENCE}} if postgres else {}
        self._engine = sa.create_engine(url, pool_pre_ping=True, pool_recycle=300, **options)
        self._ready = False

    def read(self, sender: str) -> list[dict[str, Any]]:
        """The conversation's events, empty for an unknown one. Raises StateRowsError."""
        try:
            with self._connected() as connection:
                found = connection.execute(sa.select(_states.c.events).where(_states.c.sender == sender)).scalar()
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error
        events: list[dict[str, Any]] = json.loads(found) if found else []
        return events

    def write(self, sender: str, events: list[dict[str, Any]]) -> None:
        """Replace the conversation's row; no events delete it. Raises StateRowsError."""
        row = {"events": json.dumps(events), "touched": time.time()}
        try:
            with self._connected() as connection:
                if not events:
                    connection.execute(sa.delete(_states).where(_states.c.sender == sender))
                    return
                done = connection.execute(sa.update(_states).where(_states.c.sender == sender).values(**row))
                if not done.rowcount:
                    connection.execute(sa.insert(_states).values(sender=sender, **row))
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error

    def purge(self, idle: float) -> int:
        """Delete what was not touched for `idle` seconds; how many. Raises StateRowsError."""
        try:
            with self._connected() as connection:
                old = _states.c.touched < time.time() - idle
                return int(connection.execute(sa.delete(_states).where(old)).rowcount)
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error

    def _connected(self) -> Any:
        if not self._ready:
            # Several processes may start at once: who comes second finds the table there.
            _tables.create_all(self._engine, checkfirst=True)
            self._ready = True
        return self._engine.begin()
