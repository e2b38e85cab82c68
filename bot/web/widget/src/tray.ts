/** The answers on offer, below the last message: quick replies, or the control that its card brings. */
import { drawTray } from "./cards";
import type { CardContext } from "./cards/context";
import { h } from "./dom";
import type { Choice, Message } from "./types";
import * as strings from "./strings/catalogue";

export class Tray {
  readonly element: HTMLElement;
  #shownFor = "";

  constructor(
    private readonly context: CardContext,
    private readonly choose: (choice: Choice) => void,
  ) {
    this.element = h("div.tray", { role: "group", "aria-label": context.t(strings.choices), tabindex: -1 });
  }

  sync(open: { message: Message; choices: Choice[] } | null): void {
    const id = open?.message.id ?? "";
    if (id === this.#shownFor) return;
    this.#shownFor = id;
    this.element.replaceChildren();
    if (!open) return;
    const { message, choices } = open;
    const tray = drawTray(message, choices, this.choose, this.context);
    if (tray) this.element.append(tray.control);
    const rest = (tray?.rest ?? choices).map((choice) =>
      h("button.choice", { dir: "auto", onclick: () => this.choose(choice) }, choice.label),
    );
    this.element.append(h("div.choices", ...rest));
    this.context.announce(this.context.t(strings.choicesReady, { n: choices.length }));
  }
}
