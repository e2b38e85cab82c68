/** What the two scripts know of each other: the element on the page, and the chat inside it. */

export interface Settings {
  /** Origin of the server that served the script, without a trailing slash. */
  base: string;
  /** Neutral page that "Leave now" goes to, as the page names it. */
  exit?: string;
  /** Fills its frame and has no open button (the iframe embed). */
  embed: boolean;
  /** Name shown at the top of the chat. */
  title: string;
  /** Country of the page or, as a guess, of the browser's language. */
  region?: string;
}

export interface ChatHost extends HTMLElement {
  readonly settings: Settings;
  readonly frame: HTMLElement;
  readonly isOpen: boolean;
  close(): void;
  showUnread(count: number): void;
  /** Language, theme and direction may have changed. */
  refresh(): void;
}

export interface ChatPanel extends HTMLElement {
  opened(byParent: boolean): void;
  /** Absent until the chat script has run. */
  closed?(): void;
}
