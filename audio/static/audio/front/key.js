// The API key: asked for where the gateway wants one, and stored in this tab only.

const NAME = "spark-control-key";
const card = document.getElementById("key-card");
const used = document.getElementById("key-used");
const field = document.getElementById("key");
const problem = document.getElementById("key-problem");

export function currentKey() {
  return sessionStorage.getItem(NAME) ?? "";
}

/** Show the form for a key, with the gateway's reason where it refused one. */
export function askForKey(reason = "") {
  sessionStorage.removeItem(NAME);
  card.hidden = false;
  used.hidden = true;
  problem.textContent = reason;
  problem.hidden = !reason;
}

/** Ask for a key where the page needs one; call `changed` whenever another one is used. */
export function startKey(changed) {
  if (currentKey()) used.hidden = false;
  else if (document.body.dataset.needsKey === "yes") askForKey();
  document.getElementById("key-form").addEventListener("submit", (event) => {
    event.preventDefault();
    sessionStorage.setItem(NAME, field.value.trim());
    field.value = "";
    card.hidden = true;
    used.hidden = false;
    changed();
  });
  document.getElementById("key-forget").addEventListener("click", () => {
    askForKey();
    field.focus();
    changed();
  });
}
