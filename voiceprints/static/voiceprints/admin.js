// Optional: every page works without this script.
"use strict";

for (const part of document.querySelectorAll("[data-shown-by]")) {
  const box = document.getElementById(part.dataset.shownBy);
  const update = () => { part.hidden = !box.checked; };
  box.addEventListener("change", update);
  update();
}

const otherName = document.getElementById("id_name");
const otherPerson = document.getElementById("who-new");
if (otherName && otherPerson) {
  otherName.addEventListener("input", () => { otherPerson.checked = true; });
}

for (const button of document.querySelectorAll("button[data-busy]")) {
  button.form.addEventListener("submit", () => {
    button.textContent = button.dataset.busy;
    button.disabled = true;
  });
}

for (const point of document.querySelectorAll(".map .point")) {
  const samePerson = document.querySelectorAll(`.map .point[data-person="${point.dataset.person}"]`);
  const light = (on) => () => { for (const one of samePerson) one.classList.toggle("lit", on); };
  point.addEventListener("mouseenter", light(true));
  point.addEventListener("mouseleave", light(false));
}

// A key that is shown beside a choice chooses it; Enter then submits the form that holds it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
  const chosen = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!chosen) return;
  event.preventDefault();
  chosen.click();
  if (chosen.dataset.key === "0") otherName?.focus();
  else chosen.focus();
});
