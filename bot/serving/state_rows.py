"""Dialogue states as rows of a database that Rasa's processes share: one row for each conversation.

The time at which a state was made is its revision: it rises with every turn (bot/serving/states.py), whichever process
plays it, so that a row never gives way to an older state.
"""

from __future__ import annotations

import json
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

PATIENCE = 1  # seconds to connect
# Milliseconds. Nobody waits for an answer that late (bot/serving/in_time.py): these give threads and connections back.
LONGEST_STATEMENT = 1_000  # the server ends it
LONGEST_PURGE = 60_000  # the same for many rows at once, for which no turn waits
LONGEST_SILENCE = 2_000  # of a server that does not acknowledge what was sent

_tables = sa.MetaData()
_states = sa.Table(
    "dialogue_state",
    _tables,
    sa.Column("sender", sa.String(64), primary_key=True),
    sa.Column("events", sa.Text, nullable=False),
    sa.Column("touched", sa.Float, nullable=False, index=True),  # the revision, seconds since 1970
)


class StateRowsError(Exception):
    """The database of dialogue states failed; the message says how, without its address."""


class StateRows:
    """Reads and writes rows. Blocks: call it beside the event loop."""

    def __init__(self, url: str) -> None:
        url = url.replace("postgres://", "postgresql://", 1)
        postgres = url.startswith("postgresql")
        arguments = {"connect_timeout": PATIENCE, "tcp_user_timeout": LONGEST_SILENCE} if postgres else {}
        self._engine = sa.create_engine(url, pool_pre_ping=True, pool_recycle=300, connect_args=arguments)
        if postgres:
            sa.event.listen(self._engine, "connect", _limit_statements)
        self._ready = False

    def read(self, sender: str) -> tuple[float, list[dict[str, Any]]] | None:
        """The conversation's revision and events, None for an unknown one. Raises StateRowsError."""
        wanted = sa.select(_states.c.touched, _states.c.events).where(_states.c.sender == sender)
        try:
            with self._connected() as connection:
                found = connection.execute(wanted).first()
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error
        return (float(found.touched), json.loads(found.events)) if found else None

    def write(self, sender: str, revision: float, events: list[dict[str, Any]]) -> None:
        """Replace the conversation's row, unless a newer one is there. Raises StateRowsError."""
        row = {"events": json.dumps(events), "touched": revision}
        mine = _states.c.sender == sender
        try:
            with self._connected() as connection:
                older = sa.update(_states).where(mine, _states.c.touched <= revision)
                if connection.execute(older.values(**row)).rowcount:
                    return
                if not connection.execute(sa.select(_states.c.sender).where(mine)).first():
                    connection.execute(sa.insert(_states).values(sender=sender, **row))
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error

    def erase(self, sender: str) -> None:
        """Delete the conversation's row, if there is one. Raises StateRowsError."""
        try:
            with self._connected() as connection:
                connection.execute(sa.delete(_states).where(_states.c.sender == sender))
        except SQLAlchemyError as error:
            raise StateRowsError(type(error).__name__) from error

    def purge(self, idle: float) -> int:
        """Delete what was not touched for `idle` seconds; how many. Raises StateRowsError."""
        try:
            with self._connected() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.text(f"SET LOCAL statement_timeout = {LONGEST_PURGE}"))
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


def _limit_statements(connection: Any, _: object) -> None:
    """By a statement, since a pooler before PostgreSQL refuses it as an option of the connection."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {LONGEST_STATEMENT}")
    connection.commit()
