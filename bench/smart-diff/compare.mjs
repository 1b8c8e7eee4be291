// Classifies pairs of documents by api-smart-diff: NDJSON of [old, new] in, one word a line out.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { apiCompare } = createRequire(`${process.argv[2]}/`)("api-smart-diff");

for await (const line of createInterface({ input: process.stdin })) {
  const [before, after] = JSON.parse(line);
  let said = "stopped";
  try {
    const types = new Set(apiCompare(before, after).diffs.map((diff) => diff.type));
    const words = ["breaking", "unclassified", "non-breaking", "deprecated", "annotation"];
    said = words.find((word) => types.has(word)) ?? "nothing";
  } catch {}
  console.log(said);
}
