/**
 * The helplines that the widget carries itself, for when the server, or the chat, cannot be reached.
 * They are made from knowledge/helplines.yml by bot/web/pages/built_in.py. A country has its emergency number, then
 * lines as name, number to call, number to text, word to text: in few bytes, since every page carries it.
 */
import table from "./builtin-helplines.json";

export type Row = [name: string, call?: string, text?: string, word?: string];
export type Builtin = [emergency: string, ...lines: Row[]];

/** The region of the browser's language: en-GB gives GB; a bare "en" gives nothing. */
export const guessRegion = (): string | undefined => navigator.languages.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1]).find(Boolean);

export const builtin = (region = ""): Builtin =>
  (table as unknown as Record<string, Builtin>)[region] ?? (table.ZZ as Builtin);

/** As it is dialled: a short code such as 988 must not become +1988. */
export const dial = (number: string): string => `tel:${number.replace(/ /g, "")}`;
