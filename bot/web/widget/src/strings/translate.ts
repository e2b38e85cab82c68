/** Texts of the catalogue in one language, filled in. */
import { at } from "./at";
import { LANGUAGES, type Text } from "./catalogue";

export interface Translate {
  (text: Text, values?: Record<string, string | number>): string;
  /** Its language code. */
  readonly language: string;
}

export function translator(language: string): Translate {
  const column = Math.max(0, LANGUAGES.findIndex(([code]) => code === language));
  const translate = (text: Text, values: Record<string, string | number> = {}): string =>
    at(text, column).replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
  return Object.assign(translate, { language });
}
