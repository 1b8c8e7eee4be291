import { WEEKDAYS, parseTimeOfDay } from "./time.mjs";

export class BadRequest extends Error {}

const INTEGER = /^-?\d+$/;
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;
const PARTIAL_TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?$/;

const integer = (text) => finite(text, INTEGER, "an integer");
const number = (text) => finite(text, NUMBER, "a number");

function finite(text, pattern, what) {
  if (!pattern.test(text) || !Number.isFinite(Number(text))) {
    throw new BadRequest(`must be ${what}`);
  }
  return Number(text);
}

function between(parse, low, high) {
  return (text) => {
    const value = parse(text);
    if (value < low || value > high) {
      throw new BadRequest(
        high === Infinity ? `must be at least ${low}` : `must be between ${low} and ${high}`,
      );
    }
    return value;
  };
}

function timeOfDay(text) {
  if (!PARTIAL_TIME.test(text)) {
    throw new BadRequest("must be a time of day such as 07:30:00");
  }
  return parseTimeOfDay(text);
}

function weekdays(text) {
  const days = text.split(",");
  if (!days.every((day) => WEEKDAYS.includes(day))) {
    throw new BadRequest(`must be a list of ${WEEKDAYS.join(",")}`);
  }
  return days;
}

const latitude = { parse: between(number, -90, 90), required: true };
const longitude = { parse: between(number, -180, 180), required: true };
const radius = { parse: between(number, 0, Infinity), fallback: 1 };

const place = {
  departureLat: latitude,
  departureLng: longitude,
  arrivalLat: latitude,
  arrivalLng: longitude,
  departureRadius: radius,
  arrivalRadius: radius,
  timeDelta: { parse: between(integer, 0, Infinity), fallback: 900 },
  count: { parse: between(integer, 0, Infinity), fallback: Infinity },
};

export function journeyParameters(bugs) {
  return {
    ...place,
    departureDate: { parse: integer, required: true },
    ...(bugs.has("minutes") && { timeDelta: { ...place.timeDelta, fallback: 15 } }),
  };
}

export function tripParameters(bugs) {
  return {
    ...place,
    departureTimeOfDay: { parse: timeOfDay, required: true },
    departureWeekdays: {
      parse: weekdays,
      fallback: bugs.has("weekdays") ? WEEKDAYS.slice(0, 5) : WEEKDAYS,
    },
    minDepartureDate: { parse: integer, fallback: -Infinity },
    maxDepartureDate: { parse: integer, fallback: Infinity },
  };
}

export function parse(query, parameters) {
  const values = {};
  for (const [name, { parse, required, fallback }] of Object.entries(parameters)) {
    const [text, ...more] = query.getAll(name);
    if (more.length > 0) {
      throw new BadRequest(`${name} is given more than once`);
    }
    if (text === undefined && required) {
      throw new BadRequest(`${name} is missing`);
    }
    try {
      values[name] = text === undefined ? fallback : parse(text);
    } catch (error) {
      throw error instanceof BadRequest ? new BadRequest(`${name} ${error.message}`) : error;
    }
  }
  if (values.minDepartureDate > values.maxDepartureDate) {
    throw new BadRequest("minDepartureDate is after maxDepartureDate");
  }
  return values;
}
