"""Pictures of every card, light and dark, at 360 by 740, for docs/images.

python tests/browser/widget/take_screenshots.py [FOLDER]
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[2])]
Chat = importlib.import_module("widget.chat").Chat
chromium = importlib.import_module("tests.chromium")
FakeSite = importlib.import_module("widget.fake_site").FakeSite

SAID = {
    "notice": "",
    "passage": "I feel numb",
    "exercise": "exercise",
    "pace": "/step 2",
    "rating": "rating",
    "booking": "booking",
    "emergency": "emergency",
    "helplines": "crisis",
    "region": "change my country",
    "menu": "",
    "offline": "",
}


def take(chat: Chat, card: str, folder: Path, theme: str) -> None:
    chat.forget()
    chat.visit()
    chat.open()
    if SAID[card]:
        chat.say(SAID[card])
    if card == "menu":
        chat.button("Menu").click()
    if card == "offline":
        chat.page.context.set_offline(True)
        chat.send("Is anybody there?")
        expect(chat.log).to_contain_text("Not sent yet")
    if card == "pace":
        expect(chat.card("exercise").locator(".stage")).to_contain_text("Breathe in")
    chat.page.screenshot(path=folder / f"widget-{card}-{theme}.png", animations="disabled")


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parents[2] / "docs" / "images")
    folder.mkdir(parents=True, exist_ok=True)
    site = FakeSite()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.program(), args=chromium.FLAGS)
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 360, "height": 740},
                has_touch=True,
                is_mobile=True,
                color_scheme=theme,
                locale="en-US",
            )
            chat = Chat(context.new_page(), site)
            for card in SAID:
                take(chat, card, folder, theme)
            context.close()
        browser.close()
    site.stop()


if __name__ == "__main__":
    main()
