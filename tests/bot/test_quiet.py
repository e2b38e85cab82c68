"""Warnings and progress bars of packages stay out of what our commands and logs say; errors do not."""

from __future__ import annotations

import subprocess
import sys

import pytest

BARS = "import rasa.shared.utils.io as io; print(io.is_logging_disabled())"
LATER = "import warnings; warnings.filterwarnings('once'); warnings.warn('old', DeprecationWarning)"


def run(code: str) -> subprocess.CompletedProcess[str]:
    quiet = "from bot.quiet import quieten; quieten(); "
    return subprocess.run([sys.executable, "-c", quiet + code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", ["import sanic.app, sanic_cors, pkg_resources", LATER])
def test_a_filter_that_comes_later_does_not_bring_warnings_back(code: str) -> None:
    done = run(code)
    assert (done.returncode, done.stderr) == (0, "")


def test_rasa_draws_no_progress_bars() -> None:
    assert run(BARS).stdout == "True\n"


def test_the_action_server_imports_what_warns_once_it_is_quiet() -> None:
    code = "import sys; from bot import action_server; print('sanic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_warning_that_is_made_an_error_stays_one() -> None:
    done = run("import warnings; warnings.filterwarnings('error', module='__main__'); warnings.warn('ours')")
    assert done.returncode == 1
    assert "UserWarning: ours" in done.stderr
