"""What a page needs to have the chat: tags with the hashes of this release, and the policy."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from bot.settings import get_settings
from bot.web.content import get_content
from bot.web.pages.files import CHECKED, DIST, file_response

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict
    from django.http.response import HttpResponseBase

LANGUAGES = ("en", "es")  # columns of bot/web/widget/src/strings/catalogue.ts


@dataclass(frozen=True)
class Embedding:
    """HTML and header values to copy; `origin` is the public address of this server."""

    origin: str
    script: str
    frame: str
    policy: str
    languages: str
    regions: str
    origins: str


def embedding() -> Embedding:
    """The tags for this server and for the widget as it is built now."""
    settings = get_settings()
    origin = settings.public_url
    loader = json.loads((DIST / "manifest.json").read_text("utf-8"))["loader.js"]
    return Embedding(
        origin=origin,
        script=(
            f'<script src="{origin}/widget.js" defer\n'
            f'        integrity="{loader["integrity"]}" crossorigin="anonymous"></script>'
        ),
        frame=(
            f'<iframe src="{origin}/embed" title="Support chat" allow="clipboard-write"\n'
            '        width="400" height="600"></iframe>'
        ),
        policy=f"script-src {origin}; connect-src {origin}",
        languages=" or ".join(LANGUAGES),
        regions=", ".join(code for code, _ in get_content().helplines.regions() if code != "ZZ"),
        origins=", ".join(settings.allowed_origins),
    )


@require_safe
def embed(request: HttpRequest) -> HttpResponseBase:
    """/embed: the chat alone, for an iframe on a page of an allowed origin; ?lang= and ?region= as that page wishes."""
    if not request.GET:
        return file_response(request, DIST / "embed.html", CHECKED)
    page = _framed((DIST / "embed.html").read_text("utf-8"), request.GET)
    return HttpResponse(page, headers={"Cache-Control": CHECKED})


def _framed(page: str, wishes: QueryDict) -> str:
    # Language and country only: a link that chose the title or where "Leave now" goes could be forged.
    language, region = wishes.get("lang", ""), wishes.get("region", "").upper()
    attributes = "data-embed"
    if language in LANGUAGES:
        attributes += f' data-lang="{language}"'
        page = page.replace('<html lang="en">', f'<html lang="{language}">')
    if re.fullmatch("[A-Z]{2}", region):
        attributes += f' data-region="{region}"'
    return page.replace("data-embed", attributes)
