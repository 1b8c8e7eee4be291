// writes rules, places and EPCI of an installed @betagouv/aides-velo as one JSON document
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
const folder = resolve(process.argv[2] ?? "node_modules/@betagouv/aides-velo");
const load = (path) => import(join(folder, path));
const { aidesAvecLocalisation } = await load("dist/src/data/index.js");
const require = createRequire(join(folder, "package.json"));
const epci = require("@etalab/decoupage-administratif/data/epci.json");
process.stdout.write(JSON.stringify({
  package: "@betagouv/aides-velo",
  version: JSON.parse(readFileSync(join(folder, "package.json"))).version,
  rules: JSON.parse(readFileSync(join(folder, "publicodes-build/aides-velo.model.json"))),
  localisation: aidesAvecLocalisation,
  epci: Object.fromEntries(epci.map(({ nom, code }) => [nom, code])),
}, null, 1) + "\n");
