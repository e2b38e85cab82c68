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

/**
 * Back may show a page as the browser kept it, with all that stood in it. `forget` is called where the tab has left or
 * erased that conversation on another page since: where its token is not `mine` any more.
 */
export function onComingBack(mine: () => string | undefined, forget: () => void): void {
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    let token;
    try {
      // Not load(), which remembers what the storage no longer holds.
      token = JSON.parse(sessionStorage.getItem("attune") ?? "{}").token ?? "";
    } catch {
      // Storage is refused: no page could tell this one that the parent left.
    }
    if (token !== mine()) forget();
  });
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
