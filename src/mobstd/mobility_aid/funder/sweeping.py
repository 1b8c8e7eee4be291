"""What time does: drafts end, what is over is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from mobstd.mobility_aid.funder.authority import Unstamped
from mobstd.mobility_aid.funder.book import Book, written
from mobstd.mobility_aid.funder.ledger import Item, Ledger
from mobstd.mobility_aid.funder.outside import Outside

__all__ = ["DRAFTS", "KEPT", "sweep"]

DRAFTS, KEPT = timedelta(days=30), timedelta(days=3 * 365)
"""For how long a draft is one, and what is over is kept."""

MOST = 50
"""How many drafts one sweep ends: whoever asks meanwhile waits for their stamps."""

_OVER = ("granted", "rejected", "withdrawn", "revoked", "expired")
_log = logging.getLogger("mobstd.serving")


def sweep(
    ledger: Ledger,
    book: Book,
    terms: Mapping[str, Item],
    outside: Callable[[], Outside],
    now: datetime,
) -> None:
    """End what nobody went on with, and forget what was kept long enough.

    A draft that no stamp can be had for stays one; the next sweep ends it.

    Raises:
        Away: where the database failed.
    """
    before = written(now - DRAFTS)
    with ledger.acting() as act:
        act.expire(written(now))
        act.forget(written(now - KEPT), _OVER)
        left = act.unchanged(before, "draft", list(terms), MOST)
    try:
        for id_ in left:
            _end(ledger, book, terms, outside(), id_, before)
    except Unstamped as away:
        _log.warning("drafts do not end: no stamp can be had (%s)", away)


def _end(
    ledger: Ledger,
    book: Book,
    terms: Mapping[str, Item],
    outside: Outside,
    id_: str,
    before: str,
) -> None:
    def end() -> None:
        with ledger.acting() as act:
            known = act.subscription(id_)
            if known is None or known[0]["state"] != "draft" or known[0]["updatedAt"] >= before:
                return
            item = known[0]
            item["state"] = "expired"
            book.enter(act, outside, item, terms[item["aid"]], "expired", "system")
            act.put(item, known[1])
            act.give((), id_)

    outside.settled(end)
