"""Takes out of a request's headers what nothing here reads and Django fails over, before any middleware could answer."""

from __future__ import annotations

import re
from typing import Any

# What RFC 2046 lets a boundary be; with anything else, what was sent is no form.
_BOUNDARY = re.compile(rb"\bboundary=\"?([0-9a-z'()+_,./:=? -]{1,70})", re.IGNORECASE)


def plain(scope: dict[str, Any]) -> dict[str, Any]:
    """The ASGI `scope` with a Content-Type of kind and boundary alone.

    All that is sent here is UTF-8. Django looks up whatever charset is named: an unknown one raises while it makes the
    request, one that is no text (rot13) when a form is read.
    """
    headers = [(name, _kind(value) if name == b"content-type" else value) for name, value in scope["headers"]]
    return {**scope, "headers": headers}


def _kind(content_type: bytes) -> bytes:
    kind, _, parameters = content_type.partition(b";")
    boundary = _BOUNDARY.search(parameters)
    return kind + b'; boundary="' + boundary[1].rstrip() + b'"' if boundary else kind
