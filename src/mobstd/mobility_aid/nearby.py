"""The aids of a place: of a list, or of a catalogue that serves them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mobstd.errors import ConfigError
from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.search import places

__all__ = ["fetched", "home_of", "near"]

Aid = Mapping[str, Any]

_VAGUE = ("aom", "unresolved")
"""What nobody can tell from the code of a commune: where it lies stays a question."""

_PAGE = 200
_MOST = 2000
"""How many aids of a place are read at most."""


def near(aids: Iterable[Aid], commune: str, modes: Sequence[str] = ()) -> list[Aid]:
    """Return the aids that may apply to somebody in a commune, for one of the modes."""
    there = set(covering(f"commune:{commune}"))
    return [
        aid
        for aid in aids
        if _wanted(aid, modes)
        and there.isdisjoint(places(aid, "exclude"))
        and any(one in there or one.partition(":")[0] in _VAGUE for one in places(aid, "include"))
    ]


def _wanted(aid: Aid, modes: Sequence[str]) -> bool:
    return not modes or not aid["modes"] or not set(modes).isdisjoint(aid["modes"])


def fetched(url: str, commune: str, modes: Sequence[str] = ()) -> list[Aid]:
    """Return the aids that a catalogue finds for a commune; nothing else of a person is sent.

    Raises:
        ConfigError: for an address that is none.
        TransportError: no usable answer came.
        ApiError: the catalogue answered with an error status.
        RefusedDocument: it answered with something else than aids.
    """
    from mobstd.mobility_aid.generated.v0_1.client import PublisherClient
    from mobstd.mobility_aid.generated.v0_1.queries import AidsQuery

    found: list[Aid] = []
    asked: dict[str, Any] = {"place": f"commune:{commune}", "limit": _PAGE}
    if modes:
        asked["mode"] = list(modes)
    with PublisherClient(url) as catalogue:
        while len(found) < _MOST:
            page = catalogue.list_aids(AidsQuery.read(asked)).dump()
            found += page["aids"]
            if not page.get("next") or not page["aids"]:
                return found
            asked["cursor"] = page["next"]
    raise ConfigError("aids.too-many", most=_MOST)


def home_of(aids: Iterable[Aid], commune: str) -> dict[str, str]:
    """Return the EPCI that a catalogue takes a commune to lie in, where it says but one.

    It found these aids for the commune: one that names nothing else around it says so.
    """
    there = {one for one in covering(f"commune:{commune}") if not one.startswith("epci:")}
    told = {
        place.partition(":")[2]
        for aid in aids
        if there.isdisjoint(included := places(aid, "include")) and len(included) == 1
        for place in included
        if place.startswith("epci:")
    }
    return {"residence.epci": told.pop()} if len(told) == 1 else {}
