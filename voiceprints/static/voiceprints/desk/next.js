// The next place that waits for a person: a speaker without a name, or a word of low confidence.

import { chosenLine, go, linesAhead } from "./choice.js";
import { openEditor } from "./editing.js";
import { allLines } from "./lines.js";
import { explain, say } from "./messages.js";
import { queryOf, turnTo } from "./pages.js";

const desk = document.getElementById("desk");

/** Return the next of these pages, around to the first; null where only this page is one. */
function pageAhead(pages) {
  const numbers = pages.split(" ").filter(Boolean).map(Number);
  const current = Number(desk.dataset.page);
  const next = numbers.find((page) => page > current) ?? numbers[0];
  return next === undefined || next === current ? null : next;
}

/** Turn to a page unless a text is being edited, which would be lost. */
export async function leaveFor(page) {
  if (!openEditor()) return turnTo(queryOf(page));
  explain("Save the text first, or leave it with Esc.");
  return false;
}

/** Go a line on or back, over the borders of the page. */
export async function step(by) {
  const lines = allLines();
  const next = chosenLine() ? lines[lines.indexOf(chosenLine()) + by] : lines[0];
  const page = Number(desk.dataset.page) + by;
  if (next) go(next);
  else if (page >= 1 && page <= Number(desk.dataset.pages) && await leaveFor(page)) go(allLines().at(by > 0 ? 0 : -1));
}

export async function nextUnnamed() {
  const isUnnamed = (line) => line.hasAttribute("data-unnamed");
  const ahead = linesAhead();
  const behind = chosenLine() ? ahead.length - allLines().indexOf(chosenLine()) - 1 : ahead.length;
  const page = pageAhead(desk.dataset.unnamedPages);
  const next = ahead.slice(0, page ? behind : undefined).find(isUnnamed);
  if (next) go(next);
  else if (page && await leaveFor(page)) go(allLines().find(isUnnamed));
  else if (!page) say("Every speaker has a name.");
}

function mark(word) {
  for (const one of document.querySelectorAll("#desk .doubt.here")) one.classList.remove("here");
  word.classList.add("here");
}

/** Return the doubtful words behind the one that was shown last, or behind the chosen line. */
function doubtsAhead() {
  const doubts = [...document.querySelectorAll("#desk .line .doubt")];
  const here = doubts.findIndex((word) => word.classList.contains("here") && word.closest(".line") === chosenLine());
  if (here >= 0) return doubts.slice(here + 1);
  const [lines, chosen] = [allLines(), chosenLine()];
  return chosen ? doubts.filter((word) => lines.indexOf(word.closest(".line")) >= lines.indexOf(chosen)) : doubts;
}

/** Go to the next word of low confidence, around to the first; `seek` gets when it was said, in milliseconds. */
export async function nextDoubtful(seek) {
  let [next] = doubtsAhead();
  const page = pageAhead(desk.dataset.doubtfulPages);
  if (!next && page && !await leaveFor(page)) return;
  next ??= document.querySelector("#desk .line .doubt");
  if (!next) {
    say("There is no further word of low confidence.");
    return;
  }
  go(next.closest(".line"));
  mark(next);
  seek(Number(next.dataset.start));
  say(next.title);
}
