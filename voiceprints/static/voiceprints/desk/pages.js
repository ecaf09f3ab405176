// The pages of a long transcript, turned while its recording is played.

const NAME = "desk-playing";
// Players seek to a place near the time: without a margin, a page might be turned back and on.
const MARGIN_MS = 1000;
const desk = document.getElementById("desk");
const starts = desk?.dataset.pageStarts?.split(" ").filter(Boolean).map(Number) ?? [];

/** Return the number of the page on which a time is, or null where that is this page. */
export function pageToTurnTo(ms) {
  const current = Number(desk.dataset.page);
  const page = Math.max(1, starts.filter((start) => start <= ms).length);
  if (page > current) return page;
  return page < current && ms < starts[current - 1] - MARGIN_MS ? page : null;
}

/** Remember what is played, for the page that is loaded next. */
export function rememberPlaying({ playbackRate: rate, volume, muted }, at) {
  sessionStorage.setItem(NAME, JSON.stringify({ transcript: desk.dataset.blocks, at, rate, volume, muted }));
}

/** Return what the page before this one played of this transcript, once. */
export function takePlaying() {
  const playing = JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  sessionStorage.removeItem(NAME);
  return playing?.transcript === desk.dataset.blocks ? playing : null;
}
