"""`make mutants`: changes bot/safety one small thing at a time, and counts what its tests do not notice.

mutmut works on a copy, in an environment of its own beside the project's, so that neither is touched. It stops after
MINUTES; what it had no time for is "not checked". Modules that are chosen with MUTATE are tested by the tests of their
own names alone: reading a thousand sentences through fold.py for each change would take hours. docs/safety-case.md
explains the changes that survive.

MINUTES=15 MUTATE="bot.safety.screen*" python -m tests.mutants
"""

from __future__ import annotations

import os
import re
import shutil
import site
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests" / "bot" / "safety"
COPIED = ("bot", "actions", "knowledge", "data", "tests", "config.yml", "domain.yml", "endpoints.yml", "pyproject.toml")
MUTMUT = "mutmut==3.8.1"
# What the project has in versions of its own, which the tests need.
THE_PROJECTS_OWN = ("pytest", "pluggy", "packaging", "pyyaml", "iniconfig", "exceptiongroup", "tomli")
# Words that were read before a change are forgotten, or the change would not be met.
FORGETTING = """
import functools
import gc


def pytest_sessionstart() -> None:
    for cached in gc.get_objects():
        if isinstance(cached, functools._lru_cache_wrapper) and cached.__module__.startswith("bot.safety"):
            if not cached.__name__.startswith(("get_", "load_")):
                cached.cache_clear()
"""
SETTINGS = """
[tool.mutmut]
source_paths = ["bot/safety"]
# What loads rules runs once, before a change could be seen; it has tests of its own.
do_not_mutate = ["bot/safety/rules.py", "bot/safety/follow_ups.py"]
also_copy = ["bot", "actions", "knowledge", "data", "tests", "config.yml", "domain.yml", "endpoints.yml"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {tests}
"""


def main() -> None:
    minutes, wanted = float(os.environ.get("MINUTES", "15")), os.environ.get("MUTATE", "").split()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, own_tests(wanted))
        # A process group of its own: at the end of its time the tests that it runs stop with it.
        command = ["nice", "-n", "10", "timeout", "--kill-after=10", f"{minutes * 60:.0f}"]
        command += [str(program(folder, "mutmut")), "run", "--max-children", "1", *wanted]
        # PYTHONPATH may name the project, whose unchanged code would then be tested.
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            command, cwd=folder, env=variables, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        report(folder, done.stdout.decode("utf-8", "replace"))


def own_tests(wanted: list[str]) -> list[str]:
    """The test files of the modules in `wanted` ("bot.safety.fold.*": test_fold.py); all of the package's without."""
    found = {TESTS / f"test_{name.split('.')[2]}.py" for name in wanted}
    if missing := sorted(str(path) for path in found if not path.is_file()):
        raise SystemExit(
            f"There is no {', '.join(missing)}. Fix: name modules of bot/safety that have tests of their own."
        )
    return sorted(str(path.relative_to(ROOT)) for path in found) or [str(TESTS.relative_to(ROOT))]


def prepare(folder: Path, tests: list[str]) -> None:
    """A copy of the project, and an environment with mutmut that finds the project's packages after its own."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        else:
            shutil.copy(source, folder / name)
    settings = folder / "pyproject.toml"
    text = settings.read_text("utf-8").replace(" --randomly-dont-reset-seed", "")
    settings.write_text(
        re.sub(r"^timeout = \d+$", "timeout = 0", text, flags=re.MULTILINE) + SETTINGS.replace("{tests}", str(tests)),
        "utf-8",
    )
    (folder / "tests/bot/safety/conftest.py").write_text(FORGETTING, "utf-8")
    uv = str(Path(sys.executable).with_name("uv"))
    python = str(program(folder, "python"))
    for arguments in (
        ("venv", "--quiet", "--python", sys.executable, str(folder / "environment")),
        ("pip", "install", "--quiet", "--python", python, MUTMUT),
        ("pip", "uninstall", "--quiet", "--python", python, *THE_PROJECTS_OWN),
    ):
        subprocess.run([uv, *arguments], check=True)
    packages = next((folder / "environment" / "lib").glob("python*/site-packages"))
    (packages / "project.pth").write_text("\n".join(site.getsitepackages()) + "\n", "utf-8")


def program(folder: Path, name: str) -> Path:
    return folder / "environment" / "bin" / name


def report(folder: Path, said: str) -> None:
    """Each change that survived, as a diff; then how many of each kind."""
    listed = subprocess.run(
        [str(program(folder, "mutmut")), "results", "--all", "true"],
        cwd=folder, capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    found = re.findall(r"^\s*(\S+): (.+)$", listed, re.MULTILINE)
    if all(state == "not checked" for _, state in found):
        last = said.replace("\r", "\n")[-2000:]
        raise SystemExit(f"mutmut checked no change. With more MINUTES it may; its last words were:\n{last}")
    for mutant, state in found:
        if state == "survived":
            shown = subprocess.run(
                [str(program(folder, "mutmut")), "show", mutant],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            ).stdout
            sys.stdout.write(
                f"{mutant}\n" + "\n".join(line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line)) + "\n"
            )
    sys.stdout.write(
        ", ".join(f"{number} {state}" for state, number in Counter(state for _, state in found).most_common()) + "\n"
    )


if __name__ == "__main__":
    main()
