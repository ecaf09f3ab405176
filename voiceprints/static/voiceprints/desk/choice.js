// The chosen line, which keys correct, and the lines that are chosen along with it, with Shift.
// One line can be reached by Tab, the arrows go on from it.

import { allLines } from "./lines.js";
import { say } from "./messages.js";
import { SHOWN } from "./pages.js";

let chosen = null;
let decorate = () => {};

export function chosenLine() {
  return chosen?.isConnected ? chosen : null;
}

/** Return the chosen line and those that are chosen along with it, in their order. */
export function chosenLines() {
  return allLines().filter((line) => line === chosen || line.classList.contains("along"));
}

function leaveOthers() {
  for (const line of document.querySelectorAll("#desk .line.along")) line.classList.remove("along");
}

/** Choose all lines from the chosen one up to this one, which may be before it. */
function chooseUpTo(line) {
  const lines = allLines();
  const [from, to] = [lines.indexOf(chosen), lines.indexOf(line)].sort((a, b) => a - b);
  leaveOthers();
  for (const one of lines.slice(from, to + 1)) one.classList.toggle("along", one !== chosen);
  say(`Blocks that are chosen: ${to - from + 1}.`);
}

/** Let the lines up to the next one, on or back, be chosen too. */
export function extend(by) {
  if (!chosenLine()) return;
  const lines = allLines();
  const together = chosenLines().map((line) => lines.indexOf(line));
  const at = lines.indexOf(chosen);
  const end = together.at(-1) > at ? together.at(-1) : together[0];
  const next = lines[end + by];
  if (!next) return;
  chooseUpTo(next);
  next.scrollIntoView({ block: "nearest" });
}

export function choose(line) {
  if (line) leaveOthers();
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
  const lineAt = (event) => event.target.closest(".line[data-n]");
  section.addEventListener("click", (event) => {
    if (event.shiftKey && chosenLine() && lineAt(event)) chooseUpTo(lineAt(event));
    else if (!event.target.closest(".line-tools")) choose(lineAt(event));
  });
  // With Shift, a browser would select the text between, and move the focus.
  section.addEventListener("mousedown", (event) => { if (event.shiftKey) event.preventDefault(); });
  section.addEventListener("focusin", (event) => { if (lineAt(event) !== chosen) choose(lineAt(event)); });
  document.addEventListener(SHOWN, makeReachable);
  makeReachable();
}
