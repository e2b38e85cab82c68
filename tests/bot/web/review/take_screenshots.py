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
    from bot.web.review.models import Summary
    from tests.chromium import FLAGS, program

    person = get_user_model().objects.create_superuser(NAME)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "bot.web.asgi:application", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        told = Summary.objects.filter(demo=True)
        crisis = told.filter(crisis=True, turns__gte=2).order_by("-updated").first()
        quoted = told.filter(answered__gt=0, turns__gte=2, crisis=False).order_by("-updated").first()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program(), args=FLAGS)
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 900})
            key = signed_in(person).session.session_key
            page.context.add_cookies([{"name": "sessionid", "value": key, "url": f"http://127.0.0.1:{port}"}])
            page.goto("/staff/")
            page.get_by_role("heading", name="Conversations", exact=True).wait_for()
            page.screenshot(path=IMAGES / "console-inbox.png")
            page.get_by_text("More filters").click()
            page.screenshot(path=IMAGES / "console-filters.png", clip={"x": 0, "y": 100, "width": 1280, "height": 620})
            page.goto(f"/staff/conversations/{crisis.conversation_id}/")
            page.screenshot(path=IMAGES / "console-transcript.png")
            page.goto(f"/staff/conversations/{quoted.conversation_id}/")
            page.get_by_text("Tags, notes, second reviewer, test").click()
            page.locator("#turn-1 summary", has_text="Correct or note").click()
            page.locator("#passage-1").press_sequentially("no instant love")
            page.locator("#found-1 input").first.wait_for()
            page.screenshot(path=IMAGES / "console-correcting.png", clip={"x": 0, "y": 100, "width": 1280, "height": 1400},
                            full_page=True)  # fmt: skip
            page.goto("/staff/metrics/")
            page.screenshot(path=IMAGES / "console-metrics.png", full_page=True)
            browser.close()
    finally:
        server.terminate()
        server.wait(timeout=20)
        person.delete()


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
