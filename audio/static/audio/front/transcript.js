// A named transcript: a lane for each speaker, and the text in blocks.

import { clock } from "./clock.js";

const COLOURS = 8;
const MANY = 300;
const WIDTH = 1000;
const SVG = "http://www.w3.org/2000/svg";
const WHY = {
  visual: "named by the timeline",
  mic_channel: "speaks into the microphone",
  unmatched: "not named",
};

/** Return the blocks or turns of an answer with their times in seconds. */
export function blocksOf(answer) {
  return answer.segments.map((one) => ({
    start: one.start_s ?? one.start_ms / 1000,
    end: one.end_s ?? one.end_ms / 1000,
    speaker: one.speaker,
    text: one.text ?? "",
  }));
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function tints(blocks) {
  const names = [...new Set(blocks.map((block) => block.speaker))];
  return new Map(names.map((name, number) => [name, `voice-${number % COLOURS}${number < COLOURS ? "" : " twin"}`]));
}

function why(speaker) {
  if (speaker?.source === "voiceprint") {
    const similarity = speaker.match_similarity;
    return similarity === undefined ? "named by voice" : `named by voice, similarity ${similarity.toFixed(2)}`;
  }
  return WHY[speaker?.source] ?? "";
}

function lane(name, tint, blocks, { speaker, duration, seek }) {
  const spoken = blocks.reduce((sum, block) => sum + block.end - block.start, 0);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} 24`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `${name} speaks for ${clock(spoken)}`);
  const rect = (className, x, y, width, height) => {
    const made = document.createElementNS(SVG, "rect");
    made.setAttribute("class", className);
    for (const [key, value] of Object.entries({ x, y, width, height })) made.setAttribute(key, value);
    return svg.appendChild(made);
  };
  rect("rail", 0, 11, WIDTH, 2);
  for (const block of blocks) {
    const x = (block.start / duration) * WIDTH;
    const bar = rect(seek ? "bar seek" : "bar", x, 2, Math.max(2, ((block.end - block.start) / duration) * WIDTH), 20);
    if (seek) bar.addEventListener("click", () => seek(block.start));
  }
  const label = element("div", "");
  const who = element("span", "who");
  who.append(element("span", "dot"), element("span", "", name));
  label.append(who, element("span", "why", why(speaker)));
  const made = element("div", `lane ${tint}`);
  made.append(label, svg, element("span", "spoken", clock(spoken)));
  return made;
}

function line(block, tint, isNewSpeaker, seek) {
  const made = element("li", `block ${tint}${isNewSpeaker ? " new" : ""}`);
  const at = element(seek ? "button" : "span", "at", clock(block.start));
  if (seek) {
    at.type = "button";
    at.setAttribute("aria-label", `Play from ${clock(block.start)}`);
    at.addEventListener("click", () => seek(block.start));
  }
  const text = element("div", "");
  if (isNewSpeaker) text.append(element("span", "who", block.speaker));
  text.append(element("p", block.text ? "" : "quiet", block.text || "no words"));
  made.append(at, text);
  return made;
}

/** Show an answer of label-merge; `seek` plays from a time, where the recording can be played. */
export function showTranscript(answer, { lanes, list, seek }) {
  const blocks = blocksOf(answer);
  const tint = tints(blocks);
  const duration = answer.duration || Math.max(...blocks.map((block) => block.end), 1);
  const speakers = new Map(answer.speakers.map((speaker) => [speaker.name, speaker]));
  lanes.replaceChildren(...[...tint].map(([name, colour]) => lane(
    name, colour, blocks.filter((block) => block.speaker === name), { speaker: speakers.get(name), duration, seek },
  )));
  const lines = blocks.map((block, number) => line(
    block, tint.get(block.speaker), block.speaker !== blocks[number - 1]?.speaker, seek,
  ));
  // Lines out of sight are not laid out.
  list.classList.toggle("long", lines.length > MANY);
  list.replaceChildren(...lines);
  return (time) => {
    blocks.forEach((block, number) => {
      lines[number].classList.toggle("now", block.start <= time && time < block.end);
    });
  };
}
