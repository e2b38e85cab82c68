/**
 * The only state that outlives a page: one sessionStorage entry, gone with the tab.
 * Every read and write goes to the storage itself, because loader and chat are two scripts.
 */
import type { Booked, HelplinesCard, Outgoing } from "./types";

export interface Saved {
  token?: string;
  region?: string;
  open?: boolean;
  unread?: number;
  draft?: string;
  queue?: Outgoing[];
  help?: HelplinesCard;
  booked?: Record<string, Booked>;
  noticeRead?: boolean;
  lang?: string;
  size?: number;
}

const KEY = "attune";
let memory = "{}"; // used where the browser refuses storage, e.g. in some private modes
/** The parent has left: an answer that comes while the other page loads must not be remembered. */
let left = false;

export function load(): Saved {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? memory) as Saved;
  } catch {
    return JSON.parse(memory) as Saved;
  }
}

export function save(changes: Saved): void {
  if (left) return;
  memory = JSON.stringify({ ...load(), ...changes });
  try {
    sessionStorage.setItem(KEY, memory);
  } catch {
    // The conversation then lives as long as the page does.
  }
}

/** Forgets the conversation; how the chat looks (language, size) stays. */
export function forgetConversation(): void {
  const { lang, size, open } = load();
  wipe();
  save({ lang, size, open });
}

/** Leaves nothing, and keeps nothing from now on. */
export function leave(): void {
  left = true;
  wipe();
}

function wipe(): void {
  memory = "{}";
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // nothing was stored
  }
}
