// Whether two JSON values are equal. It stands in for fast-deep-equal, which takes the members
// `constructor` and `valueOf` of a document for those of a program.
module.exports = function equal(a, b) {
  if (a === b) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.prototype.hasOwnProperty.call(b, name) && equal(a[name], b[name]))
  );
};
