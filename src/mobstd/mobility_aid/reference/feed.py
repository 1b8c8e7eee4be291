"""Wrong feeds of changes of the reference catalogue, and right ones that are unusual."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from mobstd.mobility_aid.reference.service import PAGE, Publisher
from mobstd.mobility_aid.reference.shelf import Wanted
from mobstd.serving.answers import Refuse

__all__ = ["FEED"]


def _latest_of_the_page(publisher: Publisher) -> None:
    """Tells the number of the last change of a page as that of all."""
    told = publisher.list_changes

    def list_changes(asked: Mapping[str, Any]) -> dict[str, Any]:
        page = told(asked)
        numbers = [change["sequence"] for change in page["changes"]]
        return {**page, "latest": numbers[-1] if numbers else asked["after"]}

    _tell(publisher, list_changes)


def _feed(
    publisher: Publisher, edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    """Tells another feed, made of all changes, in pages as before."""
    told = publisher.list_changes

    def list_changes(asked: Mapping[str, Any]) -> dict[str, Any]:
        every = edit(told({"after": 0, "limit": PAGE["maximum"]})["changes"])
        later = [change for change in every if change["sequence"] > asked["after"]]
        latest = every[-1]["sequence"] if every else 0
        return {"changes": later[: asked["limit"]], "latest": latest}

    _tell(publisher, list_changes)


def _tells_twice(publisher: Publisher) -> None:
    """Tells the last change once more, under another number."""

    def edit(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        last = changes[-1]
        return [*changes, {**last, "sequence": last["sequence"] + 1, "kind": "updated"}]

    _feed(publisher, edit)


def _without_one(publisher: Publisher) -> None:
    """Tells nothing of one aid that is listed."""
    _feed(publisher, lambda changes: [*changes[:2], *changes[3:]])


def _comes_back(publisher: Publisher) -> None:
    """Tells that an aid was withdrawn, and then published again."""

    def edit(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        last = changes[-1]
        gone = {name: last[name] for name in ("at", "aid")}
        return [
            *changes,
            {**gone, "sequence": last["sequence"] + 1, "kind": "withdrawn"},
            {**last, "sequence": last["sequence"] + 2},
        ]

    _feed(publisher, edit)


def _withdraws(publisher: Publisher) -> None:
    """Publishes the last aid no longer."""
    key, _ = publisher.shelf.search(Wanted())[-1]
    publisher.shelf.withdraw(bytes.fromhex(key).decode(), "2026-11-21T09:00:00Z")


def _withdraws_in_silence(publisher: Publisher) -> None:
    """Publishes an aid no longer, and does not tell."""
    _withdraws(publisher)
    _feed(publisher, lambda changes: [c for c in changes if c["kind"] != "withdrawn"])


def _forgets_what_was_withdrawn(publisher: Publisher) -> None:
    """Answers for an aid that was withdrawn as for one that never was."""
    _withdraws(publisher)
    one = publisher.alone

    def alone(id_: str) -> str:
        try:
            return one(id_)
        except Refuse:
            raise Refuse(404, "There is no aid of this id.") from None

    publisher.alone = alone


def _latest_of_each(publisher: Publisher) -> None:
    """Tells of each aid its latest change alone, of those that changed several times too."""
    for _, text in publisher.shelf.search(Wanted())[:3]:
        aid = json.loads(text)
        provenance = {**aid["provenance"], "updatedAt": "2026-11-21T09:00:00Z"}
        publisher.shelf.put_all([{**aid, "title": f"{aid['title']}.", "provenance": provenance}])

    def edit(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        latest = {change["aid"]: change for change in changes}
        return [change for change in changes if latest[change["aid"]] is change]

    _feed(publisher, edit)


def _tell(publisher: Publisher, answer: Callable[..., Any]) -> None:
    setattr(publisher, "list_changes", answer)  # noqa: B010 - a method is replaced


FEED: Mapping[str, Callable[[Publisher], None]] = {
    "latest-of-the-page": _latest_of_the_page,
    "tells-twice": _tells_twice,
    "without-one": _without_one,
    "comes-back": _comes_back,
    "withdraws-in-silence": _withdraws_in_silence,
    "withdraws": _withdraws,
    "forgets-what-was-withdrawn": _forgets_what_was_withdrawn,
    "latest-of-each": _latest_of_each,
}
"""Each by its name; those that are wrong are of AID-CAT-08."""
