/** Elements from data. There is no innerHTML anywhere in the widget: text is always text. */

type Value = string | number | boolean | null | undefined | EventListener;
export type Properties = Record<string, Value>;
export type Child = Node | string | null | undefined | false;
type Tag = keyof HTMLElementTagNameMap;

/**
 * `h("button.small", {onclick: fn}, "Text")`: a tag with its classes, properties if there are any,
 * and children. True sets an empty attribute, false, null and undefined none.
 */
export function h<K extends Tag>(
  spec: K | `${K}.${string}`,
  ...content: (Properties | Child)[]
): HTMLElementTagNameMap[K] {
  const [tag, ...classes] = spec.split(".") as [K, ...string[]];
  const element = document.createElement(tag);
  element.className = classes.join(" ");
  // Only a form's own button submits, and says so.
  if (tag === "button") element.setAttribute("type", "button");
  for (const item of content) {
    if (!item) continue;
    if (typeof item === "string" || item instanceof Node) element.append(item);
    else
      for (const [name, value] of Object.entries(item))
        if (typeof value === "function") element.addEventListener(name.slice(2), value);
        else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : String(value));
  }
  return element;
}

/** A line icon of 24 units, hidden from assistive technology: the text beside it says it all. */
export function icon(path: string): SVGSVGElement {
  const [svg, line] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag)) as [
    SVGSVGElement,
    SVGElement,
  ];
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function adopt(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
}
