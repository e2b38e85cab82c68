/** A passage from the practice's articles: the quote, where it is from, and whether it was reviewed. */
import { h } from "../dom";
import type { PassageCard } from "../types";
import { webLink } from "../web-link";
import type { CardKind } from "./context";
import * as strings from "../strings/catalogue";

export const passage: CardKind<PassageCard> = {
  says: ({ quote }) => quote,
  draw({ quote, title, heading, url, reviewed }, { t, base }) {
    return h(
      "figure.card.passage",
      h("blockquote", { dir: "auto" }, quote),
      h(
        "figcaption",
        h("cite", title),
        heading && heading !== title && h("span.quiet", heading),
        !reviewed && h("span.quiet", t(strings.unreviewed)),
        webLink("a", url, base, t, t(strings.readMore), title),
      ),
    );
  },
};
