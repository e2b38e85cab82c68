/** The chat as it is seen: header, banner, messages, answers, helplines, composer. */
import type { Api } from "./api";
import { Banner } from "./banner";
import type { CardContext } from "./cards/context";
import { Composer } from "./composer";
import type { Conversation } from "./conversation";
import { h, icon } from "./dom";
import { HelpBar } from "./help-bar";
import type { ChatHost } from "./host";
import * as icons from "./icons";
import { LogView } from "./log";
import { drawMenu, type MenuActions } from "./menu";
import { load, save } from "./store";
import { translator, type Text, type Translate } from "./strings/catalogue";
import { Tray } from "./tray";
import * as strings from "./strings/catalogue";
import { uid } from "./uid";

/** Answers quicker than this come without a typing sign, which would only flicker. */
const TYPING_AFTER_MS = 400;

export interface ViewActions extends Omit<MenuActions, "changeCountry"> {
  close(): void;
  leave(): void;
}

export class View {
  readonly element: HTMLElement;
  readonly composer: Composer;
  readonly t: Translate;
  readonly #title: HTMLElement;
  readonly #menu: HTMLElement;
  readonly #menuButton: HTMLButtonElement;
  readonly #main: HTMLElement;
  readonly #scroller: HTMLElement;
  readonly #log: LogView;
  readonly #tray: Tray;
  readonly #typing: HTMLElement;
  readonly #banner: Banner;
  readonly #helpBar: HelpBar;
  readonly #status = h("div.sr", { role: "status" });
  readonly #toast = h("p.toast", { hidden: true });
  #typingTimer = 0;

  constructor(
    host: ChatHost,
    api: Api,
    private readonly conversation: Conversation,
    actions: ViewActions,
  ) {
    const { base, title, embed } = host.settings;
    const language = host.frame.lang;
    const t = (this.t = translator(language));
    const announce = (text: string): void => this.announce(text);
    const context: CardContext = {
      t,
      base,
      api,
      announce,
      locale: navigator.languages.find((tag) => tag.startsWith(language)) ?? language,
      token: (stale) => conversation.tokenFor(stale),
      booked: (id) => load().booked?.[id],
      keepBooked: (id, booked) => save({ booked: { ...load().booked, [id]: booked } }),
    };

    this.#log = new LogView(context, title, "en");
    this.#tray = new Tray(context, (choice) => {
      conversation.choose(choice);
      // The pressed button is gone; from here Tab leads to the answers that come next.
      this.#tray.element.focus({ preventScroll: true });
    });
    this.#typing = h("div.typing", { hidden: true, "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    this.#banner = new Banner(t, base, () => conversation.retry(), announce);
    this.#helpBar = new HelpBar(t, base);
    this.composer = new Composer(t, (text) => conversation.say(text));
    this.#scroller = h(
      "div.scroller", { tabindex: 0, role: "group", "aria-label": t(strings.conversation) },
      this.#log.element,
      this.#tray.element,
      this.#typing,
    );
    this.#menu = drawMenu(t, language, {
      ...actions,
      changeCountry: () => {
        this.toggleMenu(false);
        conversation.say(t(strings.changeCountry));
      },
    });
    this.#menuButton = h(
      "button.icon",
      { "aria-label": t(strings.menu), "aria-expanded": "false", onclick: () => this.toggleMenu(!this.menuOpen) },
      icon(icons.menu),
    );
    const titleId = uid();
    const hintId = uid();
    this.#title = h("h2", { id: titleId, tabindex: -1 }, title);
    this.#main = h("div.main", this.#banner.element, this.#scroller, this.#helpBar.element, this.composer.element);
    this.element = h(
      "section.panel", { role: embed ? "main" : "dialog", "aria-labelledby": titleId, dir: host.frame.dir },
      h(
        "header",
        h("span.mark", icon(icons.waves)),
        h("div.names", this.#title, h("p.quiet", t(strings.subtitle))),
        h("button.leave", { "aria-describedby": hintId, onclick: actions.leave }, icon(icons.leave), h("span", t(strings.leave))),
        h("span.sr", { id: hintId }, t(strings.leaveHint)),
        this.#menuButton,
        !embed && h("button.icon", { "aria-label": t(strings.close), onclick: actions.close }, icon(icons.close)),
      ),
      h("div.under", this.#main, this.#menu, this.#toast),
      this.#status,
    );
    this.element.style.setProperty("--size", String((load().size ?? 100) / 100));
  }

  get menuOpen(): boolean {
    return !this.#menu.hidden;
  }

  /** Brings the view in step with the conversation; `follow` scrolls to what is new. */
  sync(follow: boolean): void {
    const { conversation } = this;
    const hadParentLast = this.#log.element.lastElementChild?.getAttribute("data-id");
    const answer = this.#log.sync(conversation.messages);
    this.#tray.sync(conversation.open);
    this.#banner.sync(conversation.trouble, conversation.region);
    this.#helpBar.sync(conversation.help);
    this.#showTyping(conversation.waiting);
    if (!follow) return;
    if (answer) this.#toAnswer(answer);
    else if (hadParentLast !== this.#log.element.lastElementChild?.getAttribute("data-id")) this.toEnd();
  }

  /** On a desk the parent can write at once; on a phone the keyboard would cover the first words. */
  focus(): void {
    (matchMedia("(pointer: coarse)").matches ? this.#title : this.composer.input).focus({ preventScroll: true });
  }

  setModal(modal: boolean): void {
    if (modal) this.element.setAttribute("aria-modal", "true");
    else this.element.removeAttribute("aria-modal");
  }

  toggleMenu(open: boolean): void {
    this.#menu.hidden = !open;
    this.#main.inert = open;
    this.#menuButton.setAttribute("aria-expanded", String(open));
    if (open) this.#menu.querySelector("button")?.focus();
    else this.#menuButton.focus();
  }

  announce(text: string): void {
    // A text equal to the last one would not be announced without the change between.
    this.#status.textContent = "";
    setTimeout(() => (this.#status.textContent = text), 50);
  }

  /** Closes the menu and says what came of it, for eyes and ears. */
  say(message: Text): void {
    this.toggleMenu(false);
    this.#toast.textContent = this.t(message);
    this.#toast.hidden = false;
    this.announce(this.t(message));
    setTimeout(() => (this.#toast.hidden = true), 6000);
  }

  toEnd(): void {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** The end if the answer fits, else its beginning: nobody should have to scroll up to start reading. */
  #toAnswer(answer: HTMLElement): void {
    const scroller = this.#scroller;
    const top = answer.offsetTop - scroller.offsetTop - 12;
    scroller.scrollTop = Math.min(top, scroller.scrollHeight - scroller.clientHeight);
  }

  #showTyping(waiting: boolean): void {
    if (!waiting) {
      clearTimeout(this.#typingTimer);
      this.#typingTimer = 0;
      this.#typing.hidden = true;
    } else if (!this.#typingTimer)
      this.#typingTimer = window.setTimeout(() => {
        this.#typing.hidden = false;
        this.toEnd();
        this.announce(this.t(strings.typing, { name: this.#title.textContent ?? "" }));
      }, TYPING_AFTER_MS);
  }
}
