// From what was pasted or dropped to texts, each of which is one document.
import { NotJson } from "./json.js";

const BLANK = /^[ \t\n\r\v\f]*$/;
const EXTENSIONS = { json: "json", geojson: "json", ndjson: "ndjson", jsonl: "ndjson" };
const TABLES = ["csv", "tsv"];

export function decoded(bytes) {
  const [a, b] = bytes;
  const marked = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  if (marked || bytes.subarray(0, 4).includes(0)) throw new NotJson("utf-16");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new NotJson("encoding");
  }
}

// Returns `json`, `ndjson` or `table`, by the name of a file or else by how it begins.
export function formOf(name, text) {
  const extension = name.toLowerCase().split(".").pop();
  if (TABLES.includes(extension)) return "table";
  if (extension in EXTENSIONS) return EXTENSIONS[extension];
  const start = text.replace(/^[ \t\n\r\v\f]+/, "");
  const end = start.indexOf("\n");
  if (end < 0 || !/^[{[]/.test(start)) return "json";
  const oneLine = /[}\]][ \t\r\v\f]*$/.test(start.slice(0, end));
  return oneLine && /^[ \t\n\r\v\f]*[{[]/.test(start.slice(end)) ? "ndjson" : "json";
}

// Yields [line, text]; empty lines are left out.
export function* linesOf(text) {
  let line = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf("\n", from);
    const next = end < 0 ? text.length : end;
    const one = text.slice(from, next);
    line += 1;
    if (!BLANK.test(one)) yield [line, one];
    from = next + 1;
  }
}
