// The page: what is chosen, what is pasted, and what the worker answers. Nothing is sent anywhere.
import { wordsOf } from "./remarks.js";

const MOST_BYTES = 16 * 1024 * 1024;
const MOST_PASTED = 1024 * 1024; // a larger file is judged, and not shown
const MOST_SECONDS = 10;

const lang = document.documentElement.lang;
const the = (id) => document.getElementById(id);
const versions = new Map();
let texts;
let formats;
let version;
let file = null;
let worker = null;
let asked = 0;
let late;

const say = (code, params = {}) => wordsOf(`judging.${code}`, params, lang, texts);

async function load(place) {
  const answer = await fetch(place);
  if (!answer.ok) throw new Error(`${place}: ${answer.status}`);
  return answer.json();
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function tell(kind, ...sentences) {
  the("verdict").className = `verdict ${kind}`.trim();
  the("verdict").replaceChildren(...sentences.filter(Boolean).map((one) => element("p", one)));
  the("remarks").replaceChildren();
}

function options(select, names, kept) {
  select.replaceChildren(...names.map(([value, text]) => new Option(text, value)));
  if (names.some(([value]) => value === kept)) select.value = kept;
}

async function choose(schema, overlay) {
  const standard = the("standard").value;
  if (!versions.has(standard)) {
    versions.set(standard, load(`schemas/${standard.replace("@", "/")}.json`));
  }
  version = await versions.get(standard);
  if (the("standard").value !== standard) return;
  const names = Object.keys(version.schemas);
  options(the("schema"), names.map((name) => [name, name]), schema);
  const none = [["", say("no-overlay")]];
  const overlays = Object.keys(version.overlays).map((name) => [name, name]);
  options(the("overlay"), [...none, ...overlays], overlay ?? "");
  the("under").hidden = !overlays.length;
  shown();
}

// Says in the address and in the command what is chosen.
function shown() {
  const wanted = `${the("standard").value}/${the("schema").value}`;
  const overlay = the("overlay").value;
  const query = `?schema=${wanted}${overlay && `&overlay=${overlay}`}`;
  history.replaceState(null, "", query);
  the("other").search = query;
  const under = overlay && ` --overlay ${overlay}`;
  the("command").textContent = `mobstd validate FILE --schema ${wanted}${under}`;
  the("example").disabled = (version.examples[the("schema").value] ?? null) === null;
}

function take(chosen) {
  file = chosen;
  the("chosen").hidden = !file;
  if (file) the("name").textContent = say("chosen", sizeOf(file));
  else the("file").value = "";
}

const sizeOf = ({ name, size }) => ({ name, size: Math.ceil(size / 1024).toLocaleString(lang) });

// Shows a file that is small and a text; any other is kept as it is.
async function open(chosen) {
  take(chosen);
  if (!chosen || chosen.size > MOST_PASTED) return;
  try {
    const bytes = await chosen.arrayBuffer();
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) the("document").value = text;
  } catch {
    the("document").value = "";
  }
}

async function judge() {
  end();
  const text = the("document").value;
  if ((file?.size ?? text.length) > MOST_BYTES) {
    tell("refused", say("too-large", { most: MOST_BYTES / 1024 / 1024 }));
    return;
  }
  tell("", say("busy"));
  the("verdict").setAttribute("aria-busy", "true");
  const bytes = file && new Uint8Array(await file.arrayBuffer());
  worker ??= begin();
  asked += 1;
  late = setTimeout(() => {
    end();
    tell("undecided", say("too-long", { seconds: MOST_SECONDS }));
  }, MOST_SECONDS * 1000);
  worker.postMessage({
    ...formats,
    number: asked,
    version,
    standard: version.standard,
    schema: the("schema").value,
    overlay: the("overlay").value,
    form: the("form").value,
    name: file?.name ?? "",
    ...(bytes ? { bytes } : { text }),
  });
}

function begin() {
  const made = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  made.onmessage = ({ data }) => {
    if (data.number === asked) answered(data);
  };
  made.onerror = (event) => {
    end();
    tell("undecided", say("failed", { why: event.message ?? "Worker" }));
  };
  return made;
}

// Ends what is being judged.
function end() {
  clearTimeout(late);
  if (the("verdict").hasAttribute("aria-busy")) {
    worker?.terminate();
    worker = null;
  }
  the("verdict").removeAttribute("aria-busy");
}

function answered(answer) {
  clearTimeout(late);
  the("verdict").removeAttribute("aria-busy");
  if (answer.failed) {
    tell("undecided", say("failed", { why: answer.failed }));
    return;
  }
  const { documents, refused, open, lost, leftOut, remarks } = answer;
  const plural = documents === 1 ? "one" : "many";
  let kind = "valid";
  if (!documents) kind = "undecided";
  else if (refused) kind = "refused";
  else if (open) kind = "undecided";
  const sentence = documents ? say(`${kind}-${plural}`, { documents, refused, open }) : say("none");
  tell(
    kind,
    sentence,
    refused && open && say("open-too", { open }),
    lost && say("lost", { lost }),
    leftOut && say("left-out", { shown: remarks.length, count: leftOut }),
  );
  the("remarks").replaceChildren(...remarks.map(remarked));
  the("verdict").scrollIntoView({ block: "nearest" });
}

function remarked({ severity, line, pointer, keyword, code, params }) {
  const where = element("p", "", "where");
  where.append(element("span", say(`severity-${severity}`), `tag ${severity}`));
  if (file && !the("document").value) where.append(element("span", say("line", { line })));
  else {
    const button = element("button", say("line", { line }), "line");
    button.type = "button";
    button.onclick = () => show(line);
    where.append(button);
  }
  where.append(element("code", pointer || say("whole")), element("span", keyword));
  const item = document.createElement("li");
  item.append(where, element("p", wordsOf(code, params, lang, texts)));
  return item;
}

// Selects a line of the document.
function show(line) {
  const area = the("document");
  const before = area.value.split("\n", line);
  const until = before.join("\n").length;
  area.focus();
  area.setSelectionRange(until - before.at(-1).length, until);
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = Math.max(0, (line - 4) * height);
}

// Says that an answer is of something else than what is there now.
function stale() {
  const verdict = the("verdict");
  if (verdict.hasAttribute("aria-busy")) {
    end();
    tell("", say("not-yet"));
  } else if (verdict.className !== "verdict" && !the("changed")) {
    const note = element("p", say("changed"));
    note.id = "changed";
    verdict.append(note);
  }
}

function listen() {
  the("standard").onchange = () => attempt(() => choose(the("schema").value));
  the("schema").onchange = shown;
  the("overlay").onchange = shown;
  the("ask").addEventListener("change", stale);
  the("ask").onsubmit = (event) => {
    event.preventDefault();
    attempt(judge);
  };
  the("example").onclick = () => {
    take(null);
    the("document").value = JSON.stringify(version.examples[the("schema").value], null, 2);
    the("form").value = "auto";
    stale();
  };
  the("clear").onclick = () => {
    end();
    take(null);
    the("document").value = "";
    tell("", say("not-yet"));
    the("document").focus();
  };
  the("remove").onclick = () => {
    take(null);
    stale();
    the("document").focus();
  };
  the("document").oninput = () => {
    take(null);
    stale();
  };
  the("file").onchange = () => open(the("file").files[0] ?? null);
  const area = the("document");
  area.ondragover = (event) => {
    event.preventDefault();
    area.classList.add("over");
  };
  area.ondragleave = () => area.classList.remove("over");
  area.ondrop = (event) => {
    area.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
    stale();
  };
}

async function attempt(what) {
  try {
    await what();
  } catch (error) {
    versions.delete(the("standard").value);
    tell("undecided", say("failed", { why: String(error) }));
  }
}

async function start() {
  [texts, formats] = await Promise.all([load("messages.json"), load("formats.json")]);
  const query = new URLSearchParams(location.search);
  const [standard, schema] = (query.get("schema") ?? "").split("/");
  const known = [...the("standard").options].some((option) => option.value === standard);
  if (known) the("standard").value = standard;
  listen();
  await attempt(() => choose(schema, query.get("overlay")));
  const missing = schema && the("schema").value !== schema;
  if (standard && (!known || missing)) {
    tell("undecided", say("unknown", { wanted: query.get("schema").slice(0, 100) }));
  }
}

start();
