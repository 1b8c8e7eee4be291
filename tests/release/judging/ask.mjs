// Runs the worker of the page as a browser does: one JSON line in is a message, one out its answer.
// The first argument is the folder of the page, as it was written.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const load = (path) => JSON.parse(readFileSync(join(folder, path), "utf8"));
const formats = load("formats.json");
const versions = new Map();
let answer;

globalThis.self = { postMessage: (message) => { answer = message; } };
await import(pathToFileURL(join(folder, "worker.js")));
for await (const line of createInterface({ input: process.stdin })) {
  const { base64, ...asked } = JSON.parse(line);
  const { standard } = asked;
  if (!versions.has(standard)) versions.set(standard, load(`schemas/${standard.replace("@", "/")}.json`));
  const bytes = base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, "base64"));
  self.onmessage({ data: { ...formats, overlay: null, form: "json", ...asked, bytes, version: versions.get(standard) } });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
