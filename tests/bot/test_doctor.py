"""`attune doctor`: what to know and what to mend."""

from __future__ import annotations

import re
import shutil
from collections import namedtuple
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from bot import doctor
from bot.cli.doctor import command
from bot.doctor import Finding, examine
from bot.settings import get_settings
from tests.docs.pages import page

if TYPE_CHECKING:
    from pathlib import Path

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def house(own_knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for path in sorted((own_knowledge / "articles").glob("*.md"))[2:]:
        path.unlink()
    monkeypatch.setenv("ATTUNE_KNOWLEDGE", str(own_knowledge))
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ATTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("ATTUNE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 0, 10**12))
    # Hashing all code and data takes a second, and whether a model fits is not asked here.
    monkeypatch.setattr(doctor, "model_to_use", lambda: None)
    for name in (
        "ONCALL_MAIL",
        "ONCALL_WEBHOOK",
        "SMTP_URL",
        "MAIL_FROM",
        "ENV",
        "PUBLIC_URL",
        "ALLOWED_ORIGINS",
        "ALLOWED_HOSTS",
    ):
        monkeypatch.delenv(f"ATTUNE_{name}", raising=False)
    get_settings.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    get_settings.cache_clear()


def finding(subject: str) -> Finding:
    return next(found for found in examine() if found.subject == subject)


def test_a_setting_that_cannot_be_used_is_the_one_finding(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ALLOWED_ORIGINS", "www.practice.example")
    get_settings.cache_clear()
    (found,) = examine()
    assert (found.state, found.subject) == ("fail", "settings")
    assert found.text.startswith("ATTUNE_ALLOWED_ORIGINS='www.practice.example' cannot be used. Use https://")


def test_it_says_where_parents_come_and_from_which_pages(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("addresses").text.endswith("use http://127.0.0.1:8000; pages of no other site may have the chat")
    monkeypatch.setenv("ATTUNE_ENV", "production")
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")
    monkeypatch.setenv("ATTUNE_ALLOWED_ORIGINS", "https://WWW.practice.example/")
    monkeypatch.setenv("ATTUNE_ALLOWED_HOSTS", "chat.practice.example,127.0.0.1")
    get_settings.cache_clear()
    assert finding("addresses").state == "ok"
    assert "pages of https://www.practice.example may" in finding("addresses").text
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "http://127.0.0.1:8000")
    get_settings.cache_clear()
    assert finding("addresses").state == "note"


def test_an_address_that_is_not_among_the_hosts_is_to_be_mended(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")
    get_settings.cache_clear()
    assert finding("addresses").state == "fail"
    assert "chat.practice.example is not among ATTUNE_ALLOWED_HOSTS" in finding("addresses").text
    monkeypatch.setenv("ATTUNE_ALLOWED_HOSTS", ".practice.example")
    get_settings.cache_clear()
    assert finding("addresses").state == "ok"


def test_articles_that_nobody_has_signed_are_a_note(house: Path) -> None:
    assert finding("articles").state == "note"
    assert "not yet clinically reviewed" in finding("articles").text


def test_a_stale_helpline_is_to_be_mended(house: Path, own_knowledge: Path) -> None:
    path = own_knowledge / "helplines.yml"
    path.write_text(path.read_text("utf-8").replace("verified_on: 2026-11-23", "verified_on: 2020-01-01", 1), "utf-8")
    found = finding("helplines")
    assert found.state == "fail"
    assert found.text == "us-emergency was verified on 2020-01-01: check it and change the date"


def test_a_broken_file_is_a_finding_and_the_rest_is_still_looked_at(house: Path, own_knowledge: Path) -> None:
    (own_knowledge / "exercises" / "warm-mug.yml").write_text("id: [", "utf-8")
    broken = finding("knowledge")
    assert broken.state == "fail"
    assert "warm-mug.yml:1" in broken.text
    assert {found.subject for found in examine()} >= {"practice", "articles", "helplines", "secrets", "disk"}


def test_a_secret_that_others_can_read_is_to_be_mended(house: Path) -> None:
    assert finding("secrets").state == "ok"
    secret = house / "var" / "secrets" / "channel"
    get_settings().secret("channel")
    assert finding("secrets").state == "ok"
    secret.chmod(0o640)
    assert finding("secrets").state == "fail"
    assert f"chmod 600 {secret}" in finding("secrets").text


def test_turns_that_wait_for_the_database_are_counted(house: Path) -> None:
    assert not [found for found in examine() if found.subject == "unstored"]
    folder = get_settings().var / "unstored" / "of a process"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text("{}")
    assert finding("unstored").state == "note"
    assert "1 turns wait" in finding("unstored").text


def test_a_disk_nearly_full_is_to_be_mended(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding("disk").state == "ok"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**12, 10**12, 499 * 2**20))
    assert finding("disk").state == "fail"


def test_it_says_so_when_nobody_is_on_call(house: Path) -> None:
    assert finding("on call") == Finding(
        "note",
        "on call",
        "nobody is told when a parent is in danger: set ATTUNE_ONCALL_MAIL or ATTUNE_ONCALL_WEBHOOK",
    )


def test_alerts_that_would_end_in_a_file_are_to_be_mended(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ONCALL_MAIL", "oncall@practice.example")
    get_settings.cache_clear()
    assert finding("on call").state == "fail"
    assert finding("on call").text.endswith("set ATTUNE_SMTP_URL")
    monkeypatch.setenv("ATTUNE_SMTP_URL", "smtp://localhost")
    get_settings.cache_clear()
    assert finding("on call").state == "ok"


def test_a_webhook_alone_is_enough(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ONCALL_WEBHOOK", "https://hooks.example/x")
    get_settings.cache_clear()
    assert finding("on call").state == "ok"


@pytest.mark.parametrize("sender", [None, "", "Practice <hello@chat.practice.EXAMPLE>"])
def test_a_sender_that_is_nobodys_address_is_to_be_mended_in_production(
    house: Path, monkeypatch: pytest.MonkeyPatch, sender: str | None
) -> None:
    monkeypatch.setenv("ATTUNE_SMTP_URL", "smtps://user:password@mail.practice.org")
    if sender is not None:
        monkeypatch.setenv("ATTUNE_MAIL_FROM", sender)
    get_settings.cache_clear()
    assert finding("mail").state == "note"
    monkeypatch.setenv("ATTUNE_ENV", "production")
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.org")
    get_settings.cache_clear()
    assert finding("mail").state == "fail"
    assert "set ATTUNE_MAIL_FROM" in finding("mail").text
    monkeypatch.setenv("ATTUNE_MAIL_FROM", "Practice <hello@practice.org>")
    get_settings.cache_clear()
    assert finding("mail").state == "ok"


def test_the_readme_sets_the_sender_beside_the_mail_server() -> None:
    assert re.search(r"^export .*ATTUNE_SMTP_URL=\S+ ATTUNE_MAIL_FROM=", page("README.md"), re.MULTILINE)


def test_a_missing_encoder_is_to_be_built(house: Path) -> None:
    assert finding("encoder") == Finding("fail", "encoder", "not built: run `make setup`")


def test_the_command_fails_when_something_is_to_be_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    for state, code in (("ok", 0), ("note", 0), ("fail", 1)):
        monkeypatch.setattr("bot.cli.doctor.examine", lambda state=state: [Finding(state, "disk", "some words")])
        result = CliRunner().invoke(command)
        assert result.exit_code == code
        assert "some words" in result.output
