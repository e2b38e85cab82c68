/**
 * The helplines that stay within a thumb's reach once there has been a reason for them:
 * one line above the composer, which unfolds to the whole list.
 */
import { lineList, wayLink } from "./cards/helplines";
import { h, icon } from "./dom";
import * as icons from "./icons";
import type { Translate } from "./strings/catalogue";
import type { HelplinesCard } from "./types";
import * as strings from "./strings/catalogue";
import { uid } from "./uid";

export class HelpBar {
  readonly element: HTMLElement;
  #shown: HelplinesCard | undefined;

  constructor(
    private readonly t: Translate,
    private readonly base: string,
  ) {
    this.element = h("section.help-bar", { "aria-label": t(strings.helpNow), hidden: true });
  }

  sync(card: HelplinesCard | undefined): void {
    if (card === this.#shown) return;
    this.#shown = card;
    this.element.hidden = !card;
    if (card) this.#draw(card);
  }

  #draw({ lines }: HelplinesCard): void {
    const { t, base } = this;
    const id = uid();
    const all = h("div.all", { id, hidden: true }, lineList(lines, base, t));
    const toggle = h(
      "button.icon",
      { "aria-expanded": "false", "aria-controls": id, "aria-label": t(strings.more), onclick: unfold },
      icon(icons.up),
    );
    this.element.replaceChildren(all, h("div.row", ...this.#quickWays(lines), toggle));

    function unfold(): void {
      all.hidden = !all.hidden;
      toggle.setAttribute("aria-expanded", String(!all.hidden));
    }
  }

  /** The best way of the first two lines, and the first that can be reached without speaking. */
  #quickWays(lines: HelplinesCard["lines"]): (HTMLElement | null)[] {
    const two = lines.slice(0, 2);
    const ways = two.map((line) => {
      const way = (["call", "text", "chat"] as const).find((one) => line[one]);
      return way ? wayLink(line, way, this.base, this.t) : null;
    });
    const quiet = two.find(({ call, text }) => call && text);
    return [...ways, quiet ? wayLink(quiet, "text", this.base, this.t) : null];
  }
}
