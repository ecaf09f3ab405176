// A text, spoken.

import { getJson, postSpeech } from "./gateway.js";

const voices = document.getElementById("voice");
const status = document.getElementById("speech-status");
const problem = document.getElementById("speech-problem");
const place = document.getElementById("speech");
const player = document.getElementById("spoken");
const file = document.getElementById("speech-file");
const button = document.getElementById("say");

/** List the voices of the speech engine, with the language of each. */
export async function showVoices() {
  try {
    const { voices: listed } = await getJson("/v1/audio/voices");
    const chosen = voices.value || voices.dataset.default;
    voices.replaceChildren(...listed.map((voice) => {
      const traits = [voice.language, voice.gender].filter(Boolean).join(", ");
      return new Option(traits ? `${voice.name} (${traits})` : voice.name, voice.id);
    }));
    if (listed.some((voice) => voice.id === chosen)) voices.value = chosen;
  } catch {
    // Without a list, the gateway's default voice speaks.
    voices.replaceChildren(new Option("default voice", ""));
  }
}

async function speak() {
  const voice = voices.value ? { voice: voices.value } : {};
  const speed = Number(document.getElementById("speed").value || 1);
  const input = document.getElementById("text").value;
  const audio = await postSpeech({ model: "kokoro", input, speed, response_format: "wav", ...voice });
  URL.revokeObjectURL(player.src);
  player.src = file.href = URL.createObjectURL(audio);
  place.hidden = false;
  status.textContent = "Spoken.";
  // Browsers may refuse to play by themselves; the controls are there.
  player.play().catch(() => {});
}

/** Speak the text of the form when it is submitted. */
export function startSpeech() {
  document.getElementById("speak").addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    status.textContent = "Speaking …";
    try {
      await speak();
    } catch (refusal) {
      status.textContent = "";
      problem.textContent = refusal.message;
      problem.hidden = false;
    }
    button.disabled = false;
  });
}
