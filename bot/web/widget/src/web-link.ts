/** A link that leaves the chat in its tab, and tells nobody where the parent came from. */
import { h } from "./dom";
import { safeHref } from "./href";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";

export function webLink(
  spec: "a" | `a.${string}`,
  href: string | null,
  base: string,
  t: Translate,
  label: string,
  about = "",
): HTMLAnchorElement | null {
  const url = safeHref(href, base);
  if (!url) return null;
  return h(spec, { href: url, target: "_blank", rel: "noopener noreferrer" }, label, h("span.sr", `${about} (${t(strings.newTab)})`));
}
