/**
 * A circle that grows and shrinks with the breath. It can be paused, stops by itself when the
 * conversation has moved on, and keeps still (words only) where reduced motion is asked for.
 */
import { h } from "../dom";
import type { Pace } from "../types";
import type { CardContext } from "./context";
import * as strings from "../strings/catalogue";

export function paceCircle(pace: Pace, { t }: CardContext): HTMLElement {
  const phases = [
    { seconds: pace.in, size: 1, says: t(strings.breatheIn) },
    { seconds: pace.hold, size: 1, says: t(strings.hold) },
    { seconds: pace.out, size: 0.6, says: t(strings.breatheOut) },
  ].filter(({ seconds }) => seconds > 0);
  const circle = h("div.circle");
  const word = h("span");
  const toggle = h("button", { onclick: () => (timer ? pause() : run(0)) });
  const box = h(
    "div.pace", { "aria-live": "off" },
    h("div.stage", { "aria-hidden": "true" }, circle, word),
    h("p.quiet", phases.map(({ says, seconds }) => `${says} ${seconds} s`).join(" · ")),
    toggle,
  );
  let timer = 0;

  function run(index: number): void {
    const phase = phases[index % phases.length]!;
    if (index && !box.closest("[data-current]")) return pause();
    circle.style.transitionDuration = `${phase.seconds}s`;
    circle.style.transform = `scale(${phase.size})`;
    word.textContent = phase.says;
    toggle.textContent = t(strings.pause);
    timer = window.setTimeout(() => run(index + 1), phase.seconds * 1000);
  }

  function pause(): void {
    clearTimeout(timer);
    timer = 0;
    circle.style.transitionDuration = "0.4s";
    circle.style.transform = "scale(0.6)";
    word.textContent = "";
    toggle.textContent = t(strings.resume);
  }

  pause();
  if (phases.length) timer = window.setTimeout(() => run(0), 600);
  if (timer) toggle.textContent = t(strings.pause);
  return box;
}
