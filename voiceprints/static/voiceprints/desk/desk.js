// The page of a transcript as a desk: blocks are chosen, corrected and named by keyboard or pointer.
// Without this script the page still shows the transcript and names its speakers.

import { chosenLine, chosenLines, extend, go, startChoice } from "./choice.js";
import { correct, OUTDATED, readBlocks } from "./corrections.js";
import { edit } from "./editing.js";
import { startHistory } from "./history.js";
import { allLines, lineOf } from "./lines.js";
import { say } from "./messages.js";
import { leaveFor, nextDoubtful, nextUnnamed, step } from "./next.js";
import { queryOfBlock, SHOWN, showPage, turnTo } from "./pages.js";
import { seek, startPlayback } from "./playback.js";

const desk = document.getElementById("desk");
const mayCorrect = desk?.hasAttribute("data-may-correct");
const machine = document.getElementById("desk-machine");

/** Show the page as it is after a correction, and a block where it was on the screen. */
async function showAgain(n, words) {
  const top = chosenLine()?.getBoundingClientRect().top;
  const query = n === null ? location.search : queryOfBlock(n);
  const shown = query === location.search ? showPage(query) : turnTo(query);
  if (!await shown) return;
  const line = n === null ? null : lineOf(n);
  if (line && top !== undefined) scrollBy(0, line.getBoundingClientRect().top - top);
  go(line);
  say(words);
}

function chosenPlace() {
  return chosenLine() ? Number(chosenLine().dataset.n) : null;
}

function tools(line) {
  const shown = document.createElement("span");
  shown.className = "line-tools";
  const deeds = {
    Edit: () => editLine(line),
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

function editLine(line) {
  edit(line, (n) => showAgain(n, "Split."));
}

function chosenPlaces() {
  return chosenLines().map((line) => Number(line.dataset.n));
}

function blocksWere(places) {
  return places.length > 1 ? `${places.length} blocks were` : "The block was";
}

/** Give the chosen blocks to a speaker; each is a correction of its own. */
async function give(label) {
  const [n, places] = [chosenPlace(), chosenPlaces()];
  let name = label;
  for (const place of places) {
    const answer = await correct("PATCH", `blocks/${place}`, { speaker: label });
    if (!answer) {
      if (place !== places[0]) await showPage();
      return;
    }
    name = answer.blocks?.[0].name ?? label;
  }
  await showAgain(n, `${blocksWere(places)} given to ${name}.`);
}

async function join() {
  const n = chosenPlace();
  if (await correct("POST", `blocks/${n}/join`)) await showAgain(n, "Joined.");
}

async function splitSpeaker() {
  const [n, blocks] = [chosenPlace(), chosenPlaces()];
  const { label } = chosenLine().dataset;
  const answer = await correct("POST", `speakers/${encodeURIComponent(label)}/split`, { blocks });
  if (answer) await showAgain(n, `${blocksWere(blocks)} given to a new speaker.`);
}

async function mergeSpeakers(select) {
  const into = select.value;
  const answer = await correct("POST", `speakers/${encodeURIComponent(select.dataset.merge)}/merge`, { into });
  if (!answer) {
    select.value = "";
    return;
  }
  await showAgain(chosenPlace(), "The speakers were merged.");
  if (!chosenLine()) document.querySelector(`.lane-name[data-label="${CSS.escape(into)}"] a`)?.focus();
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
  if (answer) await showAgain(answer.block ?? chosenPlace(), "The last correction was taken back.");
}

function nameSpeaker() {
  if (chosenLine().dataset.who) location.assign(chosenLine().dataset.who);
}

/** Show what the engine understood under each block whose text is another now; return how many these are. */
async function showMachineWords() {
  for (const old of document.querySelectorAll(".machine")) old.remove();
  const [first] = allLines();
  if (!machine.checked || !first) return 0;
  const blocks = await readBlocks(Number(first.dataset.n), allLines().length);
  let corrected = 0;
  for (const block of blocks) {
    const line = lineOf(block.n);
    if (!line || block.machine_text.trim() === block.text.trim()) continue;
    corrected += 1;
    const shown = document.createElement("p");
    shown.className = "machine quiet";
    shown.textContent = `Engine: ${block.machine_text || "no words"}`;
    line.querySelector(".words").after(shown);
  }
  return corrected;
}

async function changeMachineWords() {
  const corrected = await showMachineWords();
  if (!machine.checked) say("");
  else say(corrected ? `Blocks with another text than the engine’s: ${corrected}.` : "No text on this page was corrected.");
}

const reading = {
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  n: nextUnnamed,
  d: () => nextDoubtful(seek),
  m: () => { machine.checked = !machine.checked; changeMachineWords(); },
};
const playing = startPlayback();
const correcting = {
  e: () => editLine(chosenLine()),
  Enter: () => editLine(chosenLine()),
  j: join,
  u: undo,
  w: nameSpeaker,
};

/** Return whether a key is for the part of the page that has the focus: typed there, or pressing it. */
function isTakenBy(focused, key) {
  if (focused.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return true;
  return [" ", "Enter"].includes(key) && Boolean(focused.closest("button, a, summary, input"));
}

function press(event) {
  if (isTakenBy(event.target, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.shiftKey && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    extend(event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    return;
  }
  const speaker = mayCorrect && /^[1-9]$/.test(event.key) && document.querySelectorAll("kbd[data-give]")[event.key - 1];
  const needsBlock = event.key !== "u";
  if (speaker && chosenLine()) give(speaker.dataset.give);
  else if (reading[event.key]) reading[event.key]();
  else if (playing[event.key]) playing[event.key]();
  else if (mayCorrect && correcting[event.key] && (chosenLine() || !needsBlock)) correcting[event.key]();
  else return;
  event.preventDefault();
}

/** Turn to the page of a link; playback and corrections go on. */
async function follow(event) {
  const link = event.target.closest("a[href^='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { search, hash } = new URL(link.href);
  const page = new URLSearchParams(search).get("page");
  if (await leaveFor(page)) go(document.getElementById(hash.slice(1)) ?? allLines()[0]);
}

/** Show the page that the browser's back button leads to; links to blocks of this page have the same address. */
function showPageOfAddress() {
  const page = new URLSearchParams(location.search).get("page") ?? "1";
  if (page !== desk.dataset.page) showPage();
}

function start() {
  startChoice((line) => { if (mayCorrect) line.append(tools(line)); });
  document.querySelector("#desk .text").addEventListener("dblclick", (event) => {
    const line = event.target.closest(".line[data-n]");
    if (mayCorrect && line) editLine(line);
  });
  document.getElementById("desk-tools").hidden = false;
  document.getElementById("desk-keys").hidden = false;
  document.getElementById("desk-next").addEventListener("click", nextUnnamed);
  document.getElementById("desk-doubtful").addEventListener("click", () => nextDoubtful(seek));
  document.getElementById("desk-undo")?.addEventListener("click", undo);
  machine.addEventListener("change", changeMachineWords);
  desk.addEventListener("click", follow);
  document.addEventListener("keydown", press);
  document.addEventListener(OUTDATED, () => showAgain(chosenPlace(), "This is the transcript as it is now."));
  document.addEventListener(SHOWN, () => { if (mayCorrect) offerMerging(); showMachineWords(); });
  addEventListener("popstate", showPageOfAddress);
  startHistory(mayCorrect ? undo : null);
  if (mayCorrect) offerMerging();
  const wanted = document.getElementById(location.hash.slice(1));
  go(allLines().find((line) => line === wanted));
}

if (desk) start();
