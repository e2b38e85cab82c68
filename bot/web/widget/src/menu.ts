/** What else can be done: own copy, country, language, size, erasing, and about leaving. */
import { h } from "./dom";
import { load } from "./store";
import { LANGUAGES } from "./strings/catalogue";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";

const SIZES = [100, 125, 150, 200];

export interface MenuActions {
  copy(): void;
  download(): void;
  changeCountry(): void;
  /** How things look was changed; the whole chat is drawn again. */
  look(change: { lang?: string; size?: number }): void;
  erase(): void;
}

export function drawMenu(t: Translate, language: string, actions: MenuActions): HTMLElement {
  const menu = h("div.menu", { id: "menu", role: "group", "aria-label": t(strings.menu), hidden: true });
  const item = (label: string, onclick: () => void): HTMLElement => h("button.item", { onclick }, label);
  const { size = 100 } = load();

  /** A row of which one is in force. */
  function row<T>(label: string, options: [value: T, label: string][], current: T, pick: (value: T) => void): HTMLElement {
    return h(
      "div.item.options", { role: "group", "aria-label": label },
      h("span", { "aria-hidden": "true" }, label),
      h(
        "div.pills",
        ...options.map(([value, name]) =>
          h("button", { "aria-pressed": String(value === current), onclick: () => pick(value) }, name),
        ),
      ),
    );
  }

  const sure = h(
    "div.item.sure", { role: "group", "aria-label": t(strings.clear), hidden: true },
    h("p", t(strings.clearSure)),
    h(
      "div.pills",
      h("button.danger", { onclick: actions.erase }, t(strings.clearYes)),
      h("button", { onclick: keep }, t(strings.clearNo)),
    ),
  );
  const clear = item(t(strings.clear), () => {
    sure.hidden = false;
    clear.hidden = true;
    sure.querySelector("button")?.focus();
  });
  function keep(): void {
    sure.hidden = true;
    clear.hidden = false;
    clear.focus();
  }

  menu.append(
    item(t(strings.copy), actions.copy),
    item(t(strings.download), actions.download),
    item(t(strings.country), actions.changeCountry),
    row(t(strings.language), LANGUAGES, language, (lang) => actions.look({ lang })),
    row(t(strings.size), SIZES.map((one) => [one, `${one} %`]), size, (chosen) => actions.look({ size: chosen })),
    clear,
    sure,
    h("p.quiet.about", t(strings.aboutLeave)),
  );
  return menu;
}
