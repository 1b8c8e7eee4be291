// JSON, read strictly, with what JSON.parse does not tell: where something stands, how deep it is,
// and which whole numbers a double cannot hold.

export const MOST_LEVELS = 1000;
const LONGEST_WHOLE = 300; // beyond it Python reads a double, too
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const HALF = /\p{Surrogate}/u;
const WORDS = { true: true, false: false, null: null };

export class NotJson extends Error {
  constructor(reason, at = 0) {
    super(reason);
    this.reason = reason;
    this.at = at;
  }
}

export const step = (key) => "/" + String(key).replace(/~/g, "~0").replace(/\//g, "~1");

export function number(literal) {
  const value = Number(literal);
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

const isLost = (literal, value) =>
  !Number.isSafeInteger(value) &&
  literal.length < LONGEST_WHOLE &&
  /^-?[0-9]+$/.test(literal) &&
  BigInt(literal) !== BigInt(value);

// Returns the value of a text, and the offset of each lost number.
// `visit(pointer, offset, literal)` is told of each value, a literal where it is a number.
export function read(text, visit = null) {
  const lost = [];
  let at = 0;

  function fail(reason = "syntax", where = at) {
    throw new NotJson(reason, where);
  }

  function blank() {
    for (; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) break;
    }
    return text[at];
  }

  function string() {
    const from = at;
    let escaped = false;
    for (at += 1; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 34) break;
      if (code === 92) {
        escaped = true;
        at += 1;
      } else if (!(code >= 32)) fail();
    }
    at += 1;
    const raw = text.slice(from, at);
    let value = raw.slice(1, -1);
    if (escaped) {
      try {
        value = JSON.parse(raw);
      } catch {
        fail("syntax", from);
      }
    }
    if (HALF.test(value)) fail("surrogate", from);
    return value;
  }

  function scalar(pointer) {
    const from = at;
    if (/^-?(NaN|Infinity)/.test(text.slice(at, at + 9)) && !text.startsWith("-NaN", at)) {
      fail("constant");
    }
    NUMBER.lastIndex = at;
    const found = NUMBER.exec(text);
    if (found !== null) {
      const literal = found[0];
      const value = number(literal);
      at += literal.length;
      if (isLost(literal, value)) lost.push(from);
      if (visit) visit(pointer, from, literal);
      return value;
    }
    for (const [word, value] of Object.entries(WORDS)) {
      if (text.startsWith(word, at)) {
        at += word.length;
        if (visit) visit(pointer, from);
        return value;
      }
    }
    return fail();
  }

  function list(pointer, level) {
    const items = [];
    at += 1;
    if (blank() === "]") {
      at += 1;
      return items;
    }
    for (;;) {
      items.push(value(visit && pointer + "/" + items.length, level));
      const next = blank();
      at += 1;
      if (next === "]") return items;
      if (next !== ",") fail("syntax", at - 1);
    }
  }

  function object(pointer, level) {
    const members = {};
    at += 1;
    if (blank() === "}") {
      at += 1;
      return members;
    }
    for (;;) {
      if (blank() !== '"') fail();
      const name = string();
      if (blank() !== ":") fail();
      at += 1;
      const member = value(visit && pointer + step(name), level);
      if (name === "__proto__") {
        const own = { value: member, writable: true, enumerable: true, configurable: true };
        Object.defineProperty(members, name, own);
      } else members[name] = member;
      const next = blank();
      at += 1;
      if (next === "}") return members;
      if (next !== ",") fail("syntax", at - 1);
    }
  }

  function value(pointer, level) {
    const first = blank();
    if (first === "{" || first === "[") {
      if (level >= MOST_LEVELS) fail("depth");
      if (visit) visit(pointer, at);
      return first === "{" ? object(pointer, level + 1) : list(pointer, level + 1);
    }
    if (first !== '"') return scalar(pointer);
    if (visit) visit(pointer, at);
    return string();
  }

  if (!text.trim()) fail("empty");
  const whole = value("", 0);
  if (blank() !== undefined) fail();
  return { value: whole, lost };
}

// Returns [offset, literal] of the value at each pointer that is wanted: where it stands first, and
// how the number is written that counts, which is the last.
export function places(text, wanted) {
  const found = new Map();
  read(text, (pointer, at, literal) => {
    if (wanted.has(pointer)) found.set(pointer, [found.get(pointer)?.[0] ?? at, literal]);
  });
  return found;
}

// Returns [pointer, offset, literal] of what stands at each offset that is wanted.
export function placesAt(text, wanted) {
  const found = [];
  const offsets = new Set(wanted);
  read(text, (...place) => {
    if (offsets.has(place[1])) found.push(place);
  });
  return found;
}

// Returns what says on which line an offset is; offsets are asked for in any order.
export function lines(text) {
  const ends = [];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) ends.push(at);
  return (offset) => {
    let low = 0;
    for (let high = ends.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (ends[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
