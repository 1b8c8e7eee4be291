"""Pairs of keys, for administrators of an operator: listed, made, taken back.

At the real registry an administrator comes with the session of the website; here with a token for
a pair of keys whose role is ``operator.admin``. A token that was given before its pair was taken
back lives to its end, as signed ones do.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from mobstd.canon.standard import Version
from mobstd.carpool_proof.reference.desk import Desk
from mobstd.carpool_proof.reference.keys import ROLE, Known, Pair, Tokens, digest
from mobstd.carpool_proof.reference.quirks import Quirks
from mobstd.carpool_proof.reference.refusals import (
    Refused,
    forbidden,
    invalid,
    missing,
    shown,
)
from mobstd.carpool_proof.reference.wording import worded
from mobstd.serving.asgi import Response
from mobstd.serving.database import Connection
from mobstd.validation.overlay import validator_under

__all__ = ["Credentials"]

_INT = 2**31


class Credentials:
    """The operations on pairs of keys.

    Args:
        desk: which has the database.
        tokens: the pairs that were named at the start.
        version: of the standard.
        overlay: what documents are judged by beyond the text.
        quirks: of the real server.

    Attributes:
        acts: what each operation does.
    """

    def __init__(
        self, desk: Desk, tokens: Tokens, version: Version, overlay: str | None, quirks: Quirks
    ) -> None:
        self._desk, self._tokens, self._quirks = desk, tokens, quirks
        self._judge = validator_under(version, "credential-request", overlay)
        self.acts: Mapping[
            str, Callable[[int, Mapping[str, str], Any], Awaitable[Response]]
        ] = {
            "listCredentials": self._list,
            "createCredentials": self._create,
            "deleteCredentials": self._delete,
        }  # fmt: skip

    async def known(self, access_key: str) -> Known | None:
        """Return what the database knows of a pair."""
        return await self._desk.run(lambda db: _known(db, access_key))

    async def serve(
        self, operation: str, operator: int, query: Mapping[str, str], body: Any
    ) -> Response:
        """Answer an administrator.

        Raises:
            Refused: where it is refused.
        """
        try:
            return await self.acts[operation](operator, query, body)
        except Refused as error:
            if "credential-errors-are-bare" not in self._quirks:
                raise
            told = error.error.get("data", {"error": error.error["message"]})
            return shown(error.status, told)

    async def _list(self, operator: int, query: Mapping[str, str], _: Any) -> Response:
        self._own(operator, query, ("operator_id",))
        return shown(200, await self._desk.run(lambda db: self._listed(db, operator)))

    def _listed(self, db: Connection, operator: int) -> list[dict[str, Any]]:
        made = {key: Known(whose, kept, bool(gone)) for key, whose, kept, gone in db.execute(
            "SELECT access_key, operator, digest, gone FROM credentials WHERE operator = ?"
            " ORDER BY access_key", (operator,))}  # fmt: skip
        named = [p.access_key for p in self._tokens.named if _lists(p, operator)]
        there = [key for key in (*named, *made) if key not in made or not made[key].gone]
        pair = {"operator_id": operator, "role": ROLE}
        return [{"token_id": key, **pair} for key in dict.fromkeys(there)]

    async def _create(self, operator: int, query: Mapping[str, str], body: Any) -> Response:
        problems = list(self._judge.problems(body))
        if problems:
            raise invalid(worded(problems))
        told = {**query, **{name: str(value) for name, value in body.items()}}
        self._own(operator, told, ("operator_id",))
        access_key, secret_key = str(uuid4()), secrets.token_urlsafe(32)

        def act(db: Connection) -> None:
            row = (access_key, operator, digest(secret_key), 0)
            db.execute("INSERT INTO credentials VALUES (?, ?, ?, ?)", row)

        await self._desk.run(act)
        return shown(201, {"access_key": access_key, "secret_key": secret_key})

    async def _delete(self, operator: int, query: Mapping[str, str], _: Any) -> Response:
        self._own(operator, query, ("operator_id", "token_id"))
        key = query.get("token_id")
        if not key:
            raise invalid([": must have required property 'token_id'"])

        def act(db: Connection) -> None:
            if key not in {one["token_id"] for one in self._listed(db, operator)}:
                raise missing(f"[DexClient] Token with id {key} not found")
            db.execute(
                "INSERT INTO credentials VALUES (?, ?, '', 1)"
                " ON CONFLICT (access_key) DO UPDATE SET gone = 1", (key, operator),
            )  # fmt: skip

        await self._desk.run(act)
        return Response(204)

    def _own(self, operator: int, told: Mapping[str, str], names: tuple[str, ...]) -> None:
        """See that what is asked for is of the operator, where it is said.

        Raises:
            Refused: where it is another's, or no number.
        """
        if set(told) - set(names):
            raise invalid([": must NOT have additional properties"])
        number = told.get("operator_id")
        if number is None:
            if "credentials-want-operator" in self._quirks:
                raise invalid([": must have required property 'operator_id'"])
            return
        if not (
            number.isascii() and number.isdecimal() and len(number) < 11 and int(number) < _INT
        ):
            raise invalid(["/operator_id: must be integer"])
        if int(number) != operator:
            raise forbidden(f"Operator ID mismatch: expected {operator}, got {int(number)}")


def _lists(pair: Pair, operator: int) -> bool:
    return pair.operator == operator and pair.role == ROLE


def _known(db: Connection, access_key: str) -> Known | None:
    row = db.execute(
        "SELECT operator, digest, gone FROM credentials WHERE access_key = ?", (access_key,)
    ).fetchone()
    return None if row is None else Known(int(row[0]), str(row[1]), bool(row[2]))
