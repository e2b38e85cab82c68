/** What is going wrong, what to do, and, since nobody may answer now, whom to call. */
import { lineList } from "./cards/helplines";
import type { Trouble } from "./conversation";
import { h } from "./dom";
import { builtInLines } from "./helplines";
import type { Translate } from "./strings/catalogue";
import * as strings from "./strings/catalogue";

const SAYS = { offline: strings.offline, slow: strings.slow, broken: strings.broken, refused: strings.broken };

export class Banner {
  readonly element = h("div.banner", { hidden: true });
  #shown = "";

  constructor(
    private readonly t: Translate,
    private readonly base: string,
    private readonly retry: () => void,
    private readonly announce: (text: string) => void,
  ) {}

  sync(trouble: Trouble | null, region: string | undefined): void {
    const state = JSON.stringify([trouble, region]);
    if (state === this.#shown) return;
    this.#shown = state;
    this.element.hidden = !trouble;
    this.element.replaceChildren();
    if (!trouble) return;
    const { t } = this;
    const says = trouble.text ?? t(SAYS[trouble.kind]);
    this.element.append(
      h("div.row", h("p", says), trouble.canRetry && h("button.small", { onclick: this.retry }, t(strings.again))),
    );
    if (trouble.kind !== "refused") {
      this.element.append(h("p.quiet", t(strings.needPerson)), lineList(builtInLines(region, t), this.base, t));
    }
    this.announce(says);
  }
}
