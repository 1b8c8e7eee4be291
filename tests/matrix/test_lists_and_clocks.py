"""Faults of lists, of sorts, of what is read alone, of evaluations, scopes and moved clocks.

They are few, of versions whose other faults ``make matrix`` measures: each kind of check that they
need has one here, with what it must not accuse.
"""

from __future__ import annotations

import pytest

from mobstd.canon.standard import find
from mobstd.conformance import matrix

FOUND = {
    "carpool-proof@3.4": (
        "PROOF-AUTH-04/strangers-declare@createJourney",
        "PROOF-AUTH-05/forever@createAccessToken",
        "PROOF-GEN-08/minutes@getRoute",
        "PROOF-GEO-05/swapped@getPointByInsee",
        "PROOF-LIFE-03/after-days@getJourney",
        "PROOF-LIST-09/gone@listJourneys",
        "PROOF-LIST-12/two-days@listJourneys",
        "PROOF-LIST-14/offset-forgotten@listJourneys",
        "PROOF-LIST-14/one-less@listJourneys",
        "PROOF-LIST-15/start-forgotten@listJourneys",
        "PROOF-LIST-15/end-forgotten@listJourneys",
        "PROOF-STAT-15/another@getJourney",
        "PROOF-STAT-16/new-id@getJourney",
        "PROOF-TZ-02/paris@listJourneys",
        "PROOF-TZ-02/utc@listJourneys",
    ),
    "mobility-aid@0.1": (
        "AID-CAT-01/anything-is-there@getAid",
        "AID-CAT-01/first-is-gone@getAid",
        "AID-CAT-01/other-title@getAid",
        "AID-CAT-03/cursor-not-taken@listAids",
        "AID-CAT-03/page-skips@listAids",
        "AID-CAT-03/announces-fewer@getCatalogue",
        "AID-CAT-05/corsica-as-twenty@listAids",
        "AID-CAT-06/mode-on-the-first-page@listAids",
        "AID-CAT-06/mode-not-beside-place@listAids",
        "AID-CAT-15/first-page@getBulk",
        "AID-CAT-16/any-version@getCatalogue",
        "AID-CAT-19/loses-beside@listAids",
        "AID-CAT-20/one-too-many@listTerritories",
        "AID-CAT-21/one-too-many@getCatalogue",
        "AID-CAT-18/always-no@evaluateAids",
        "AID-CAT-18/one-euro@evaluateAids",
        "AID-SUB-06/reads-without-scope@funder",
        "AID-SUB-06/writes-without-scope@funder",
        "AID-SUB-06/decides-without-scope@stepSubscription@funder",
        "AID-SUB-06/wants-every-scope@funder",
        "AID-SUB-06/unauthorized@createSubscription@funder",
    ),
    "rdex@1.2": (
        "RDEX-SEARCH-03/both-as-drivers@getJourneys",
        "RDEX-SEARCH-04/punctual-by-default@getJourneys",
    ),
    "rdex-plus@2.0": (
        "RDEXPLUS-REG-02/both-without-end@getJourneys",
        "RDEXPLUS-SEARCH-11/hour-at-most@getJourneys",
        "RDEXPLUS-SEARCH-13/both-as-drivers@getJourneys",
        "RDEXPLUS-SEARCH-17/both-as-punctual@getJourneys",
    ),
}
CLEAN = {
    "carpool-proof@3.4": (
        "TWIN/token-of-almost-six-minutes@createAccessToken",
        "TWIN/listed-after-hours@listJourneys",
        "TWIN/instant-otherwise@getJourney",
        "TWIN/long-way-round@getRoute",
    ),
    "mobility-aid@0.1": (
        "TWIN/extensions@listAids",
        "TWIN/always-a-next-page@listTerritories",
        "TWIN/funder-scopes-unsaid@createSubscription@funder",
        "TWIN/funder-scopes-in-another-order@createSubscription@funder",
    ),
}


def _pairs(named: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(standard, name) for standard, names in named.items() for name in names]


def _mutant(standard: str, name: str) -> matrix.Mutant:
    return next(m for m in matrix.one_each(matrix.mutants(find(standard))) if m.name == name)


@pytest.mark.parametrize(("standard", "name"), _pairs(FOUND))
def test_a_fault_is_found_under_its_row_alone(standard: str, name: str) -> None:
    cell = matrix.measure(find(standard), _mutant(standard, name), whole=True)
    assert (cell.end, cell.others) == ("killed", ())
    assert cell.exit_code == (1 if cell.outcome == "failed" else 0)


@pytest.mark.parametrize(("standard", "name"), _pairs(CLEAN))
def test_what_is_legal_is_not_accused(standard: str, name: str) -> None:
    cell = matrix.measure(find(standard), _mutant(standard, name), whole=True)
    assert (cell.end, cell.others, cell.exit_code) == ("clean", (), 0)
