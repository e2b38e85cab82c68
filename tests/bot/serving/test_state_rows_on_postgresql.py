"""Rows on PostgreSQL: `bot/deploy/postgres.sh .venv/bin/python -m pytest tests/bot/serving/test_state_rows_on_postgresql.py`."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from bot.serving import state_rows
from bot.serving.state_rows import StateRows, StateRowsError

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = os.environ.get("DATABASE_URL", "")
pytestmark = pytest.mark.skipif(not URL.startswith("postgres"), reason="needs PostgreSQL: bot/deploy/postgres.sh")
TABLE = "dialogue_state"


@pytest.fixture
def engine() -> Iterator[sa.engine.Engine]:
    engine = sa.create_engine(URL.replace("postgres://", "postgresql://", 1))
    yield engine
    with engine.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE IF EXISTS {TABLE}"))
    engine.dispose()


def test_a_revision_comes_back_to_the_last_digit(engine: sa.engine.Engine) -> None:
    rows, revision = StateRows(URL), time.time()
    rows.write("a", revision, [{"event": "first"}])
    assert rows.read("a") == (revision, [{"event": "first"}])
    rows.write("a", revision - 0.001, [{"event": "late"}])
    assert rows.read("a") == (revision, [{"event": "first"}])
    rows.erase("a")
    assert rows.read("a") is None


def test_a_statement_that_waits_for_ever_is_ended(engine: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_rows, "LONGEST_STATEMENT", 50)
    rows = StateRows(URL)
    rows.write("a", 1.0, [{"event": "first"}])
    with engine.begin() as other:
        other.execute(sa.text(f"LOCK TABLE {TABLE}"))
        with pytest.raises(StateRowsError, match="OperationalError"):
            rows.read("a")
        with pytest.raises(StateRowsError, match="OperationalError"):
            rows.write("a", 2.0, [{"event": "second"}])
    assert rows.purge(60.0) == 1


def test_a_server_that_is_silent_is_given_up(engine: sa.engine.Engine) -> None:
    rows = StateRows(URL)
    rows.write("a", 1.0, [{"event": "first"}])
    with rows._engine.connect() as connection:
        parameters = connection.connection.dbapi_connection.info.dsn_parameters
    assert parameters["tcp_user_timeout"] == str(state_rows.LONGEST_SILENCE)
