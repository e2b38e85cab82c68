/** The built-in helplines as a card has them. */
import { builtin, dial, type Row } from "./regions";
import * as strings from "./strings/catalogue";
import type { Translate } from "./strings/translate";
import type { HelpLine } from "./types";

export function builtInLines(region: string | undefined, t: Translate): HelpLine[] {
  const [emergency, ...lines] = builtin(region);
  const first: Row = [t(lines.length ? strings.emergencyTitle : strings.emergencyElsewhere), emergency];
  return [first, ...lines].map(([name, call, text, word]) => ({
    id: name,
    name,
    call: call ? { label: t(strings.callNumber, { n: call }), href: dial(call) } : null,
    // "?&body=" is understood by both Android and iOS.
    text: text
      ? {
          label: word ? t(strings.textWord, { w: word, n: text }) : t(strings.textNumber, { n: text }),
          href: `sms:${text}${word ? `?&body=${word}` : ""}`,
        }
      : null,
    chat: null,
  }));
}
