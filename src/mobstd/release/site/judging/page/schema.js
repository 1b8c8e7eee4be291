// ajv, set up so that it answers as mobstd does.
import Ajv from "./ajv.js";
import { formats } from "./formats.js";

const MOST = 1000; // errors that are kept of one document
const DECIMAL = /^(-?[0-9]+)(?:\.([0-9]+))?(?:e([+-][0-9]+))?$/;

// Numbers are compared as they are written in decimals: 0.3 is a multiple of 0.1.
function scaled(number) {
  const [, whole, part = "", exponent = "0"] = DECIMAL.exec(String(number));
  return [BigInt(whole + part), Number(exponent) - part.length];
}

function isMultiple(of, value) {
  const [[a, up], [b, down]] = [scaled(value), scaled(of)];
  const low = Math.min(up, down);
  return (a * 10n ** BigInt(up - low)) % (b * 10n ** BigInt(down - low)) === 0n;
}

// A value as a text that equal values share.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

const isUnique = (asked, items) => !asked || new Set(items.map(canonical)).size === items.length;

// Lets a keyword tell its errors in another way.
function retell(ajv, keyword, telling) {
  const rule = ajv.RULES.all[keyword];
  const { code } = rule.definition;
  rule.definition = {
    ...rule.definition,
    code(context) {
      context.error = telling(context, context.error);
      code.call(this, context);
    },
  };
}

const OWN = [
  { keyword: "multipleOf", type: "number", validate: isMultiple },
  { keyword: "uniqueItems", type: "array", validate: isUnique },
];

// Only the keyword refuses, not each of its branches.
const alone = (context, error) =>
  function (...rest) {
    context.reset();
    error.apply(context, rest);
  };
const silent = () => () => {};

// Millions of errors are counted, and not kept; nor is their list copied for each that is added.
const frugal = (code) =>
  code
    .replace(/vErrors\.push\((err[0-9]+)\)/g, `vErrors.push(vErrors.length < ${MOST} ? $1 : null)`)
    .replace(/vErrors\.concat\(([\w.]+)\)/g, "($1.forEach((error) => vErrors.push(error)), vErrors)");

// What ajv says of a list, where it is said of each item that may not be there.
const eachItem = (error) =>
  error.keyword !== "items"
    ? [error]
    : error.data.slice(error.params.limit, MOST).map((data, index) => ({
        ...error,
        data,
        keyword: "false schema",
        instancePath: `${error.instancePath}/${error.params.limit + index}`,
      }));

// Returns a function of a document: `{ errors, open }`, both lists of errors as ajv has them.
// `open` is what refuses only where formats that can't be told here are taken to be broken.
export function judgeOf(documents, id, table, currencies) {
  const ajv = new Ajv({
    strict: false,
    validateSchema: false,
    meta: false,
    allErrors: true,
    verbose: true,
    messages: true,
    ownProperties: true,
    logger: false,
    code: { process: frugal },
  });
  for (const keyword of ["anyOf", "oneOf", "contains"]) retell(ajv, keyword, alone);
  for (const keyword of ["if", "propertyNames"]) retell(ajv, keyword, silent);
  for (const own of OWN) {
    ajv.removeKeyword(own.keyword);
    ajv.addKeyword(own);
  }
  const doubt = { asked: false, granted: true };
  const open = () => {
    doubt.asked = true;
    return doubt.granted;
  };
  for (const [name, validate] of Object.entries(formats(table, currencies, open))) {
    ajv.addFormat(name, validate === true || { type: "string", validate });
  }
  for (const document of documents) ajv.addSchema(document);
  const validate = ajv.getSchema(id);

  function errors(value, granted) {
    doubt.granted = granted;
    return validate(value) ? [] : validate.errors.filter(Boolean).slice(0, MOST).flatMap(eachItem);
  }

  return (value) => {
    doubt.asked = false;
    const kind = errors(value, true);
    if (!doubt.asked) return { errors: kind, open: [] };
    const strict = errors(value, false);
    const known = new Set(kind.map(nameOf));
    const rest = strict.filter((error) => !known.has(nameOf(error)));
    if (kind.length && !strict.length) return { errors: [], open: kind };
    return { errors: kind, open: rest };
  };
}

const nameOf = (error) => `${error.instancePath} ${error.keyword} ${error.schemaPath}`;
