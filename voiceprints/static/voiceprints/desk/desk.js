// The page of a transcript as a desk: blocks are chosen, corrected and named by keyboard or pointer.
// Without this script the page still shows the transcript and names its speakers.

import { correct, readBlocks, reportDone, say, showAgain } from "./corrections.js";
import { edit } from "./editing.js";
import { startHistory } from "./history.js";
import { startPlayback } from "./playback.js";

const desk = document.getElementById("desk");
const lines = [...document.querySelectorAll(".line[data-n]")];
const mayCorrect = desk?.hasAttribute("data-may-correct");
let chosen = null;

function choose(line) {
  if (!line || line === chosen) return;
  if (chosen) {
    chosen.tabIndex = -1;
    chosen.querySelector(".line-tools")?.remove();
    chosen.classList.remove("chosen");
  }
  chosen = line;
  line.tabIndex = 0;
  line.classList.add("chosen");
  if (mayCorrect) line.append(tools(line));
}

function go(line) {
  if (!line) return;
  choose(line);
  line.focus();
  line.scrollIntoView({ block: "nearest" });
}

function tools(line) {
  const shown = document.createElement("span");
  shown.className = "line-tools";
  const deeds = {
    Edit: () => edit(line),
    "Join with the next": join,
    "New speaker": splitSpeaker,
    "Who is this?": nameSpeaker,
  };
  for (const [text, act] of Object.entries(deeds)) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: "button plain" });
    button.addEventListener("click", act);
    shown.append(button);
  }
  return shown;
}

async function give(label) {
  const n = chosen.dataset.n;
  const answer = await correct("PATCH", `blocks/${n}`, { speaker: label });
  if (answer) showAgain(n, `The block was given to ${answer.blocks?.[0].name ?? label}.`);
}

async function join() {
  const n = chosen.dataset.n;
  if (await correct("POST", `blocks/${n}/join`)) showAgain(n, "Joined.");
}

async function splitSpeaker() {
  const { n, label } = chosen.dataset;
  const answer = await correct("POST", `speakers/${encodeURIComponent(label)}/split`, { blocks: [Number(n)] });
  if (answer) showAgain(n, "The block was given to a new speaker.");
}

async function mergeSpeakers(select) {
  const path = `speakers/${encodeURIComponent(select.dataset.merge)}/merge`;
  const answer = await correct("POST", path, { into: select.value });
  if (answer) showAgain(chosen?.dataset.n ?? 0, "The speakers were merged.");
  else select.value = "";
}

/** Offer, beside the name of each speaker, the others to merge with. */
function offerMerging() {
  const speakers = [...document.querySelectorAll(".lane-name[data-label]")];
  for (const one of speakers) {
    const select = document.createElement("select");
    select.dataset.merge = one.dataset.label;
    select.className = "merge";
    select.setAttribute("aria-label", `Merge ${one.dataset.name} into`);
    select.append(new Option("merge into …", ""));
    for (const other of speakers) {
      if (other !== one) select.append(new Option(other.dataset.name, other.dataset.label));
    }
    select.addEventListener("change", () => mergeSpeakers(select));
    if (speakers.length > 1) one.append(select);
  }
}

async function undo() {
  const answer = await correct("POST", "undo");
  if (answer) showAgain(answer.block ?? chosen?.dataset.n ?? 0, "The last correction was taken back.");
}

function nameSpeaker() {
  if (chosen.dataset.who) location.assign(chosen.dataset.who);
}

function nextUnnamed() {
  const from = chosen ? lines.indexOf(chosen) + 1 : 0;
  const next = [...lines.slice(from), ...lines.slice(0, from)].find((line) => line.hasAttribute("data-unnamed"));
  if (next) go(next);
  else say("Every speaker on this page has a name.");
}

/** Show what the engine understood under each block whose text is another now. */
async function showMachineWords(isShown) {
  for (const old of document.querySelectorAll(".machine")) old.remove();
  if (!isShown || !lines.length) return;
  const blocks = await readBlocks(Number(lines[0].dataset.n), lines.length);
  let corrected = 0;
  for (const block of blocks) {
    const line = document.getElementById(`block-${block.n}`);
    if (!line || block.machine_text.trim() === block.text.trim()) continue;
    corrected += 1;
    const shown = document.createElement("p");
    shown.className = "machine quiet";
    shown.textContent = `Engine: ${block.machine_text || "no words"}`;
    line.querySelector(".words").after(shown);
  }
  say(corrected ? `Blocks with another text than the engine’s: ${corrected}.` : "No text on this page was corrected.");
}

const step = (by) => () => go(chosen ? lines[lines.indexOf(chosen) + by] : lines[0]);
const machine = document.getElementById("desk-machine");
const reading = {
  ArrowDown: step(1),
  ArrowUp: step(-1),
  n: nextUnnamed,
  m: () => { machine.checked = !machine.checked; showMachineWords(machine.checked); },
};
const playing = startPlayback();
const correcting = {
  e: () => edit(chosen),
  Enter: () => edit(chosen),
  j: join,
  u: undo,
  w: nameSpeaker,
};

function press(event) {
  const isTyping = event.target.closest("input, textarea, select, button, a, summary, [contenteditable]");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const speaker = mayCorrect && /^[1-9]$/.test(event.key) && document.querySelectorAll("kbd[data-give]")[event.key - 1];
  const needsBlock = event.key !== "u";
  if (speaker && chosen) give(speaker.dataset.give);
  else if (reading[event.key]) reading[event.key]();
  else if (playing[event.key]) playing[event.key]();
  else if (mayCorrect && correcting[event.key] && (chosen || !needsBlock)) correcting[event.key]();
  else return;
  event.preventDefault();
}

function start() {
  for (const line of lines) {
    line.tabIndex = -1;
    line.addEventListener("click", () => choose(line));
    line.addEventListener("focus", () => choose(line));
    line.addEventListener("dblclick", () => { if (mayCorrect) edit(line); });
  }
  if (lines.length) lines[0].tabIndex = 0;
  document.getElementById("desk-tools").hidden = false;
  document.getElementById("desk-keys").hidden = false;
  document.getElementById("desk-next").addEventListener("click", nextUnnamed);
  document.getElementById("desk-undo")?.addEventListener("click", undo);
  machine.addEventListener("change", () => showMachineWords(machine.checked));
  document.addEventListener("keydown", press);
  startHistory(mayCorrect ? undo : null);
  if (mayCorrect) offerMerging();
  reportDone();
  go(lines.find((line) => `#${line.id}` === location.hash));
}

if (desk) start();
