/**
 * The one script tag of a page: draws the open button, and fetches the chat when the page is idle
 * or the button is pressed. It stays small, because every visitor of the site pays for it, and it
 * carries the helplines, because the chat itself may fail to load.
 */
import { adopt, h, icon, safeHref } from "./dom";
import type { ChatHost, ChatPanel, Settings } from "./host";
import * as icons from "./icons";
import { kit } from "./kit";
import { builtin, dial, guessRegion } from "./regions";
import { load, save } from "./store";
import { pickLanguage, wordsIn, type Words } from "./strings/words";
import css from "./styles/launcher.css";

const { dataset: data, src } = document.currentScript as HTMLScriptElement;
const base = new URL(src).origin;
const nightMode = matchMedia("(prefers-color-scheme: dark)");

class AttuneChat extends HTMLElement implements ChatHost {
  static readonly kit = kit;
  readonly frame = h("div.root");
  readonly settings: Settings = {
    base,
    exit: safeHref(data.exit, base) ?? "https://www.google.com/",
    embed: "embed" in data,
    title: data.title ?? "Attune",
    region: data.region ?? guessRegion(),
  };
  isOpen = false;
  #unread = 0;
  #fetching = false;
  /** The parent pressed the button, as against a chat that was still open from the page before. */
  #asked = false;
  readonly #button = h("button.launcher", { onclick: () => this.open() });
  readonly #corner = h("div.corner", { role: "region" }, this.#button);
  readonly #fallback = h("div.corner.fallback", { role: "alert", hidden: true });
  readonly #panel = document.createElement("attune-panel") as ChatPanel;

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
    else this.#fetchChat();
  }

  close(): void {
    this.isOpen = this.#corner.hidden = false;
    this.#fallback.hidden = true;
    save({ open: false });
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
    frame.dataset.theme = nightMode.matches ? "dark" : "light";
    frame.lang = pickLanguage(lang, data.lang);
    frame.dir = getComputedStyle(document.documentElement).direction;
    frame.toggleAttribute("data-embed", this.settings.embed);
    const label = data.label ?? this.#words.open;
    this.#corner.ariaLabel = label;
    this.#button.replaceChildren(icon(icons.waves), label);
    if (this.#unread)
      this.#button.append(h("b", String(this.#unread)), h("span.sr", this.#words.unread));
  }

  get #words(): Words {
    return wordsIn(this.frame.lang);
  }

  #reveal(): void {
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
        if (this.isOpen) this.#apologise();
      },
    });
    document.head.append(chat);
  }

  /** The chat did not load; the numbers that matter are here all the same. */
  #apologise(): void {
    const { failed, again, close } = this.#words;
    const [emergency, ...lines] = builtin(load().region ?? this.settings.region);
    this.#fallback.replaceChildren(
      failed,
      ...[["", emergency], ...lines].flatMap(([name, call]) =>
        call ? h("a", { href: dial(call) }, `${call} ${name}`) : [],
      ),
      h("button", { onclick: () => this.open() }, again),
      h("button", { onclick: () => this.close() }, close),
    );
    this.#fallback.hidden = false;
    this.#corner.hidden = true;
  }
}

if (!customElements.get("attune-chat")) {
  customElements.define("attune-chat", AttuneChat);
  if (!document.querySelector("attune-chat")) (document.body ?? document.documentElement).append(document.createElement("attune-chat"));
}
