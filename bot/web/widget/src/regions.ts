/**
 * The helplines that the widget carries itself, for when the server, or the chat, cannot be reached.
 * They are a copy of a few rows of knowledge/helplines.yml; change both together.
 */
import table from "./builtin-helplines.json";

export interface Builtin {
  emergency: string;
  lines: { name: string; call?: string; text?: string; word?: string }[];
}

/** The region of the browser's language: en-GB gives GB; a bare "en" gives nothing. */
export const guessRegion = (): string | undefined => navigator.languages.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1]).find(Boolean);

export const builtin = (region = ""): Builtin => (table as Record<string, Builtin>)[region] ?? table.other;

/** As it is dialled: a short code such as 988 must not become +1988. */
export const dial = (number: string): string => `tel:${number.replace(/ /g, "")}`;
