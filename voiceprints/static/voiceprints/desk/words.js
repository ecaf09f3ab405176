// The words of a block as elements: those of low confidence are marked, and others while they are played.

const desk = document.getElementById("desk");

export function isDoubtful(word) {
  return word.confidence !== undefined && word.confidence < Number(desk.dataset.doubtBelow);
}

function shownWord(word) {
  const shown = document.createElement("span");
  shown.textContent = word.text;
  Object.assign(shown.dataset, { start: word.start_ms, end: word.end_ms });
  if (isDoubtful(word)) {
    shown.className = "doubt";
    shown.title = `The engine’s confidence is ${Math.round(word.confidence * 100)} %`;
  }
  return shown;
}

/** Return the text of a block with an element for each word that is wanted; null where they do not spell it. */
export function wordNodes(block, isWanted) {
  const nodes = [];
  let end = 0;
  for (const word of block.words) {
    const start = block.text.indexOf(word.text, end);
    if (start < 0) return null;
    const between = block.text.slice(end, start);
    nodes.push(between, isWanted(word) ? shownWord(word) : word.text);
    end = start + word.text.length;
  }
  return [...nodes, block.text.slice(end)];
}
