/** The times to choose from: the first few as given, and more of them, by day, when asked for. */
import { h } from "../dom";
import type { Slot } from "../types";
import type { CardContext } from "./context";
import { pill, pillField, type Field } from "./fields";
import * as strings from "../strings/catalogue";
import { uid } from "../uid";

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Making a formatter takes longer than drawing the form, so each is made once. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function when(slot: Slot, { locale }: CardContext, options: Intl.DateTimeFormatOptions): string {
  const start = new Date(slot.start);
  if (isNaN(+start)) return slot.label;
  const key = locale + JSON.stringify(options);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale, options));
  return formatters.get(key)!.format(start);
}

const TIME: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
const DAY: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
const BOTH: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", ...TIME };

/** Who it is with and what staff say of them: "Therapist A · English, Spanish · birth trauma". */
const who = ({ therapist, languages, specialities }: Slot): string =>
  [therapist, languages?.join(", "), specialities?.join(", ")].filter(Boolean).join(" · ");

export interface SlotField extends Field {
  offer(slots: Slot[]): void;
}

export function slotField(slots: Slot[], chosen: string | undefined, context: CardContext): SlotField {
  const { t, api } = context;
  const name = uid();
  const times = h("div.pills");
  const field = pillField(t(strings.when), times);
  const note = h("p.quiet");
  const more = h("button", { onclick: () => void loadMore() }, t(strings.moreTimes));
  field.box.append(more, h("p.quiet", t(strings.zone, { z: ownZone().replace(/_/g, " ") })), note);

  const draw = (slot: Slot, format: Intl.DateTimeFormatOptions): HTMLElement =>
    pill(
      name,
      {
        value: slot.id,
        label: h("span", when(slot, context, format), who(slot) && h("span.quiet", who(slot))),
      },
      chosen,
    );

  function offer(some: Slot[]): void {
    times.replaceChildren(...some.map((slot) => draw(slot, BOTH)));
    more.hidden = false;
  }

  async function loadMore(): Promise<void> {
    chosen = field.value || chosen;
    note.textContent = t(strings.moment);
    more.disabled = true;
    try {
      const { slots: all } = await api.slots(ownZone());
      const days = new Map<string, Slot[]>();
      for (const slot of all ?? []) {
        const day = when(slot, context, DAY);
        days.set(day, [...(days.get(day) ?? []), slot]);
      }
      if (days.size) {
        const groups = [...days].map(([day, ofDay], index) =>
          h(
            "details.day", { open: !index || ofDay.some(({ id }) => id === chosen) },
            h("summary", day),
            h("div.pills", ...ofDay.map((slot) => draw(slot, TIME))),
          ),
        );
        times.replaceChildren(...groups);
        more.hidden = true;
        field.focus();
      }
      note.textContent = days.size ? "" : t(strings.noTimes);
    } catch {
      note.textContent = t(strings.broken);
    }
    more.disabled = false;
    if (note.textContent) context.announce(note.textContent);
  }

  offer(slots);
  return Object.assign(field, { offer });
}
