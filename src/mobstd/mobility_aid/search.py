"""What a search for aids means: whether an aid matches a query, and queries that tell it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.rule import Edit, ItemFilter
from mobstd.mobility_aid.places import above, codes_of, within

__all__ = ["FILTERS", "applies", "around", "instant", "parties", "places"]

Item = Mapping[str, Any]
Query = Mapping[str, Any]

_COUNTRY = "country:FR"
_VAGUE = ("epci", "aom")
"""What nobody can tell from a code alone: what lies in it, and where it lies."""

_ELSEWHERE = ("department:2A", "region:11", "region:75", "commune:69123", "commune:33119")
_ODD = {"zero": "0", "letter": ".[AB]", "overseas": "9[78]"}
"""Codes that are no plain numbers, by what they begin with."""

_EAST, _WEST = timezone(timedelta(hours=5)), timezone(timedelta(hours=-5))
"""Who compares texts, or forgets the offset, finds too little in one and too much in the other."""

_FUNDERS = ("100000009", "130025265", "552081317", "100000017")
_STATUSES = ("active", "closed", "exhausted", "suspended")


def around(place: str) -> tuple[str, ...]:
    """Return a place, written as type and code, and what surely lies around it."""
    kind, _, code = place.partition(":")
    if kind == "country":
        return (place,)
    found = [place]
    commune = code if kind == "commune" else None
    if commune is not None:
        found = [f"commune:{one}" for one in codes_of(commune)]
    department = code if kind == "department" else None
    if commune is not None:
        department = above("department", commune, None) or None
        found += [f"department:{department}"] if department else []
    if department is not None:
        region = above("region", None, department)
        found += [f"region:{region}"] if region else []
    abroad = commune is not None and department is None
    return (*found,) if abroad else (*found, _COUNTRY)


def places(aid: Item, side: str) -> list[str]:
    """Return the places that an aid includes or excludes; ``unresolved:`` for what is none."""
    return [f"{area['type']}:{area.get('code', '')}" for area in aid["territory"].get(side, ())]


def applies(aid: Item, place: str) -> bool | None:
    """Say whether an aid applies to somebody in a place; ``None`` where codes alone do not tell.

    It does where it includes the place or what lies around it, and excludes neither.
    """
    there = set(around(place))
    excluded = places(aid, "exclude")
    if not there.isdisjoint(excluded):
        return False
    included = places(aid, "include")
    if there.isdisjoint(included):
        return None if any(_vague(one, place) for one in included) else False
    return None if any(_vague(one, place) for one in excluded) else True


def _vague(area: str, place: str) -> bool:
    """Say whether an area may lie around a place although the codes do not say so."""
    kind, level = area.partition(":")[0], place.partition(":")[0]
    if level == "country":
        return False
    if kind in (*_VAGUE, "unresolved"):
        return True
    return level in _VAGUE and kind in ("department", "region")


def instant(text: str) -> datetime | None:
    """Return the instant that a text tells, in small letters too; ``None`` where it is none."""
    try:
        found = datetime.fromisoformat(text.upper().replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def parties(aid: Item) -> Iterator[str]:
    """Yield the SIREN and the SIRET of those who have a part in an aid."""
    for party in aid["funders"]:
        if "siret" in party:
            yield party["siret"]
            yield party["siret"][:9]
        if "siren" in party:
            yield party["siren"]


def _place(aid: Item, query: Mapping[str, str], _: Context) -> bool | None:
    return applies(aid, query["place"]) if "place" in query else True


def _place_edges(aid: Item, _: Query, __: Context) -> Iterator[Edit]:
    """Yield the places of an aid, some that lie in them, what it excludes, and places elsewhere.

    What it excludes is asked beside another parameter, which changes nothing: the engine tries
    each set of parameters.
    """
    own, excluded = places(aid, "include"), places(aid, "exclude")
    for area in own:
        for place in (area, *within(area)):
            yield from _edge(aid, {"place": place}, _sort(place, area))
    for area in excluded:
        for place in (area, *within(area)):
            yield from _edge(aid, {"place": place, "limit": 1000})
    for place in _ELSEWHERE:
        yield from _edge(aid, {"place": place})


def _sort(place: str, area: str) -> str:
    """Return what kind of code a place has, and of what its aid is: each is tried.

    A zero in front is lost in a number, a letter is in none, and departments overseas have three
    digits where others have two.
    """
    kind, _, code = place.partition(":")
    odd = next((name for name, form in _ODD.items() if re.match(form, code)), "")
    return f"{odd} {kind} of {area.partition(':')[0]}"


def _edge(aid: Item, query: Query, sort: str = "") -> Iterator[Edit]:
    if query["place"].startswith("unresolved"):
        return
    there = applies(aid, query["place"])
    if there is not None:
        yield Edit(query, there, sort=sort if there else "")


def _updated(aid: Item, query: Mapping[str, str], _: Context) -> bool | None:
    if "updatedSince" not in query:
        return True
    since, at = instant(query["updatedSince"]), instant(aid["provenance"]["updatedAt"])
    return None if since is None or at is None else at >= since


def _updated_edges(aid: Item, _: Query, __: Context) -> Iterator[Edit]:
    at = instant(aid["provenance"]["updatedAt"])
    if at is not None:
        for seconds, inside in ((0, True), (1, False)):
            moment = (at + timedelta(seconds=seconds)).astimezone(UTC).isoformat()
            yield Edit({"updatedSince": moment.replace("+00:00", "Z")}, inside)
        for zone, seconds, inside in ((_EAST, 0, True), (_WEST, 1, False)):
            moment = (at + timedelta(seconds=seconds)).astimezone(zone).isoformat()
            yield Edit({"updatedSince": moment}, inside, sort="another zone")


def _funder_edges(aid: Item, _: Query, __: Context) -> Iterator[Edit]:
    """Yield the numbers of the first party and of later ones, the SIREN in a SIRET, and another."""
    for place, party in enumerate(aid["funders"]):
        siret = party.get("siret", "")
        numbers = {"siret": siret, "siren of a siret": siret[:9], "siren": party.get("siren")}
        for sort, number in numbers.items():
            if number:
                later = "later" if place else "first"
                yield Edit({"funder": number}, inside=True, sort=f"{later} {sort}")
    own = set(parties(aid))
    yield Edit({"funder": next(one for one in _FUNDERS if one not in own)}, inside=False)


def _words(parameter: str, of: Callable[[Item], list[str]]) -> Callable[..., bool | None]:
    def match(aid: Item, query: Mapping[str, str], _: Context) -> bool | None:
        wanted = query.get(parameter)
        return wanted is None or not set(wanted.split(",")).isdisjoint(of(aid))

    return match


def _word_edges(
    parameter: str, of: Callable[[Item], list[str]], others: tuple[str, ...], *, several: bool
) -> Callable[..., Iterator[Edit]]:
    def edges(aid: Item, _: Query, __: Context) -> Iterator[Edit]:
        own = of(aid)
        other = next(word for word in others if word not in own)
        wanted: list[tuple[list[str], bool]] = [([own[0]], True)] if own else []
        wanted += [([other], False)]
        wanted += [([other, own[-1]], True)] if own and several else []
        for words, inside in wanted:
            yield Edit({parameter: words if several else words[0]}, inside)

    return edges


def _filter(
    code: str,
    parameter: str,
    of: Callable[[Item], list[str]],
    others: tuple[str, ...],
    reads: str,
    *,
    several: bool = False,
) -> ItemFilter:
    return ItemFilter(
        code,
        (parameter,),
        _words(parameter, of),
        _word_edges(parameter, of, others, several=several),
        reads=(reads,),
        when_asked=True,
    )


def _after(change: Item, query: Mapping[str, str], _: Context) -> bool | None:
    wanted = query.get("after", "")
    return change["sequence"] > int(wanted) if wanted.isdecimal() else True


def _after_edges(change: Item, _: Query, __: Context) -> Iterator[Edit]:
    yield Edit({"after": change["sequence"] - 1}, inside=True)
    yield Edit({"after": change["sequence"]}, inside=False)


FILTERS: Mapping[str, ItemFilter] = {
    "changes-after": ItemFilter(
        "before-asked", ("after",), _after, _after_edges, reads=("sequence",), when_asked=True
    ),
    "search-place": ItemFilter(
        "other-place", ("place",), _place, _place_edges, reads=("territory",), when_asked=True
    ),
    "search-mode": _filter(
        *("other-mode", "mode", lambda aid: list(aid["modes"])),
        *(("ferry", "car-retrofit", "walk", "coach"), "modes"),
        several=True,
    ),
    "search-level": _filter(
        *("other-level", "level", lambda aid: [aid["level"]]),
        *(("national", "territory"), "level"),
    ),
    "search-status": _filter(
        "other-status", "status", lambda aid: [aid["status"]], _STATUSES, "status", several=True
    ),
    "search-funder": ItemFilter(
        "other-funder",
        ("funder",),
        _words("funder", lambda aid: list(parties(aid))),
        _funder_edges,
        reads=("funders",),
        when_asked=True,
    ),
    "search-updated": ItemFilter(
        *("not-updated", ("updatedSince",), _updated, _updated_edges),
        reads=("provenance",),
        when_asked=True,
    ),
}
"""By name, the filters of a search."""
