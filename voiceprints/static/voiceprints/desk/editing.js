// The text of a block, edited in its place.

import { correct, readBlocks } from "./corrections.js";
import { explain, say } from "./messages.js";
import { SHOWN } from "./pages.js";
import { isDoubtful, wordNodes } from "./words.js";

function lineOf(editor) {
  return editor.closest(".line");
}

function close(editor) {
  const line = lineOf(editor);
  editor.remove();
  line.querySelector(".words").hidden = false;
  line.focus();
}

function showText(line, block) {
  line.querySelector(".words").replaceChildren(...(wordNodes(block, isDoubtful) ?? [block.text]));
}

async function save(editor, field) {
  const text = field.value.replace(/\s*\n\s*/g, " ").trim();
  const answer = await correct("PATCH", `blocks/${lineOf(editor).dataset.n}`, { text });
  if (!answer) return;
  showText(lineOf(editor), answer.blocks?.[0] ?? { text, words: [] });
  close(editor);
  say("Saved.");
}

/** Return the place of the word at the cursor; words are those that the gateway counts. */
function wordAt(words, text, cursor) {
  let end = 0;
  return words.findIndex((word) => {
    const start = text.indexOf(word.text, end);
    end = start + word.text.length;
    return end > cursor;
  });
}

async function split(editor, field, showSplit) {
  const n = Number(lineOf(editor).dataset.n);
  const [block] = await readBlocks(n, 1);
  if (field.value !== block.text) {
    explain("Save the text first, then split the block.");
    return;
  }
  const word = wordAt(block.words, block.text, field.selectionStart);
  if (word < 1) {
    explain("Put the cursor before the word with which the new block begins.");
    return;
  }
  const answer = await correct("POST", `blocks/${n}/split`, { word });
  if (!answer) return;
  close(editor);
  showSplit(n + 1);
}

/** Show what the block now says, where another text was edited when it was changed. */
function showChange(editor) {
  const now = lineOf(editor).querySelector(".words").textContent;
  if (now === editor.dataset.base) return;
  const shown = editor.querySelector(".changed") ?? document.createElement("p");
  shown.className = "changed quiet";
  shown.textContent = `Now: ${now}`;
  editor.append(shown);
}

export function openEditor() {
  return document.querySelector("#desk .editor");
}

/** Edit the text of a line until it is saved or left; `showSplit` gets the place of a block that was split off. */
export function edit(line, showSplit) {
  if (line.querySelector(".editor")) return;
  const words = line.querySelector(".words");
  const editor = document.createElement("div");
  editor.className = "editor";
  editor.dataset.base = words.textContent;
  const field = document.createElement("textarea");
  field.setAttribute("aria-label", "Text of the block");
  field.value = words.querySelector(".quiet") ? "" : words.textContent;
  const button = (text, act, className = "button plain") => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className });
    made.addEventListener("click", act);
    return made;
  };
  const buttons = document.createElement("p");
  buttons.append(
    button("Save", () => save(editor, field), "button"),
    button("Split at the cursor", () => split(editor, field, showSplit)),
    button("Cancel", () => close(editor)),
  );
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close(editor);
    else if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) split(editor, field, showSplit);
      else save(editor, field);
    }
  });
  editor.append(field, buttons);
  words.hidden = true;
  words.after(editor);
  field.rows = Math.max(2, Math.ceil(field.value.length / 80));
  field.focus();
}

document.addEventListener(SHOWN, () => { if (openEditor()) showChange(openEditor()); });
