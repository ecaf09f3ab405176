// The kept audio of the transcript: played, with the words following, over its waveform.

import { follow } from "../../audio/front/tracks.js";
import { CORRECTED, readBlocks } from "./corrections.js";
import { openEditor } from "./editing.js";
import { allLines } from "./lines.js";
import { explain } from "./messages.js";
import { pageToTurnTo, queryOf, SHOWN, turnTo } from "./pages.js";
import { wordNodes } from "./words.js";

const STEP_S = 5;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const desk = document.getElementById("desk");
const tracks = desk?.dataset.tracks?.split(" ").filter(Boolean) ?? [];
const SVG = "http://www.w3.org/2000/svg";
let leader = null;
let current = null;
// The nodes of the current line's text before its words became elements.
let plain = [];
let blocks = [];
let isTurning = false;

function source(track) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = `${desk.dataset.blocks}/audio?track=${track}`;
  return audio;
}

function play(seconds) {
  leader.currentTime = seconds;
  return leader.play();
}

/** Let the recording begin at a time, in milliseconds, when it is played next. */
export function seek(ms) {
  if (leader?.paused) leader.currentTime = ms / 1000;
}

async function turnPage() {
  const page = pageToTurnTo(leader.currentTime * 1000);
  // A text that is being edited would be lost.
  if (isTurning || leader.paused || !page || openEditor()) return;
  isTurning = true;
  // Without its words, a recording is not played on.
  if (!await turnTo(queryOf(page))) leader.pause();
  isTurning = false;
}

/** Put each word of a block into an element, where its text is the one that the words spell. */
function showWords(line) {
  const words = line.querySelector(".words");
  const block = blocks.find((one) => String(one.n) === line.dataset.n);
  const nodes = block && words.textContent === block.text ? wordNodes(block, () => true) : null;
  if (nodes) words.replaceChildren(...nodes);
}

function enter(line) {
  plain = [...line.querySelector(".words").childNodes];
  line.classList.add("now");
  showWords(line);
  if (!leader.paused) line.scrollIntoView({ block: "nearest" });
}

function leave(line) {
  const words = line.querySelector(".words");
  const isSame = words.textContent === plain.map((node) => node.textContent).join("");
  if (isSame) words.replaceChildren(...plain);
  line.classList.remove("now");
}

function showTime() {
  const ms = leader.currentTime * 1000;
  const line = allLines().find((one) => one.dataset.start <= ms && ms < one.dataset.end) ?? null;
  if (line !== current) {
    if (current) leave(current);
    current = line;
    if (line) enter(line);
  }
  for (const word of current?.querySelectorAll(".words span[data-start]") ?? []) {
    word.classList.toggle("spoken", word.dataset.start <= ms && ms < word.dataset.end);
  }
}

/** Read the words of the page with their times; again when it was corrected or turned. */
async function readWords() {
  const [first] = allLines();
  if (!first) return;
  try {
    blocks = await readBlocks(Number(first.dataset.n), allLines().length);
  } catch {
    // Without the words' times, lines are followed.
    blocks = [];
  }
  if (current?.isConnected) showWords(current);
  showTime();
}

/** Take the words of blocks from the answer of a correction; where places have changed, the page is shown anew. */
function replaceBlocks(changed) {
  const places = new Map(changed.map((block) => [block.n, block]));
  blocks = blocks.map((block) => places.get(block.n) ?? block);
}

async function drawWaveform() {
  const place = document.getElementById("waveform");
  const response = await fetch(`${desk.dataset.blocks}/waveform?points=1000`);
  if (!response.ok) return;
  const { peaks, duration_s: duration } = await response.json();
  const width = (1000 * duration * 1000) / desk.dataset.duration / peaks.length;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", peaks.map((peak, number) => {
    const half = Math.max(0.5, peak * 20);
    return `M${(number * width).toFixed(2)} ${(20 - half).toFixed(1)}V${(20 + half).toFixed(1)}`;
  }).join(""));
  place.append(path);
  place.addEventListener("click", (event) => {
    const box = place.getBoundingClientRect();
    play(((event.clientX - box.left) / box.width) * desk.dataset.duration / 1000);
  });
}

/** Play from the time, the bar or the word that is clicked; a bar of another page turns to it. */
function playClicked() {
  const place = (event, selector) => event.target.closest(selector);
  document.querySelector("#desk .text").addEventListener("click", (event) => {
    const word = place(event, ".words span[data-start]");
    const time = place(event, ".at") && place(event, ".line");
    if (word || time) play((word ?? time).dataset.start / 1000);
  });
  document.querySelector("#desk .timeline").addEventListener("click", (event) => {
    const bar = place(event, ".bar[data-at]");
    if (bar) play(bar.dataset.at / 1000);
  });
}

function changeRate(by) {
  const place = RATES.indexOf(leader.playbackRate) + by;
  leader.playbackRate = RATES[Math.min(Math.max(place, 0), RATES.length - 1)];
}

/** Return what keys do; nothing where no audio is kept. */
export function startPlayback() {
  if (!tracks.length) return {};
  leader = source(tracks[0]);
  leader.controls = true;
  leader.setAttribute("aria-label", "The recording");
  for (const track of tracks.slice(1)) follow(leader, source(track));
  const place = document.getElementById("desk-player");
  place.append(leader);
  place.hidden = false;
  leader.addEventListener("play", () => {
    readWords();
    document.addEventListener(SHOWN, readWords);
    document.addEventListener(CORRECTED, ({ detail }) => replaceBlocks(detail));
  }, { once: true });
  leader.addEventListener("error", () => explain("The recording cannot be played: it may have been deleted since this page was loaded."));
  for (const event of ["timeupdate", "seeked"]) leader.addEventListener(event, () => { showTime(); turnPage(); });
  playClicked();
  drawWaveform();
  return {
    " ": () => (leader.paused ? leader.play() : leader.pause()),
    ArrowLeft: () => { leader.currentTime -= STEP_S; },
    ArrowRight: () => { leader.currentTime += STEP_S; },
    "<": () => changeRate(-1),
    ">": () => changeRate(1),
  };
}
