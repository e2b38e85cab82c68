"""Measures the widget in a real browser on a running Attune: size, first words, long tasks, keys in a long night."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from bot.bench.chromium import FLAGS, MISSING, program
from bot.bench.processes import BenchError
from bot.web.pages.files import DIST

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LONG_NIGHT = 300  # messages
TYPED = "so very tired tonight"
# What Chromium calls a task of the page's own thread, since and before 2018.
TASKS = ("ThreadControllerImpl::RunTask", "RunTask")
# What such a task does for a page.
WORK = {
    "EvaluateScript",
    "FunctionCall",
    "FireIdleCallback",
    "TimerFire",
    "EventDispatch",
    "Layout",
    "UpdateLayoutTree",
}
WATCH = """
window.seen = { tasks: [0], shift: 0 };
new PerformanceObserver((list) => list.getEntries().forEach((task) => seen.tasks.push(task.duration)))
  .observe({ type: "longtask", buffered: true });
new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) seen.shift += one.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""
OPEN = """() => new Promise((done) => {
  const root = document.querySelector("attune-chat").shadowRoot;
  const start = performance.now();
  const look = () => root.querySelector(".message.bot") ? done(performance.now() - start) : requestAnimationFrame(look);
  root.querySelector("button").click();
  look();
})"""
KEYS = """() => {
  window.waits = [];
  document.addEventListener("keydown", () => {
    const start = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - start)));
  }, true);
}"""
ALL_KEYS = """count => new Promise((done) => {
  const ask = () => window.waits.length < count ? setTimeout(ask, 5) : done();
  ask();
})"""


class BrowserMissingError(BenchError):
    """Playwright or Chromium is not there; the message says how to get it."""


@dataclass(frozen=True)
class WidgetFigures:
    """Medians over `rounds` new tabs of a phone of 360 by 740; times in milliseconds, sizes in gzipped bytes.

    `first_words` is from the press of the button to the first message of the bot, once the chat was fetched, and
    `first_words_cold` where the chat had to be fetched as well. `longest_task` is what the Long Tasks API reports
    (0 below its threshold of 50 ms): it grows with what else the machine does. `busiest_task` is the processor time
    of the longest task of the page's thread, which does not. `key` and `key_long` are from a key to the next frame, in
    a new conversation and in one of 300 messages. `shift` is the cumulative layout shift of the page.
    """

    rounds: int
    loader_bytes: int
    all_bytes: int
    first_words: float
    first_words_cold: float
    longest_task: float
    busiest_task: float
    shift: float
    key: float
    key_long: float


def measure_widget(url: str, rounds: int = 5) -> WidgetFigures:
    """The figures of the demo page at `url` (such as http://127.0.0.1:8000); about 4 seconds a round.

    Raises BrowserMissingError without Playwright or Chromium.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise BrowserMissingError(
            "no playwright; to measure the widget: make setup (it installs the dev group)"
        ) from None
    found = program()
    if not found:
        raise BrowserMissingError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        try:
            return measure_in(browser, url, rounds)
        finally:
            browser.close()


def measure_in(browser: Browser, url: str, rounds: int = 5) -> WidgetFigures:
    """The same in a browser that runs already."""
    seen = [_cold(browser, url) | _warm(browser, url) for _ in range(rounds)]
    loader, chat = (len(gzip.compress((DIST / name).read_bytes(), 9)) for name in ("loader.js", "chat.js"))
    figures = {name: round(median(one[name] for one in seen), 3) for name in seen[0]}
    busiest = _busiest_task(browser, url)
    return WidgetFigures(
        rounds=rounds, loader_bytes=loader, all_bytes=loader + chat, busiest_task=round(busiest, 3), **figures
    )


def _cold(browser: Browser, url: str) -> dict[str, float]:
    page = _tab(browser)
    # The page is never idle: the chat is fetched by the press alone.
    page.add_init_script("window.requestIdleCallback = () => 0")
    page.goto(url)
    first_words = page.evaluate(OPEN)
    page.context.close()
    return {"first_words_cold": first_words}


def _warm(browser: Browser, url: str) -> dict[str, float]:
    page = _tab(browser)
    page.route("**/chat/history", lambda route: route.fulfill(json={"messages": _long_night()}))
    _visit(page, url)
    first_words = page.evaluate(OPEN)
    key = _key(page)
    seen = page.evaluate("seen")
    page.reload()
    page.locator(".message", has_text=f"Message {LONG_NIGHT - 1} of").wait_for()
    key_long = _key(page)
    page.context.close()
    longest = max(seen["tasks"])
    return {
        "first_words": first_words,
        "longest_task": longest,
        "shift": seen["shift"],
        "key": key,
        "key_long": key_long,
    }


def _busiest_task(browser: Browser, url: str) -> float:
    page = _tab(browser)
    # Each category costs time; these two carry the tasks and the names of the threads.
    browser.start_tracing(page=page, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    _visit(page, url)
    page.evaluate(OPEN)
    _key(page)
    trace = browser.stop_tracing()
    page.context.close()
    return _busiest(trace)


def _visit(page: Page, url: str) -> None:
    """Opens the demo page and waits until the chat was fetched and drawn, which happens when the page is idle."""
    page.goto(url)
    page.evaluate("customElements.whenDefined('attune-panel').then(() => 0)")
    page.evaluate("new Promise((done) => (window.requestIdleCallback ?? setTimeout)(() => done()))")


def _tab(browser: Browser) -> Page:
    page = browser.new_context(locale="en-US", **PHONE).new_page()
    page.add_init_script(WATCH)
    return page


def _key(page: Page) -> float:
    page.get_by_role("textbox", name="Your message").focus()
    page.evaluate(KEYS)
    page.keyboard.type(TYPED, delay=40)
    # Not wait_for_function: what it asks a second time, the page's policy forbids as eval.
    page.evaluate(ALL_KEYS, len(TYPED))
    return float(median(page.evaluate("waits")))


def _busiest(trace: bytes) -> float:
    """Processor milliseconds of the longest task on the page's own thread that did anything for the page.

    Chromium has tasks of its own there, some over 100 ms while it traces; they hold none of `WORK`.
    """
    events = json.loads(trace)["traceEvents"]
    threads = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    own = [one for one in events if one.get("ph") == "X" and (one["pid"], one["tid"]) in threads]
    work = [(one["pid"], one["ts"]) for one in own if one["name"] in WORK]
    spent = [
        one.get("tdur", 0)
        for one in own
        if one["name"] in TASKS
        and any(pid == one["pid"] and one["ts"] <= at <= one["ts"] + one["dur"] for pid, at in work)
    ]
    return max(spent, default=0) / 1000


def _long_night() -> list[dict[str, str]]:
    sides = ("parent", "bot")
    return [{"id": f"n{n}", "from": sides[n % 2], "text": f"Message {n} of a long night"} for n in range(LONG_NIGHT)]
