/** Form fields with a label and an error of their own. */
import { h, type Child, type Properties } from "../dom";
import { uid } from "../uid";

export interface Field {
  box: HTMLElement;
  readonly value: string;
  /** Shows the error beside the field, or takes it away. */
  fail(error?: string): void;
  focus(): void;
}

/** `control` carries the error for assistive technology; inputs are looked up, as they may change. */
function field(box: HTMLElement, control: HTMLElement): Field {
  const error = h("p.error", { id: uid(), hidden: true });
  box.append(error);
  return {
    box,
    get value() {
      const input = box.querySelector<HTMLInputElement>("textarea, :checked, input:not([type=radio], [type=checkbox])");
      return input?.value.trim() ?? "";
    },
    fail(text) {
      error.textContent = text ?? "";
      error.hidden = !text;
      control.setAttribute("aria-describedby", text ? error.id : "");
      if (control !== box) control.setAttribute("aria-invalid", String(!!text));
    },
    focus: () => box.querySelector<HTMLElement>("input, textarea, summary")?.focus(),
  };
}

export function textField(label: string, properties: Properties, tag: "input" | "textarea" = "input"): Field {
  const id = uid();
  const control = h(tag, { id, ...properties }) as HTMLInputElement;
  control.value = String(properties.value ?? "");
  return field(h("div.field", h("label", { for: id }, label), control), control);
}

export function checkField(label: string, checked: boolean): Field {
  const control = h("input", { type: "checkbox", value: "yes", checked });
  return field(h("div.field", h("label.tick", control, h("span", label))), control);
}

export interface Option {
  value: string;
  label: Child;
}

/** A radio button that looks like a pill. */
export function pill(name: string, { value, label }: Option, chosen?: string): HTMLElement {
  return h("label.pill", h("input", { type: "radio", name, value, checked: value === chosen }), h("span", label));
}

export function pillField(legend: string, pills: Element): Field {
  const box = h("fieldset.field", h("legend", legend), pills);
  return field(box, box);
}

export function choiceField(legend: string, options: Option[], chosen?: string): Field {
  const name = uid();
  return pillField(legend, h("div.pills", ...options.map((option) => pill(name, option, chosen))));
}
