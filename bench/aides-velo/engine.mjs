// what the engine of @betagouv/aides-velo answers: one JSON line in, one out
// in: {"inputs": {...}, "aids": [...]}, out: {aid: euros or null}
import { createInterface } from "node:readline";
import { join, resolve } from "node:path";
const folder = resolve(process.argv[2] ?? "node_modules/@betagouv/aides-velo");
const { AidesVeloEngine } = await import(join(folder, "dist/src/index.js"));
const whole = new AidesVeloEngine();
console.warn = console.error = () => {};
for await (const line of createInterface({ input: process.stdin })) {
  const { inputs, aids } = JSON.parse(line);
  const engine = whole.shallowCopy().setInputs(inputs).getEngine();
  const answer = (aid) => engine.evaluate({ valeur: aid, unité: "€" }).nodeValue ?? null;
  process.stdout.write(JSON.stringify(Object.fromEntries(aids.map((a) => [a, answer(a)]))) + "\n");
}
