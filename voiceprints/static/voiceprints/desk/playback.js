// The kept audio of the transcript: played, with the words following, over its waveform.

import { explain, readBlocks, say } from "./corrections.js";
import { pageToTurnTo, rememberPlaying, takePlaying } from "./pages.js";

const STEP_S = 5;
const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const desk = document.getElementById("desk");
const lines = [...document.querySelectorAll(".line[data-n]")];
const tracks = desk?.dataset.tracks?.split(" ").filter(Boolean) ?? [];
const SVG = "http://www.w3.org/2000/svg";
let leader = null;
let current = null;
let blocks = null;

function source(track) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = `${desk.dataset.blocks}/audio?track=${track}`;
  return audio;
}

/** Play another track in step with the first. */
function follow(other) {
  const align = () => { other.currentTime = leader.currentTime; };
  leader.addEventListener("seeked", align);
  leader.addEventListener("play", () => { align(); other.play(); });
  leader.addEventListener("pause", () => other.pause());
  leader.addEventListener("ratechange", () => { other.playbackRate = leader.playbackRate; });
  leader.addEventListener("volumechange", () => Object.assign(other, { volume: leader.volume, muted: leader.muted }));
}

export function play(seconds) {
  leader.currentTime = seconds;
  return leader.play();
}

/** Go on where the page before this one was left. */
async function playOn({ at, rate, volume, muted }) {
  Object.assign(leader, { playbackRate: rate, volume, muted });
  try {
    await play(at);
  } catch {
    // Browsers may refuse to play on a page that was not clicked yet.
    say("Press Space to play on.");
  }
}

function turnPage() {
  const page = pageToTurnTo(leader.currentTime * 1000);
  // A text that is being edited would be lost.
  if (leader.paused || !page || document.querySelector(".editor")) return;
  rememberPlaying(leader, leader.currentTime);
  leader.pause();
  const query = new URLSearchParams(location.search);
  query.set("page", page);
  location.assign(`?${query}`);
}

/** Put each word of a block into an element, where its text is the one that the words spell. */
function showWords(line) {
  const words = line.querySelector(".words");
  const block = blocks?.find((one) => String(one.n) === line.dataset.n);
  if (!block || words.textContent !== block.text) return;
  const parts = [];
  let end = 0;
  for (const word of block.words) {
    const start = block.text.indexOf(word.text, end);
    if (start < 0) return;
    const shown = document.createElement("span");
    shown.textContent = word.text;
    Object.assign(shown.dataset, { start: word.start_ms, end: word.end_ms });
    shown.addEventListener("click", () => play(word.start_ms / 1000));
    parts.push(block.text.slice(end, start), shown);
    end = start + word.text.length;
  }
  words.replaceChildren(...parts, block.text.slice(end));
}

function leave(line) {
  const words = line.querySelector(".words");
  words.textContent = words.textContent;
  line.classList.remove("now");
}

function showTime() {
  const ms = leader.currentTime * 1000;
  const line = lines.find((one) => one.dataset.start <= ms && ms < one.dataset.end) ?? null;
  if (line !== current) {
    if (current) leave(current);
    current = line;
    if (line) {
      line.classList.add("now");
      showWords(line);
      if (!leader.paused) line.scrollIntoView({ block: "nearest" });
    }
  }
  for (const word of current?.querySelectorAll(".words span[data-start]") ?? []) {
    word.classList.toggle("spoken", word.dataset.start <= ms && ms < word.dataset.end);
  }
}

async function readWords() {
  if (blocks || !lines.length) return;
  blocks = await readBlocks(Number(lines[0].dataset.n), lines.length);
  if (current) showWords(current);
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
  tracks.slice(1).map(source).forEach(follow);
  const place = document.getElementById("desk-player");
  place.append(leader);
  place.hidden = false;
  leader.addEventListener("play", readWords, { once: true });
  leader.addEventListener("error", () => explain("The recording cannot be played: it may have been deleted since this page was loaded."));
  for (const event of ["timeupdate", "seeked"]) leader.addEventListener(event, () => { showTime(); turnPage(); });
  for (const line of lines) {
    line.querySelector(".at").addEventListener("click", () => play(line.dataset.start / 1000));
  }
  for (const bar of document.querySelectorAll(".bar[data-at]")) {
    const isElsewhere = bar.closest("a").getAttribute("href").startsWith("?");
    const at = bar.dataset.at / 1000;
    bar.addEventListener("click", () => (isElsewhere ? rememberPlaying(leader, at) : play(at)));
  }
  const playing = takePlaying();
  if (playing) playOn(playing);
  drawWaveform();
  return {
    " ": () => (leader.paused ? leader.play() : leader.pause()),
    ArrowLeft: () => { leader.currentTime -= STEP_S; },
    ArrowRight: () => { leader.currentTime += STEP_S; },
    "<": () => changeRate(-1),
    ">": () => changeRate(1),
  };
}
