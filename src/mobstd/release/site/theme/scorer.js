// A heading that is what was asked for comes before pages that have the same words.
var Scorer = {
  score: ([, , , , score, , kind]) => (kind === "title" ? 100 + score : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
