/** A passage from the practice's articles: the quote, where it is from, and whether it was reviewed. */
import { h, icon, safeHref } from "../dom";
import * as icons from "../icons";
import type { PassageCard } from "../types";
import type { CardKind } from "./context";
import * as strings from "../strings/catalogue";

export const passage: CardKind<PassageCard> = {
  says: ({ quote }) => quote,
  draw({ quote, title, heading, url, reviewed }, { t, base }) {
    const href = safeHref(url, base);
    return h(
      "figure.card.passage",
      h("blockquote", { dir: "auto" }, quote),
      h(
        "figcaption",
        icon(icons.book),
        h(
          "div",
          h("cite", title),
          heading && heading !== title && h("span.quiet", heading),
          !reviewed && h("span.quiet", t(strings.unreviewed)),
          href &&
            h("a", { href, target: "_blank", rel: "noopener noreferrer" }, t(strings.readMore), h("span.sr", `: ${title} (${t(strings.newTab)})`)),
        ),
      ),
    );
  },
};
