"""A database that was made while the outbox belonged to booking keeps its mails, and they are delivered."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DELIVER = (
    "import django; django.setup(); from bot.web.outgoing.carriers import Way;"
    "from bot.web.outgoing.postman import deliver_due; print(deliver_due(Way.MAIL))"
)
# What booking's outbox held for a mail; both texts are sealed with the secret below.
SEAL = "import sys; from bot.web.outgoing.sealed import seal; print(seal(sys.argv[1]))"


@pytest.fixture
def run(tmp_path: Path, root: Path):
    """Runs Python as the web process would be run, on a house of its own; returns what it printed."""
    own = {
        "DJANGO_SETTINGS_MODULE": "bot.web.settings",
        "ATTUNE_VAR": str(tmp_path),
        "ATTUNE_FIELD_SECRET": "the secret of that time",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTUNE_", "DATABASE_URL"))}

    def python(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=root, env=kept | own, check=True, capture_output=True, text=True
        ).stdout.strip()

    return python


def test_a_mail_that_waited_before_the_outbox_moved_is_delivered_after_it(run, tmp_path):
    run("-m", "django", "migrate", "--verbosity", "0", "booking", "0002_default_therapist")
    mail = "From: a@practice.example\r\nTo: sam@example.org\r\nSubject: Your appointment\r\n\r\nSee you.\r\n"
    with sqlite3.connect(tmp_path / "attune.sqlite3") as before:
        before.execute(
            "INSERT INTO booking_outboxmail (recipient, content, kind, state, attempts, next_try, problem, created)"
            " VALUES (?, ?, 'confirmed', 'pending', 3, '2026-01-01 10:00:00', 'down', '2026-01-01 09:00:00')",
            (run("-c", SEAL, "sam@example.org"), run("-c", SEAL, mail)),
        )
    run("-m", "django", "migrate", "--verbosity", "0")
    assert run("-c", DELIVER) == "1"
    (file,) = (tmp_path / "mail").glob("*.eml")
    assert file.read_bytes().decode() == mail
    with sqlite3.connect(tmp_path / "attune.sqlite3") as after:
        assert after.execute("SELECT id, kind, state, attempts FROM outgoing_parcel").fetchall() == [
            (1, "confirmed", "sent", 4)
        ]
        names = {name for (name,) in after.execute("SELECT name FROM sqlite_master")}
    assert not {name for name in names if "outbox" in name or name.startswith("booking_out")}
    # And back, for a practice that returns to the version before.
    run("-m", "django", "migrate", "--verbosity", "0", "booking", "0002_default_therapist")
    with sqlite3.connect(tmp_path / "attune.sqlite3") as back:
        assert back.execute("SELECT state FROM booking_outboxmail").fetchall() == [("sent",)]


def test_the_models_and_the_migrations_say_the_same(run):
    run("-m", "django", "makemigrations", "--check", "--dry-run")
