"""Every setting of Attune, read from the environment once, with defaults that work on one machine.

An empty value means the default: compose.yaml passes what nobody has set as an empty one.
"""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from bot.origins import origin_of

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE_SENDER = "consultations@practice.example"
SHORTEST_SECRET = 16  # characters of a secret that a person chooses


class SettingError(ValueError):
    """A setting has a value that cannot be used; the message names the setting and the fix."""


@dataclass(frozen=True)
class Settings:
    """What the environment decides. Paths are absolute; times are seconds; ports are TCP on loopback."""

    production: bool
    host: str
    web_port: int
    rasa_port: int
    actions_port: int
    var: Path
    cache: Path
    knowledge: Path
    models: Path
    reviewed: Path
    database_url: str
    dialogue_url: str | None
    allowed_hosts: tuple[str, ...]
    allowed_origins: tuple[str, ...]
    turn_timeout: float
    threads: int
    tensorflow: bool
    log: str
    metrics_token: str | None
    traces_url: str | None
    redis_url: str | None
    rasa_urls: tuple[str, ...]
    actions_urls: tuple[str, ...]
    listen: str
    smtp_url: str | None
    mail_from: str
    staff_mail: str | None
    caldav_url: str | None
    caldav_user: str | None
    caldav_password: str | None
    oncall_mail: str | None
    oncall_webhook: str | None
    oncall_secret: str | None
    second_review: int
    two_factor: bool
    staff_idle: float
    staff_session: float
    token_seconds: int
    session_limit: int
    address_limit: int
    record_days: int
    public_url: str

    def secret(self, name: str) -> str:
        """The secret `name` ("django", "channel"): from ATTUNE_<NAME>_SECRET, else made once in var/secrets.

        Raises SettingError in production when the environment has none, since a secret that lies beside
        the data is lost or leaked with it.
        """
        variable = f"ATTUNE_{name.upper()}_SECRET"
        given = os.environ.get(variable)
        if given:
            return given
        if self.production:
            raise SettingError(f"{variable} is not set. ATTUNE_ENV=production takes secrets from the environment only.")
        path = self.var / "secrets" / name
        try:
            return _text_of(path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        value = secrets.token_urlsafe(48)
        # Written whole, then linked into place: of several processes that start together one wins, and none
        # reads a secret that is half there.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(value)
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_text()
        finally:
            Path(draft).unlink()
        return value


@lru_cache(maxsize=8)
def _text_of(path: Path, written: int) -> str:
    """The file's text as `written` (its time in nanoseconds): secrets are asked for at every turn."""
    return path.read_text()


def _port(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not raw.isdecimal() or not 0 < int(raw) < 65536:
        raise SettingError(f"{name}={raw!r} is not a port. Use a number from 1 to 65535.")
    return int(raw)


def _seconds(name: str, default: float) -> float:
    raw = os.environ.get(name) or str(default)
    try:
        value = float(raw)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise SettingError(f"{name}={raw!r} is not a time. Use seconds, for example {default}.")
    return value


def _count(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not (raw.isascii() and raw.isdecimal() and int(raw) >= 1):
        raise SettingError(f"{name}={raw!r} is not a number of 1 or more. Use for example {default}.")
    return int(raw)


def _percent(name: str, default: int) -> int:
    raw = os.environ.get(name) or str(default)
    if not (raw.isascii() and raw.isdecimal() and int(raw) <= 100):
        raise SettingError(f"{name}={raw!r} is not a share. Use a whole number from 0 to 100, for example {default}.")
    return int(raw)


def _switch(name: str, default: bool) -> bool:
    raw = os.environ.get(name) or ("on" if default else "off")
    if raw not in {"on", "off"}:
        raise SettingError(f"{name}={raw!r} is not a switch. Use on or off.")
    return raw == "on"


def _choice(name: str, known: tuple[str, ...]) -> str:
    raw = os.environ.get(name) or known[0]
    if raw not in known:
        raise SettingError(f"{name}={raw!r} is not known. Use {' or '.join(known)}.")
    return raw


def _redis_url() -> str | None:
    url = os.environ.get("REDIS_URL") or None
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise SettingError("REDIS_URL cannot be used. Give an address like redis://127.0.0.1:6379/0.")
    return url


def _list(name: str, default: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in (os.environ.get(name) or default).split(",") if part.strip())


def _urls(name: str, port: int) -> tuple[str, ...]:
    found = tuple(url.rstrip("/") for url in _list(name, f"http://127.0.0.1:{port}"))
    if not found or not all(urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname for url in found):
        raise SettingError(f"{name} cannot be used. Give addresses like http://10.0.0.5:{port}, separated by commas.")
    return found


def _path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def is_this_machine(host: str | None) -> bool:
    """Whether `host`, a name or address, never leads off this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _public_url(host: str, port: int, production: bool) -> str:
    given = os.environ.get("ATTUNE_PUBLIC_URL")
    if given:
        return _origin("ATTUNE_PUBLIC_URL", given, production)
    if production:
        # The default would work, with cookies that are not secure and links that lead nobody anywhere.
        raise SettingError(
            "ATTUNE_PUBLIC_URL is not set. With ATTUNE_ENV=production, give the address that parents and staff use, "
            "for example https://chat.practice.example."
        )
    own = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    return origin_of(own) or own


def _allowed_origins(production: bool) -> tuple[str, ...]:
    name = "ATTUNE_ALLOWED_ORIGINS"
    return tuple(dict.fromkeys(_origin(name, text, production) for text in _list(name, "")))


def _origin(name: str, text: str, production: bool) -> str:
    """The origin that `text` names, as browsers send it. Raises SettingError."""
    origin = origin_of(text)
    if origin is None:
        raise SettingError(
            f"{name}={text!r} cannot be used. Use https://, the host, its port if it has one, and nothing behind that, "
            "for example https://practice.example; a host with other letters than a to z in its xn-- form."
        )
    if production and not origin.startswith("https://") and not is_this_machine(_name_of(origin)):
        raise SettingError(
            f"{name}={text!r} is not encrypted. With ATTUNE_ENV=production, use https:// in front of it; http:// is for "
            "this machine only."
        )
    return origin


def _name_of(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _oncall_mail() -> str | None:
    address = os.environ.get("ATTUNE_ONCALL_MAIL") or None
    if address and not (address.isascii() and re.fullmatch(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+", address)):
        raise SettingError(
            f"ATTUNE_ONCALL_MAIL={address!r} is not an address. Use one, for example oncall@practice.example; "
            "to reach several people, give the address of a group."
        )
    return address


def _safe_address(name: str, fix: str, *, with_user: bool) -> str | None:
    """An address that is encrypted on the way or stays on this machine; `with_user`: a name may stand in it."""
    url = os.environ.get(name) or None
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(parts.hostname))
    except ValueError:
        readable = safe = False
    if not (readable and safe) or (parts.username and not with_user):
        # The address is not shown: with many services it is the secret itself.
        raise SettingError(f"{name} cannot be used. {fix}")
    return url


def _oncall_webhook() -> str | None:
    fix = (
        "Give an https:// address; http:// is for a program on this machine only, for example "
        "http://127.0.0.1:9000/alert."
    )
    return _safe_address("ATTUNE_ONCALL_WEBHOOK", fix, with_user=True)


def _caldav_url() -> str | None:
    fix = (
        "Give the https:// address of the calendar server; http:// is for a server on this machine only. Name and "
        "password go to ATTUNE_CALDAV_USER and ATTUNE_CALDAV_PASSWORD."
    )
    return _safe_address("ATTUNE_CALDAV_URL", fix, with_user=False)


def _traces_url() -> str | None:
    url = os.environ.get("ATTUNE_TRACES_URL") or None
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        readable = bool(parts.hostname) and parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        readable = False
    if not readable or parts.scheme not in {"http", "https"} or parts.username or parts.query or parts.fragment:
        raise SettingError(
            "ATTUNE_TRACES_URL cannot be used. Give the address of an OTLP/HTTP endpoint, for example "
            "http://127.0.0.1:4318. What it asks for to let you in goes to OTEL_EXPORTER_OTLP_HEADERS."
        )
    return url.rstrip("/").removesuffix("/v1/traces")


def _oncall_secret() -> str | None:
    secret = os.environ.get("ATTUNE_ONCALL_SECRET") or None
    if secret and len(secret) < SHORTEST_SECRET:
        raise SettingError(
            f"ATTUNE_ONCALL_SECRET is too short to sign with. Use {SHORTEST_SECRET} characters or more, "
            "for example from: openssl rand -hex 32"
        )
    return secret


def _two_factor(environment: str) -> bool:
    chosen = os.environ.get("ATTUNE_TWO_FACTOR") or "required"
    if chosen not in {"required", "off"}:
        raise SettingError(f"ATTUNE_TWO_FACTOR={chosen!r} is not known. Use required, or off while developing.")
    if chosen == "off" and environment == "production":
        raise SettingError(
            "ATTUNE_TWO_FACTOR=off is for development only: conversations of parents need more than a password. "
            "Remove it, or set it to required."
        )
    return chosen == "required"


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process. Raises SettingError with the variable and the fix."""
    environment = os.environ.get("ATTUNE_ENV", "development")  # an empty one is no choice of development
    if environment not in {"development", "production"}:
        raise SettingError(f"ATTUNE_ENV={environment!r} is not known. Use development or production.")
    production = environment == "production"
    mode = os.environ.get("ATTUNE_BOOKING_MODE") or None  # used in knowledge/practice.py, for the actions too
    if mode not in {None, "slots", "link", "off"}:
        raise SettingError(f"ATTUNE_BOOKING_MODE={mode!r} is not known. Use slots, link or off.")
    var = _path("ATTUNE_VAR", ROOT / "var")
    port = _port("ATTUNE_PORT", 8000)
    host = os.environ.get("ATTUNE_HOST") or "127.0.0.1"
    rasa_port, actions_port = _port("ATTUNE_RASA_PORT", 5005), _port("ATTUNE_ACTIONS_PORT", 5055)
    cache_home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return Settings(
        production=production,
        host=host,
        web_port=port,
        rasa_port=rasa_port,
        actions_port=actions_port,
        var=var,
        cache=_path("ATTUNE_CACHE", cache_home / "attune"),
        knowledge=_path("ATTUNE_KNOWLEDGE", ROOT / "knowledge"),
        models=_path("ATTUNE_MODELS", ROOT / "models"),
        reviewed=_path("ATTUNE_REVIEWED", ROOT / "data" / "nlu" / "reviewed"),
        database_url=os.environ.get("DATABASE_URL") or f"sqlite:///{var / 'attune.sqlite3'}",
        dialogue_url=os.environ.get("ATTUNE_DIALOGUE_URL") or None,
        allowed_hosts=_list("ATTUNE_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"),
        allowed_origins=_allowed_origins(production),
        turn_timeout=_seconds("ATTUNE_TURN_TIMEOUT", 2.5),
        threads=_count("ATTUNE_THREADS", 1),
        tensorflow=_switch("ATTUNE_TENSORFLOW", False),
        log=_choice("ATTUNE_LOG", ("plain", "json")),
        metrics_token=os.environ.get("ATTUNE_METRICS_TOKEN") or None,
        traces_url=_traces_url(),
        redis_url=_redis_url(),
        rasa_urls=_urls("ATTUNE_RASA_URLS", rasa_port),
        actions_urls=_urls("ATTUNE_ACTIONS_URLS", actions_port),
        listen=os.environ.get("ATTUNE_LISTEN") or "127.0.0.1",
        smtp_url=os.environ.get("ATTUNE_SMTP_URL") or None,
        mail_from=os.environ.get("ATTUNE_MAIL_FROM") or EXAMPLE_SENDER,
        staff_mail=os.environ.get("ATTUNE_STAFF_MAIL") or None,
        caldav_url=_caldav_url(),
        caldav_user=os.environ.get("ATTUNE_CALDAV_USER") or None,
        caldav_password=os.environ.get("ATTUNE_CALDAV_PASSWORD") or None,
        oncall_mail=_oncall_mail(),
        oncall_webhook=_oncall_webhook(),
        oncall_secret=_oncall_secret(),
        second_review=_percent("ATTUNE_SECOND_REVIEW", 10),
        two_factor=_two_factor(environment),
        staff_idle=_seconds("ATTUNE_STAFF_IDLE", 1800.0),
        staff_session=_seconds("ATTUNE_STAFF_SESSION", 36_000.0),
        token_seconds=_count("ATTUNE_TOKEN_SECONDS", 12 * 3600),
        session_limit=_count("ATTUNE_SESSION_LIMIT", 30),
        address_limit=_count("ATTUNE_ADDRESS_LIMIT", 120),
        record_days=_count("ATTUNE_RECORD_DAYS", 730),
        public_url=_public_url(host, port, production),
    )
