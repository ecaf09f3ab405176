// Requests to the gateway, and its refusals in plain words.

import { askForKey, currentKey } from "./key.js";

/** A request that the gateway refused, or that did not reach it; the message is for a person. */
export class Refusal extends Error {}

/** A request that did not reach the gateway, or that the gateway may answer later. */
export class Unreachable extends Refusal {}
const LATER = [429, 502, 503, 504];

function withKey(key) {
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** Return what a person reads about an answer; ask for a key if the one that was sent is refused. */
function refusalOf(status, text, key) {
  let message = "";
  try {
    message = JSON.parse(text)?.error?.message ?? "";
  } catch {
    // A proxy in front of the gateway answers with its own page.
  }
  if (status === 401 && key === currentKey()) askForKey(message);
  const Kind = LATER.includes(status) ? Unreachable : Refusal;
  return new Kind(message || `The server answered with status ${status}.`);
}

/** Return the answer to a request, if its status is expected. */
async function ask(path, { headers = {}, accept = [200], ...options } = {}) {
  const key = currentKey();
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...withKey(key), ...headers } });
  } catch {
    throw new Unreachable("The gateway cannot be reached. Check that it runs, then try again.");
  }
  if (accept.includes(response.status)) return response;
  throw refusalOf(response.status, await response.text(), key);
}

/** Return the JSON answer of a GET request. */
export async function getJson(path, options = {}) {
  return (await ask(path, options)).json();
}

/** Delete what is at a path. */
export async function deleteAt(path) {
  await ask(path, { method: "DELETE", accept: [204] });
}

/** Return the audio of a spoken text. */
export async function postSpeech(body) {
  const headers = { "Content-Type": "application/json" };
  const response = await ask("/v1/audio/speech", { method: "POST", headers, body: JSON.stringify(body) });
  try {
    return await response.blob();
  } catch {
    throw new Refusal("The audio broke off. Try again.");
  }
}

/**
 * Send a form and return its JSON answer; `fetch` reports no progress of an upload.
 *
 * `onUpload` gets the share that is uploaded; the request ends when `signal` is aborted.
 */
export function postForm(path, form, { onUpload, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const key = currentKey();
    let uploaded = 0;
    request.open("POST", path);
    request.responseType = "json";
    for (const [name, value] of Object.entries(withKey(key))) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      uploaded = event.lengthComputable ? event.loaded / event.total : 0;
      onUpload(uploaded);
    });
    request.addEventListener("load", () => {
      if ([200, 202].includes(request.status) && request.response) resolve(request.response);
      else reject(refusalOf(request.status, JSON.stringify(request.response), key));
    });
    request.addEventListener("error", () => reject(new Refusal(brokenOff(uploaded))));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled.", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function brokenOff(uploaded) {
  if (uploaded >= 1) {
    return "The connection broke off before the answer came. Check that the gateway runs, then send the recording again.";
  }
  const share = Math.floor(uploaded * 100);
  return `The upload broke off at ${share} %, so nothing was transcribed. Check the connection, then send the recording again.`;
}
