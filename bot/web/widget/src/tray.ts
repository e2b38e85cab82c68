/** The answers on offer, below the last message: quick replies, or the control that its card brings. */
import { drawTray } from "./cards";
import type { CardContext } from "./cards/context";
import { h } from "./dom";
import * as strings from "./strings/catalogue";
import type { Choice, Message } from "./types";

type Offer = { message: Message; choices: Choice[] } | null;

export function answerTray(context: CardContext, choose: (choice: Choice) => void): { element: HTMLElement; sync(offer: Offer): void } {
  const { t } = context;
  const element = h("div.tray", { role: "group", "aria-label": t(strings.choices), tabindex: -1 });
  let shown: Message | undefined;

  function sync(offer: Offer): void {
    if (offer?.message === shown) return;
    shown = offer?.message;
    element.replaceChildren();
    if (!offer) return;
    const tray = drawTray(offer.message, offer.choices, choose, context);
    const rest = (tray?.rest ?? offer.choices).map((choice) =>
      h("button.choice", { dir: "auto", onclick: () => choose(choice) }, choice.label),
    );
    if (tray) element.append(tray.control);
    element.append(h("div.choices", ...rest));
    context.announce(t(strings.choicesReady, { n: offer.choices.length }));
  }

  return { element, sync };
}
