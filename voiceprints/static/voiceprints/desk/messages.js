// What the desk says: what was done, or why something was not.

const problem = document.getElementById("desk-problem");
const status = document.getElementById("desk-status");

export function say(words) {
  problem.hidden = true;
  status.textContent = words;
}

/** Show why something was not done, with a button for what helps: its text and what it does. */
export function explain(words, help = null) {
  status.textContent = "";
  problem.textContent = words;
  problem.hidden = false;
  if (!help) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button plain";
  button.textContent = help.text;
  button.addEventListener("click", help.act);
  problem.append(" ", button);
}
