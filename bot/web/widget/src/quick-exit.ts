/**
 * "Leave now": the page is blank at once, this tab forgets the conversation, and a neutral page
 * takes the place of this one. It cannot clear the browser's history, and the widget says so.
 */
import { wipe } from "./store";

const PRESSES = 3;
const WITHIN_MS = 2000;

export function leaveNow(exit: string): void {
  const page = document.documentElement;
  page.style.setProperty("display", "none", "important");
  document.title = "\u200b";
  wipe();
  try {
    // In an iframe it is the page around it that must go.
    (window.top ?? window).location.replace(exit);
  } catch {
    location.replace(exit);
  }
}

/** Calls `leave` on Shift pressed three times with nothing between; `progress` says how many are left. */
export function onShiftThrice(leave: () => void, progress: (left: number) => void): void {
  let presses = 0;
  let first = 0;
  let alone = false;
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!alone) presses = 0;
  });
  addEventListener("pointerdown", () => (presses = 0));
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    alone = false;
    if (!presses || event.timeStamp - first > WITHIN_MS) {
      presses = 0;
      first = event.timeStamp;
    }
    presses++;
    if (presses === PRESSES) leave();
    else progress(PRESSES - presses);
  });
}
