// Keeps the number of crises that nobody has opened fresh, in the header and in the title of the tab.
// Without this script the number is the one of the moment at which the page was loaded.
"use strict";

(() => {
  const EVERY = 10_000; // milliseconds
  const PATIENCE = 8_000;
  const MISSES = 3; // in a row, before the number is said to be old

  const badge = document.querySelector("[data-badge]");
  if (!badge) return;
  const number = badge.querySelector("[data-badge-count]");
  const words = badge.querySelector("[data-badge-words]");
  const news = document.querySelector("[data-badge-news]");
  const title = document.title.replace(/^\(\d+\) /, "");
  let shown = number.textContent;
  let misses = 0;

  // A screen reader hears what changed, and nothing while nothing changes.
  function show(mark, text, said) {
    if (mark === shown) return;
    shown = mark;
    number.textContent = mark;
    words.textContent = text;
    badge.hidden = mark === "0";
    document.title = mark === "0" ? title : `(${mark}) ${title}`;
    news.textContent = said;
  }

  function showCount(count) {
    const text = count === 1 ? "crisis not opened" : "crises not opened";
    show(String(count), text, count ? `${count} ${text}` : "Every crisis has been opened");
  }

  // A number that is old must not look like one that is fresh: nobody would look.
  function showUnknown(text) {
    show("?", text, text);
  }

  async function ask() {
    try {
      const answer = await fetch(badge.dataset.badge, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.type === "opaqueredirect") {
        showUnknown("Signed out: sign in to see crises");
        return;
      }
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      showCount((await answer.json()).count);
      misses = 0;
    } catch {
      misses += 1;
      if (misses >= MISSES) showUnknown("Crises cannot be counted just now");
    }
    setTimeout(ask, EVERY);
  }

  setTimeout(ask, EVERY);
})();
