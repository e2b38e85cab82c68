/** One step of a guided exercise: where we are, what to do, and a pace to breathe with. */
import { h } from "../dom";
import type { ExerciseCard } from "../types";
import type { CardKind } from "./context";
import { paceCircle } from "./pace";
import * as strings from "../strings/catalogue";

export const exercise: CardKind<ExerciseCard> = {
  says: ({ text }) => text,
  draw({ name, step, steps, text, seconds, sense, pace }, context) {
    const { t } = context;
    const dots = h("div.dots", { "aria-hidden": "true" });
    for (let n = 1; n <= steps; n++) dots.append(h("i", { class: n <= step ? "on" : null }));
    return h(
      "div.card.exercise",
      h("div.row", h("strong", name), h("span.quiet", t(strings.step, { n: step, m: steps }))),
      dots,
      sense && h("span.chip", sense),
      h("p", { dir: "auto" }, text),
      pace && paceCircle(pace, context),
      !!seconds && !pace && h("p.quiet", t(strings.about, { n: seconds })),
    );
  },
};
