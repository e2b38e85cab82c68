/**
 * Booking a consultation. Name, address and number go from this form straight to the booking API:
 * they never become part of the conversation, and what was typed is kept in memory only.
 */
import { ApiError, type BookingRequest } from "../api";
import { h } from "../dom";
import type { Booked, BookingCard } from "../types";
import { webLink } from "../web-link";
import type { CardContext, CardKind } from "./context";
import { checkField, choiceField, textField, type Field } from "./fields";
import { ownZone, slotField } from "./slots";
import * as strings from "../strings/catalogue";

/** What was typed, for a form that is drawn again (another language, another card). */
let typed: Record<string, string> = {};
let openForm: HTMLElement | undefined;

export function forgetTyped(): void {
  typed = {};
}

export const booking: CardKind<BookingCard> = {
  draw(card, context, { id }) {
    const done = context.booked(id);
    const box = h("div.card.booking", { "aria-live": "off" });
    if (done) box.append(confirmation(done, context));
    else if (card.mode === "link") box.append(bookingLink(card, context));
    else {
      openForm?.replaceChildren(h("p.quiet", context.t(strings.replaced)));
      openForm = box;
      box.append(bookingForm(card, context, (booked) => {
        context.keepBooked(id, booked);
        forgetTyped();
        openForm = undefined;
        box.replaceChildren(confirmation(booked, context));
        context.announce(`${context.t(strings.booked)}: ${booked.label}`);
        box.querySelector<HTMLElement>("[tabindex]")?.focus();
      }));
    }
    return box;
  },
};

function bookingLink({ url, notice }: BookingCard, { t, base }: CardContext): Node {
  return h(
    "div",
    h("strong", t(strings.bookTitle)),
    webLink("a.button.primary.wide", url, base, t, t(strings.bookLink)),
    notice && h("p.quiet", notice),
  );
}

function confirmation({ label, kind, how_it_starts, manage_url }: Booked, { t, base }: CardContext): Node {
  return h(
    "div.booked", { tabindex: -1 },
    h("strong", t(strings.booked)),
    h("p", `${label} · ${kindName(kind, t)}`),
    h("p", how_it_starts),
    webLink("a", manage_url, base, t, t(strings.manage)),
  );
}

function kindName(kind: string, t: CardContext["t"]): string {
  const known = { video: strings.video, phone: strings.phone, in_person: strings.inPerson }[kind];
  return known ? t(known) : kind;
}

function bookingForm(card: BookingCard, context: CardContext, onBooked: (booked: Booked) => void): HTMLFormElement {
  const { t, api } = context;
  const fields: Record<string, Field> = {};
  const slot = slotField(card.slots ?? [], typed.slot, context);
  fields.slot = slot;
  fields.kind = choiceField(t(strings.how), card.kinds.map((kind) => ({ value: kind, label: kindName(kind, t) })), typed.kind);
  fields.name = textField(t(strings.name), { autocomplete: "name", maxlength: 100, value: typed.name });
  fields.contact = choiceField(
    t(strings.contact),
    [
      { value: "email", label: t(strings.email) },
      { value: "text", label: t(strings.byText) },
      { value: "call", label: t(strings.byCall) },
      { value: "none", label: t(strings.byNone) },
    ],
    typed.contact,
  );
  fields.email = textField(t(strings.email), { type: "email", autocomplete: "email", inputmode: "email", value: typed.email });
  fields.phone = textField(t(strings.phone), { type: "tel", autocomplete: "tel", inputmode: "tel", value: typed.phone });
  fields.note = textField(t(strings.note), { rows: 2, maxlength: 1000, value: typed.note }, "textarea");
  fields.consent = checkField(t(strings.consent), !!typed.consent);

  const problem = h("p.error", { hidden: true });
  const submit = h("button.primary.wide", { type: "submit" }, t(strings.book));
  const remember = (): void => {
    for (const [name, field] of Object.entries(fields)) typed[name] = field.value;
    showNeeded();
  };
  const form = h(
    "form",
    { novalidate: true, oninput: remember, onsubmit: (event: Event) => void send(event) },
    h("strong", t(strings.bookTitle)),
    ...Object.values(fields).map(({ box }) => box),
    card.notice && h("p.quiet", card.notice),
    problem,
    submit,
  );
  showNeeded();
  return form;

  /** Asks for an address or a number only where the parent wants to be reached that way. */
  function showNeeded(): void {
    const contact = fields.contact!.value;
    fields.email!.box.hidden = contact !== "email";
    fields.phone!.box.hidden = contact !== "text" && contact !== "call";
  }

  function values(): Record<string, string> {
    return Object.fromEntries(Object.entries(fields).map(([name, { value, box }]) => [name, box.hidden ? "" : value]));
  }

  function missing(): Record<string, string> {
    const { slot, kind, name, contact, email, phone, consent } = values();
    const errors: Record<string, string> = {};
    if (!slot) errors.slot = t(strings.needOne);
    if (!kind) errors.kind = t(strings.needOne);
    if (!name) errors.name = t(strings.needName);
    if (!contact) errors.contact = t(strings.needContact);
    if (contact === "email" && !/^\S+@\S+\.\S+$/.test(email!)) errors.email = t(strings.needEmail);
    if ((contact === "text" || contact === "call") && !/\d{3}/.test(phone!)) errors.phone = t(strings.needPhone);
    if (!consent) errors.consent = t(strings.needConsent);
    return errors;
  }

  function say(text: string): void {
    problem.textContent = text;
    problem.hidden = !text;
    if (text) context.announce(text);
  }

  /** Puts each error beside its field, says how many, and goes to the first. */
  function showErrors(errors: Record<string, string>): boolean {
    let first: Field | undefined;
    let count = 0;
    for (const [name, field] of Object.entries(fields)) {
      field.fail(errors[name]);
      if (!errors[name]) continue;
      field.box.hidden = false;
      first ??= field;
      count++;
    }
    say(count ? t(strings.check, { n: count }) : "");
    first?.focus();
    return count > 0;
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (submit.ariaDisabled === "true" || showErrors(missing())) return;
    submit.ariaDisabled = "true";
    submit.textContent = t(strings.moment);
    try {
      onBooked((await post()).booking);
    } catch (error) {
      refused(error as ApiError);
    }
    submit.ariaDisabled = null;
    submit.textContent = t(strings.book);
  }

  async function post(): Promise<{ booking: Booked }> {
    const filled = Object.fromEntries(Object.entries(values()).filter(([, value]) => value));
    const body = { ...filled, consent: true, time_zone: ownZone() } as unknown as BookingRequest;
    const token = await context.token();
    return api.book(token, body).catch(async (error: ApiError) => {
      if (error.status !== 401) throw error;
      return api.book(await context.token(token), body);
    });
  }

  function refused({ status, body, text }: ApiError): void {
    if (status === 409 && body?.slots) {
      slot.offer(body.slots);
      showErrors({ slot: t(strings.taken) });
    } else if (status === 422 && body?.fields && showErrors(body.fields)) return;
    else say(text ?? t(strings.broken));
  }
}
