/** What a card may use of the chat around it. */
import type { Api } from "../api";
import type { Translate } from "../strings/translate";
import type { Booked, Choice, Message } from "../types";

export interface CardContext {
  readonly t: Translate;
  /** Language tag for dates and times. */
  readonly locale: string;
  readonly base: string;
  readonly api: Api;
  /** Says something to screen readers, once. */
  announce(text: string): void;
  token(stale?: string): Promise<string>;
  booked(messageId: string): Booked | undefined;
  keepBooked(messageId: string, booked: Booked): void;
}

/**
 * A kind of card has up to two faces. `draw` is the static one: it goes into the log, where screen
 * readers announce it once. `tray` has the controls that answer the message: it stands below the
 * log while the message is the last one, and is taken away afterwards.
 */
export interface CardKind<C> {
  draw?(card: C, context: CardContext, message: Message): Node | null;
  tray?(card: C, choices: Choice[], choose: (choice: Choice) => void, context: CardContext): Tray | null;
  /** The part of the text that the card says better; the text keeps what comes before it. */
  says?(card: C, text: string): string | undefined;
  /** The card stands above the text. */
  first?(card: C): boolean;
}

/** The control, and the choices that it does not cover, which become plain buttons. */
export interface Tray {
  control: Element;
  rest: Choice[];
}
