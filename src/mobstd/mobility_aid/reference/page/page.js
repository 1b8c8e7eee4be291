
(() => {
  const said = document.querySelector('input[name="lang"]');
  document.addEventListener("speak", () => { said.value = document.documentElement.lang; });
  const arrive = document.querySelector("[data-arrive]");
  if (arrive) arrive.focus();
})();
