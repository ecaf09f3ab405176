// The corrections of the transcript on this page: what kind, by whom, when. The words are not in it.

import { CORRECTED, read } from "./corrections.js";

const KINDS = {
  block: "text or speaker of a block",
  split: "block split in two",
  join: "two blocks joined",
  merge_speakers: "two speakers merged",
  split_speaker: "block given to a new speaker",
  name: "speaker named",
};
const place = document.getElementById("desk-history");
const list = place?.querySelector("ol");
let next = null;
let isNewestShown = false;

function time(at) {
  const shown = document.createElement("time");
  shown.dateTime = at;
  shown.textContent = new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return shown;
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: "button plain" });
  made.addEventListener("click", act);
  return made;
}

function row(correction) {
  const shown = document.createElement("li");
  shown.value = correction.number;
  shown.append(`${KINDS[correction.kind] ?? correction.kind}, by ${correction.by}, `, time(correction.at));
  if (correction.undone_at) {
    shown.className = "quiet";
    shown.append(`, taken back by ${correction.undone_by}, `, time(correction.undone_at));
  } else if (!correction.undoable) shown.append(" (cannot be taken back: a person of this transcript was forgotten)");
  return shown;
}

function say(words) {
  const shown = document.createElement("li");
  shown.className = "quiet none";
  shown.textContent = words;
  list.append(shown);
}

async function showPage(undo) {
  let page;
  try {
    page = await read(`history?limit=50${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
  } catch (failure) {
    say(failure.message);
    return;
  }
  for (const correction of page.data) {
    const shown = row(correction);
    // Corrections are taken back in order: only the newest in force can be.
    const isNewest = !isNewestShown && !correction.undone_at;
    isNewestShown ||= isNewest;
    if (undo && isNewest && correction.undoable) shown.append(" ", button("Take it back", undo));
    list.append(shown);
  }
  next = page.next;
  if (!list.childElementCount) say("Nothing was corrected yet.");
  if (next) addMore(undo);
}

function addMore(undo) {
  const more = document.createElement("li");
  more.className = "none";
  more.append(button("Earlier corrections", async () => { more.remove(); await showPage(undo); }));
  list.append(more);
}

/** Show the history whenever it is unfolded, and again after each correction; `undo` takes the newest back. */
export function startHistory(undo) {
  const show = () => {
    if (!place.open) return;
    next = null;
    isNewestShown = false;
    list.replaceChildren();
    showPage(undo);
  };
  place.hidden = false;
  place.addEventListener("toggle", show);
  document.addEventListener(CORRECTED, show);
}
