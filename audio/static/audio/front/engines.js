// The state of each engine, in words.

import { getJson } from "./gateway.js";

const NAMES = { parakeet: "Speech to text", kokoro: "Text to speech", database: "Voice library" };
const STATES = {
  ready: ["ready", "good"],
  healthy: ["ready", "good"],
  degraded: ["slow", "warn"],
  restarting: ["restarting", "warn"],
  wedged: ["does not answer", "bad"],
  down: ["down", "bad"],
  not_configured: ["not set up", ""],
};
const list = document.getElementById("engines");

function item(part, state) {
  const [words, mood] = STATES[state] ?? [state.replaceAll("_", " "), ""];
  const shown = document.createElement("li");
  shown.className = `state ${mood}`;
  shown.textContent = `${NAMES[part] ?? part}: ${words}`;
  return shown;
}

/** Show the state of the engines, and of the database where there is one. */
export async function showEngines() {
  try {
    // A gateway that is not ready answers 503, with the same body.
    const { status: _, ...parts } = await getJson("/readyz", { accept: [200, 503] });
    const shown = Object.entries(parts).filter(([part, state]) => part !== "database" || state !== "not_configured");
    list.replaceChildren(...shown.map(([part, state]) => item(part, state)));
  } catch (refusal) {
    list.replaceChildren(item("State of the engines", refusal.message));
  }
}
