"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];

  const speak = (lang) => {
    root.dataset.lang = lang;
    root.lang = lang;
    document.title = document.getElementById("title").dataset[lang];
    for (const button of all("[data-speak]")) {
      button.setAttribute("aria-pressed", String(button.dataset.speak === lang));
    }
    for (const node of all("[data-en]")) {
      if (node.tagName === "OPTION") node.textContent = node.dataset[lang];
      else if (node.hasAttribute("aria-label")) node.setAttribute("aria-label", node.dataset[lang]);
    }
    document.dispatchEvent(new Event("speak"));
  };

  document.addEventListener("click", (event) => {
    const speaker = event.target.closest("[data-speak]");
    if (speaker) speak(speaker.dataset.speak);
  });
  document.getElementById("languages").hidden = false;
  speak(root.dataset.lang);
})();
