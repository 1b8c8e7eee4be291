// What is held against a document, from the errors of ajv, and the words for it: those of
// `mobstd validate`, numbers written as it writes them.
const RENAMED = { "false schema": "falseSchema", dependentRequired: "required" };
const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];
const MERGED = ["additionalProperties", "unevaluatedProperties"];

// A parameter that has a code of its own is a text within the text.
export const wordsOf = (code, params, lang, texts) =>
  (texts[code] ?? texts["validation.otherwise"])[lang].replace(/\{([a-z_]+)\}/g, (all, name) => {
    const value = params[name] ?? all;
    return value.code ? wordsOf(value.code, value.params, lang, texts) : value;
  });

// A number as Python writes it; `literal` is how the document has it.
export function written(number, literal = "") {
  if (/^-?[0-9]+$/.test(literal) || (!literal && Number.isInteger(number))) {
    if (literal.length < 300) return BigInt(literal || number).toString();
  }
  const [digits, exponent] = number.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const sign = power < 0 ? "-" : "+";
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  if (Number.isInteger(number)) return `${Object.is(number, -0) ? "-0" : number}.0`;
  return number < 0 ? `-${fixed(-number)}` : fixed(number);
}

const fixed = (number) => (number < 1e-6 ? number.toFixed(20).replace(/0+$/, "") : String(number));

function short(value, literal) {
  if (Array.isArray(value)) return value.length ? "[...]" : "[]";
  if (value !== null && typeof value === "object") {
    return Object.keys(value).length ? "{...}" : "{}";
  }
  if (typeof value === "number") return written(value, literal).slice(0, 62);
  if (typeof value !== "string") return String(value);
  const text = cut(value, 60);
  const said = cut(JSON.stringify(text), 62);
  return text === value ? said : `${said.slice(0, -1)}..."`;
}

function cut(text, most) {
  const head = text.slice(0, 2 * most);
  return head.length < most ? head : [...head].slice(0, most).join("");
}

function said(value) {
  if (typeof value === "string") return value;
  if (typeof value === "number") return written(value);
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return { true: "True", false: "False", null: "None" }[String(value)];
}

function expected(keyword, error) {
  const { schema } = error;
  if (keyword === "type") {
    return TYPES.filter((type) => [schema].flat().includes(type)).join(", ");
  }
  if (MERGED.includes(keyword)) return error.names.join(", ");
  return [schema].flat().map(said).join(", ").slice(0, 200);
}

// Why the name of a member is refused.
function inName(keyword, error) {
  const received = short(error.propertyName);
  return { code: `validation.${keyword}`, params: { received, expected: expected(keyword, error) } };
}

// Members that do not belong there are one error, as are all that say the same.
function merged(errors) {
  const found = new Map();
  for (const error of errors) {
    const { keyword, instancePath, schemaPath, params } = error;
    const name = params.additionalProperty ?? params.unevaluatedProperty;
    const key = MERGED.includes(keyword) ? `${keyword} ${instancePath} ${schemaPath}` : found.size;
    const before = found.get(key);
    if (before) before.names.push(name);
    else found.set(key, { ...error, names: [name] });
  }
  return [...found.values()];
}

// Returns remarks without their line: `{ severity, pointer, keyword, code, params }`.
// `literals` says how numbers are written, by pointer.
export function remarksOf(errors, literals, severity = "error") {
  const seen = new Set();
  const found = [];
  for (const error of merged(errors)) {
    const named = error.propertyName !== undefined;
    const own = RENAMED[error.keyword] ?? error.keyword;
    const keyword = named ? "propertyNames" : own;
    const pointer = error.instancePath;
    let code = `validation.${keyword}`;
    if (keyword === "type" && pointer === "" && Array.isArray(error.data)) code = "validation.list";
    if (keyword === "format" && severity === "open") code = "judging.open";
    const remark = {
      severity,
      pointer,
      keyword,
      code,
      params: {
        received: short(error.data, literals.get(pointer)),
        expected: keyword === "required" || named ? "" : expected(keyword, error),
        member: cut(error.params.missingProperty ?? "", 200),
        words: named ? inName(own, error) : (error.message ?? "").split("\n")[0].slice(0, 200),
      },
    };
    const name = JSON.stringify(remark);
    if (!seen.has(name)) found.push(remark);
    seen.add(name);
  }
  return found;
}
