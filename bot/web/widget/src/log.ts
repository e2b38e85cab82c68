/** The messages as elements, kept in step with the conversation: each is drawn, and announced, once. */
import { drawMessage } from "./cards";
import type { CardContext } from "./cards/context";
import { h } from "./dom";
import type { Message } from "./types";
import * as strings from "./strings/catalogue";

export class LogView {
  readonly element: HTMLElement;
  readonly #drawn = new Map<string, HTMLElement>();

  constructor(
    private readonly context: CardContext,
    private readonly botName: string,
    /** Language of the bot's texts, which need not be that of the buttons. */
    private readonly language: string,
  ) {
    this.element = h("div.log", { role: "log", "aria-label": context.t(strings.log) });
  }

  /** Draws what is new and returns the first new bot message, for the view to scroll to. */
  sync(messages: Message[]): HTMLElement | undefined {
    let firstNew: HTMLElement | undefined;
    const isHistory = !this.#drawn.size && messages.some(({ from, state }) => from === "parent" && !state);
    if (isHistory) this.#hush();
    const gone = new Set(this.#drawn.keys());
    const turn = messages.map(({ from }) => from).lastIndexOf("parent");
    let previous: HTMLElement | null = null;
    messages.forEach((message, index) => {
      gone.delete(message.id);
      let item = this.#drawn.get(message.id);
      if (!item) {
        item = this.#draw(message);
        this.#drawn.set(message.id, item);
        if (message.from === "bot") firstNew ??= item;
      }
      this.#showState(item, message);
      item.toggleAttribute("data-current", index > turn);
      item.toggleAttribute("data-follows", messages[index - 1]?.from === message.from);
      const place: Element | null = previous ? previous.nextElementSibling : this.element.firstElementChild;
      if (item !== place) this.element.insertBefore(item, place);
      previous = item;
    });
    for (const id of gone) {
      this.#drawn.get(id)?.remove();
      this.#drawn.delete(id);
    }
    return firstNew;
  }

  /** What was said before a reload is not read out again. */
  #hush(): void {
    this.element.setAttribute("aria-live", "off");
    setTimeout(() => this.element.removeAttribute("aria-live"), 1000);
  }

  #draw(message: Message): HTMLElement {
    const { t } = this.context;
    const fromBot = message.from !== "parent";
    return h(
      `div.message.${fromBot ? "bot" : "parent"}`,
      { "data-id": message.id },
      h("span.sr", `${fromBot ? this.botName : t(strings.you)}: `),
      ...(fromBot ? drawMessage(message, this.context, this.language) : [h("p.bubble", { dir: "auto" }, message.text)]),
    );
  }

  #showState(item: HTMLElement, { state }: Message): void {
    if (item.dataset.state === (state ?? "")) return;
    item.dataset.state = state ?? "";
    item.querySelector(".unsent")?.remove();
    // The banner says it aloud; here it is for those who read along.
    if (state === "unsent") item.append(h("span.unsent", { "aria-live": "off" }, this.context.t(strings.unsent)));
  }
}
