/**
 * A number from a row. A touch or click sends it at once; with a keyboard the arrows move, as in any
 * radio group, and Enter sends, or the button that appears once a number is chosen.
 */
import { h } from "../dom";
import * as strings from "../strings/catalogue";
import type { RatingCard } from "../types";
import { uid } from "../uid";
import type { CardKind } from "./context";
import { pill } from "./fields";

export const rating: CardKind<RatingCard> = {
  says: ({ question }) => question,
  draw: ({ question }) => h("p.bubble.question", { dir: "auto" }, question),
  tray({ question, min, max, min_label, max_label }, choices, choose, { t }) {
    const numbers = choices.filter(({ label }) => /^\d+$/.test(label));
    const name = uid();
    const pills = numbers.map(({ label }) => pill(name, { value: label, label }));
    const send = (): void => {
      const chosen = row.querySelector<HTMLInputElement>(":checked")?.value;
      const choice = numbers.find(({ label }) => label === chosen);
      if (choice) choose(choice);
    };
    const row = h(
      "form.rating",
      {
        // A pointer's click counts itself; the click that arrow keys cause does not.
        onclick: (event: Event) => (event as MouseEvent).detail && send(),
        onsubmit: (event: Event) => {
          event.preventDefault();
          send();
        },
      },
      h("fieldset.pills", h("legend.sr", `${question} ${t(strings.ratingHint)}`), ...pills),
      h("div.ends.quiet", h("span", `${min} ${min_label}`), h("span", `${max} ${max_label}`)),
      h("button.primary", { type: "submit" }, t(strings.send)),
    );
    return { control: row, rest: choices.filter((choice) => !numbers.includes(choice)) };
  },
};
