"""A catalogue that its editors work on while it is read: right, and never the same for long."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.reference.shelf import Wanted

__all__ = ["MEANWHILE"]

_EVERY = 9
"""Searches between two changes."""

Edit = Callable[[Publisher, int, str], None]


def _meanwhile(edit: Edit) -> Callable[[Publisher], None]:
    """Return what edits the catalogue once in so many searches, before it answers."""

    def changing(publisher: Publisher) -> None:
        told, searches = publisher.list_aids, count(1)

        def list_aids(asked: Mapping[str, Any]) -> bytes:
            number = next(searches)
            if number % _EVERY == 0:
                at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
                edit(publisher, number // _EVERY, at)
            return told(asked)

        setattr(publisher, "list_aids", list_aids)  # noqa: B010 - a method is replaced

    return changing


def _kept(publisher: Publisher, **members: Any) -> list[dict[str, Any]]:
    wanted = Wanted(**members)
    return [json.loads(text) for _, text in publisher.shelf.search(wanted)]


def _put(publisher: Publisher, aid: Mapping[str, Any], at: str, **members: Any) -> None:
    provenance = {**aid["provenance"], "updatedAt": at}
    publisher.shelf.put_all([{**aid, **members, "provenance": provenance}])


def _closes(publisher: Publisher, number: int, at: str) -> None:
    """Closes an active aid, as long as there are three."""
    active = _kept(publisher, statuses=("active",))
    if len(active) > 3:
        _put(publisher, active[0], at, status="closed")


def _grows(publisher: Publisher, number: int, at: str) -> None:
    """Publishes another aid, between those that are there."""
    first = _kept(publisher, limit=1)[0]
    alike = {name: value for name, value in first.items() if name != "combination"}
    _put(publisher, alike, at, id=f"exemple-m-{number:03}", title=f"Aide {number}")


def _retitles(publisher: Publisher, number: int, at: str) -> None:
    """Gives an aid another title."""
    every = _kept(publisher)
    _put(publisher, every[number % len(every)], at, title=f"Aide {number}")


MEANWHILE: Mapping[str, Callable[[Publisher], None]] = {
    "closes-meanwhile": _meanwhile(_closes),
    "grows-meanwhile": _meanwhile(_grows),
    "retitles-meanwhile": _meanwhile(_retitles),
}
"""Each by its name; all of them are right."""
