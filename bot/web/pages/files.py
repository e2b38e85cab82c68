"""Serves the widget's built files and the apps' style sheets: compressed, with validators, from memory."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

DIST = Path(__file__).resolve().parent.parent / "widget" / "dist"
# The loader is asked for on every page of the practice; a new one may take five minutes to arrive.
SOON = "public, max-age=300, stale-while-revalidate=86400"
CHECKED = "public, no-cache"
FOR_EVER = "public, max-age=31536000, immutable"
SMALLEST_COMPRESSED = 400
# A NUL in a name, or a name longer than file systems take, is a fault where it is looked for.
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,99}", re.IGNORECASE)


@dataclass(frozen=True)
class Served:
    """A file as it goes out; `packed` is the gzip form, None where that is no smaller."""

    body: bytes
    packed: bytes | None
    etag: str
    kind: str


@lru_cache(maxsize=200)
def _served(path: Path, changed: int) -> Served:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind in {"application/javascript", "application/json", "image/svg+xml"}
    packed = gzip.compress(body, 9, mtime=0) if text and len(body) >= SMALLEST_COMPRESSED else None
    digest = hashlib.sha256(body).hexdigest()[:20]
    return Served(body, packed, f'W/"{digest}"', f"{kind}; charset=utf-8" if text else kind)


def file_response(request: HttpRequest, path: Path, cache_control: str) -> HttpResponseBase:
    """The file at `path`, or 304 if the browser has it. Raises Http404."""
    try:
        served = _served(path, path.stat().st_mtime_ns)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise Http404 from None
    if served.etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    elif served.packed and "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(served.packed, content_type=served.kind, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(served.body, content_type=served.kind)
    response["ETag"] = served.etag
    response["Cache-Control"] = cache_control
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def loader(request: HttpRequest) -> HttpResponseBase:
    """/widget.js, the one script tag of a page."""
    return file_response(request, DIST / "loader.js", SOON)


@require_safe
def widget(request: HttpRequest, name: str) -> HttpResponseBase:
    """/widget/<file>: what the loader fetches. An address with a version never changes its content."""
    if not _NAME.fullmatch(name):
        raise Http404
    return file_response(request, DIST / name, FOR_EVER if "v" in request.GET else CHECKED)


@require_safe
def static(request: HttpRequest, name: str) -> HttpResponseBase:
    """/static/<path>: a file from an app's static folder."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise Http404
    return file_response(request, Path(found), CHECKED)
