// Corrections of the transcript on this page, over REST.

import { explain } from "./messages.js";

const desk = document.getElementById("desk");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// Dispatched at the document after each correction; `detail` are the blocks that it changed.
export const CORRECTED = "desk:corrected";
// Dispatched at the document when a person wants to see what another one has changed.
export const OUTDATED = "desk:outdated";

/** Return what the transcript has at a path. */
export async function read(path) {
  let response;
  try {
    response = await fetch(`${desk.dataset.blocks}/${path}`);
  } catch {
    throw new Error("The gateway cannot be reached. Try again.");
  }
  if (!response.ok) throw new Error(await messageOf(response));
  return response.json();
}

/** Return a page of blocks, with the words of each. */
export async function readBlocks(start, limit) {
  return (await read(`blocks?start=${start}&limit=${limit}`)).data;
}

async function messageOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return `The server answered with status ${response.status}.`;
  }
}

/**
 * Send a correction; return its answer, or null after the reason was shown.
 *
 * The version of the page goes with it, so that two people do not overwrite each other.
 */
export async function correct(method, path, body = {}) {
  let response;
  try {
    response = await fetch(`${desk.dataset.blocks}/${path}`, {
      method,
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "If-Match": `"${desk.dataset.version}"` },
      body: JSON.stringify(body),
    });
  } catch {
    explain("The gateway cannot be reached, so nothing was changed. Try again.");
    return null;
  }
  if (response.status === 412) {
    explain("This transcript was changed elsewhere since this page was loaded, so nothing was changed here.", {
      text: "Show it",
      act: () => document.dispatchEvent(new Event(OUTDATED)),
    });
    return null;
  }
  if (!response.ok) {
    explain(await messageOf(response));
    return null;
  }
  const answer = await response.json();
  desk.dataset.version = answer.version;
  document.dispatchEvent(new CustomEvent(CORRECTED, { detail: answer.blocks ?? [] }));
  return answer;
}
