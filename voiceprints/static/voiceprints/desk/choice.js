// The chosen line: what keys correct. One line can be reached by Tab, the arrows go on from it.

import { allLines } from "./lines.js";
import { SHOWN } from "./pages.js";

let chosen = null;
let decorate = () => {};

export function chosenLine() {
  return chosen?.isConnected ? chosen : null;
}

export function choose(line) {
  if (!line || line === chosen) return;
  if (chosen) {
    chosen.tabIndex = -1;
    chosen.querySelector(".line-tools")?.remove();
    chosen.classList.remove("chosen");
  }
  chosen = line;
  line.tabIndex = 0;
  line.classList.add("chosen");
  decorate(line);
}

/** Choose a line, and bring it into view. */
export function go(line) {
  if (!line) return;
  choose(line);
  line.focus({ preventScroll: true });
  line.scrollIntoView({ block: "nearest" });
}

/** Return all lines from the one behind the chosen one on, around to it. */
export function linesAhead() {
  const lines = allLines();
  const from = lines.indexOf(chosenLine()) + 1;
  return [...lines.slice(from), ...lines.slice(0, from)];
}

function makeReachable() {
  for (const line of allLines()) if (line !== chosen) line.tabIndex = -1;
  if (!chosenLine() && allLines().length) allLines()[0].tabIndex = 0;
}

/** Let lines be chosen; `whenChosen` gets each that is. */
export function startChoice(whenChosen) {
  decorate = whenChosen;
  const section = document.querySelector("#desk .text");
  const chooseAt = (event) => choose(event.target.closest(".line[data-n]"));
  section.addEventListener("click", chooseAt);
  section.addEventListener("focusin", chooseAt);
  document.addEventListener(SHOWN, makeReachable);
  makeReachable();
}
