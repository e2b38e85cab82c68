"""What is committed in dist: small, whole, and without what the policy forbids."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re

from .fake_site import DIST

KIB = 1024


def gzipped(name: str) -> int:
    return len(gzip.compress((DIST / name).read_bytes(), 9))


def test_sizes():
    loader, chat = gzipped("loader.js"), gzipped("chat.js")
    assert loader <= 3 * KIB
    assert loader + chat <= 18 * KIB


def test_manifest_describes_the_files():
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert set(manifest) == {"loader.js", "chat.js", "embed.html"}
    for name, entry in manifest.items():
        content = (DIST / name).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["integrity"] == "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_dist_was_built_from_the_sources_as_they_are():
    widget = DIST.parent
    files = [*(path for path in (widget / "src").rglob("*") if path.is_file()), widget / "build.mjs"]
    names = sorted(path.relative_to(widget).as_posix() for path in [*files, widget / "package-lock.json"])
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0" + (widget / name).read_bytes() + b"\0")
    assert (DIST / "sources.sha256").read_text().strip() == digest.hexdigest(), "run `make widget`"


def test_loader_carries_the_hash_of_the_chat():
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert manifest["chat.js"]["integrity"] in (DIST / "loader.js").read_text()


def test_nothing_that_a_strict_policy_or_a_careful_reader_would_refuse():
    for name in ("loader.js", "chat.js"):
        code = (DIST / name).read_text()
        for forbidden in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "eval(",
            "new Function",
            "document.cookie",
            "localStorage",
        ):
            assert forbidden not in code, (name, forbidden)
        addresses = set(re.findall(r"https?://[\w.]+", code))
        assert addresses <= {"https://www.google.com", "http://www.w3.org"}, addresses


def test_lock_file_names_no_addresses():
    lock = (DIST.parent / "package-lock.json").read_text()
    assert "resolved" not in lock
