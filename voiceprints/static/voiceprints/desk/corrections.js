// Corrections of the transcript on this page, over REST.

const desk = document.getElementById("desk");
const problem = document.getElementById("desk-problem");
const status = document.getElementById("desk-status");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

// Dispatched at the document after each correction.
export const CORRECTED = "desk:corrected";

export function say(words) {
  problem.hidden = true;
  status.textContent = words;
}

/** Show why something was not done; `mayReload` offers the page as it is now. */
export function explain(words, { mayReload = false } = {}) {
  status.textContent = "";
  problem.textContent = words;
  problem.hidden = false;
  if (!mayReload) return;
  const reload = document.createElement("button");
  reload.type = "button";
  reload.className = "button plain";
  reload.textContent = "Show it";
  reload.addEventListener("click", () => location.reload());
  problem.append(" ", reload);
}

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
    explain("This transcript was changed elsewhere since this page was loaded, so nothing was changed here.", { mayReload: true });
    return null;
  }
  if (!response.ok) {
    explain(await messageOf(response));
    return null;
  }
  const answer = await response.json();
  desk.dataset.version = answer.version;
  document.dispatchEvent(new Event(CORRECTED));
  return answer;
}

/** Load the page again, at a block: lanes and places of blocks have changed. */
export function showAgain(block, words) {
  sessionStorage.setItem("desk-said", words);
  history.replaceState(null, "", `#block-${block}`);
  location.reload();
}

/** Report what was done before the page was loaded again. */
export function reportDone() {
  say(sessionStorage.getItem("desk-said") ?? "");
  sessionStorage.removeItem("desk-said");
}
