/** One step of a guided exercise: where we are, what to do, and a pace to breathe with. */
import { h } from "../dom";
import type { ExerciseCard } from "../types";
import type { CardKind } from "./context";
import { paceCircle } from "./pace";
import * as strings from "../strings/catalogue";

const SENSES: Record<string, strings.Text> = {
  sight: strings.sight,
  touch: strings.touch,
  hearing: strings.hearing,
  smell: strings.smell,
  taste: strings.taste,
  breath: strings.breath,
  body: strings.bodySense,
};

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
      sense && h("span.chip", SENSES[sense] ? t(SENSES[sense]) : sense),
      h("p.instruction", { dir: "auto" }, text),
      pace && paceCircle(pace, context),
      !!seconds && !pace && h("p.quiet", t(strings.about, { n: seconds })),
    );
  },
};
