// The page of blocks that is shown: shown again after a correction, and turned, without being loaded.

import { showLines } from "./lines.js";
import { explain } from "./messages.js";

// Dispatched at the document when lines and lanes are shown anew.
export const SHOWN = "desk:shown";
// Players seek to a place near the time: without a margin, a page might be turned back and on.
const MARGIN_MS = 1000;
const desk = document.getElementById("desk");

/** Return the number of the page on which a time is, or null where that is this page. */
export function pageToTurnTo(ms) {
  const starts = desk.dataset.pageStarts.split(" ").filter(Boolean).map(Number);
  const current = Number(desk.dataset.page);
  const page = Math.max(1, starts.filter((start) => start <= ms).length);
  if (page > current) return page;
  return page < current && ms < starts[current - 1] - MARGIN_MS ? page : null;
}

/** Return the query of a page, with the words that are searched. */
export function queryOf(page) {
  const query = new URLSearchParams(location.search);
  query.set("page", page);
  return `?${query}`;
}

/** Return the query of the page that has a block. */
export function queryOfBlock(n) {
  const page = Math.floor(n / Number(desk.dataset.perPage)) + 1;
  return page === Number(desk.dataset.page) ? location.search : queryOf(page);
}

async function fetchParts(query) {
  let response;
  try {
    response = await fetch(desk.dataset.parts + query);
  } catch {
    throw new Error("The gateway cannot be reached.");
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("desk");
  if (response.ok && fresh) return fresh;
  throw new Error(response.redirected ? "You are logged out." : `The server answered with status ${response.status}.`);
}

/** Show a page as it is now; return whether that was possible. */
export async function showPage(query = location.search) {
  let fresh;
  try {
    fresh = await fetchParts(query);
  } catch (failure) {
    explain(`What is shown here may be outdated. ${failure.message}`, { text: "Load the page", act: () => location.reload() });
    return false;
  }
  for (const [name, value] of Object.entries(fresh.dataset)) desk.dataset[name] = value;
  for (const part of desk.querySelectorAll("[data-part]")) {
    part.replaceChildren(...fresh.querySelector(`[data-part="${part.dataset.part}"]`).childNodes);
  }
  showLines(fresh);
  document.dispatchEvent(new Event(SHOWN));
  return true;
}

/** Turn to the page of a query; the browser's back button then turns back. */
export async function turnTo(query) {
  if (!await showPage(query)) return false;
  history.pushState(null, "", query);
  return true;
}
