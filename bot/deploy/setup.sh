#!/usr/bin/env bash
# Makes .venv from requirements.lock with a Python 3.10 that really runs, and builds the sentence encoder.
# Does nothing where both are up to date. Needs: git, make, a C compiler, any Python 3 with pip.
set -euo pipefail
cd "$(dirname "$0")/../.."

say() { printf '%s\n' "$*"; }
fail() { printf 'attune: %s\n' "$*" >&2; exit 1; }

# A pyenv shim named python3.10 may exist and fail, so each candidate is asked to run.
runs_310() { "$1" -c 'import sys, venv, ssl; sys.exit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }

find_python() {
  local candidate root
  for root in "${PYENV_ROOT:-$HOME/.pyenv}"; do :; done
  for candidate in "${PYTHON:-}" python3.10 "$root"/versions/3.10*/bin/python; do
    [ -n "$candidate" ] && runs_310 "$candidate" && { printf '%s' "$candidate"; return; }
  done
  say "No Python 3.10 here; fetching one with uv" >&2
  local any
  any=$(command -v python3 || command -v python) ||
    fail "no Python 3 found. Install one (Debian: apt-get install python3 python3-pip python3-venv), then run make again."
  mkdir -p var
  "$any" -m pip install --quiet --disable-pip-version-check --target var/uv uv >&2 ||
    fail "Python 3.10 is needed (Rasa 3.6 runs on nothing newer) and uv could not be installed to fetch it. Install Python 3.10, or set PYTHON=/path/to/python3.10."
  candidate=$(UV_PYTHON_INSTALL_DIR="$PWD/var/python" var/uv/bin/uv python install --quiet 3.10 >&2 &&
    UV_PYTHON_INSTALL_DIR="$PWD/var/python" var/uv/bin/uv python find 3.10) ||
    fail "Python 3.10 is needed and could not be fetched. Install it, or set PYTHON=/path/to/python3.10."
  runs_310 "$candidate" || fail "the fetched Python 3.10 does not run. Set PYTHON=/path/to/python3.10."
  printf '%s' "$candidate"
}

stamp=.venv/attune-lock
wanted=$(cat requirements.lock pyproject.toml | sha256sum | cut -d' ' -f1)
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ] || ! .venv/bin/python -c '' 2>/dev/null; then
  free=$(df -Pm . | awk 'NR==2 {print $4}')
  [ "$free" -ge 5000 ] || fail "only $free MB are free here; 5000 MB are needed for the environment. Free some space and run make again."
  python=$(find_python)
  say "Python: $($python --version 2>&1), $python"
  [ -x .venv/bin/python ] && runs_310 .venv/bin/python || { rm -rf .venv; "$python" -m venv .venv; }
  say "Installing $(grep -c '==' requirements.lock) packages from requirements.lock (some minutes the first time)"
  # The lock pins everything; a constraint file of the machine's own would only be able to contradict it.
  env -u PIP_CONSTRAINT PIP_CONFIG_FILE="${PIP_CONFIG_FILE:-}" .venv/bin/python -m pip install --disable-pip-version-check \
    --progress-bar on --require-hashes --no-deps -r requirements.lock | grep -v '^Requirement already' ||
    fail "the packages could not be installed. The lines above say which; check the network and run make again."
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ||
    fail "Attune itself could not be installed into .venv."
  printf '%s' "$wanted" >"$stamp"
fi
.venv/bin/attune setup-encoder >/dev/null
