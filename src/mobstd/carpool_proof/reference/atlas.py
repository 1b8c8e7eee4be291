"""Ways and places, as the registry answers them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from mobstd.carpool_proof.reference.places import Place, Places
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import forbidden, invalid, missing, shown
from mobstd.carpool_proof.reference.routing import Router, Way
from mobstd.serving.asgi import Response

__all__ = ["Atlas"]

_ENDS = {"start[lat]": 90, "start[lon]": 180, "end[lat]": 90, "end[lon]": 180}
_NUMBER = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,30})?")
_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_FARTHEST, _LONGEST = 1_000_000, 36_000


class Atlas:
    """The operations on places.

    Args:
        router: which is asked for ways.
        places: that are known.
        quirks: of the real server, whose permission for all this nobody has.

    Attributes:
        acts: what each operation does.
    """

    def __init__(self, router: Router, places: Places, quirks: Quirks) -> None:
        self._router, self._places = router, places
        self._forbidden = "places-are-forbidden" in quirks
        self._address = "litteral" if "address-is-litteral" in quirks else "literal"
        self.acts: Mapping[str, Callable[[Mapping[str, str]], Awaitable[Response]]] = {
            "getRoute": self._route,
            "getPointByAddress": self._of_address,
            "getPointByInsee": self._of_code,
        }

    async def serve(self, operation: str, query: Mapping[str, str]) -> Response:
        """Answer a request.

        Raises:
            Refused: where it is refused.
        """
        return await self.acts[operation](query)

    async def _route(self, query: Mapping[str, str]) -> Response:
        _only(query, tuple(_ENDS))
        wrong = [
            f"/{name}: must be number"
            for name, most in _ENDS.items()
            if not _NUMBER.fullmatch(query[name]) or abs(float(query[name])) > most
        ]
        if wrong:
            raise invalid(wrong)
        self._permit()
        way = Way(*(float(query[name]) for name in _ENDS))
        await self._router.prepare([way])
        found = self._router.route(way)
        if found is None and not self._router.knows(way):
            return shown(503, {"code": 503, "error": "Service Unavailable"})
        if found is None or found.distance > _FARTHEST or found.duration > _LONGEST:
            raise missing("No route")
        return shown(200, {"distance": found.distance, "duration": found.duration})

    async def _of_address(self, query: Mapping[str, str]) -> Response:
        _only(query, (self._address, "country"))
        self._permit()
        return _point(self._places.of_address(query[self._address], query["country"]))

    async def _of_code(self, query: Mapping[str, str]) -> Response:
        _only(query, ("code",))
        if not _CODE.fullmatch(query["code"]):
            raise invalid(['/code: must match pattern "^[0-9][0-9A-B][0-9]{3}$"'])
        self._permit()
        return _point(self._places.of_code(query["code"]))

    def _permit(self) -> None:
        if self._forbidden:
            raise forbidden()


def _only(query: Mapping[str, str], names: tuple[str, ...]) -> None:
    """See that a query has these parameters and no other.

    Raises:
        Refused: with everything that is wrong.
    """
    wrong = [": must NOT have additional properties"] if set(query) - set(names) else []
    lacking = [name for name in names if name not in query]
    wrong += [f": must have required property '{name}'" for name in lacking]
    if wrong:
        raise invalid(wrong)


def _point(place: Place | None) -> Response:
    if place is None:
        raise missing()
    return shown(200, {"lon": place.lon, "lat": place.lat})
