/** The kinds of card, and how a message is drawn with or without one. A new kind is registered here. */
import { h, type Child } from "../dom";
import type { Card, Choice, Message } from "../types";
import { booking } from "./booking";
import type { CardContext, CardKind, Tray } from "./context";
import { exercise } from "./exercise";
import { helplines } from "./helplines";
import { notice } from "./notice";
import { passage } from "./passage";
import { rating } from "./rating";
import { region } from "./region";

/** Of the bot's texts, whatever the language of the buttons. */
const BOT_LANGUAGE = "en";

const KINDS: { [T in Card["type"]]: CardKind<Extract<Card, { type: T }>> } = {
  passage,
  exercise,
  rating,
  booking,
  helplines,
  region,
  notice,
};

/** The kind of a message's card; a type that this widget does not know leaves the text alone. */
function kindOf({ card }: Message): CardKind<Card> | undefined {
  return card && Object.hasOwn(KINDS, card.type) ? (KINDS[card.type] as CardKind<Card>) : undefined;
}

/** What the message says besides its card. */
function textOf(message: Message): string {
  const said = message.card && kindOf(message)?.says?.(message.card, message.text);
  const at = said ? message.text.indexOf(said) : -1;
  return at < 0 ? message.text : message.text.slice(0, at).replace(/[\s"“«>]+$/, "");
}

export function drawMessage(message: Message, context: CardContext): Node[] {
  const kind = kindOf(message);
  const text = textOf(message);
  const parts: Child[] = [text && h("p.bubble", { dir: "auto", lang: BOT_LANGUAGE }, text)];
  let drawn: Child = null;
  try {
    drawn = kind?.draw?.(message.card!, context, message);
  } catch {
    // A card that is not as agreed must not take the text with it.
    parts[0] = h("p.bubble", { dir: "auto" }, message.text);
  }
  if (message.card && kind?.first?.(message.card)) parts.unshift(drawn);
  else parts.push(drawn);
  return parts.filter((part): part is Node => !!part && typeof part !== "string");
}

export function drawTray(message: Message, choices: Choice[], choose: (choice: Choice) => void, context: CardContext): Tray | null {
  try {
    return (message.card && kindOf(message)?.tray?.(message.card, choices, choose, context)) || null;
  } catch {
    return null;
  }
}
