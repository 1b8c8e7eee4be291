"use strict";
const languages = document.getElementById("languages");
languages.hidden = false;
languages.addEventListener("click", (event) => {
  const chosen = event.target.dataset.speak;
  if (!chosen) return;
  document.documentElement.lang = document.documentElement.dataset.lang = chosen;
  for (const button of languages.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.speak === chosen));
  }
});
