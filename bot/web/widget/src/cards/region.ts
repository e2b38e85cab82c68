/** Which country's helplines to show: a select, because the list is long and phones draw it well. */
import { h } from "../dom";
import type { RegionCard } from "../types";
import type { CardKind } from "./context";
import * as strings from "../strings/catalogue";
import { uid } from "../uid";

export const region: CardKind<RegionCard> = {
  tray({ current, regions }, choices, choose, { t }) {
    const offered = regions.flatMap(({ code, name }) => {
      const choice = choices.find(({ label, payload }) => label === name || payload.split(/\W+/).includes(code));
      return choice ? [{ code, name, choice }] : [];
    });
    if (!offered.length) return null;
    const id = uid();
    const select = h("select", { id });
    for (const { code, name } of offered) select.append(h("option", { value: code, selected: code === current }, name));
    const send = (): void => choose(offered.find(({ code }) => code === select.value)!.choice);
    const control = h(
      "div.region",
      h("label", { for: id }, t(strings.country)),
      h("div.row", select, h("button.primary", { onclick: send }, t(strings.use))),
    );
    const covered = offered.map(({ choice }) => choice);
    return { control, rest: choices.filter((choice) => !covered.includes(choice)) };
  },
};
