import { encodePolyline, haversineKm, round, shift } from "./geo.mjs";
import { WEEKDAYS, formatTimeOfDay, localInstant, localWeekday } from "./time.mjs";

export const OPERATOR = "covoit-belledonne.example.org";
const SITE = `https://${OPERATOR}`;

const HORIZON_DAYS = 14;

const PLACES = [
  { name: "Gare de Grenoble", lat: 45.19147, lng: 5.71451, weight: 8 },
  { name: "Campus, Saint-Martin-d'Hères", lat: 45.19318, lng: 5.76785, weight: 6 },
  { name: "Inovallée, Meylan", lat: 45.21071, lng: 5.78093, weight: 5 },
  { name: "CHU Nord, La Tronche", lat: 45.20139, lng: 5.74592, weight: 5 },
  { name: "Grand'Place, Échirolles", lat: 45.15866, lng: 5.73222, weight: 4 },
  { name: "Crolles", lat: 45.28486, lng: 5.88238, weight: 5 },
  { name: "Voiron", lat: 45.36402, lng: 5.59188, weight: 5 },
  { name: "Moirans", lat: 45.32426, lng: 5.56318, weight: 3 },
  { name: "Vif", lat: 45.05672, lng: 5.67105, weight: 3 },
  { name: "Vizille", lat: 45.07868, lng: 5.77271, weight: 3 },
  { name: "Pontcharra", lat: 45.43365, lng: 6.01713, weight: 3 },
  { name: "La Mure", lat: 44.90381, lng: 5.78803, weight: 2 },
  { name: "Villard-de-Lans", lat: 45.07097, lng: 5.55175, weight: 2 },
  { name: "Saint-Marcellin", lat: 45.15273, lng: 5.31995, weight: 2 },
  { name: "Le Bourg-d'Oisans", lat: 45.05507, lng: 6.03054, weight: 2 },
];

const FIRST_NAMES = [
  ["Camille", "F"], ["Noé", "M"], ["Inès", "F"], ["Loïc", "M"], ["Zoé", "F"], ["Étienne", "M"],
  ["Maëlys", "F"], ["Karim", "M"], ["Françoise", "F"], ["Gaël", "M"], ["Sacha", "O"], ["Léa", "F"],
];
const CARS = [
  { brand: "Renault", model: "Zoe" },
  { brand: "Peugeot", model: "208" },
  { brand: "Citroën", model: "C3" },
  { brand: "Dacia", model: "Sandero" },
];

const HOUR = 3600;
const MORNING = [6.5 * HOUR, 9.5 * HOUR];
const EVENING = [16 * HOUR, 19.5 * HOUR];
const DAYTIME = [9 * HOUR, 20 * HOUR];
const NIGHT_SHIFT = [23.6 * HOUR, 24.4 * HOUR];

const WORKWEEK = WEEKDAYS.slice(0, 5);
const WEEKS = [
  WORKWEEK, WORKWEEK, ["MON", "TUE", "THU", "FRI"], ["TUE", "THU"], ["SAT"], ["SAT", "SUN"],
];

/** Everything the operator knows. The same `now` gives the same world. */
export function createWorld(now) {
  const chance = createChance(20220729);
  const people = Array.from({ length: 90 }, (_, index) => createPerson(chance, index));

  const driverTrips = Array.from({ length: 40 }, (_, index) =>
    createTrip(chance, now, `d${index}`, driverSide(chance, people)),
  );
  const passengerTrips = Array.from({ length: 20 }, (_, index) =>
    createTrip(chance, now, `p${index}`, { passenger: chance.pick(people) }),
  );

  const driverJourneys = [
    ...driverTrips.flatMap((trip) =>
      journeysOf(trip, { availableSeats: 3, price: priceOf(chance, trip) }),
    ),
    ...Array.from({ length: 240 }, (_, index) => {
      const trip = createLeg(chance, driverSide(chance, people));
      return {
        ...trip,
        ...createOccurrence(`d-${index}`, oneOff(chance, now)),
        availableSeats: chance.between(1, 4),
        price: priceOf(chance, trip),
      };
    }),
  ];
  const passengerJourneys = [
    ...passengerTrips.flatMap((trip) => journeysOf(trip, { requestedSeats: 1 })),
    ...Array.from({ length: 120 }, (_, index) => ({
      ...createLeg(chance, { passenger: chance.pick(people) }),
      ...createOccurrence(`p-${index}`, oneOff(chance, now)),
      requestedSeats: chance.between(1, 2),
    })),
  ];
  return { driverTrips, passengerTrips, driverJourneys, passengerJourneys };
}

function createPerson(chance, index) {
  const [firstName, gender] = chance.pick(FIRST_NAMES);
  const initial = String.fromCharCode(65 + (index % 26));
  return {
    id: `u${1000 + index}`,
    operator: OPERATOR,
    alias: `${firstName} ${initial}.`,
    firstName,
    grade: chance.maybe(0.6, () => chance.between(3, 5)),
    gender: chance.maybe(0.7, () => gender),
    picture: chance.maybe(0.4, () => `${SITE}/portraits/u${1000 + index}.jpg`),
    verifiedIdentity: chance.maybe(0.5, () => true),
  };
}

function driverSide(chance, people) {
  return {
    driver: chance.pick(people),
    car: chance.maybe(0.5, () => chance.pick(CARS)),
    preferences: chance.maybe(0.3, () => ({
      smoking: false,
      animals: chance.next() < 0.5,
      music: chance.next() < 0.5,
      luggageSize: chance.between(1, 5),
    })),
  };
}

/** One way from one place to another, without a date. */
function createLeg(chance, side) {
  const from = chance.weighted(PLACES);
  const to = chance.weighted(PLACES.filter((place) => place !== from));
  const pickup = meetingPoint(chance, from);
  const drop = meetingPoint(chance, to);
  const halfway = {
    lat: round((pickup.lat + drop.lat) / 2 + 0.004),
    lng: round((pickup.lng + drop.lng) / 2),
  };
  const metres = Math.round(haversineKm(pickup, drop) * (1250 + 200 * chance.next()));
  const kmPerHour = metres < 15_000 ? 28 : 55;
  return {
    operator: OPERATOR,
    ...side,
    passengerPickupLat: pickup.lat,
    passengerPickupLng: pickup.lng,
    passengerPickupAddress: from.name,
    passengerDropLat: drop.lat,
    passengerDropLng: drop.lng,
    passengerDropAddress: to.name,
    distance: metres,
    duration: Math.round(metres / (kmPerHour / 3.6)),
    journeyPolyline: chance.maybe(0.7, () => encodePolyline([pickup, halfway, drop])),
  };
}

/** The carpool area of a place, or somewhere around it. */
function meetingPoint(chance, { lat, lng }) {
  return chance.next() < 0.4
    ? { lat, lng }
    : shift({ lat, lng }, chance.around(1.2), chance.around(1.2));
}

function createTrip(chance, now, id, side) {
  const leg = createLeg(chance, side);
  const hours = chance.next() < 0.08 ? NIGHT_SHIFT : chance.pick([MORNING, EVENING]);
  const secondOfDay = fiveMinutes(chance.within(hours)) % 86400;
  const schedules = chance.pick(WEEKS).map((day) => ({
    passengerPickupDay: day,
    passengerPickupTimeOfDay: formatTimeOfDay(secondOfDay),
    journeySchedules: nextDays(now, day)
      .map((days) => localInstant(now, days, secondOfDay))
      .filter((date) => date > now)
      .map((date) => createOccurrence(`${id}-${date}`, date)),
  }));
  return { ...leg, webUrl: `${SITE}/trips/${id}`, schedules };
}

function createOccurrence(id, date) {
  return {
    id,
    passengerPickupDate: date,
    driverDepartureDate: date,
    webUrl: `${SITE}/journeys/${id}`,
    type: "PLANNED",
  };
}

function journeysOf({ schedules, ...leg }, more) {
  return schedules
    .flatMap((schedule) => schedule.journeySchedules)
    .map((occurrence) => ({ ...leg, ...occurrence, ...more }));
}

function priceOf(chance, { distance }) {
  const draw = chance.next();
  if (draw < 0.15) {
    return { type: "FREE", amount: null, currency: null };
  }
  if (draw < 0.25) {
    return { type: "UNKNOWN", amount: null, currency: null };
  }
  const amount = Math.max(1, Math.round(distance / 1000) / 10);
  return { type: "PAYING", amount, currency: "EUR" };
}

function oneOff(chance, now) {
  const days = Math.floor(chance.next() ** 1.5 * HORIZON_DAYS) + 1;
  const hours = chance.pick([MORNING, EVENING, DAYTIME]);
  return localInstant(now, days, fiveMinutes(chance.within(hours)));
}

function nextDays(now, weekday) {
  return Array.from({ length: HORIZON_DAYS + 1 }, (_, days) => days).filter(
    (days) => localWeekday(now, days) === weekday,
  );
}

const fiveMinutes = (seconds) => Math.round(seconds / 300) * 300;

/** Mulberry32, with the few draws that a world needs. */
function createChance(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const between = (low, high) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    pick: (items) => items[between(0, items.length - 1)],
    within: ([low, high]) => low + next() * (high - low),
    around: (spread) => (next() + next() - 1) * spread,
    maybe: (probability, create) => (next() < probability ? create() : null),
    weighted: (items) => {
      let rest = next() * items.reduce((sum, { weight }) => sum + weight, 0);
      return items.find(({ weight }) => (rest -= weight) < 0) ?? items.at(-1);
    },
  };
}
