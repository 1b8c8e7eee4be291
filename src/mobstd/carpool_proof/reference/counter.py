"""The operations of the registry: what each takes, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from mobstd.canon.standard import Version
from mobstd.canon.validator import Problem, Validator
from mobstd.carpool_proof.reference.atlas import Atlas
from mobstd.carpool_proof.reference.certificates import Certificates
from mobstd.carpool_proof.reference.clock import Clock, written
from mobstd.carpool_proof.reference.credentials import Credentials
from mobstd.carpool_proof.reference.desk import Desk, Item
from mobstd.carpool_proof.reference.keys import Tokens
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import (
    Refused,
    forbidden,
    invalid,
    shown,
    unauthorized,
)
from mobstd.carpool_proof.reference.wording import crash, phones_missing, worded
from mobstd.carpool_proof.rules.facts import instant
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.serving.asgi import Response
from mobstd.validation.overlay import validator_under

__all__ = ["Counter", "Request", "Setting"]

_BODIES = {
    "createAccessToken": "token-request",
    "createJourney": "journey",
    "updateJourney": "journey-update",
    "cancelJourney": "cancellation",
    "createExport": "export-request",
}
_MORE = ("operator_id", "incentive_counterparts")


@dataclass(frozen=True)
class Setting:
    """What a registry is.

    Attributes:
        version: that is served where a path names none.
        supported: the versions that a path may name.
        overlay: what documents are judged by beyond the text; ``None``: the text alone.
    """

    version: Version
    supported: tuple[str, ...]
    overlay: str | None
    profile: Profile
    quirks: Quirks
    clock: Clock


@dataclass(frozen=True)
class Request:
    """What is asked.

    Attributes:
        operation: its ``operationId``.
        query: the last value of each name.
        id: what stands in the path.
        body: JSON; an empty object where there is none.
        admin: whether an administrator of the operator asks.
    """

    operation: str
    query: Mapping[str, str]
    id: str
    body: Any
    admin: bool = False


class Counter:
    """Judges what is asked, has the desk do it, and words the answer."""

    def __init__(
        self, setting: Setting, desk: Desk, tokens: Tokens, atlas: Atlas,
        certificates: Certificates | None = None,
    ) -> None:  # fmt: skip
        self._desk, self._tokens, self._atlas = desk, tokens, atlas
        self._certificates = certificates
        self._credentials = Credentials(
            desk, tokens, setting.version, setting.overlay, setting.quirks
        )
        self._quirks, self._details = setting.quirks, setting.profile["refusal"]["details"]
        self._judges: dict[str, Validator] = {
            name: validator_under(setting.version, schema, setting.overlay)
            for name, schema in _BODIES.items()
        }
        self._acts: Mapping[str, Callable[[int | None, Request], Awaitable[Response]]] = {
            "createJourney": self._create,
            "listJourneys": self._list,
            "getJourney": self._read,
            "updateJourney": self._update,
            "cancelJourney": self._cancel,
            "createExport": self._export,
        }

    async def serve(self, asked: Request, caller: int | None) -> Response:
        """Answer a request of an operator; ``None`` is who has no token.

        Raises:
            Refused: where it is refused.
        """
        if asked.operation == "createAccessToken":
            return await self._token(asked)
        if asked.operation == "createJourney" and "strangers-declare" in self._quirks:
            caller = 1 if caller is None else caller
        unknown = caller is None and asked.operation == "createJourney"
        if unknown and "strangers-are-kept" in self._quirks:
            await self._create(1, asked)
            raise unauthorized()
        if asked.operation == "updateJourney" and "strangers-correct" in self._quirks:
            caller = 1 if caller is None else caller
        if asked.operation in self._credentials.acts:
            operator = self._permitted(caller)
            if not asked.admin:
                raise forbidden()
            return await self._credentials.serve(asked.operation, operator, asked.query, asked.body)
        if asked.operation in self._atlas.acts:
            self._permitted(caller)
            return await self._atlas.serve(asked.operation, asked.query)
        if self._certificates is not None and asked.operation in self._certificates.acts:
            operator = self._permitted(caller)
            return await self._certificates.serve(asked.operation, operator, asked.id, asked.body)
        act = self._acts.get(asked.operation)
        if act is None or "schema-before-permission" not in self._quirks:
            self._permitted(caller)
        if act is None:
            raise forbidden()
        return await act(caller, asked)

    def _permitted(self, caller: int | None) -> int:
        """Return the operator that asks, which the real server looks at after the schema."""
        if caller is None:
            as_real = "anonymous-is-forbidden" in self._quirks
            raise forbidden() if as_real else unauthorized()
        return caller

    async def _token(self, asked: Request) -> Response:
        body = self._judged(asked)
        known = await self._credentials.known(body["access_key"])
        token = self._tokens.exchange(body["access_key"], body["secret_key"], known)
        if token is None:
            raise unauthorized("Invalid access key or secret key")
        return shown(201, {"access_token": token})

    def _problems(self, asked: Request) -> tuple[Any, list[Problem]]:
        """Return the query and the body as one, as the registry does, and what is wrong with it."""
        body = asked.body
        if isinstance(body, dict) and asked.query:
            body = {**asked.query, **body}
        judge = self._judges[asked.operation]
        return body, [] if judge.is_valid(body) else list(judge.problems(body))

    def _judged(self, asked: Request) -> Item:
        body, problems = self._problems(asked)
        if problems:
            raise invalid(worded(problems))
        found: Item = body
        return found

    async def _create(self, caller: int | None, asked: Request) -> Response:
        operator, body = self._permitted(caller), asked.body
        if isinstance(body, dict) and body.get("operator_id", operator) != operator:
            raise forbidden()
        body, problems = self._problems(asked)
        lacking = phones_missing(problems)
        if problems and not lacking:
            if "database-crashes" in self._quirks and (said := crash(problems)):
                raise Refused(500, None, said)
            raise invalid(worded(problems))
        journey = {name: value for name, value in body.items() if name not in _MORE}
        kept = await self._desk.create(operator, journey, lacking)
        if not kept.refusals:
            receipt = {"operator_journey_id": kept.journey, "created_at": written(kept.received)}
            result = {"meta": None, "data": receipt}
            return shown(201, {"jsonrpc": "2.0", "id": 1, "result": result})
        data: Item = {"terms_violation_labels": [one.label for one in kept.refusals]}
        if self._details:
            data["terms_violation_error_details"] = [
                {"label": one.label, **({"metas": dict(one.metas)} if one.metas else {})}
                for one in kept.refusals
            ]
        raise Refused(422, -32422, "Unprocessable Request", data)

    async def _list(self, caller: int | None, asked: Request) -> Response:
        wanted = self._desk.wanted(asked.query)
        operator = self._permitted(caller)
        return shown(200, await self._desk.listed(operator, wanted))

    async def _read(self, caller: int | None, asked: Request) -> Response:
        _no_query(asked)
        operator = self._permitted(caller)
        return shown(200, await self._desk.read(operator, asked.id))

    async def _update(self, caller: int | None, asked: Request) -> Response:
        if "counterparts-crash" in self._quirks and isinstance(asked.body, dict):
            rest = {k: v for k, v in asked.body.items() if k != "incentive_counterparts"}
            if len(rest) < len(asked.body) and self._judges["updateJourney"].is_valid(rest):
                self._permitted(caller)
                text = 'column "incentive_counterparts" does not exist'
                raise Refused(500, None, text)
        body = self._judged(asked)
        operator = self._permitted(caller)
        await self._desk.update(operator, asked.id, body)
        return Response(200)

    async def _cancel(self, caller: int | None, asked: Request) -> Response:
        body = self._judged(asked)
        operator = self._permitted(caller)
        await self._desk.cancel(operator, asked.id, body)
        return shown(200, {"jsonrpc": "2.0", "id": 1})

    async def _export(self, caller: int | None, asked: Request) -> Response:
        """Take the order of a file; ``mobstd registry export`` makes it, nobody is mailed."""
        self._permitted(caller)
        body, problems = self._problems(asked)
        wrong = worded(problems)
        if not wrong and instant(body["start_at"]) > instant(body["end_at"]):
            wrong = ["/end_at: must not be before start_at"]
        if not wrong and not body.get("recipients"):
            wrong = ['No recipient found! You must set "created_by" or "recipients"']
        if wrong:
            refused = invalid(wrong)
            if "export-errors-are-bare" not in self._quirks:
                raise refused
            return shown(refused.status, wrong)
        told = {name: body[name] for name in ("start_at", "end_at")}
        order = {"uuid": str(uuid4()), "target": "operator", "status": "pending"}
        return shown(201, order | told)


def _no_query(asked: Request) -> None:
    if asked.query:
        raise invalid([": must NOT have additional properties"])
