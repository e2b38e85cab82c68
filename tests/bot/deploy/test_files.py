"""What is deployed: nobody is root, nothing is writable that need not be, every variable exists, every route passes."""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from bot.cli import COMMANDS
from bot.settings import get_settings
from tests.docs.pages import page, section
from tests.docs.test_documented import routes, settings_in_code

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[3]
DEPLOY = ROOT / "bot" / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes/attune.yaml").read_text("utf-8")))
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
OWN = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "attune"}


def workloads() -> list[Any]:
    return [each["spec"]["template"]["spec"] for each in KUBERNETES if "template" in each.get("spec", {})]


def test_the_image_is_built_from_the_lock_file_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text
    assert not re.search(r"(?i)secret|password", text)


def ignored(path: str, patterns: list[str]) -> bool:
    """Whether `path` is left out by `patterns`, of which the last that fits decides."""
    found = False
    for pattern in patterns:
        # What git finds at any depth, Docker finds there only behind **/.
        if fnmatch(path, pattern.lstrip("!")) or fnmatch(f"/{path}", pattern.lstrip("!").replace("**/", "*/")):
            found = not pattern.startswith("!")
    return found


@pytest.mark.parametrize("name", [".dockerignore", ".containerignore", ".gitignore"])
def test_the_file_with_the_secrets_gets_neither_into_an_image_nor_into_git(name: str) -> None:
    patterns = (ROOT / name).read_text("utf-8").split()
    for path in (".env", ".env.before", "practice.env", "bot/deploy/practice.env"):
        assert ignored(path, patterns), path
    for path in ("bot/deploy/example.env", "README.md", "bot/settings.py"):
        assert not ignored(path, patterns), path


@pytest.mark.parametrize("name", OWN)
def test_a_container_of_compose_cannot_write_or_become_more(name: str) -> None:
    service = OWN[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service


@pytest.mark.parametrize("name", OWN)
def test_a_container_of_compose_may_enter_its_folder(name: str) -> None:
    service = OWN[name]
    if name.startswith("web"):
        # A new volume has owner and mode of the folder in the image, which is made for the user.
        assert service["volumes"] == ["kept:/var/attune"]
        assert "kept" in COMPOSE["volumes"]
        assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - in the container
        assert "install -d -m 700 -o attune -g attune /var/attune " in (DEPLOY / "Containerfile").read_text("utf-8")
    else:
        assert "/var/attune:uid=10001,gid=10001,mode=0700" in service["tmpfs"]


def test_the_database_is_waited_for_over_tcp() -> None:
    test = COMPOSE["services"]["postgres"]["healthcheck"]["test"]
    assert test == ["CMD", "pg_isready", "-h", "127.0.0.1", "-U", "attune"]


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["nginx"]
    assert all("outside" not in service["networks"] for name, service in OWN.items() if not name.startswith("web"))


def test_secrets_come_from_outside_the_files() -> None:
    secret = {
        name: value
        for name, value in COMPOSE["x-attune"]["environment"].items()
        if re.search(r"_SECRET$|_TOKEN$|_PASSWORD$", name)
    }
    optional = {"ATTUNE_ONCALL_SECRET", "ATTUNE_CALDAV_PASSWORD"}
    assert optional < set(secret)
    assert secret == {name: f"${{{name}:{'-' if name in optional else '?'}}}" for name in secret}


def test_every_variable_of_the_files_is_one_that_the_code_reads() -> None:
    texts = [path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.suffix in {".yaml", ".env", ".service"}]
    named = set(re.findall(r"\bATTUNE_[A-Z_]*[A-Z]\b", "".join(texts)))
    assert named <= settings_in_code()


# Documented settings that compose.yaml leaves out: what the image or the file itself decides, and what is for one
# machine or a demonstration only.
OF_THE_IMAGE = {
    "ATTUNE_ENV",
    "ATTUNE_LOG",
    "ATTUNE_VAR",
    "ATTUNE_CACHE",
    "ATTUNE_MODELS",
    "ATTUNE_HOST",
    "ATTUNE_LISTEN",
}
LEFT_OUT = {
    *("ATTUNE_PORT", "ATTUNE_RASA_PORT", "ATTUNE_ACTIONS_PORT"),  # the addresses of the other containers say them
    "ATTUNE_ACTIONS_URL",  # set by the process itself
    *("ATTUNE_KNOWLEDGE", "ATTUNE_REVIEWED", "XDG_CACHE_HOME"),  # paths inside the image
    "ATTUNE_TWO_FACTOR",  # for development only
    "ATTUNE_HOUR",  # for demonstrations only
}
OF_THE_FILE = {"DATABASE_URL", "ATTUNE_DIALOGUE_URL", "REDIS_URL", "ATTUNE_RASA_URLS", "ATTUNE_ACTIONS_URLS"}


def documented() -> set[str]:
    """The settings of the table in operations.md."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|", section(page("docs/operations.md"), "Settings"), re.MULTILINE)
    assert "ATTUNE_ONCALL_WEBHOOK" in rows
    return set(rows)


def in_the_example() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "example.env").read_text("utf-8"), re.MULTILINE))


def test_every_documented_setting_reaches_the_containers_or_is_left_out_on_purpose() -> None:
    containerfile = (DEPLOY / "Containerfile").read_text("utf-8")
    assert all(f"{name}=" in containerfile for name in OF_THE_IMAGE)
    passed = {name: value for name, value in COMPOSE["x-attune"]["environment"].items() if name in documented()}
    assert documented() - OF_THE_IMAGE - LEFT_OUT == set(passed)
    assert {name for name, value in passed.items() if f"${{{name}:" not in value} == OF_THE_FILE


def test_whatever_a_practice_sets_stands_in_the_example() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):", (DEPLOY / "compose.yaml").read_text("utf-8")))
    assert in_the_example() == asked


def test_kubernetes_hands_the_example_on_to_every_pod_and_has_what_it_lacks() -> None:
    for pod in workloads():
        (container,) = pod["containers"]
        assert container["envFrom"] == [{"configMapRef": {"name": "attune"}}, {"secretRef": {"name": "attune"}}]
    (own,) = (each["data"] for each in KUBERNETES if each["kind"] == "ConfigMap")
    head = (DEPLOY / "kubernetes/attune.yaml").read_text("utf-8").split("apiVersion")[0]
    assert not set(own) & in_the_example()
    assert all(name in own or name in head for name in OF_THE_FILE)


@pytest.mark.parametrize("part", ["web", "rasa", "actions"])
def test_a_unit_reads_all_settings_from_the_file_of_the_practice(part: str) -> None:
    text = (DEPLOY / f"systemd/attune-{part}@.service").read_text("utf-8")
    assert "\nEnvironmentFile=/etc/attune/attune.env\n" in text
    # What stands in the file wins over what the unit sets: the example has none of it.
    own = set(re.findall(r"\b(ATTUNE_[A-Z_]+)=", text))
    assert not own & in_the_example()


def test_every_process_starts_with_the_settings_of_the_example(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (DEPLOY / "example.env").read_text("utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    named = [name for name in COMPOSE["x-attune"]["environment"] if name in example]
    assert "ATTUNE_PUBLIC_URL" in named
    monkeypatch.setenv("ATTUNE_ENV", "production")
    for name in named:
        monkeypatch.setenv(name, example[name])
    get_settings.cache_clear()
    try:
        assert get_settings().public_url == example["ATTUNE_PUBLIC_URL"]
        assert get_settings().allowed_origins == (example["ATTUNE_ALLOWED_ORIGINS"],)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


@pytest.mark.parametrize("pod", workloads(), ids=lambda pod: pod["containers"][0]["name"])
def test_a_pod_is_not_root_and_has_limits(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["automountServiceAccountToken"] is False
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["resources"]["limits"]["memory"]


def test_everything_that_serves_has_probes_and_a_budget() -> None:
    serving = [each for each in KUBERNETES if each["kind"] in {"Deployment", "StatefulSet"}]
    budgets = {each["metadata"]["name"] for each in KUBERNETES if each["kind"] == "PodDisruptionBudget"}
    assert {each["metadata"]["name"] for each in serving} == budgets == {"web", "rasa", "actions"}
    for each in serving:
        (container,) = each["spec"]["template"]["spec"]["containers"]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)


def block_of(path: str) -> str | None:
    """What nginx.conf says of `path` in the place that hands it to the web processes."""
    if path == "/metrics" and "location = /metrics { return 404; }" in NGINX:
        return None
    blocks = re.findall(r"location ~ (\S+) \{([^}]*proxy_pass[^}]*)\}", NGINX)
    return next((block for pattern, block in blocks if re.search(pattern, path)), None)


def test_nginx_passes_every_public_route() -> None:
    for route in set(routes()) - {"/metrics"}:
        assert block_of(re.sub(r"<\w+>", "x-1:y", route)), route


@pytest.mark.parametrize(
    "path", ["/metrics", "/webhooks/attune/turn", "/webhook", "/model/parse", "/.git/config", "/chatter", "/staffing"]
)
def test_nginx_passes_nothing_else(path: str) -> None:
    assert block_of(path) is None


def test_only_messages_and_bookings_are_sent_twice_and_staff_are_waited_for() -> None:
    again = {path for path in ("/chat/message", "/api/bookings") if "non_idempotent" in (block_of(path) or "")}
    assert again == {"/chat/message", "/api/bookings"}
    assert NGINX.count(" non_idempotent;") == 1
    exports = block_of("/staff/exports/") or ""
    assert "proxy_next_upstream off;" in exports
    assert "proxy_read_timeout 300s;" in exports


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed: apt-get install -y nginx-light")
def test_nginx_takes_its_configuration(tmp_path: Path) -> None:
    from tests.cluster.nginx import configuration

    path = configuration(tmp_path, 18443, 18080, ["127.0.0.1:8000", "127.0.0.1:8001"])
    done = subprocess.run(["nginx", "-t", "-c", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("part", ["web", "rasa", "actions"])
def test_a_unit_starts_its_part_and_gives_up_after_three_deaths(part: str) -> None:
    text = (DEPLOY / f"systemd/attune-{part}@.service").read_text("utf-8")
    assert f"attune serve {part}\n" in text
    assert "StartLimitBurst=3" in text
    assert "User=attune" in text
    assert "ProtectSystem=strict" in text


# systemd

OF_UNITS = {  # what all have in common, as the wrapper for commands has to have it
    "ATTUNE_ENV=production",
    "ATTUNE_VAR=/var/lib/attune",
    "ATTUNE_CACHE=/opt/attune/cache",
    "User=attune",
    "UMask=0077",
    "WorkingDirectory=/opt/attune",
    "EnvironmentFile=/etc/attune/attune.env",
    "StateDirectory=attune",
    "StateDirectoryMode=0700",
}


@pytest.fixture
def attune_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What `attune-run` asks systemd for, word by word."""
    stub = tmp_path / "systemd-run"
    stub.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    def run(*arguments: str) -> list[str]:
        command = [DEPLOY / "systemd/attune-run", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    return run


@pytest.mark.parametrize("part", ["web", "rasa", "actions"])
def test_a_command_runs_with_user_settings_and_folders_of_the_units(
    attune_run: Callable[..., list[str]], part: str
) -> None:
    unit = (DEPLOY / f"systemd/attune-{part}@.service").read_text("utf-8").replace("Environment=", "").split()
    asked = [word.removeprefix("--property=").removeprefix("--setenv=") for word in attune_run("erase", "a b", "--yes")]
    assert set(unit) >= OF_UNITS
    assert set(asked) >= OF_UNITS
    assert asked[asked.index("--") + 1 :] == ["/opt/attune/.venv/bin/attune", "erase", "a b", "--yes"]


def test_commands_of_django_and_those_that_change_the_code_run_so_too(attune_run: Callable[..., list[str]]) -> None:
    asked = attune_run("django", "migrate")
    assert "--setenv=DJANGO_SETTINGS_MODULE=bot.web.settings" in asked
    assert asked[-4:] == ["/opt/attune/.venv/bin/python", "-m", "django", "migrate"]
    for command in ("train", "learn", "models", "knowledge", "setup-encoder"):
        assert command in COMMANDS
        asked = attune_run(command)
        assert "--property=User=root" in asked
        # With it, systemd would give everything in there to root.
        assert not any("StateDirectory" in word for word in asked)


def test_the_way_to_install_builds_where_the_units_look() -> None:
    (block,) = re.findall(r"### Under systemd\n.*?```\n(.*?)```", page("docs/operations.md"), re.DOTALL)
    assert "ATTUNE_CACHE=/opt/attune/cache" in block
    steps = (
        "make setup",
        "attune train",
        "/etc/attune/attune.env",
        "django migrate",
        "systemctl enable",
        "first_admin",
    )
    places = [block.index(step) for step in steps]
    assert places == sorted(places)
    started = re.findall(r"attune-(\w+)@\d+", block)
    assert {f"attune-{part}@.service" for part in started} == {one.name for one in DEPLOY.glob("systemd/*.service")}
