"""The demo site, its articles and the widget's files."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from bot.settings import ROOT, get_settings
from bot.web.pages.files import DIST
from knowledge.articles import load_articles

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def knowledge(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the knowledge folder to edit."""
    folder = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    environment.setenv("ATTUNE_KNOWLEDGE", str(folder))
    get_settings.cache_clear()
    return folder


def article(folder: Path, name: str, body: str, reviewed_by: str = "null") -> None:
    front = f"id: {name}\ntitle: A title\nsummary: A summary\ntopics: [ask_duration]\naudience: [family]\nsources: []\n"
    text = f"---\n{front}url: /articles/{name}\nreviewed_by: {reviewed_by}\nreviewed_on: null\n---\n\n{body}\n"
    (folder / "articles" / f"{name}.md").write_text(text)


async def test_the_home_page_offers_help_articles_and_the_chat(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/")).text
    assert '<script src="/widget.js" defer></script>' in page
    assert "911" in page
    assert "not been clinically reviewed" in page
    assert len(re.findall(r'<h3><a href="/articles/', page)) == 6
    assert "automated program" in page


async def test_every_link_of_the_site_leads_to_a_page(browser: httpx.AsyncClient) -> None:
    seen, left = set(), ["/"]
    while left:
        address = left.pop().partition("#")[0]
        if address in seen:
            continue
        seen.add(address)
        answer = await browser.get(address)
        assert answer.status_code == 200, address
        if "html" in answer.headers["Content-Type"]:
            left += re.findall(r'(?:href|src)="(/[^"]*)"', answer.text)
    assert len(seen) > len(load_articles(ROOT / "knowledge"))


async def test_every_article_has_a_page_with_its_sections(browser: httpx.AsyncClient) -> None:
    for each in load_articles(ROOT / "knowledge"):
        page = (await browser.get(f"/articles/{each.id}")).text
        assert page.count("<section id=") == len(each.sections)
        assert "has not been clinically reviewed" in page or each.reviewed_by


async def test_markup_in_an_article_is_shown_as_text(browser: httpx.AsyncClient, knowledge: Path) -> None:
    article(knowledge, "odd", "## A heading <b>\n\n<script>alert(1)</script> [x](javascript:alert(1)) *soft*")
    page = (await browser.get("/articles/odd")).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert 'href="javascript' not in page
    assert "<em>soft</em>" in page


async def test_an_edited_article_is_shown_at_once_and_a_broken_one_keeps_the_old(
    browser: httpx.AsyncClient, knowledge: Path
) -> None:
    article(knowledge, "odd", "Before.", reviewed_by="A clinician")
    page = (await browser.get("/articles/odd")).text
    assert "Before." in page
    assert "Reviewed by A clinician" in page
    (knowledge / "articles" / "odd.md").write_text("---\nbroken: [\n---\n")
    assert "Before." in (await browser.get("/articles/odd")).text


async def test_the_practice_s_own_words_are_used(browser: httpx.AsyncClient, knowledge: Path) -> None:
    path = knowledge / "practice.yml"
    path.write_text(
        path.read_text().replace("name: The practice", "name: Somewhere <i>").replace("mode: slots", 'mode: "off"')
    )
    page = (await browser.get("/")).text
    assert "Somewhere &lt;i&gt;" in page
    assert "A first conversation" not in page


async def test_the_home_page_offers_no_booking_that_the_environment_turns_off(
    browser: httpx.AsyncClient, environment: pytest.MonkeyPatch
) -> None:
    assert "A first conversation" in (await browser.get("/")).text
    environment.setenv("ATTUNE_BOOKING_MODE", "off")
    assert "A first conversation" not in (await browser.get("/")).text


@pytest.mark.parametrize("path", ["/nothing", "/articles/nothing", "/widget/nothing.js", "/static/no.css"])
async def test_what_is_not_there_is_a_kind_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert "call 911" in answer.text
    assert "text/html" in answer.headers["Content-Type"]


@pytest.mark.parametrize("path", ["/", "/articles/", "/widget.js", "/embed", "/healthz"])
async def test_a_page_that_is_posted_to_says_so(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.post(path)
    assert answer.status_code in {403, 405}
    assert "<h1>" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/widget/../urls.py", "/widget/%2e%2e/urls.py", "/widget/..%2f..%2fsettings.py", "/static/../settings.py"],
)
async def test_files_outside_the_folder_are_not_served(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


# The widget -------------------------------------------------------------------------------------------


async def test_the_widget_s_files_are_those_of_its_manifest(browser: httpx.AsyncClient) -> None:
    manifest = json.loads((DIST / "manifest.json").read_text())
    for name, facts in manifest.items():
        answer = await browser.get(f"/widget/{name}")
        digest = base64.b64encode(hashlib.sha384(answer.content).digest()).decode()
        assert f"sha384-{digest}" == facts["integrity"]
    assert (await browser.get("/widget.js")).content == (DIST / "loader.js").read_bytes()
    assert (await browser.get("/embed")).content == (DIST / "embed.html").read_bytes()


async def test_files_are_compressed_and_not_sent_twice(browser: httpx.AsyncClient) -> None:
    first = await browser.get("/widget/chat.js", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert int(first.headers["Content-Length"]) < 20_000
    again = await browser.get("/widget/chat.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = await browser.get("/widget/chat.js", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.content == first.content


async def test_a_file_with_its_version_in_the_address_is_kept_for_ever(browser: httpx.AsyncClient) -> None:
    assert "immutable" in (await browser.get("/widget/chat.js?v=abc")).headers["Cache-Control"]
    assert "immutable" not in (await browser.get("/widget/chat.js")).headers["Cache-Control"]


async def test_other_sites_may_load_the_widget_but_not_our_pages(browser: httpx.AsyncClient) -> None:
    widget, page = await browser.get("/widget/chat.js"), await browser.get("/")
    assert widget.headers["Access-Control-Allow-Origin"] == "*"
    assert widget.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Origin" not in page.headers


async def test_the_embedding_page_prints_tags_that_fit_this_release(
    browser: httpx.AsyncClient, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("ATTUNE_PUBLIC_URL", "https://chat.practice.example")
    environment.setenv("ATTUNE_ALLOWED_HOSTS", "127.0.0.1")
    get_settings.cache_clear()
    page = html.unescape((await browser.get("/embedding")).text)
    digest = base64.b64encode(hashlib.sha384((DIST / "loader.js").read_bytes()).digest()).decode()
    assert '<script src="https://chat.practice.example/widget.js" defer' in page
    assert f'integrity="sha384-{digest}" crossorigin="anonymous"></script>' in page
    assert '<iframe src="https://chat.practice.example/embed"' in page
    assert "script-src https://chat.practice.example; connect-src https://chat.practice.example" in page


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("?lang=es&region=es", '<script src="/widget.js" data-embed data-lang="es" data-region="ES" defer>'),
        ("?region=GB", '<script src="/widget.js" data-embed data-region="GB" defer>'),
        ("?lang=xx&region=GBR&exit=https://evil.example", '<script src="/widget.js" data-embed defer>'),
        ("?lang=%22onload&region=%3Cb", '<script src="/widget.js" data-embed defer>'),
    ],
)
async def test_a_frame_may_choose_language_and_country_and_nothing_else(
    browser: httpx.AsyncClient, query: str, tag: str
) -> None:
    page = await browser.get("/embed" + query)
    assert tag in page.text
    assert "evil" not in page.text
    assert "X-Frame-Options" not in page.headers


# Headers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/articles/", "/nothing", "/widget.js", "/healthz", "/chat/history", "/staff/"])
async def test_every_answer_has_its_policy_and_request_id(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert policy.endswith("frame-ancestors 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert re.fullmatch("[0-9a-f]{16}", headers["X-Request-Id"])


async def test_request_ids_are_all_different(browser: httpx.AsyncClient) -> None:
    answers = [await browser.get("/healthz", headers={"X-Request-Id": "mine"}) for _ in range(3)]
    assert len({answer.headers["X-Request-Id"] for answer in answers} - {"mine"}) == 3


async def test_only_the_practice_may_frame_the_chat(browser: httpx.AsyncClient, environment: Any) -> None:
    environment.setenv("ATTUNE_ALLOWED_ORIGINS", "https://practice.example")
    get_settings.cache_clear()
    headers = (await browser.get("/embed")).headers
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'self' https://practice.example")
    assert "X-Frame-Options" not in headers


async def test_pages_without_a_login_set_no_cookie(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/articles/", "/articles/delayed-bond", "/embed", "/widget.js"):
        assert "Set-Cookie" not in (await browser.get(path)).headers


async def test_a_page_that_breaks_says_so_kindly(browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("bot.web.pages.views.get_articles", broken)
    answer = await browser.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "RuntimeError" not in answer.text
