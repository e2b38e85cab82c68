/** The few words that the loader needs before, or instead of, the chat itself. */

export interface Words {
  open: string;
  unread: string;
  loading: string;
  failed: string;
  danger: string;
  again: string;
  close: string;
}

const WORDS: Record<string, Words> = {
  en: {
    open: "Support chat",
    unread: "unread",
    loading: "Loading…",
    failed: "The chat could not be opened.",
    danger: "If you or your baby are in danger, call now:",
    again: "Try again",
    close: "Close",
  },
  es: {
    open: "Chat de apoyo",
    unread: "sin leer",
    loading: "Cargando…",
    failed: "No se pudo abrir el chat.",
    danger: "Si tú o tu bebé estáis en peligro, llama ya:",
    again: "Reintentar",
    close: "Cerrar",
  },
};

/** The language of the widget's own words: the parent's choice, the page's, the browser's, English. */
export function pickLanguage(...wishes: (string | undefined)[]): string {
  const known = [...wishes, document.documentElement.lang, navigator.language].map((wish) => wish?.slice(0, 2));
  return known.find((language) => language && language in WORDS) ?? "en";
}

export const wordsIn = (language: string): Words => WORDS[language]!;
