"""Wrong ways of the reference catalogue: what no edit of an exchange can express."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.reference.feed import FEED
from mobstd.mobility_aid.reference.meanwhile import MEANWHILE
from mobstd.mobility_aid.reference.service import PAGE, Publisher
from mobstd.mobility_aid.reference.shelf import Shelf, Wanted, key_of
from mobstd.serving.answers import Refuse, Reply

__all__ = ["BEHAVIOURS"]


def _place_alone(publisher: Publisher) -> None:
    """Finds the aids of the place itself alone."""
    publisher.covering = lambda place: [place]


def _without_the_country(publisher: Publisher) -> None:
    """Forgets the aids of the country."""
    publisher.covering = lambda place: [
        one for one in covering(place) if one == place or not one.startswith("country")
    ]


def _keeps_the_excluded(publisher: Publisher) -> None:
    """Finds what excludes the place."""
    publisher.excluding = False


def _first_is_gone(publisher: Publisher) -> None:
    """Does not find the first aid that it lists."""
    one = publisher.alone

    def alone(id_: str) -> str:
        first = publisher.shelf.search(Wanted(limit=1))[:1]
        if [key for key, _ in first] == [key_of(id_)]:
            raise Refuse(404, "There is no aid of this id.")
        return one(id_)

    publisher.alone = alone


def _anything_is_there(publisher: Publisher) -> None:
    """Answers an id that nobody published with the first aid."""
    one = publisher.alone

    def alone(id_: str) -> str:
        try:
            return one(id_)
        except Refuse:
            return publisher.shelf.search(Wanted(limit=1))[0][1]

    publisher.alone = alone


def _codes_as_numbers(publisher: Publisher) -> None:
    """Reads the code of a place as a number: 01053 lies in the department 10."""
    publisher.covering = lambda place: covering(
        re.sub(r"commune:0(\d{4})$", r"commune:\g<1>0", place)
    )


def _two_digits(publisher: Publisher) -> None:
    """Takes the first two digits of any commune for its department: overseas it finds none."""
    publisher.covering = lambda place: [
        one for one in covering(place) if not place.startswith("commune:97") or one[:4] != "depa"
    ]


def _corsica_as_twenty(publisher: Publisher) -> None:
    """Knows the department 20, as it was before 1976."""
    publisher.covering = lambda place: [
        one if one == place else re.sub(r"^department:2[AB]$", "department:20", one)
        for one in covering(place)
    ]


def _without_the_country_named(publisher: Publisher) -> None:
    """Does not tell that aids name the country."""
    told = publisher.shelf.territories

    def territories(kind: str, after: str, limit: int) -> list[tuple[str, int]]:
        rows = [row for row in told(kind, after, limit + 1) if not row[0].startswith("country")]
        return rows[: limit + 1]

    _answer(publisher.shelf, "territories", territories)


def _pages(default: int, maximum: int) -> Callable[[Publisher], None]:
    """Return what has pages of so many items where nothing is asked for, and at most, and says so.

    The largest can be less than anybody would ask for.
    """
    sizes = {"default": default, "maximum": maximum}

    def small(publisher: Publisher) -> None:
        told = publisher.get_catalogue
        _answer(publisher, "get_catalogue", lambda: {**told(), "pageSize": sizes})
        for name in ("list_aids", "list_territories"):
            _answer(publisher, name, _sized(getattr(publisher, name), sizes))

    return small


def _sized(answer: Callable[[Any], Any], sizes: Mapping[str, int]) -> Callable[[Any], Any]:
    def sized(asked: Mapping[str, Any]) -> Any:
        left_out = asked["limit"] == PAGE["default"]
        limit = sizes["default"] if left_out else asked["limit"]
        if limit > sizes["maximum"]:
            raise Refuse(400, f"A page has {sizes['maximum']} items at most.")
        return answer({**asked, "limit": limit})

    return sized


def _bulk(publisher: Publisher, edit: Callable[[bytes], bytes]) -> None:
    told = publisher.get_bulk
    _answer(publisher, "get_bulk", lambda: Reply(edit(told().body)))


def _bulk_of_the_first_page(publisher: Publisher) -> None:
    """Has a part of the aids in the bulk."""
    _bulk(publisher, lambda body: b"".join(body.splitlines(keepends=True)[:-2]))


def _bulk_as_a_list(publisher: Publisher) -> None:
    """Has one JSON array as bulk."""
    _bulk(publisher, lambda body: b"[" + b",\n".join(body.splitlines()) + b"]")


def _asked_otherwise(
    publisher: Publisher, edit: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Searches for something else than what is asked."""
    told = publisher.list_aids
    _answer(publisher, "list_aids", lambda asked: told(edit(dict(asked))))


def _forgets_the_offset(publisher: Publisher) -> None:
    """Takes the clock of an instant for UTC, whatever its offset says."""

    def edit(asked: dict[str, Any]) -> dict[str, Any]:
        since = asked.get("updatedSince")
        return asked | {"updatedSince": f"{since[:19]}Z"} if since else asked

    _asked_otherwise(publisher, edit)


def _first_funder_alone(publisher: Publisher) -> None:
    """Finds an aid by the first of those who have a part in it alone; one has two."""
    aid = json.loads(publisher.shelf.search(Wanted())[-1][1])
    other = {"name": "Exemple", "type": "company", "siren": "100000009", "roles": ["operator"]}
    provenance = {**aid["provenance"], "updatedAt": "2026-11-21T09:00:00Z"}
    both = {**aid, "funders": [*aid["funders"], other], "provenance": provenance}
    publisher.shelf.put_all([both])
    found = publisher.shelf.search

    def search(wanted: Wanted) -> list[tuple[str, str]]:
        rows = found(wanted)
        return [row for row in rows if not wanted.funder or _is_first(wanted.funder, row[1])]

    _answer(publisher.shelf, "search", search)


def _is_first(number: str, document: str) -> bool:
    first = json.loads(document)["funders"][0]
    return number in (first.get("siren"), first.get("siret"), first.get("siret", "")[:9])


def _any_version(publisher: Publisher) -> None:
    """Answers at the address of any version as at its own."""
    publisher.versioned = False


def _answer(service: Publisher | Shelf, name: str, answer: Callable[..., Any]) -> None:
    setattr(service, name, answer)


BEHAVIOURS: Mapping[str, Callable[[Publisher], None]] = {
    "place-alone": _place_alone,
    "without-the-country": _without_the_country,
    "keeps-the-excluded": _keeps_the_excluded,
    "first-is-gone": _first_is_gone,
    "anything-is-there": _anything_is_there,
    "codes-as-numbers": _codes_as_numbers,
    "two-digits": _two_digits,
    "corsica-as-twenty": _corsica_as_twenty,
    **FEED,
    "small-pages": _pages(5, 60),
    "tiny-pages": _pages(2, 3),
    **MEANWHILE,
    "without-the-country-named": _without_the_country_named,
    "bulk-of-the-first-page": _bulk_of_the_first_page,
    "bulk-as-a-list": _bulk_as_a_list,
    "any-version": _any_version,
    "forgets-the-offset": _forgets_the_offset,
    "first-funder-alone": _first_funder_alone,
}
"""Each by its name: those of places are of AID-CAT-05, of aids read alone of AID-CAT-01, of the
feed of AID-CAT-08, of the bulk of AID-CAT-15; some are right in another way, for twins."""
