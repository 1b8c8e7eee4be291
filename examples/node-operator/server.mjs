import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

import { BadRequest, journeyParameters, parse, tripParameters } from "./parameters.mjs";
import { createSearch } from "./search.mjs";
import { createWorld } from "./world.mjs";

export const BUGS = ["minutes", "degrees", "count", "weekdays", "nulls"];

export function createOperator({ now, bugs = [] }) {
  const active = new Set(bugs);
  const world = createWorld(now);
  const search = createSearch(active);
  const journeys = journeyParameters(active);
  const trips = tripParameters(active);

  const searches = {
    "/driver_journeys": (query) => search.driverJourneys(world, parse(query, journeys)),
    "/passenger_journeys": (query) => search.passengerJourneys(world, parse(query, journeys)),
    "/driver_regular_trips": (query) => search.driverTrips(world, parse(query, trips)),
    "/passenger_regular_trips": (query) => search.passengerTrips(world, parse(query, trips)),
  };

  function answer(request, response) {
    const [path, ...query] = request.url.split("?");
    if (path !== "/status" && !Object.hasOwn(searches, path)) {
      return send(response, 404, { error: `no such resource: ${path}` });
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return send(response, 405, { error: `${request.method} is not allowed here` });
    }
    if (path === "/status") {
      return response.writeHead(200).end();
    }
    const found = searches[path](new URLSearchParams(query.join("?")));
    return send(response, 200, found);
  }

  // Columns without a value come out of the store as null; the standard wants them absent.
  const withoutNulls = active.has("nulls") ? null : (_, value) => value ?? undefined;

  function send(response, status, body) {
    const text = JSON.stringify(body, withoutNulls);
    response.writeHead(status, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Length": Buffer.byteLength(text),
    });
    response.end(text);
  }

  return createServer((request, response) => {
    try {
      answer(request, response);
    } catch (error) {
      if (error instanceof BadRequest) {
        send(response, 400, { error: error.message });
      } else {
        console.error(error);
        response.writeHead(500).end();
      }
    }
  });
}

function instant(text) {
  const seconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  return Number.isFinite(seconds) ? Math.floor(seconds) : fail(`--now ${text}: not a date`);
}

function chosenBugs(text) {
  const names = text.split(",").filter(Boolean);
  const unknown = names.filter((name) => !BUGS.includes(name));
  return unknown.length === 0
    ? names
    : fail(`no such bug: ${unknown.join(", ")}; there are ${BUGS.join(", ")}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

function commandLine() {
  try {
    return parseArgs({
      options: {
        port: { type: "string", default: "8090" },
        host: { type: "string", default: "127.0.0.1" },
        now: { type: "string", default: String(Math.floor(Date.now() / 1000)) },
        clean: { type: "boolean", default: false },
        bugs: { type: "string", default: BUGS.join(",") },
      },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

function main() {
  const values = commandLine();
  const bugs = values.clean ? [] : chosenBugs(values.bugs);
  const server = createOperator({ now: instant(values.now), bugs });
  server.listen(Number(values.port), values.host, () => {
    const { address, port } = server.address();
    console.log(`http://${address}:${port} (${bugs.length ? `bugs: ${bugs.join(", ")}` : "clean"})`);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  main();
}
