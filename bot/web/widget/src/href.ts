/** The address if it is one that may be followed; relative ones belong to the server. */
export function safeHref(href: string | null | undefined, base: string): string | undefined {
  try {
    const url = new URL(href ?? "", base);
    return href && /^(https?|tel|sms|mailto):$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return;
  }
}
