// Judges off the page: what is asked comes as a message, and so goes the answer. Whatever it is
// given, it asks nobody; the page ends it where it takes too long.
import { NotJson, lines, places, placesAt, read } from "./json.js";
import { decoded, formOf, linesOf } from "./reading.js";
import { remarksOf } from "./remarks.js";
import { judgeOf } from "./schema.js";

const MOST_REMARKS = 50; // of one document
const MOST_SHOWN = 1000;

const judges = new Map();

function judgeFor({ standard, schema, overlay, version, formats, currencies }) {
  const key = `${standard}/${schema}/${overlay}`;
  if (!judges.has(key)) {
    const documents = { ...version.schemas, ...version.overlays[overlay] };
    const id = documents[schema].$id;
    judges.set(key, judgeOf(Object.values(documents), id, formats, currencies));
  }
  return judges.get(key);
}

const broken = ({ reason }, line) => ({
  severity: "error",
  line,
  pointer: "",
  keyword: "json",
  code: `validation.json.${reason}`,
  params: {},
});

const lostNumber = (line, pointer, literal) => ({
  severity: "warning",
  line,
  pointer,
  keyword: "number",
  code: "judging.lost-number",
  params: { literal: literal.slice(0, 60), nearest: BigInt(Number(literal)).toString() },
});

class Answer {
  documents = 0;
  refused = 0;
  open = 0;
  lost = 0;
  remarks = [];
  leftOut = 0;

  // Counts one document, by the worst that is held against it.
  count(errors, open = []) {
    this.documents += 1;
    if (errors.length) this.refused += 1;
    else if (open.length) this.open += 1;
  }

  tell(remarks) {
    const room = Math.max(0, MOST_SHOWN - this.remarks.length);
    this.remarks.push(...remarks.slice(0, room));
    this.leftOut += Math.max(0, remarks.length - room);
  }

  refuse(remark) {
    this.count([remark]);
    this.tell([remark]);
  }

  lose(offsets, text, lineOf) {
    if (!offsets.length) return;
    this.lost += offsets.length;
    const places = placesAt(text, offsets.slice(0, MOST_SHOWN));
    this.tell(places.map(([pointer, at, literal]) => lostNumber(lineOf(at), pointer, literal)));
  }
}

const remarksOn = (errors, open, literals = new Map()) => [
  ...remarksOf(errors, literals),
  ...remarksOf(open, literals, "open"),
];

// Judges values of one text: `values` are [pointer of the value, value].
function judgeValues(judge, text, values, answer, lineOf) {
  const kept = [];
  const wanted = new Set();
  for (const [at, value] of values) {
    const { errors, open } = judge(value);
    const all = [...errors, ...open];
    answer.count(errors, open);
    if (kept.length < MOST_SHOWN) {
      if (all.length) kept.push([at, errors, open]);
      for (const { instancePath } of all) wanted.add(at + instancePath);
    } else answer.leftOut += Math.min(MOST_REMARKS, remarksOn(errors, open).length);
  }
  const found = wanted.size ? places(text, wanted) : new Map();
  for (const [at, errors, open] of kept) {
    const offset = ({ pointer }) => found.get(at + pointer)?.[0] ?? 0;
    const literals = { get: (pointer) => found.get(at + pointer)?.[1] };
    const remarks = remarksOn(errors, open, literals)
      .sort((one, other) => offset(one) - offset(other))
      .slice(0, MOST_REMARKS)
      .map((remark) => ({ ...remark, pointer: at + remark.pointer, line: lineOf(offset(remark)) }));
    answer.tell(remarks);
  }
}

function* items(list) {
  for (let index = 0; index < list.length; index += 1) yield [`/${index}`, list[index]];
}

function judgeText(judge, text, answer, lineOf, each = false) {
  try {
    const { value, lost } = read(text);
    answer.lose(lost, text, lineOf);
    if (each && !Array.isArray(value)) throw new NotJson("not-a-list");
    judgeValues(judge, text, each ? items(value) : [["", value]], answer, lineOf);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    answer.refuse(broken(error, lineOf(error.at)));
  }
}

function judgeLines(judge, text, answer) {
  for (const [line, one] of linesOf(text)) judgeText(judge, one, answer, () => line);
}

export function answerTo(asked) {
  const answer = new Answer();
  const judge = judgeFor(asked);
  let text;
  try {
    text = asked.bytes ? decoded(asked.bytes) : asked.text.replace(/^\ufeff/, "");
  } catch (error) {
    answer.refuse(broken(error, 1));
    return answer;
  }
  const form = asked.form === "auto" ? formOf(asked.name ?? "", text) : asked.form;
  if (form === "table") answer.refuse({ ...broken({}, 1), code: "judging.table" });
  else if (form === "ndjson") judgeLines(judge, text, answer);
  else judgeText(judge, text, answer, lines(text), form === "each");
  return answer;
}

self.onmessage = ({ data }) => {
  let answer;
  try {
    answer = answerTo(data);
  } catch (error) {
    answer = { failed: String(error) };
  }
  self.postMessage({ ...answer, number: data.number });
};
