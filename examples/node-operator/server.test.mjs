import assert from "node:assert/strict";
import { after, test } from "node:test";

import { haversineKm } from "./geo.mjs";
import { createOperator } from "./server.mjs";

const NOW = 1_790_000_000;
const ANYWHERE = {
  departureLat: 45.19,
  departureLng: 5.72,
  arrivalLat: 45.19,
  arrivalLng: 5.72,
  departureRadius: 200,
  arrivalRadius: 200,
};
const ANY_JOURNEY = { ...ANYWHERE, departureDate: NOW, timeDelta: 40 * 86400 };
const ANY_TRIP = { ...ANYWHERE, departureTimeOfDay: "12:00:00", timeDelta: 86400 };

const servers = [];
after(() => servers.forEach((server) => server.close()));

async function operator(...bugs) {
  const server = createOperator({ now: NOW, bugs });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${server.address().port}`;
  return async (path, query = {}) => {
    const response = await fetch(`${base}/${path}?${new URLSearchParams(query)}`);
    const text = await response.text();
    return { status: response.status, text, body: text && JSON.parse(text) };
  };
}

const around = (journey) => ({
  departureLat: journey.passengerPickupLat,
  departureLng: journey.passengerPickupLng,
  arrivalLat: journey.passengerDropLat,
  arrivalLng: journey.passengerDropLng,
});
const ids = ({ body }) => new Set(body.map(({ id, webUrl }) => id ?? webUrl));

const clean = await operator();

test("a few hundred journeys and some regular trips", async () => {
  const { body: drivers } = await clean("driver_journeys", ANY_JOURNEY);
  const { body: passengers } = await clean("passenger_journeys", ANY_JOURNEY);
  const { body: driverTrips } = await clean("driver_regular_trips", ANY_TRIP);
  const { body: passengerTrips } = await clean("passenger_regular_trips", ANY_TRIP);
  assert.ok(drivers.length > 300 && passengers.length > 150);
  assert.deepEqual([driverTrips.length, passengerTrips.length], [40, 20]);
  const all = [...drivers, ...passengers].map(({ id }) => id);
  assert.equal(new Set(all).size, all.length);
});

test("no null, no millisecond, every paying journey has its price", async () => {
  const { text, body } = await clean("driver_journeys", ANY_JOURNEY);
  assert.doesNotMatch(text, /null/);
  for (const { price, passengerPickupDate, duration } of body) {
    assert.equal(price.type === "PAYING", "amount" in price && price.currency === "EUR");
    assert.ok(passengerPickupDate < 1e10 && duration > 0);
  }
});

test("every journey of a trip falls on its day and time in France", async () => {
  const { body } = await clean("driver_regular_trips", ANY_TRIP);
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Paris",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  for (const schedule of body.flatMap(({ schedules }) => schedules)) {
    for (const { passengerPickupDate } of schedule.journeySchedules) {
      const [day, time] = format.format(passengerPickupDate * 1000).split(/,? /);
      assert.equal(day.toUpperCase(), schedule.passengerPickupDay);
      assert.equal(time, schedule.passengerPickupTimeOfDay);
    }
  }
});

test("what is missing or mistyped is refused with a reason", async () => {
  const journey = { ...ANY_JOURNEY };
  const trip = { ...ANY_TRIP };
  const refused = [
    ["driver_journeys", { ...journey, departureLat: "north" }],
    ["driver_journeys", { ...journey, departureLat: 91 }],
    ["driver_journeys", { ...journey, departureDate: "2026-09-22" }],
    ["passenger_journeys", { ...journey, count: 1.5 }],
    ["passenger_journeys", { ...journey, count: -1 }],
    ["passenger_journeys", { ...journey, timeDelta: "" }],
    ["driver_regular_trips", { ...trip, departureTimeOfDay: "7h30" }],
    ["driver_regular_trips", { ...trip, departureTimeOfDay: "07:30" }],
    ["driver_regular_trips", { ...trip, departureTimeOfDay: "25:00:00" }],
    ["passenger_regular_trips", { ...trip, departureWeekdays: "FOO" }],
    ["passenger_regular_trips", { ...trip, minDepartureDate: 2, maxDepartureDate: 1 }],
  ];
  for (const name of ["departureLat", "departureLng", "arrivalLat", "arrivalLng", "departureDate"]) {
    const { [name]: _, ...rest } = journey;
    refused.push(["driver_journeys", rest], ["passenger_journeys", rest]);
  }
  const { departureTimeOfDay: _, ...timeless } = trip;
  refused.push(["driver_regular_trips", timeless], ["passenger_regular_trips", timeless]);
  for (const [path, query] of refused) {
    const { status, body } = await clean(path, query);
    assert.equal(status, 400, `${path} ${JSON.stringify(query)}`);
    assert.equal(typeof body.error, "string");
  }
});

test("count bounds the answer, zero included", async () => {
  for (const path of ["driver_journeys", "passenger_journeys"]) {
    for (const count of [0, 1, 2]) {
      assert.equal((await clean(path, { ...ANY_JOURNEY, count })).body.length, count);
    }
  }
});

test("status is empty and open; the rest is not found", async () => {
  assert.deepEqual(await clean("status"), { status: 200, text: "", body: "" });
  assert.equal((await clean("bookings")).status, 404);
});

test("minutes: the margin is sixty times too wide", async () => {
  const buggy = await operator("minutes");
  const [journey] = (await clean("driver_journeys", ANY_JOURNEY)).body;
  const query = {
    ...ANYWHERE,
    departureDate: journey.passengerPickupDate,
    timeDelta: 900,
  };
  const found = (await buggy("driver_journeys", query)).body;
  const gap = ({ passengerPickupDate }) => Math.abs(passengerPickupDate - query.departureDate);
  assert.ok(found.some((item) => gap(item) > 900));
  assert.ok((await clean("driver_journeys", query)).body.every((item) => gap(item) <= 900));
});

test("degrees: a journey to the east is lost", async () => {
  const buggy = await operator("degrees");
  const [journey] = (await clean("driver_journeys", ANY_JOURNEY)).body;
  const query = { ...ANY_JOURNEY, ...around(journey), departureRadius: 2, arrivalRadius: 2 };
  query.departureLng -= 1.6 / 78.5;
  const distance = haversineKm(
    { lat: query.departureLat, lng: query.departureLng },
    { lat: journey.passengerPickupLat, lng: journey.passengerPickupLng },
  );
  assert.ok(distance < 1.7);
  assert.ok(ids(await clean("driver_journeys", query)).has(journey.id));
  assert.ok(!ids(await buggy("driver_journeys", query)).has(journey.id));
});

test("count: forgotten on passenger journeys only", async () => {
  const buggy = await operator("count");
  assert.equal((await buggy("driver_journeys", { ...ANY_JOURNEY, count: 1 })).body.length, 1);
  assert.ok((await buggy("passenger_journeys", { ...ANY_JOURNEY, count: 1 })).body.length > 1);
});

test("weekdays: weekend trips only show when asked for", async () => {
  const buggy = await operator("weekdays");
  const all = { ...ANY_TRIP, departureWeekdays: "MON,TUE,WED,THU,FRI,SAT,SUN" };
  assert.deepEqual(ids(await buggy("driver_regular_trips", all)).size, 40);
  assert.ok(ids(await buggy("driver_regular_trips", ANY_TRIP)).size < 40);
});

test("nulls: empty columns are written out", async () => {
  const buggy = await operator("nulls");
  assert.match((await buggy("driver_journeys", ANY_JOURNEY)).text, /"grade":null/);
});
