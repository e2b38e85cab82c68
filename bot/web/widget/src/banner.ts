/** What is going wrong, what to do, and, since nobody may answer now, whom to call. */
import { lineList } from "./cards/helplines";
import type { Trouble } from "./conversation";
import { h } from "./dom";
import { builtInLines } from "./helplines";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";

const SAYS = { offline: strings.offline, slow: strings.slow, broken: strings.broken, refused: strings.broken };

export interface Banner {
  element: HTMLElement;
  sync(trouble: Trouble | null, region: string | undefined): void;
}

export function troubleBanner(t: Translate, base: string, retry: () => void, announce: (text: string) => void): Banner {
  const element = h("div.banner", { hidden: true });
  let shown = "";

  function sync(trouble: Trouble | null, region: string | undefined): void {
    const says = trouble ? trouble.text ?? t(SAYS[trouble.kind]) : "";
    if (says + region === shown) return;
    shown = says + region;
    element.hidden = !trouble;
    if (!trouble) return;
    element.replaceChildren(h("div.row", h("p", says)));
    if (trouble.kind !== "refused") {
      element.firstElementChild!.append(h("button", { onclick: retry }, t(strings.again)));
      element.append(h("p.quiet", t(strings.helpNow)), lineList(builtInLines(region, t), base, t));
    }
    announce(says);
  }

  return { element, sync };
}
