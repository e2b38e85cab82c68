/**
 * The one script tag of a page: draws the open button, and fetches the chat when the page is idle
 * or the button is pressed. It stays small, because every visitor of the site pays for it, and it
 * carries the helplines, because the chat itself may fail to load.
 */
import { adopt, h, icon } from "./dom";
import type { ChatHost, ChatPanel, Settings } from "./host";
import * as icons from "./icons";
import { kit } from "./kit";
import { builtin, dial, guessRegion } from "./regions";
import { load, save } from "./store";
import { pickLanguage, wordsIn, type Words } from "./strings/words";
import css from "./styles/launcher.css";

/** A chat that is not there by then may never come: whoever opened it is shown whom to call. */
const PATIENCE_MS = 4000;

const { dataset: data, src } = document.currentScript as HTMLScriptElement;
const base = new URL(src).origin;
const nightMode = matchMedia("(prefers-color-scheme: dark)");

class AttuneChat extends HTMLElement implements ChatHost {
  static readonly kit = kit;
  readonly frame = h("div.root");
  readonly settings: Settings = {
    base,
    exit: data.exit,
    embed: "embed" in data,
    title: data.title ?? "Attune",
    region: data.region ?? guessRegion(),
  };
  isOpen = false;
  #unread = 0;
  #fetching = false;
  /** The timer of an open chat that is not there yet. */
  #waiting = 0;
  /** The parent pressed the button, as against a chat that was still open from the page before. */
  #asked = false;
  readonly #button = h("button.launcher", { onclick: () => this.open() });
  readonly #corner = h("div.corner", { role: "region" }, this.#button);
  readonly #fallback = h("div.corner.fallback", { role: "alert", hidden: true });
  readonly #panel = h("attune-panel" as "div") as HTMLElement as ChatPanel;

  connectedCallback(): void {
    if (this.shadowRoot) return;
    const shadow = this.attachShadow({ mode: "open" });
    adopt(shadow, css);
    this.frame.append(this.#corner, this.#fallback, this.#panel);
    shadow.append(this.frame);
    const { open, unread } = load();
    this.showUnread(unread ?? 0);
    nightMode.addEventListener("change", () => this.refresh());
    if (open || this.settings.embed) this.open(false);
    else (window.requestIdleCallback ?? setTimeout)(() => this.#fetchChat());
  }

  open(byParent = true): void {
    this.isOpen = true;
    this.#asked ||= byParent;
    save({ open: true });
    if (customElements.get("attune-panel")) this.#reveal();
    else if (this.#waiting) this.#apologise();
    else {
      this.#wait(window.setTimeout(() => this.#apologise(), PATIENCE_MS));
      this.#fetchChat();
    }
  }

  close(): void {
    this.isOpen = this.#corner.hidden = false;
    this.#fallback.hidden = true;
    save({ open: false });
    this.#wait();
    this.#panel.closed?.();
    this.#button.focus();
  }

  showUnread(count: number): void {
    this.#unread = count;
    this.refresh();
  }

  refresh(): void {
    const { frame } = this;
    const { lang } = load();
    frame.classList.toggle("dark", nightMode.matches);
    frame.lang = pickLanguage(lang, data.lang);
    frame.dir = getComputedStyle(this).direction;
    frame.classList.toggle("embed", this.settings.embed);
    const label = this.#waiting ? this.#words.loading : data.label ?? this.#words.open;
    this.#corner.ariaLabel = label;
    this.#button.ariaBusy = String(!!this.#waiting);
    this.#button.replaceChildren(icon(icons.waves), label);
    if (this.#unread)
      this.#button.append(h("b", String(this.#unread)), h("span.sr", this.#words.unread));
  }

  get #words(): Words {
    return wordsIn(this.frame.lang);
  }

  #wait(timer = 0): void {
    clearTimeout(this.#waiting);
    this.#waiting = timer;
    this.refresh();
  }

  #reveal(): void {
    this.#wait();
    this.#fallback.hidden = this.#corner.hidden = true;
    this.#panel.opened(this.#asked);
  }

  #fetchChat(): void {
    if (this.#fetching) return;
    this.#fetching = true;
    const chat = h("script", {
      src: base + CHAT_ADDRESS,
      integrity: CHAT_INTEGRITY,
      crossorigin: true,
      onload: () => this.isOpen && this.#reveal(),
      onerror: () => {
        this.#fetching = false;
        this.#wait();
        if (this.isOpen) this.#apologise();
      },
    });
    document.head.append(chat);
  }

  /** The chat did not load, or not yet; the numbers that matter are here all the same. */
  #apologise(): void {
    const { loading, failed, danger, again, close } = this.#words;
    const focused = this.shadowRoot!.activeElement;
    const [emergency, ...lines] = builtin(load().region ?? this.settings.region);
    this.#fallback.replaceChildren(
      h(
        "div",
        `${this.#fetching ? loading : failed} ${danger}`,
        ...[["", emergency], ...lines].map(([name, call]) => call && h("a", { href: dial(call) }, `${call} ${name}`)),
        !this.#fetching && h("button", { onclick: () => (this.#fetchChat(), this.#apologise()) }, again),
        h("button", { onclick: () => this.close() }, close),
      ),
    );
    this.#corner.hidden = !(this.#fallback.hidden = false);
    // What was pressed is gone.
    if (focused) this.#fallback.querySelector("a")!.focus();
  }
}

if (!customElements.get("attune-chat")) {
  customElements.define("attune-chat", AttuneChat);
  if (!document.querySelector("attune-chat")) (document.body ?? document.documentElement).append(h("attune-chat" as "div"));
}
