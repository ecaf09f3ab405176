// Comfort only: every page does its work without this.
"use strict";

for (const part of document.querySelectorAll("[data-shown-by]")) {
  const box = document.getElementById(part.dataset.shownBy);
  const follow = () => { part.hidden = !box.checked; };
  box.addEventListener("change", follow);
  follow();
}

const otherName = document.getElementById("id_name");
const somebodyElse = document.getElementById("who-new");
if (otherName && somebodyElse) {
  otherName.addEventListener("input", () => { somebodyElse.checked = true; });
}

for (const button of document.querySelectorAll("button[data-busy]")) {
  button.form.addEventListener("submit", () => {
    button.textContent = button.dataset.busy;
    button.disabled = true;
  });
}

for (const point of document.querySelectorAll(".map .point")) {
  const alike = document.querySelectorAll(`.map .point[data-person="${point.dataset.person}"]`);
  const light = (on) => () => { for (const one of alike) one.classList.toggle("lit", on); };
  point.addEventListener("mouseenter", light(true));
  point.addEventListener("mouseleave", light(false));
}
