"""The reference publisher: one method per operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mobstd.mobility_aid.evaluation import evaluate
from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.reference.credit import INVENTED, Credit
from mobstd.mobility_aid.reference.shelf import Gone, Shelf, Wanted, stamp
from mobstd.mobility_aid.search import instant
from mobstd.mobility_aid.together import evaluate_all
from mobstd.serving.answers import Refuse, Reply

__all__ = ["PAGE", "Publisher", "problem"]

Asked = Mapping[str, Any]

PAGE = {"default": 100, "maximum": 1000}
PROBLEMS = "https://mobstd.github.io/problems/"
_TITLES = {
    400: ("bad-request", "It cannot be read"),
    404: ("not-found", "There is no such thing"),
    405: ("bad-method", "It is not asked so"),
    410: ("gone", "It is no longer published"),
    413: ("too-large", "It is too large"),
    415: ("unsupported", "It is no JSON"),
    422: ("refused", "Its schema refuses it"),
    500: ("failed", "Something is wrong here"),
}
_PLACES = ("residence", "work", "study", "purchase", "tripOrigin", "tripDestination")
_KINDS = ("commune", "epci", "aom", "department", "region", "country")
_AT_ONCE = 100


def problem(status: int, code: str, text: str, field: str) -> dict[str, Any]:
    """Return an error as RFC 9457 has it; a place of the body is named by its pointer."""
    name, title = _TITLES.get(status, (code, "It is refused"))
    body = {"type": PROBLEMS + name, "status": status, "title": title}
    if text:
        body["detail"] = text
    if field.startswith("/"):
        body["errors"] = [{"pointer": "" if field == "/" else field, "code": code}]
    return body


class Publisher:
    """A publisher that answers as mobstd reads its proposal.

    What is sent to be evaluated is used for the answer alone: nothing stores or logs it.
    """

    def __init__(self, shelf: Shelf, credit: Credit = INVENTED) -> None:
        self.shelf, self.credit = shelf, credit
        self.refusal = problem
        self.covering: Callable[[str], list[str]] = covering
        self.excluding = True
        self.versioned = True
        self.alone: Callable[[str], str] = self._aid

    def get_catalogue(self) -> dict[str, Any]:
        """Describe the catalogue."""
        count, updated = self.shelf.numbers()
        return {
            "schemaVersion": "0.1",
            "title": "The aids of the reference catalogue of mobstd",
            "publisher": "mobstd",
            "licence": self.credit.licence,
            "attribution": self.credit.attribution,
            "language": "fr",
            "updatedAt": updated,
            "aids": count,
            "pageSize": PAGE,
            "changes": {"latest": self.shelf.latest()},
            "retention": "Nothing that is asked is kept.",
        }

    def list_territories(self, asked: Asked) -> dict[str, Any]:
        """List the places that aids name."""
        limit = asked["limit"]
        rows = self.shelf.territories(asked.get("type", ""), asked.get("cursor", ""), limit)
        page: dict[str, Any] = {"territories": [_count(*row) for row in rows[:limit]]}
        return page if len(rows) <= limit else page | {"next": rows[limit - 1][0]}

    def list_aids(self, asked: Asked) -> bytes:
        """Search aids."""
        limit = asked["limit"]
        rows = self.shelf.search(self._wanted(asked))
        after = f',"next":"{rows[limit - 1][0]}"' if len(rows) > limit else ""
        documents = ",".join(document for _, document in rows[:limit])
        return f'{{"aids":[{documents}]{after}}}'.encode()

    def get_aid(self, asked: Asked) -> bytes:
        """Read one aid."""
        return self.alone(asked["id"]).encode()

    def list_changes(self, asked: Asked) -> dict[str, Any]:
        """Read what happened since."""
        rows, latest = self.shelf.changes(asked["after"], asked["limit"])
        return {"changes": [_change(*row) for row in rows], "latest": latest}

    def get_bulk(self) -> Reply:
        """Read all aids at once, one a line."""
        return Reply("".join(f"{document}\n" for document in self.every()).encode())

    def evaluate_aid(self, asked: Asked, situation: Asked) -> dict[str, Any]:
        """Say what an aid means for a situation."""
        return evaluate(json.loads(self._aid(asked["id"])), situation).to_json()

    def evaluate_aids(self, _: Asked, request: Asked) -> dict[str, Any]:
        """Say what several aids together mean for a situation."""
        named = request.get("aids")
        texts = self._near(request["situation"]) if named is None else map(self._aid, named)
        return evaluate_all(map(json.loads, texts), request["situation"]).to_json()

    def _wanted(self, asked: Asked) -> Wanted:
        since = asked.get("updatedSince", "")
        if since and instant(since) is None:
            raise Refuse(400, "updatedSince is no instant.")
        return Wanted(
            places=tuple(self.covering(asked["place"])) if "place" in asked else (),
            modes=tuple(asked.get("mode", ())),
            level=asked.get("level", ""),
            statuses=tuple(asked.get("status", ())),
            funder=asked.get("funder", ""),
            since=stamp(since) if since else "",
            after=asked.get("cursor", ""),
            limit=asked["limit"],
            excluding=self.excluding,
        )

    def _aid(self, id_: str) -> str:
        try:
            found = self.shelf.one(id_)
        except Gone:
            raise Refuse(410, "This aid was withdrawn.") from None
        if found is None:
            raise Refuse(404, "There is no aid of this id.")
        return found

    def _near(self, situation: Asked) -> list[str]:
        """Return the active aids of the places of a situation; of the country where none is."""
        said = situation["answers"]
        told = [
            f"{kind}:{said[name]}"
            for place in _PLACES
            for kind in _KINDS
            if isinstance(said.get(name := f"{place}.{kind}"), str)
        ]
        known = {one for place in told or ["country:FR"] for one in self.covering(place)}
        wanted = Wanted(places=tuple(sorted(known)), statuses=("active",), limit=_AT_ONCE)
        return [document for _, document in self.shelf.search(wanted)[:_AT_ONCE]]

    def every(self) -> Iterator[str]:
        """Yield every aid that the public may see."""
        after, limit = "", PAGE["maximum"]
        while True:
            rows = self.shelf.search(Wanted(after=after, limit=limit))
            yield from (document for _, document in rows[:limit])
            if len(rows) <= limit:
                return
            after = rows[limit - 1][0]


def _count(place: str, aids: int) -> dict[str, Any]:
    kind, _, code = place.partition(":")
    return {"area": {"type": kind, "code": code}, "aids": aids}


def _change(sequence: int, at: str, kind: str, aid: str, document: str | None) -> dict[str, Any]:
    told = {"sequence": sequence, "at": at, "kind": kind, "aid": aid}
    return told if document is None else told | {"document": json.loads(document)}
