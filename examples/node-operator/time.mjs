const ZONE = "Europe/Paris";

export const WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
});

/** The wall clock in France at an instant (UNIX seconds), as UNIX seconds of a fictive UTC. */
function wallClock(instant) {
  const part = Object.fromEntries(
    clock.formatToParts(instant * 1000).map(({ type, value }) => [type, Number(value)]),
  );
  return (
    Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) / 1000
  );
}

/** The instant at which clocks in France show `secondOfDay`, `days` days after `now`. */
export function localInstant(now, days, secondOfDay) {
  const midnight = Math.floor(wallClock(now) / 86400) * 86400;
  const wanted = midnight + days * 86400 + secondOfDay;
  const guess = wanted - (wallClock(wanted) - wanted);
  return guess + (wanted - wallClock(guess));
}

/** The day of the week in France, `days` days after `now`. */
export function localWeekday(now, days) {
  const day = new Date(wallClock(now) * 1000 + days * 86400000).getUTCDay();
  return WEEKDAYS[(day + 6) % 7];
}

export function formatTimeOfDay(secondOfDay) {
  return new Date(secondOfDay * 1000).toISOString().slice(11, 19);
}

export function parseTimeOfDay(text) {
  const [hours, minutes, seconds] = text.split(":").map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

/** How far apart two times of day are, going around midnight when that is shorter. */
export function timeOfDayGap(a, b) {
  const gap = Math.abs(a - b) % 86400;
  return Math.min(gap, 86400 - gap);
}
