// The text of a block, edited in its place.

import { correct, explain, readBlocks, say, showAgain } from "./corrections.js";

function close(line, editor) {
  editor.remove();
  line.querySelector(".words").hidden = false;
  line.focus();
}

async function save(line, editor, field) {
  const text = field.value.replace(/\s*\n\s*/g, " ").trim();
  const answer = await correct("PATCH", `blocks/${line.dataset.n}`, { text });
  if (!answer) return;
  line.querySelector(".words").textContent = answer.blocks?.[0].text ?? text;
  close(line, editor);
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

async function split(line, field) {
  const [block] = await readBlocks(Number(line.dataset.n), 1);
  if (field.value !== block.text) {
    explain("Save the text first, then split the block.");
    return;
  }
  const word = wordAt(block.words, block.text, field.selectionStart);
  if (word < 1) {
    explain("Put the cursor before the word with which the new block begins.");
    return;
  }
  const answer = await correct("POST", `blocks/${line.dataset.n}/split`, { word });
  if (answer) showAgain(Number(line.dataset.n) + 1, "Split.");
}

/** Edit the text of a line until it is saved or left. */
export function edit(line) {
  if (line.querySelector(".editor")) return;
  const words = line.querySelector(".words");
  const editor = document.createElement("div");
  editor.className = "editor";
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
    button("Save", () => save(line, editor, field), "button"),
    button("Split at the cursor", () => split(line, field)),
    button("Cancel", () => close(line, editor)),
  );
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") close(line, editor);
    else if (event.key === "Enter") {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) split(line, field);
      else save(line, editor, field);
    }
  });
  editor.append(field, buttons);
  words.hidden = true;
  words.after(editor);
  field.rows = Math.max(2, Math.ceil(field.value.length / 80));
  field.focus();
}
