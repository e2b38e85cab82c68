/** Small screens: the chat covers the page, so it is modal there, and it makes room for the keyboard. */

const SMALL = "(max-width: 37.5rem), (max-height: 30rem)";

export const isSmall = (): boolean => matchMedia(SMALL).matches;
export const onSizeChange = (react: () => void): void => matchMedia(SMALL).addEventListener("change", react);

/** Keeps the composer above the on-screen keyboard, which browsers lay over the page. */
export function followKeyboard(panel: HTMLElement): void {
  const view = window.visualViewport;
  if (!view) return;
  const fit = (): void => {
    const covers = isSmall() && view.scale === 1;
    panel.style.height = covers ? `${view.height}px` : "";
    panel.style.top = covers ? `${view.offsetTop}px` : "";
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
}

/**
 * Makes the chat modal: the page behind neither scrolls nor takes focus, as with a native modal
 * dialog. Returns what undoes it.
 */
export function coverPage(host: Element): () => void {
  const { style } = document.documentElement;
  const { overflow } = style;
  const behind = [...document.body.children].filter(
    (element): element is HTMLElement => element instanceof HTMLElement && !element.inert && !element.contains(host),
  );
  const set = (covered: boolean): void => {
    style.overflow = covered ? "hidden" : overflow;
    for (const element of behind) element.inert = covered;
  };
  set(true);
  return () => set(false);
}
