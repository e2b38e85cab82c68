/** The messages as elements, kept in step with the conversation: each is drawn, and announced, once. */
import { drawMessage } from "./cards";
import type { CardContext } from "./cards/context";
import { h } from "./dom";
import * as strings from "./strings/catalogue";
import type { Message } from "./types";

/** What was said before a reload is put in silently; after this long the log speaks again. */
const HUSH_MS = 1000;

export interface MessageLog {
  element: HTMLElement;
  /** Draws what is new and returns the first new bot message, for the view to scroll to. */
  sync(messages: Message[]): HTMLElement | undefined;
}

export function messageLog(context: CardContext, botName: string): MessageLog {
  const { t } = context;
  const element = h("div.log", { role: "log", "aria-label": t(strings.log) });
  const drawn = new Map<string, HTMLElement>();

  function sync(messages: Message[]): HTMLElement | undefined {
    let firstNew: HTMLElement | undefined;
    const isHistory = !drawn.size && messages.some(({ from, state }) => from === "parent" && !state);
    if (isHistory) hush();
    for (const [id, item] of drawn)
      if (!messages.some((message) => message.id === id)) {
        item.remove();
        drawn.delete(id);
      }
    const turn = messages.map(({ from }) => from).lastIndexOf("parent");
    messages.forEach((message, index) => {
      let item = drawn.get(message.id);
      if (!item) {
        item = draw(message);
        drawn.set(message.id, item);
        if (message.from === "bot") firstNew ??= item;
      }
      showState(item, message);
      // Exercises of earlier turns stop moving.
      item.toggleAttribute("data-current", index > turn);
      const place = element.children[index];
      if (item !== place) element.insertBefore(item, place ?? null);
    });
    return isHistory ? undefined : firstNew;
  }

  function hush(): void {
    element.ariaLive = "off";
    setTimeout(() => (element.ariaLive = null), HUSH_MS);
  }

  function draw(message: Message): HTMLElement {
    const bot = message.from === "bot";
    return h(
      `div.message.${message.from}`,
      h("span.sr", `${bot ? botName : t(strings.you)}: `),
      ...(bot ? drawMessage(message, context) : [h("p.bubble", { dir: "auto" }, message.text)]),
    );
  }

  function showState(item: HTMLElement, { state }: Message): void {
    if (item.dataset.state === (state ?? "")) return;
    item.dataset.state = state ?? "";
    item.querySelector(".unsent")?.remove();
    // The banner says it aloud; here it is for those who read along.
    if (state === "unsent") item.append(h("span.unsent", { "aria-live": "off" }, t(strings.unsent)));
  }

  return { element, sync };
}
