(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const rows = all(".row");
  const status = one("status");

  const say = (name, values) =>
    one("says").dataset[`${name}${root.dataset.lang === "fr" ? "Fr" : "En"}`]
      .replace(/\{(\w+)\}/g, (_, key) => String(values[key]));

  const texts = new Map();
  const text = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };

  const fits = (row, block, level, outcomes, words) => {
    if (level && row.dataset.level !== level) return false;
    const hit = block
      ? JSON.parse(row.dataset.entries).some(([where, outcome]) =>
        where === block && outcomes.has(outcome))
      : outcomes.has(row.dataset.outcome);
    return hit && words.every((word) => text(row).includes(word));
  };

  const tell = () => {
    const shown = rows.filter((row) => !row.hidden).length;
    one("count").textContent = say("shown", { shown, total: rows.length });
    one("none").hidden = shown > 0;
  };

  const filter = () => {
    const block = one("block").value;
    const level = one("level").value;
    const outcomes = new Set(all("input[name=outcome]:checked").map((box) => box.value));
    const words = one("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !fits(row, block, level, outcomes, words);
    tell();
  };

  const reset = () => {
    one("block").value = "";
    one("level").value = "";
    one("words").value = "";
    for (const box of all("input[name=outcome]")) box.checked = true;
    filter();
  };

  const copy = async (button) => {
    const source = one(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      document.execCommand("copy");
    }
    status.textContent = "";
    requestAnimationFrame(() => { status.textContent = say("copied", {}); });
    button.dataset.done = "yes";
    const faces = [...button.children].map((face) => [face, face.textContent]);
    button.replaceChildren(say("copied", {}));
    setTimeout(() => {
      button.replaceChildren(...faces.map(([face]) => face));
      delete button.dataset.done;
    }, 1500);
  };

  const reveal = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const node = id && one(id);
    if (!node) return;
    const row = node.closest(".row");
    if (row && row.hidden) reset();
    for (let at = node; at; at = at.parentElement) {
      if (at.tagName === "DETAILS") at.open = true;
    }
    const inner = node.querySelector(":scope > details");
    if (inner) inner.open = true;
    node.scrollIntoView();
  };

  document.addEventListener("click", (event) => {
    const copier = event.target.closest("[data-copy]");
    if (copier && !copier.dataset.done) copy(copier);
  });
  one("filter").addEventListener("input", filter);
  one("filter").addEventListener("change", filter);
  one("filter").addEventListener("submit", (event) => event.preventDefault());
  one("reset").addEventListener("click", reset);
  for (const [id, open] of [["unfold", true], ["fold", false]]) {
    one(id).addEventListener("click", () => {
      for (const row of rows) if (!row.hidden) row.firstElementChild.open = open;
    });
  }
  window.addEventListener("hashchange", reveal);
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details:not([open])");
    for (const node of closed) node.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const node of closed) node.open = false;
  });

  document.addEventListener("speak", tell);
  one("filter").hidden = false;
  filter();
  reveal();
})();
