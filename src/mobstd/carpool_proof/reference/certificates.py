"""The operations on energy savings certificates (CEE): what each takes, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator
from mobstd.carpool_proof.reference.applications import Applications, InTheWay
from mobstd.carpool_proof.reference.desk import Item
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import Refused, invalid, shown
from mobstd.carpool_proof.reference.wording import worded
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.asgi import Response
from mobstd.validation.overlay import validator_under

__all__ = ["Certificates"]

_SCHEMAS = {
    "createCeeApplication": "cee-application",
    "simulateCeeApplication": "cee-simulation",
    "importCeeApplications": "cee-import-item",
    "importCeeIdentities": "cee-identity-item",
}
_BARE = {403: "Forbidden Error", 404: "Not found"}

Act = Callable[[int, str, Any], Awaitable[Response]]


class Certificates:
    """Judges what is asked, has it done, and words the answer.

    Args:
        applications: what is kept.
        version: of the interface.
        overlay: what documents are judged by beyond the text; ``None``: the text alone.
        profile: which says how many items an import has.
        quirks: of the real server.
    """

    def __init__(
        self,
        applications: Applications,
        version: Version,
        overlay: str | None,
        profile: Profile,
        quirks: Quirks,
    ) -> None:
        self._applications, self._quirks = applications, quirks
        self._most: int = profile["certificates"]["import_items"]
        self._judges: Mapping[str, Validator] = {
            name: validator_under(version, schema, overlay) for name, schema in _SCHEMAS.items()
        }
        self.acts: Mapping[str, Act] = {
            "createCeeApplication": self._register,
            "simulateCeeApplication": self._simulate,
            "getCeeApplication": self._find,
            "deleteCeeApplication": self._delete,
            "importCeeApplications": self._take_in,
            "importCeeIdentities": self._identify,
        }
        """What is done by operation: of whom, the id in the path, the body."""

    async def serve(self, operation: str, operator: int, id_: str, body: Any) -> Response:
        """Answer a request.

        Raises:
            Refused: where it is refused in the envelope of JSON-RPC.
        """
        try:
            return await self.acts[operation](operator, id_, body)
        except InTheWay as found:
            return shown(409, found.told)
        except Refused as error:
            if "certificate-errors-are-bare" not in self._quirks:
                raise
            said = error.error.get("data", {"error": _BARE.get(error.status)})
            return shown(error.status, said)

    def _judged(self, operation: str, body: Any) -> Item:
        problems = list(self._judges[operation].problems(body))
        if problems:
            raise invalid(worded(problems))
        found: Item = body
        return found

    def _items(self, operation: str, body: Any) -> list[Item]:
        if not isinstance(body, list) or "imports-are-refused" in self._quirks:
            raise invalid([": must be array"])
        if len(body) > self._most:
            raise invalid([f": must NOT have more than {self._most} items"])
        judge = self._judges[operation]
        wrong = [
            f"/{number}{line}"
            for number, item in enumerate(body)
            for line in worded(judge.problems(item))
        ]
        if wrong:
            raise invalid(wrong)
        return body

    async def _register(self, operator: int, id_: str, body: Any) -> Response:
        asked = self._judged("createCeeApplication", body)
        return shown(201, await self._applications.register(operator, asked))

    async def _simulate(self, operator: int, id_: str, body: Any) -> Response:
        asked = self._judged("simulateCeeApplication", body)
        await self._applications.simulate(operator, asked)
        return Response(200)

    async def _find(self, operator: int, id_: str, body: Any) -> Response:
        return shown(200, await self._applications.find(operator, _uuid(id_)))

    async def _delete(self, operator: int, id_: str, body: Any) -> Response:
        await self._applications.delete(operator, _uuid(id_))
        return Response(204)

    async def _take_in(self, operator: int, id_: str, body: Any) -> Response:
        items = self._items("importCeeApplications", body)
        return shown(201, await self._applications.take_in(operator, items))

    async def _identify(self, operator: int, id_: str, body: Any) -> Response:
        items = self._items("importCeeIdentities", body)
        return shown(200, await self._applications.identify(operator, items))


def _uuid(text: str) -> str:
    """Return an id, which has the form of a UUID.

    Raises:
        Refused: where it has not.
    """
    try:
        if len(text) == 36 and str(UUID(text)) == text.lower():
            return text
    except ValueError:
        pass
    raise invalid(["/uuid: must be a valid uuid"])
