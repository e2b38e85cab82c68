/**
 * The helplines that stay within a thumb's reach once there has been a reason for them:
 * one line above the composer, which unfolds to the whole list.
 */
import { lineList, wayLink } from "./cards/helplines";
import { h, icon } from "./dom";
import * as icons from "./icons";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";
import type { HelplinesCard } from "./types";

export function helpBar(t: Translate, base: string): { element: HTMLElement; sync(card: HelplinesCard | undefined): void } {
  const element = h("section.bar", { "aria-label": t(strings.helpNow), hidden: true });
  let shown: HelplinesCard | undefined;

  function sync(card: HelplinesCard | undefined): void {
    if (card === shown) return;
    shown = card;
    element.hidden = !card;
    if (!card) return;
    const all = h("div.all", { hidden: true }, lineList(card.lines, base, t));
    const toggle = h("button.icon", { "aria-expanded": "false", "aria-label": t(strings.more), onclick: unfold }, icon(icons.up));
    element.replaceChildren(all, h("div.row", ...quickWays(card, t, base), toggle));

    function unfold(): void {
      all.hidden = !all.hidden;
      toggle.setAttribute("aria-expanded", String(!all.hidden));
    }
  }

  return { element, sync };
}

/** The best way to each of the first two lines, and the first that can be reached without speaking. */
function quickWays({ lines }: HelplinesCard, t: Translate, base: string): (HTMLElement | null | undefined)[] {
  const two = lines.slice(0, 2);
  const link = (line: (typeof lines)[0] | undefined, ...ways: ("call" | "text" | "chat")[]): HTMLElement | null | undefined =>
    line && ways.map((way) => wayLink(line, way, base, t)).find(Boolean);
  return [...two.map((line) => link(line, "call", "text", "chat")), link(two.find(({ call, text }) => call && text), "text")];
}
