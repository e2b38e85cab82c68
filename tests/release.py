"""`make release-check`: what still stands between this folder and a release, each with what to do about it.

It reads the folder only. That everything works is for `make test`, the long tests and `attune eval` to say; the steps
of a release are in CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import tomli

ROOT = Path(__file__).resolve().parents[1]
REGISTER_LASTS = timedelta(days=90)
HEADING = re.compile(r"^## (?P<version>\d+\.\d+\.\d+), (?P<when>.+)$", re.MULTILINE)


def of_versions(root: Path, today: date) -> list[str]:
    """Places that name another version, and a newest heading of the changelog that is not a release's."""
    version = tomli.loads((root / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    package = root / "bot/web/widget"
    wrong = [
        f"{path.relative_to(root)} says {found}, pyproject.toml {version}: write {version} there"
        for path in (package / "package.json", package / "package-lock.json")
        if (found := json.loads(path.read_text("utf-8"))["version"]) != version
    ]
    newest = HEADING.search((root / "CHANGELOG.md").read_text("utf-8"))
    if newest is None or newest["version"] != version:
        return [*wrong, f"CHANGELOG.md does not begin with `## {version}, {today}`: say there what is new"]
    try:
        dated = date.fromisoformat(newest["when"])
    except ValueError:
        return [*wrong, f"CHANGELOG.md says `{newest['when']}` behind {version}: put the day, {today}"]
    return [*wrong, f"CHANGELOG.md dates {version} to {dated}, which is to come"] if dated > today else wrong


def of_advisories(root: Path, today: date) -> list[str]:
    """Whether the register of advisories was looked through lately."""
    days = re.findall(r"\b20\d\d-\d\d-\d\d\b", (root / "docs/advisories.md").read_text("utf-8"))
    newest = max(map(date.fromisoformat, days), default=None)
    if newest and today - newest <= REGISTER_LASTS:
        return []
    return ["docs/advisories.md was not looked through for 90 days: run `make audit`, and date what you find"]


def of_git(root: Path, version: str) -> list[str]:
    """What is not committed, and a tag that is taken by another commit."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True).stdout

    wrong = []
    if changed := git("status", "--porcelain").splitlines():
        wrong.append(f"{len(changed)} files are not committed: commit them, or put them away with `git stash`")
    if git("tag", "--list", f"v{version}").strip() and git("rev-list", "-1", f"v{version}") != git("rev-parse", "HEAD"):
        wrong.append(f"v{version} is the tag of another commit: raise the version in pyproject.toml")
    return wrong


def main() -> int:
    today = date.today()
    version = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    wrong = [*of_versions(ROOT, today), *of_advisories(ROOT, today), *of_git(ROOT, version)]
    for one in wrong:
        sys.stdout.write(f"- {one}\n")
    sys.stdout.write(
        f"{version}: {len(wrong)} to mend\n" if wrong else f"{version} can be tagged: git tag v{version}\n"
    )
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
