// Judges off the page: what is asked comes as a message, and so goes the answer. Whatever it is
// given, it asks nobody; the page ends it where it takes too long.
import { NotJson, lines, places, placesAt, read } from "./json.js";
import { decoded, formOf, linesOf } from "./reading.js";
import { remarksOf } from "./remarks.js";
import { judgeOf } from "./schema.js";

const MOST_REMARKS = 50; // of one document
const MOST_SHOWN = 1000;
const MOST_LINE = 64 * 1024 * 1024;

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

  // Counts one document and what is held against it.
  add(remarks) {
    const has = (severity) => remarks.some((remark) => remark.severity === severity);
    this.documents += 1;
    if (has("error")) this.refused += 1;
    else if (has("open")) this.open += 1;
    this.tell(remarks);
  }

  tell(remarks) {
    const room = Math.max(0, MOST_SHOWN - this.remarks.length);
    this.remarks.push(...remarks.slice(0, room));
    this.leftOut += Math.max(0, remarks.length - room);
  }

  lose(offsets, text, lineOf) {
    if (!offsets.length) return;
    this.lost += offsets.length;
    const places = placesAt(text, offsets.slice(0, MOST_SHOWN));
    this.tell(places.map(([pointer, at, literal]) => lostNumber(lineOf(at), pointer, literal)));
  }
}

// Returns the remarks on values of one text: `values` are [pointer of the value, value].
function remarksOn(judge, text, values) {
  const judged = values.map(([at, value]) => [at, judge(value)]);
  const wanted = new Set();
  for (const [at, { errors, open }] of judged) {
    for (const { instancePath } of [...errors, ...open]) wanted.add(at + instancePath);
  }
  if (!wanted.size) return judged.map(() => []);
  const found = places(text, wanted);
  const lineOf = lines(text);
  return judged.map(([at, { errors, open }]) => {
    const literals = { get: (pointer) => found.get(at + pointer)?.[1] };
    const offset = ({ pointer }) => found.get(at + pointer)?.[0] ?? 0;
    return [...remarksOf(errors, literals), ...remarksOf(open, literals, "open")]
      .sort((one, other) => offset(one) - offset(other))
      .slice(0, MOST_REMARKS)
      .map((remark) => ({ ...remark, pointer: at + remark.pointer, line: lineOf(offset(remark)) }));
  });
}

function whole(judge, text, answer, each) {
  const lineOf = lines(text);
  try {
    const { value, lost } = read(text);
    answer.lose(lost, text, lineOf);
    if (each && !Array.isArray(value)) {
      answer.add([broken({ reason: "not-a-list" }, 1)]);
      return;
    }
    const values = each ? value.map((item, index) => [`/${index}`, item]) : [["", value]];
    for (const remarks of remarksOn(judge, text, values)) answer.add(remarks);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    answer.add([broken(error, lineOf(error.at))]);
  }
}

function byLine(judge, text, answer) {
  for (const [line, one] of linesOf(text)) {
    try {
      if (one.length > MOST_LINE) throw new NotJson("line");
      const { value, lost } = read(one);
      answer.lose(lost, one, () => line);
      const [remarks] = remarksOn(judge, one, [["", value]]);
      answer.add(remarks.map((remark) => ({ ...remark, line })));
    } catch (error) {
      if (!(error instanceof NotJson)) throw error;
      answer.add([broken(error, line)]);
    }
  }
}

export function answerTo(asked) {
  const answer = new Answer();
  const judge = judgeFor(asked);
  let text;
  try {
    text = asked.bytes ? decoded(asked.bytes) : asked.text.replace(/^\ufeff/, "");
  } catch (error) {
    answer.add([broken(error, 1)]);
    return answer;
  }
  const form = asked.form === "auto" ? formOf(asked.name ?? "", text) : asked.form;
  if (form === "table") answer.add([{ ...broken({ reason: "" }, 1), code: "judging.table" }]);
  else if (form === "ndjson") byLine(judge, text, answer);
  else whole(judge, text, answer, form === "each");
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
