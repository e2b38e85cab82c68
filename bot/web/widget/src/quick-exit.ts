/**
 * "Leave now": the page is blank at once, this tab forgets the conversation, and a neutral page
 * takes the place of this one. It cannot clear the browser's history, and the widget says so.
 */
import { leave } from "./store";

const PRESSES = 3;
const WITHIN_MS = 2000;

export function leaveNow(exit: string): void {
  const page = document.documentElement;
  page.style.setProperty("display", "none", "important");
  document.title = "\u200b";
  leave();
  try {
    // In an iframe it is the page around it that must go.
    (window.top ?? window).location.replace(exit);
  } catch {
    location.replace(exit);
  }
}

/** Calls `leave` on Shift pressed three times with nothing between. */
export function onShiftThrice(leave: () => void): void {
  let presses: number[] = [];
  let alone = false;
  addEventListener("keydown", ({ key }) => {
    alone = key === "Shift";
    if (!alone) presses = [];
  });
  addEventListener("pointerdown", () => (presses = []));
  addEventListener("keyup", ({ key, timeStamp }) => {
    if (key !== "Shift" || !alone) return;
    alone = false;
    presses = [...presses, timeStamp].slice(-PRESSES);
    if (presses.length === PRESSES && timeStamp - presses[0]! < WITHIN_MS) leave();
  });
}
