"""Looks at settings, content and machine, and says what to know and what to mend."""

from __future__ import annotations

import shutil
import stat
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http.request import validate_host

from bot.encoding.weights import encoder_folder
from bot.models import model_to_use
from bot.register import RegisterError
from bot.settings import SettingError, get_settings
from bot.web.chat import journal
from bot.web.pages.built_in import is_current
from knowledge.articles import load_articles, unreviewed
from knowledge.errors import KnowledgeError
from knowledge.exercises import load_exercises
from knowledge.helplines import load_helplines
from knowledge.practice import load_practice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LEAST_FREE_MB = 500


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `state` is ok, note or fail."""

    state: str
    subject: str
    text: str


def examine() -> list[Finding]:
    """All findings. A broken file is a finding, not an error; so is a setting, which says where all the rest lies."""
    try:
        get_settings()
    except SettingError as error:
        return [Finding("fail", "settings", str(error))]
    found: list[Finding] = []
    for look in (
        _addresses,
        _practice,
        _articles,
        _exercises,
        _helplines,
        _oncall,
        _mail,
        _model,
        _secrets,
        _unstored,
        _disk,
    ):
        found.extend(_guarded(look))
    return found


def _guarded(look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except KnowledgeError as error:
        yield Finding("fail", "knowledge", str(error))


def _addresses() -> Iterator[Finding]:
    settings = get_settings()
    if settings.production and not settings.public_url.startswith("https://"):
        text = f"{settings.public_url} is for this machine only, and without secure cookies: set ATTUNE_PUBLIC_URL"
        yield Finding("note", "addresses", text)
        return
    host = urlsplit(settings.public_url).hostname or ""
    if not validate_host(host, settings.allowed_hosts):
        text = f"{host} is not among ATTUNE_ALLOWED_HOSTS, so that every request there is refused: add it"
        yield Finding("fail", "addresses", text)
        return
    pages = ", ".join(settings.allowed_origins) or "no other site"
    yield Finding("ok", "addresses", f"parents and staff use {settings.public_url}; pages of {pages} may have the chat")


def _practice() -> Iterator[Finding]:
    practice = load_practice(get_settings().knowledge)
    yield Finding(
        "ok", "practice", f"{practice.name}, region {practice.default_region}, {practice.retention_days} days"
    )


def _articles() -> Iterator[Finding]:
    articles = load_articles(get_settings().knowledge)
    open_ones = unreviewed(articles)
    if open_ones:
        yield Finding("note", "articles", f"{len(open_ones)} of {len(articles)} are not yet clinically reviewed")
    else:
        yield Finding("ok", "articles", f"{len(articles)}, all reviewed")


def _exercises() -> Iterator[Finding]:
    exercises = load_exercises(get_settings().knowledge)
    open_ones = [exercise for exercise in exercises.values() if not exercise.reviewed_by]
    state = "note" if open_ones else "ok"
    yield Finding(state, "exercises", f"{len(open_ones)} of {len(exercises)} are not yet clinically reviewed")


def _helplines() -> Iterator[Finding]:
    helplines = load_helplines(get_settings().knowledge)
    stale = helplines.stale(date.today())
    for line in stale:
        yield Finding(
            "fail", "helplines", f"{line.id} was verified on {line.verified_on}: check it and change the date"
        )
    if not stale:
        yield Finding("ok", "helplines", "all verified within a year")
    if not is_current(helplines):
        yield Finding(
            "fail", "helplines", "the widget was built with other numbers for when it is offline: `make widget`"
        )


def _oncall() -> Iterator[Finding]:
    settings = get_settings()
    if settings.oncall_mail and not settings.smtp_url:
        text = f"alerts for ATTUNE_ONCALL_MAIL would lie in {settings.var / 'mail'}: set ATTUNE_SMTP_URL"
        yield Finding("fail", "on call", text)
    elif settings.oncall_mail or settings.oncall_webhook:
        yield Finding("ok", "on call", "somebody is told at once when a conversation raises an alarm")
    else:
        text = "nobody is told when a parent is in danger: set ATTUNE_ONCALL_MAIL or ATTUNE_ONCALL_WEBHOOK"
        yield Finding("note", "on call", text)


def _mail() -> Iterator[Finding]:
    settings = get_settings()
    if not settings.smtp_url:
        return
    domain = parseaddr(settings.mail_from)[1].rpartition("@")[2].rstrip(".").lower()
    if domain.endswith(".example"):
        # Mail servers refuse what comes from a name that cannot exist, or hold it for spam.
        text = f"mails would leave as {settings.mail_from}, which is nobody's address: set ATTUNE_MAIL_FROM"
        yield Finding("fail" if settings.production else "note", "mail", text)
    else:
        yield Finding("ok", "mail", f"mails leave as {settings.mail_from}")


def _model() -> Iterator[Finding]:
    if not (encoder_folder() / "model.onnx").exists():
        yield Finding("fail", "encoder", "not built: run `make setup`")
    try:
        model = model_to_use()
    except RegisterError as error:
        yield Finding("fail", "model", str(error))
        return
    if model:
        yield Finding("ok", "model", f"{model.name}: {model.why}")
    else:
        yield Finding("note", "model", "none fits the data: `attune train`")


def _secrets() -> Iterator[Finding]:
    folder = get_settings().var / "secrets"
    for path in sorted(folder.glob("*")) if folder.exists() else ():
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding("fail", "secrets", f"{path} can be read by others: chmod 600 {path}")
            return
    yield Finding("ok", "secrets", "readable by their owner only")


def _unstored() -> Iterator[Finding]:
    waiting = sum(len(list(folder.glob("*.json"))) for folder in journal.folders())
    if waiting:
        text = (
            f"{waiting} turns wait for the database in {get_settings().var / journal.FOLDER}: mend it, and start Attune"
        )
        yield Finding("note", "unstored", text)


def _disk() -> Iterator[Finding]:
    var = get_settings().var
    place = var if var.exists() else var.parent
    free = shutil.disk_usage(place).free // 2**20
    yield Finding("ok" if free >= LEAST_FREE_MB else "fail", "disk", f"{free} MB free in {place}")
