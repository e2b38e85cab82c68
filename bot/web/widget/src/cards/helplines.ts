/** People to call, text or chat with. Calling comes first; every target is big enough for a thumb. */
import { h, icon, type Child } from "../dom";
import { safeHref } from "../href";
import * as icons from "../icons";
import type { Translate } from "../strings/translate";
import type { HelpLine, HelplinesCard } from "../types";
import type { CardContext, CardKind } from "./context";
import * as strings from "../strings/catalogue";

type Way = "call" | "text" | "chat";
const ICON_OF = { call: icons.phone, text: icons.text, chat: icons.text };

/** The link of one way to reach a line; null where the line has no such way. */
export function wayLink(line: HelpLine, way: Way, base: string, t: Translate): HTMLAnchorElement | null {
  const button = line[way];
  const href = safeHref(button?.href, base);
  if (!button || !href) return null;
  const web = way === "chat" ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return h(
    "a",
    { class: `way ${way}`, href, ...web },
    icon(ICON_OF[way]),
    h("span", button.label),
    h("span.sr", `${line.name}${way === "chat" ? ` (${t(strings.newTab)})` : ""}`),
  );
}

/** "English, Spanish" for ["en", "es"], in the language of the buttons. */
function languageNames(codes: string[], { language }: Translate): string {
  const names = new Intl.DisplayNames(language, { type: "language" });
  return codes.map((code) => names.of(code)).join(", ");
}

export function lineList(lines: HelpLine[], base: string, t: Translate): HTMLUListElement {
  return h(
    "ul.lines",
    ...lines.map((line) =>
      h(
        "li",
        h("strong", line.name),
        ...([line.for, [line.hours, line.languages && languageNames(line.languages, t)].filter(Boolean).join(" · ")] as Child[]).map(
          (detail) => detail && h("span.quiet", detail),
        ),
        h("div.ways", ...(["call", "text", "chat"] as Way[]).map((way) => wayLink(line, way, base, t))),
      ),
    ),
  );
}

const TITLE = {
  emergency: strings.emergencyTitle,
  crisis: strings.crisisTitle,
  domestic_abuse: strings.abuseTitle,
  support: strings.supportTitle,
};

export const helplines: CardKind<HelplinesCard> = {
  // In an emergency nothing stands before the number.
  first: ({ kind }) => kind === "emergency",
  draw({ kind, compact, region_name, lines }, { t, base }: CardContext) {
    if (compact) return null;
    return h(
      "div",
      { class: `card help ${kind}` },
      h("div.row", h("strong", t(TITLE[kind] ?? strings.supportTitle)), region_name && h("span.quiet", region_name)),
      lineList(lines, base, t),
    );
  },
};
