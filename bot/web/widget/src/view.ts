/** The chat as it is seen: header, banner, messages, answers, helplines, composer. */
import type { Api } from "./api";
import { troubleBanner } from "./banner";
import type { CardContext } from "./cards/context";
import { textComposer } from "./composer";
import type { Conversation } from "./conversation";
import { h, icon } from "./dom";
import { helpBar } from "./help-bar";
import type { ChatHost } from "./host";
import * as icons from "./icons";
import { messageLog } from "./log";
import { drawMenu, type MenuActions } from "./menu";
import { load, save } from "./store";
import * as strings from "./strings/catalogue";
import type { Text } from "./strings/catalogue";
import { translator, type Translate } from "./strings/translate";
import { answerTray } from "./tray";
import { uid } from "./uid";

/** Answers quicker than this come without a typing sign, which would only flicker. */
const TYPING_AFTER_MS = 400;
const TOAST_MS = 6000;

export interface ViewActions extends Omit<MenuActions, "changeCountry"> {
  close(): void;
  leave(): void;
}

export interface View {
  readonly element: HTMLElement;
  readonly t: Translate;
  readonly giveBack: (text: string) => void;
  readonly menuOpen: () => boolean;
  /** Brings the view in step with the conversation and scrolls to what is new. */
  sync(): void;
  /** What the view can measure only once it is on the page. */
  settle(): void;
  focus(): void;
  setModal(modal: boolean): void;
  toggleMenu(open: boolean): void;
  /** Closes the menu and says what came of it, for eyes and ears. */
  say(message: Text): void;
}

export function chatView(host: ChatHost, api: Api, conversation: Conversation, actions: ViewActions): View {
  const { base, title, embed } = host.settings;
  const language = host.frame.lang;
  const t = translator(language);
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
  const status = h("div.sr", { role: "status" });
  const toast = h("p.toast", { hidden: true });
  const log = messageLog(context, title);
  const tray = answerTray(context, (choice) => {
    conversation.choose(choice);
    // The pressed button is gone; from here Tab leads to the answers that come next.
    tray.element.focus({ preventScroll: true });
  });
  const typing = h("p.bubble.typing", { hidden: true, "aria-hidden": "true" }, "●●●");
  const banner = troubleBanner(t, base, () => conversation.retry(), announce);
  const bar = helpBar(t, base);
  const composer = textComposer(t, (text) => conversation.say(text));
  const scroller = h(
    "div.scroller",
    { tabindex: 0, role: "group", "aria-label": t(strings.log) },
    log.element,
    tray.element,
    typing,
  );
  const menu = drawMenu(t, language, {
    ...actions,
    changeCountry() {
      toggleMenu(false);
      conversation.say("change my country"); // words that the bot knows
    },
  });
  const menuButton = h(
    "button.icon",
    { "aria-label": t(strings.menu), "aria-expanded": "false", onclick: () => toggleMenu(!!menu.hidden) },
    icon(icons.menu),
  );
  const [titleId, hintId] = [uid(), uid()];
  const heading = h("h2", { id: titleId, tabindex: -1 }, title);
  const main = h("div.main", banner.element, scroller, bar.element, composer.element);
  const element = h(
    "section.panel",
    { role: embed ? "main" : "dialog", "aria-labelledby": titleId },
    h(
      "header",
      h("div.names", heading, h("p.quiet", t(strings.subtitle))),
      h("button.leave", { "aria-describedby": hintId, onclick: actions.leave }, icon(icons.leave), t(strings.leave)),
      h("span.sr", { id: hintId }, t(strings.aboutLeave)),
      menuButton,
      !embed && h("button.icon", { "aria-label": t(strings.close), onclick: actions.close }, icon(icons.close)),
    ),
    h("div.under", main, menu, toast),
    status,
  );
  element.style.setProperty("--size", String((load().size ?? 100) / 100));
  let typingTimer = 0;

  function sync(): void {
    const count = log.element.childElementCount;
    const answer = log.sync(conversation.messages);
    tray.sync(conversation.open);
    banner.sync(conversation.trouble, conversation.region);
    bar.sync(conversation.help);
    showTyping(conversation.waiting);
    if (answer) toAnswer(answer);
    else if (count < log.element.childElementCount) toEnd();
  }

  function settle(): void {
    composer.fit();
    toEnd();
  }

  /** On a desk the parent can write at once; on a phone the keyboard would cover the first words. */
  function focus(): void {
    (matchMedia("(pointer: coarse)").matches ? heading : composer.input).focus({ preventScroll: true });
  }

  function setModal(modal: boolean): void {
    if (modal) element.setAttribute("aria-modal", "true");
    else element.removeAttribute("aria-modal");
  }

  function toggleMenu(open: boolean): void {
    menu.hidden = !open;
    main.inert = open;
    menuButton.setAttribute("aria-expanded", String(open));
    (open ? menu.querySelector("button")! : menuButton).focus();
  }

  function announce(text: string): void {
    // A text equal to the last one would not be announced without the change between.
    status.textContent = "";
    setTimeout(() => (status.textContent = text), 50);
  }

  function say(message: Text): void {
    toggleMenu(false);
    toast.textContent = t(message);
    toast.hidden = false;
    announce(t(message));
    setTimeout(() => (toast.hidden = true), TOAST_MS);
  }

  function toEnd(): void {
    scroller.scrollTop = scroller.scrollHeight;
    // Once more when what came into sight has its real height.
    requestAnimationFrame(() => (scroller.scrollTop = scroller.scrollHeight));
  }

  /** The end if the answer fits, else its beginning: nobody should have to scroll up to start reading. */
  function toAnswer(answer: HTMLElement): void {
    scroller.scrollTop = Math.min(answer.offsetTop - 12, scroller.scrollHeight - scroller.clientHeight);
  }

  function showTyping(waiting: boolean): void {
    if (!waiting) {
      clearTimeout(typingTimer);
      typingTimer = 0;
      typing.hidden = true;
    } else
      typingTimer ||= window.setTimeout(() => {
        typing.hidden = false;
        toEnd();
        announce(t(strings.typing));
      }, TYPING_AFTER_MS);
  }

  sync();
  return { element, t, giveBack: composer.giveBack, menuOpen: () => !menu.hidden, sync, settle, focus, setModal, toggleMenu, say };
}
