// The lines of the page, one for each block: found anew, because corrections change them.

const section = document.querySelector("#desk .text");
// The classes that this script adds to a line; the rest is the server's.
const OWN = ["chosen", "along", "now"];

export function allLines() {
  return [...document.querySelectorAll(".line[data-n]")];
}

/** Return the line of a block, or null where it is on another page. */
export function lineOf(n) {
  return document.getElementById(`block-${n}`);
}

/** Return what a line shows, without its place. */
function content(line) {
  const { start, end, label } = line.dataset;
  const words = line.querySelector(".words");
  const speaker = line.querySelector(".speaker-name")?.textContent ?? "";
  return JSON.stringify([start, end, label, speaker, words.textContent, words.querySelectorAll(".doubt").length]);
}

/** Give a line that remains what the server says of it now: its place or colour may be another. */
function update(line, fresh) {
  const own = OWN.filter((name) => line.classList.contains(name));
  for (const { name, value } of fresh.attributes) line.setAttribute(name, value);
  line.toggleAttribute("data-unnamed", fresh.hasAttribute("data-unnamed"));
  line.classList.add(...own);
  const [at, name] = [".at", ".speaker-name"];
  line.querySelector(at).setAttribute("href", fresh.querySelector(at).getAttribute("href"));
  line.querySelector(name)?.replaceWith(fresh.querySelector(name));
}

function countEqual(first, second) {
  const different = first.findIndex((one, place) => one !== second[place]);
  return different < 0 ? first.length : different;
}

/** Move a text that is being edited to the line that begins when its own did. */
function moveEditor(from, to) {
  const editor = from.querySelector(".editor");
  const field = editor.querySelector("textarea");
  const hasFocus = document.activeElement === field;
  const selection = [field.selectionStart, field.selectionEnd];
  const words = to.querySelector(".words");
  words.hidden = true;
  words.after(editor);
  field.setSelectionRange(...selection);
  if (hasFocus) field.focus({ preventScroll: true });
}

/**
 * Show the lines of a fresh section; those that show the same remain, with what is done in them.
 *
 * A text that is being edited remains, in the block that has the time at which its own began.
 */
export function showLines(freshSection) {
  const [old, fresh] = [allLines(), [...freshSection.querySelectorAll(".line[data-n]")]];
  const [before, now] = [old.map(content), fresh.map(content)];
  const head = countEqual(before, now);
  const tail = countEqual(before.slice(head).reverse(), now.slice(head).reverse());
  const [oldEnd, freshEnd] = [old.length - tail, fresh.length - tail];
  for (let place = 0; place < head; place += 1) update(old[place], fresh[place]);
  for (let place = 0; place < tail; place += 1) update(old[oldEnd + place], fresh[freshEnd + place]);
  for (const line of fresh.slice(head, freshEnd)) section.insertBefore(line, old[oldEnd] ?? null);
  const gone = old.slice(head, oldEnd);
  const remaining = allLines().filter((line) => !gone.includes(line));
  for (const line of gone) {
    const heir = remaining.findLast((one) => Number(one.dataset.start) <= Number(line.dataset.start)) ?? remaining[0];
    if (heir && line.querySelector(".editor")) moveEditor(line, heir);
    line.remove();
  }
}
