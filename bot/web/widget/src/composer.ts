/** Where the parent writes. A text too long is counted kindly and never cut. */
import { h, icon } from "./dom";
import * as icons from "./icons";
import { load, save } from "./store";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";
import { uid } from "./uid";

const LIMIT = 4000;
/** From here on the remaining characters are shown. */
const NEAR = 3600;

export interface Composer {
  element: HTMLElement;
  input: HTMLTextAreaElement;
  /** Grows the field with its text, where the browser's own style sheet cannot. */
  fit(): void;
  /** Puts a text back that was not taken, before anything typed since. */
  giveBack(text: string): void;
}

export function textComposer(t: Translate, send: (text: string) => void): Composer {
  const hint = uid();
  const counter = h("p.quiet", { id: hint, hidden: true });
  const input = h("textarea", {
    rows: 1,
    dir: "auto",
    placeholder: t(strings.placeholder),
    "aria-label": t(strings.message),
    "aria-describedby": hint,
    oninput: typed,
    onkeydown: (event: Event) => {
      const { key, shiftKey, isComposing } = event as KeyboardEvent;
      // With a touch keyboard Enter makes a new line, and the button sends.
      if (key === "Enter" && !shiftKey && !isComposing && !matchMedia("(pointer: coarse)").matches) submit(event);
    },
  });
  input.value = load().draft ?? "";
  count();

  function fit(): void {
    if (CSS.supports("field-sizing", "content")) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 3}px`;
  }

  function typed(): void {
    save({ draft: input.value });
    count();
    fit();
  }

  function count(): void {
    const { length } = input.value;
    counter.hidden = length < NEAR;
    counter.textContent = length > LIMIT ? t(strings.over, { n: length - LIMIT }) : t(strings.left, { n: LIMIT - length });
    counter.classList.toggle("error", length > LIMIT);
    input.setAttribute("aria-invalid", String(length > LIMIT));
  }

  function submit(event: Event): void {
    event.preventDefault();
    input.focus();
    const text = input.value.trim();
    if (!text || input.value.length > LIMIT) return;
    input.value = "";
    typed();
    send(text);
  }

  function giveBack(text: string): void {
    input.value = [text, input.value].filter(Boolean).join("\n");
    typed();
  }

  const button = h("button.send", { type: "submit", "aria-label": t(strings.send) }, icon(icons.send));
  return { element: h("form.composer", { onsubmit: submit }, counter, h("div.row", input, button)), input, fit, giveBack };
}
