// j and k go down and up: from conversation to conversation in the list, from turn to turn in a transcript.
// e marks as reviewed, f flags: the conversation in focus, or the one that is open. The same key takes it back.
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

function focused() {
  return [...list.children].find((item) => item.contains(document.activeElement));
}

// The page's own forms do the work, so that a key can do nothing that a button cannot.
function act(key) {
  if (list.dataset.keys === "turns") {
    document.querySelector(`[data-key="${key}"]`)?.click();
    return;
  }
  const row = focused();
  const form = document.querySelector("form[data-act]");
  if (!row || !form) return;
  form.action = row.dataset.review;
  form.elements.action.value = row.dataset[key];
  form.submit();
}

function isTyping({ target }) {
  return target.closest?.("input, select, textarea, [contenteditable]");
}

if (list) {
  document.addEventListener("keydown", (event) => {
    if (!enabled || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "e" || event.key === "f") act(event.key);
    else if (event.key === "?") hint?.querySelector("summary")?.click();
    else if (event.key === "n") document.querySelector("[rel=next]")?.click();
    else if (event.key === "p") document.querySelector("[rel=prev]")?.click();
  });
}

if (list && hint) {
  const rows = list.dataset.keys === "rows";
  const parts = [
    ["j", rows ? "next conversation" : "next turn"],
    ["k", rows ? "conversation before" : "turn before"],
    ["Enter", rows ? "open it" : ""],
    ["e", "mark as reviewed, or not after all"],
    ["f", "flag, or take the flag away"],
    ["n", rows ? "older page" : "next conversation"],
    ["p", rows ? "newer page" : "previous conversation"],
    ["?", "show or hide this help"],
  ];
  const help = document.createElement("details");
  const title = document.createElement("summary");
  title.textContent = "Keys";
  const table = document.createElement("dl");
  for (const [key, does] of parts.filter(([, text]) => text)) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    const term = document.createElement("dt");
    term.append(mark);
    const meaning = document.createElement("dd");
    meaning.textContent = does;
    table.append(term, meaning);
  }
  help.append(title, table);
  const brief = document.createElement("p");
  for (const [key, does] of [["j", "down"], ["k", "up"], ["e", "reviewed"], ["f", "flag"], ["?", "all keys"]]) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    brief.append(mark, ` ${does}  `);
  }
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = enabled;
  box.addEventListener("change", () => remember(box.checked));
  const label = document.createElement("label");
  label.append(box, "Keys on");
  brief.append(label);
  hint.append(brief, help);
  hint.hidden = false;
}
