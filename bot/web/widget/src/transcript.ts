/** The parent's own copy of the conversation, as plain text under a name that tells nothing. */
import { h } from "./dom";
import type { Translate } from "./strings/translate";
import type { Message } from "./types";
import * as strings from "./strings/catalogue";

export function transcript(messages: Message[], botName: string, t: Translate): string {
  // The text of a message makes sense without its card.
  return messages.map(({ from, text }) => `${from === "bot" ? botName : t(strings.you)}: ${text}`).join("\n\n");
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export function downloadText(text: string): void {
  const url = URL.createObjectURL(new Blob([text + "\n"], { type: "text/plain" }));
  h("a", { href: url, download: "notes.txt" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
