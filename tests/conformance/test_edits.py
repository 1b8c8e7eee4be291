"""What is wrong in one edit, keys that are digests, and ids that are only looked at."""

from __future__ import annotations

import hashlib

from mobstd.conformance.scenarios.edit import edits
from mobstd.conformance.scenarios.material import Maker


def test_what_goes_with_an_edit_stays_with_it() -> None:
    wanted = [
        {"at": "/a", "value": 2, "also": {"/b": 3}},
        {"at": "/c", "value": 4},
        {"at": "/a", "value": 1, "also": {"/b": 1}},
    ]
    found = [edit.document for edit in edits(wanted, {"a": 1, "b": 2, "c": 3}, {})]
    assert found == [
        {"a": 2, "b": 3, "c": 3},
        {"a": 1, "b": 2, "c": 4},
        {"a": 1, "b": 1, "c": 3},
    ]


def test_an_edit_that_changes_nothing_is_none() -> None:
    assert list(edits([{"at": "/a", "value": 1}], {"a": 1}, {})) == []


def test_a_key_may_be_the_digest_of_other_members() -> None:
    maker = Maker(0, 1_795_424_400, "maas.example.org")
    document = {"driverJourneyId": "j-1", "passengerJourneyId": "p-2", "price": 2.5}
    found = maker.digest(document, ["/driverJourneyId", "/passengerJourneyId", "$now"])
    assert found == hashlib.md5(b"j-1p-21795424400", usedforsecurity=False).hexdigest()
    assert maker.digest({}, ["/driverJourneyId"]) == hashlib.md5(b"").hexdigest()


def test_ids_that_are_only_looked_at_come_again() -> None:
    maker = Maker(0, 1_795_424_400, "maas.example.org")
    with maker.trying():
        looked_at = [maker.key(), maker.key()]
    assert [maker.key(), maker.key()] == looked_at
    maker.renew()
    assert maker.key() not in looked_at
