"""Takes the pictures of the console in docs/images: `attune demo`, then `python -m tests.bot.web.review.take_screenshots`.

Reads the database of the settings (ATTUNE_VAR, DATABASE_URL), which should hold the demo and nothing else, and signs
in as an account that it makes and deletes again.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect, Page

ROOT = Path(__file__).resolve().parents[4]
IMAGES = ROOT / "docs" / "images"
NAME = "robin"


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bot.web.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from playwright.sync_api import sync_playwright

    from bot.web.accounts.signed_in import signed_in
    from bot.web.chat.models import Turn
    from tests.chromium import FLAGS, program

    person = get_user_model().objects.create_superuser(NAME)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "bot.web.asgi:application", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        first = Turn.objects.filter(position=0, kind=Turn.Kind.TEXT, conversation__demo=True).order_by("-created")
        crisis = first.filter(intent="crisis_suicide").first()
        quoted = first.filter(tier=None, intent="feel_alone").first()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 900})
            key = signed_in(person).session.session_key
            page.context.add_cookies([{"name": "sessionid", "value": key, "url": f"http://127.0.0.1:{port}"}])
            page.goto("/staff/")
            page.get_by_role("heading", name="Conversations", exact=True).wait_for()
            page.screenshot(path=IMAGES / "console-inbox.png")
            page.get_by_text("More filters").click()
            page.screenshot(path=IMAGES / "console-filters.png", clip=below_the_header(page, 620))
            page.goto(f"/staff/conversations/{crisis.conversation_id}/")
            page.screenshot(path=IMAGES / "console-transcript.png")
            page.goto(f"/staff/conversations/{quoted.conversation_id}/")
            page.get_by_text("Tags, notes, second reviewer, test").click()
            page.locator("#turn-1 summary", has_text="Correct or note").click()
            page.locator("#passage-1").press_sequentially("loneliness")
            page.locator("#found-1 input").first.wait_for()
            page.screenshot(path=IMAGES / "console-correcting.png", clip=below_the_header(page, 1400), full_page=True)
            page.goto("/staff/metrics/")
            page.screenshot(path=IMAGES / "console-metrics.png", full_page=True)
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
        person.delete()


def below_the_header(page: Page, height: int) -> FloatRect:
    """The part of the page that begins where its own content does."""
    page.evaluate("scrollTo(0, 0)")
    box = page.locator("main").bounding_box()
    assert box
    return {"x": 0, "y": box["y"], "width": 1280, "height": height}


def wait_for(address: str) -> None:
    """Until the web process answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web process did not start.")


if __name__ == "__main__":
    main()
