// The one table of formats, as functions. What a pattern cannot say is here, under the names that
// the table has for it; where it is not, the answer stays open.

const number = (text) => Number.parseInt(text, 10);

function date(text) {
  const [year, month, day] = text.slice(0, 10).split("-").map(number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

// Second 60 is 23:59:60 in UTC and nowhere else.
function time(text) {
  if (text.slice(6, 8) !== "60") return true;
  let minutes = number(text.slice(0, 2)) * 60 + number(text.slice(3, 5));
  if (!/[Zz]$/.test(text)) {
    const offset = number(text.slice(-5, -3)) * 60 + number(text.slice(-2));
    minutes += text.at(-6) === "+" ? -offset : offset;
  }
  return (minutes + 2 * 1440) % 1440 === 1439;
}

function ipv6(text) {
  return URL.canParse(`http://[${text}]/`);
}

function polyline(text) {
  let at = 0;
  const here = [0, 0];
  while (at < text.length) {
    for (const axis of [0, 1]) {
      let value = 0n;
      let shift = 0n;
      let chunk;
      do {
        if (at >= text.length) return false;
        chunk = BigInt(text.charCodeAt(at) - 63);
        at += 1;
        value |= (chunk & 31n) << shift;
        shift += 5n;
      } while (chunk >= 32n);
      here[axis] += Number(value & 1n ? ~(value >> 1n) : value >> 1n);
      if (Math.abs(here[axis]) > (axis ? 18000000 : 9000000)) return false;
    }
  }
  return true;
}

const BEYOND = {
  date,
  "date-time": (text) => date(text) && time(text.slice(11)),
  time,
  ipv6,
  "encoded-polyline": polyline,
};

// Returns a function of a text for each format of the table, `true` where nothing is judged by it.
// `open(name)` is asked where it cannot be told here whether a text has a format.
export function formats(table, currencies, open) {
  const beyond = { ...BEYOND, "iso-4217": (text) => currencies.includes(text) };
  const found = {};
  for (const row of table) {
    const pattern = row.pattern && new RegExp(row.pattern, "u");
    const surely = row.surely && new RegExp(row.surely, "u");
    const unknown = (text) => surely?.test(text) || open(row.name);
    const rest = row.beyond ? (beyond[row.beyond] ?? unknown) : () => true;
    const check = (text) => {
      if (row.max_length !== undefined && text.length > row.max_length) {
        if ([...text].length > row.max_length) return false;
      }
      return (!pattern || pattern.test(text)) && rest(text);
    };
    found[row.name] = row.applies_to === "number" ? true : check;
  }
  return found;
}
