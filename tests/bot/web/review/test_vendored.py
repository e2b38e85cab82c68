"""The one script of the console that is not ours is the one that was published."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders

# npm pack htmx.org@2.0.7, package/dist/htmx.min.js
HTMX = "60231ae6ba9db3825eb15a261122d5f55921c4d53b66bf637dc18b4ee27c79f9"


def test_htmx_is_the_published_file_with_its_licence():
    found = finders.find("review/vendor/htmx.min.js")
    assert found
    assert hashlib.sha256(Path(found).read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in Path(found).with_name("htmx.LICENSE").read_text("utf-8")
