"""Settings: what is wrong is said with the variable's name and the fix."""

from __future__ import annotations

import dataclasses
import os
import stat
from pathlib import Path

import pytest

from bot.settings import ROOT, SettingError, Settings, get_settings
from tests.docs.test_documented import settings_in_code

VARIABLES = (
    "ENV", "PORT", "RASA_PORT", "ACTIONS_PORT", "VAR", "CACHE", "KNOWLEDGE", "MODELS", "TURN_TIMEOUT", "THREADS", "HOST",
    "BOOKING_MODE", "ALLOWED_HOSTS", "ALLOWED_ORIGINS", "PUBLIC_URL", "DJANGO_SECRET", "CHANNEL_SECRET", "STAFF_MAIL",
    "ONCALL_MAIL", "ONCALL_WEBHOOK", "ONCALL_SECRET", "TRACES_URL", "TOKEN_SECONDS", "SESSION_LIMIT", "ADDRESS_LIMIT",
    "RECORD_DAYS",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in VARIABLES:
        monkeypatch.delenv(f"ATTUNE_{name}", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ATTUNE_VAR", str(tmp_path / "var"))
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


def with_variable(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Settings:
    monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    return get_settings()


def test_everything_has_a_default_that_works_on_one_machine(tmp_path: Path) -> None:
    settings = get_settings()
    assert (settings.web_port, settings.rasa_port, settings.actions_port) == (8000, 5005, 5055)
    assert settings.host == "127.0.0.1"
    assert settings.knowledge == ROOT / "knowledge"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'attune.sqlite3'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert (settings.token_seconds, settings.session_limit, settings.address_limit) == (12 * 3600, 30, 120)
    assert settings.production is False


def test_an_empty_value_means_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    default = get_settings()
    for name in settings_in_code() - {"ATTUNE_ENV", "ATTUNE_VAR"}:
        if name.startswith("ATTUNE_") or name in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.setenv(name, "")
    get_settings.cache_clear()
    assert get_settings() == default
    # But not here: it would lead from production to development.
    with pytest.raises(SettingError, match="ATTUNE_ENV='' is not known"):
        with_variable(monkeypatch, "ATTUNE_ENV", "")


@pytest.mark.parametrize("value", ["eighty", "0", "65536", "-1", "80.5", "²"])
@pytest.mark.parametrize("name", ["ATTUNE_PORT", "ATTUNE_RASA_PORT", "ATTUNE_ACTIONS_PORT"])
def test_a_wrong_port_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        with_variable(monkeypatch, name, value)
    assert str(caught.value) == f"{name}={value!r} is not a port. Use a number from 1 to 65535."


@pytest.mark.parametrize("value", ["soon", "0", "-2", "nan", "inf"])
def test_a_wrong_time_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(
        SettingError, match=r"^ATTUNE_TURN_TIMEOUT='.+' is not a time\. Use seconds, for example 2\.5\.$"
    ):
        with_variable(monkeypatch, "ATTUNE_TURN_TIMEOUT", value)


@pytest.mark.parametrize("value", ["0", "0.5", "many", "inf", "-1", "²", "٣"])
@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("ATTUNE_THREADS", 1),
        ("ATTUNE_TOKEN_SECONDS", 43_200),
        ("ATTUNE_SESSION_LIMIT", 30),
        ("ATTUNE_ADDRESS_LIMIT", 120),
        ("ATTUNE_RECORD_DAYS", 730),
    ],
)
def test_a_wrong_number_is_named_with_the_fix(
    monkeypatch: pytest.MonkeyPatch, name: str, default: int, value: str
) -> None:
    with pytest.raises(SettingError) as caught:
        with_variable(monkeypatch, name, value)
    assert str(caught.value) == f"{name}={value!r} is not a number of 1 or more. Use for example {default}."


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("ATTUNE_ENV", "prod", "Use development or production."),
        ("ATTUNE_BOOKING_MODE", "calendar", "Use slots, link or off."),
    ],
)
def test_an_unknown_choice_is_named_with_the_known_ones(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fix: str
) -> None:
    with pytest.raises(SettingError) as caught:
        with_variable(monkeypatch, name, value)
    assert str(caught.value) == f"{name}={value!r} is not known. {fix}"


@pytest.mark.parametrize(
    "value",
    [
        "oncall",
        "a@b@c",
        "Robin <robin@x.example>",
        "a@x.example,b@x.example",
        "a@x.example\nBcc: b@x.example",
        "bereitschäft@x.example",
    ],
)
def test_an_on_call_address_that_is_none_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        with_variable(monkeypatch, "ATTUNE_ONCALL_MAIL", value)
    assert str(caught.value) == (
        f"ATTUNE_ONCALL_MAIL={value!r} is not an address. Use one, for example oncall@practice.example; "
        "to reach several people, give the address of a group."
    )


@pytest.mark.parametrize(
    "value",
    [
        "hooks.example/secret-path",
        "http://hooks.example/secret-path",
        "http://127.0.0.1.hooks.example/secret-path",
        "http://localhost@hooks.example/secret-path",
        "http://0.0.0.0/secret-path",
        "ftp://hooks.example/secret-path",
        "https:///secret-path",
        "https://[::1/secret-path",
        "https://hooks.example:99999/secret-path",
        "https://hooks.example/secret-path and more",
        "https://hooks.example/secret-path\nX-Evil: 1",
    ],
)
def test_a_webhook_goes_over_https_or_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(
        SettingError, match=r"^ATTUNE_ONCALL_WEBHOOK cannot be used\. Give an https:// address"
    ) as caught:
        with_variable(monkeypatch, "ATTUNE_ONCALL_WEBHOOK", value)
    assert "secret-path" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["https://hooks.example/services/x?y=1", "http://127.0.0.1:9000/alert", "http://localhost/", "http://[::1]:9/"],
)
def test_a_webhook_that_can_be_used_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert with_variable(monkeypatch, "ATTUNE_ONCALL_WEBHOOK", value).oncall_webhook == value


@pytest.mark.parametrize(
    "value",
    ["collector:4318", "ftp://collector/", "http:///v1/traces", "http://me:secret-key@collector", "http://collector:0",
     "http://collector:4318?key=secret-key", "http://collector/#secret-key", "http://collector/a b", "http://[::1"],
)  # fmt: skip
def test_traces_go_to_an_address_without_a_secret_in_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    with pytest.raises(
        SettingError, match=r"^ATTUNE_TRACES_URL cannot be used\. Give the address of an OTLP"
    ) as caught:
        with_variable(monkeypatch, "ATTUNE_TRACES_URL", value)
    assert "secret-key" not in str(caught.value)


@pytest.mark.parametrize(
    "value", ["http://127.0.0.1:4318", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"]
)
def test_traces_go_to_the_base_of_the_endpoint(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert with_variable(monkeypatch, "ATTUNE_TRACES_URL", value).traces_url == "http://127.0.0.1:4318"
    assert with_variable(monkeypatch, "ATTUNE_TRACES_URL", "").traces_url is None


def test_a_secret_too_short_to_sign_with_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        SettingError, match=r"^ATTUNE_ONCALL_SECRET is too short to sign with\. Use 16 characters"
    ) as no:
        with_variable(monkeypatch, "ATTUNE_ONCALL_SECRET", "hunter2hunter2!")
    assert "hunter2" not in str(no.value)
    assert with_variable(monkeypatch, "ATTUNE_ONCALL_SECRET", "x" * 16).oncall_secret == "x" * 16


@pytest.mark.parametrize("name", ["ATTUNE_ONCALL_MAIL", "ATTUNE_ONCALL_WEBHOOK", "ATTUNE_ONCALL_SECRET"])
def test_an_empty_on_call_setting_is_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    settings = with_variable(monkeypatch, name, "")
    assert (settings.oncall_mail, settings.oncall_webhook, settings.oncall_secret) == (None, None, None)


NO_ORIGIN = [
    "chat.practice.example",
    "//chat.practice.example",
    "ftp://chat.practice.example",
    "https://",
    "https://chat.practice.example/chat",
    "https://chat.practice.example?x",
    "https://me:word@chat.practice.example",
    "https://chat.practice.example:99999",
    "https://chat.practice.example:0",
    "https://*.practice.example",
    "https://chat practice.example",
    "https://chat..practice.example",
    "https://möwe.example",
    "https://[::1",
    "https://[practice]",
    "null",
    "*",
]


@pytest.mark.parametrize("value", NO_ORIGIN)
@pytest.mark.parametrize("name", ["ATTUNE_PUBLIC_URL", "ATTUNE_ALLOWED_ORIGINS"])
def test_an_address_that_no_browser_sends_as_origin_is_named_with_the_fix(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    with pytest.raises(SettingError) as caught:
        with_variable(monkeypatch, name, value)
    assert str(caught.value).startswith(f"{name}={value!r} cannot be used. Use https://, the host,")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://chat.practice.example", "https://chat.practice.example"),
        ("https://chat.practice.example/", "https://chat.practice.example"),
        ("HTTPS://Chat.Practice.example:443/", "https://chat.practice.example"),
        ("https://chat.practice.example:8443", "https://chat.practice.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://[0:0::1]:8000", "http://[::1]:8000"),
        ("https://xn--mwe-sna.example", "https://xn--mwe-sna.example"),
    ],
)
def test_an_address_is_kept_as_browsers_send_it(monkeypatch: pytest.MonkeyPatch, written: str, sent: str) -> None:
    assert with_variable(monkeypatch, "ATTUNE_PUBLIC_URL", written).public_url == sent
    assert with_variable(monkeypatch, "ATTUNE_ALLOWED_ORIGINS", f"{written},{sent}").allowed_origins == (sent,)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "my_machine"])  # noqa: S104 - a setting, nothing listens
def test_without_a_public_address_it_is_where_the_web_process_listens(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    url = f"http://[{host}]:8000" if ":" in host else f"http://{host}:8000"
    assert with_variable(monkeypatch, "ATTUNE_HOST", host).public_url == url


@pytest.mark.parametrize("value", ["", None])
def test_production_does_not_start_without_the_address_that_parents_use(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is not None:
        monkeypatch.setenv("ATTUNE_PUBLIC_URL", value)
    with pytest.raises(SettingError, match=r"^ATTUNE_PUBLIC_URL is not set\. .* https://chat\.practice\.example\.$"):
        with_variable(monkeypatch, "ATTUNE_ENV", "production")


@pytest.mark.parametrize("name", ["ATTUNE_PUBLIC_URL", "ATTUNE_ALLOWED_ORIGINS"])
def test_production_is_encrypted_on_the_way_or_stays_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("ATTUNE_ENV", "production")
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")
    for value in ("http://chat.practice.example", "http://127.0.0.1.practice.example", "http://0.0.0.0:8000"):
        with pytest.raises(SettingError) as caught:
            with_variable(monkeypatch, name, value)
        assert str(caught.value).startswith(f"{name}={value!r} is not encrypted. With ATTUNE_ENV=production, use https")
    for value in ("https://chat.practice.example", "http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]"):
        with_variable(monkeypatch, name, value)


def test_lists_and_paths_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert with_variable(
        monkeypatch, "ATTUNE_ALLOWED_ORIGINS", " https://a.example, ,https://b.example "
    ).allowed_origins == (
        "https://a.example",
        "https://b.example",
    )
    assert with_variable(monkeypatch, "ATTUNE_KNOWLEDGE", str(tmp_path / "x" / ".." / "k")).knowledge == tmp_path / "k"
    assert with_variable(monkeypatch, "ATTUNE_KNOWLEDGE", "").knowledge == ROOT / "knowledge"
    assert with_variable(monkeypatch, "ATTUNE_TURN_TIMEOUT", "4").turn_timeout == 4.0
    assert with_variable(monkeypatch, "ATTUNE_THREADS", "2").threads == 2
    assert with_variable(monkeypatch, "ATTUNE_SESSION_LIMIT", "3").session_limit == 3


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = get_settings()
    made = settings.secret("channel")
    path = tmp_path / "var" / "secrets" / "channel"
    assert len(made) >= 60
    assert path.read_text() == made == settings.secret("channel")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_each_secret_is_its_own() -> None:
    assert get_settings().secret("channel") != get_settings().secret("django")


def test_a_secret_from_the_environment_is_not_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATTUNE_DJANGO_SECRET", "from outside")
    assert get_settings().secret("django") == "from outside"
    assert not (tmp_path / "var").exists()


def test_production_takes_secrets_from_the_environment_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")
    settings = with_variable(monkeypatch, "ATTUNE_ENV", "production")
    with pytest.raises(SettingError, match=r"^ATTUNE_DJANGO_SECRET is not set"):
        settings.secret("django")
    assert not (tmp_path / "var" / "secrets").exists()
    monkeypatch.setenv("ATTUNE_DJANGO_SECRET", "from outside")
    assert settings.secret("django") == "from outside"


def test_of_two_processes_that_make_a_secret_together_both_have_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = get_settings()
    path = tmp_path / "var" / "secrets" / "channel"
    look = Path.stat
    looks: list[Path] = []

    def other_is_faster(self: Path, **more: bool) -> os.stat_result:
        if self == path:
            looks.append(self)
            if len(looks) == 1:
                path.parent.mkdir(parents=True)
                path.write_text("the other's")
                raise FileNotFoundError
        return look(self, **more)

    monkeypatch.setattr(Path, "stat", other_is_faster)
    assert settings.secret("channel") == "the other's"


def test_a_secret_that_was_replaced_is_read_again(tmp_path: Path) -> None:
    settings = get_settings()
    before = settings.secret("channel")
    path = settings.var / "secrets" / "channel"
    path.write_text("another one")
    os.utime(path, ns=(1, 1))
    assert before != settings.secret("channel") == "another one"


def test_settings_cannot_be_changed_by_who_reads_them() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        get_settings().host = "0.0.0.0"  # noqa: S104
