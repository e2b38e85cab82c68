/** Where the parent writes. A text too long is counted kindly and never cut. */
import { h, icon } from "./dom";
import * as icons from "./icons";
import { load, save } from "./store";
import type { Translate } from "./strings/catalogue";
import * as strings from "./strings/catalogue";
import { uid } from "./uid";

const LIMIT = 4000;
/** From here on the remaining characters are shown. */
const NEAR = 3600;

export class Composer {
  readonly element: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  readonly #counter: HTMLElement;

  constructor(
    private readonly t: Translate,
    private readonly send: (text: string) => void,
  ) {
    const id = uid();
    const hint = uid();
    this.#counter = h("p.counter.quiet", { id: hint, hidden: true });
    this.input = h("textarea", {
      id,
      rows: 1,
      dir: "auto",
      placeholder: t(strings.placeholder),
      "aria-describedby": hint,
      enterkeyhint: "enter",
      oninput: () => this.#typed(),
      onkeydown: (event: Event) => this.#key(event as KeyboardEvent),
    });
    this.input.value = load().draft ?? "";
    this.element = h(
      "form.composer", { onsubmit: (event: Event) => this.#submit(event) },
      h("label.sr", { for: id }, t(strings.message)),
      this.#counter,
      h("div.row", this.input, h("button.send", { type: "submit", "aria-label": t(strings.send) }, icon(icons.send))),
    );
    this.#count();
  }

  /** Puts a text back that was not taken, before anything typed since. */
  giveBack(text: string): void {
    this.input.value = [text, this.input.value].filter(Boolean).join("\n");
    this.#typed();
  }

  fit(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  #typed(): void {
    save({ draft: this.input.value });
    this.#count();
    this.fit();
  }

  #count(): void {
    const left = LIMIT - this.input.value.length;
    this.#counter.hidden = this.input.value.length < NEAR;
    this.#counter.textContent = left < 0 ? this.t(strings.over, { n: -left }) : this.t(strings.left, { n: left });
    this.#counter.classList.toggle("error", left < 0);
    this.input.setAttribute("aria-invalid", String(left < 0));
  }

  #key(event: KeyboardEvent): void {
    // With a touch keyboard Enter makes a new line, and the button sends.
    const touch = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !touch) this.#submit(event);
  }

  #submit(event: Event): void {
    event.preventDefault();
    const text = this.input.value.trim();
    this.input.focus();
    if (!text || text.length > LIMIT) return;
    this.input.value = "";
    this.#typed();
    this.send(text);
  }
}
