// j and k go down and up: from conversation to conversation in the list, from turn to turn in a transcript.
// A single letter can collide with assistive technology, so it can be switched off (WCAG 2.1.4).
"use strict";

const list = document.querySelector("[data-keys]");
const hint = document.querySelector("[data-keys-hint]");
const OFF = "attune-keys-off";

function wanted() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true; // storage is blocked: the keys work, and are simply not switched off for good
  }
}

function remember(on) {
  enabled = on;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // Storage is blocked: the choice holds for this page.
  }
}

let enabled = wanted();

function stops() {
  return [...list.children].map((item) => (list.dataset.keys === "rows" ? item.querySelector("a") : item));
}

function step(by) {
  const all = stops();
  const here = all.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
  const next = all[here === -1 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function isTyping({ target }) {
  return target.closest?.("input, select, textarea, [contenteditable]");
}

if (list) {
  document.addEventListener("keydown", (event) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "n") document.querySelector("[rel=next]")?.click();
    else if (event.key === "p") document.querySelector("[rel=prev]")?.click();
  });
}

if (list && hint) {
  const rows = list.dataset.keys === "rows";
  const parts = [["j", "down"], ["k", "up"], ["n", rows ? "older page" : "next conversation"], ["p", rows ? "newer page" : "previous"]];
  for (const [key, does] of parts) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    hint.append(mark, ` ${does}  `);
  }
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = enabled;
  box.addEventListener("change", () => remember(box.checked));
  const label = document.createElement("label");
  label.append(box, "Keys on");
  hint.append(label);
  hint.hidden = false;
}
