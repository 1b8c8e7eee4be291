"""The feed of changes: each change tells something new, and all of them together what is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.rule import RunRule, Trouble, ValueRule
from mobstd.mobility_aid.search import instant
from mobstd.mobility_aid.snapshots import around, sound, whole

__all__ = ["RULES"]

_PUBLIC = ("national", "territory")
"""The levels of aids that are there for everybody."""

_EXTENSION = "x-"


def _news(page: Any, context: Context) -> Iterator[Trouble] | None:
    """AID-CAT-08: an aid is new once, has other content each time, and does not come back."""
    last: dict[str, Mapping[str, Any]] = {}
    troubles: list[Trouble] = []
    for place, change in enumerate(page["changes"]):
        before = last.get(change["aid"])
        code = None if before is None else _stale(before, change)
        if code is not None:
            troubles.append(Trouble(code, f"/changes/{place}/kind", received=change["kind"]))
        last[change["aid"]] = change
    return iter(troubles) if last else None


def _stale(before: Mapping[str, Any], change: Mapping[str, Any]) -> str | None:
    if before["kind"] == "withdrawn":
        return "given-again"
    if change["kind"] == "published":
        return "published-twice"
    same = change["kind"] == "updated" and change["document"] == before["document"]
    return "nothing-changed" if same else None


def _feeds(exchanges: Sequence[Exchange], context: Context) -> list[tuple[int, Any]]:
    """Return the last change of each aid, of each answer that has the feed from first to last."""
    return [
        (place, {change["aid"]: change for change in exchange.body["changes"]})
        for place, exchange in enumerate(exchanges)
        if exchange.operation == "listChanges"
        if exchange.query.keys() <= {"limit", "after"} and exchange.query.get("after", "0") == "0"
        if sound(exchange, context) and exchange.body["changes"]
        if exchange.body["changes"][-1]["sequence"] == exchange.body["latest"]
    ]


def _apart(one: Any, other: Any) -> bool:
    """Say whether two documents contradict each other; what only one of them says does not."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = [name for name in one.keys() & other.keys() if not name.startswith(_EXTENSION)]
        return any(_apart(one[name], other[name]) for name in shared)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        if all(isinstance(word, str) for word in (*one, *other)):
            return sorted(one) != sorted(other)
        return any(_apart(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return instant(one) is None or instant(one) != instant(other)
    return bool(one != other)


def _followed(
    exchanges: Sequence[Exchange], context: Context
) -> Iterator[tuple[Exchange, Sequence[Trouble]]]:
    """AID-CAT-08: who followed the feed has the aids that are listed, each as it is.

    Judged where the feed is the same before and after the aids were read. Whether an aid of
    which no change is kept any more was there before the oldest one, nobody can tell.
    """
    feeds = _feeds(exchanges, context)
    forgetful = any("since" in told for told in _ranges(exchanges))
    for places, known in around(feeds):
        feed = exchanges[places.start - 1]
        troubles: list[Trouble] = []
        read = [exchanges[place] for place in places if exchanges[place].operation != "listChanges"]
        for exchange in read:
            troubles += _against(exchange, known, context, forgetful=forgetful)
        yield feed, list({(one.code, one.received): one for one in troubles}.values())


def _ranges(exchanges: Sequence[Exchange]) -> Iterator[Mapping[str, Any]]:
    for exchange in exchanges:
        if exchange.operation == "getCatalogue" and isinstance(exchange.body, dict):
            told = exchange.body.get("changes")
            if isinstance(told, dict):
                yield told


def _against(
    exchange: Exchange, known: Mapping[str, Any], context: Context, *, forgetful: bool
) -> Iterator[Trouble]:
    """Yield what the feed tells that an answer about aids contradicts."""
    if exchange.operation == "getAid" and not exchange.negative and exchange.status in (404, 410):
        named = unquote(exchange.request.path.rpartition("/")[2])
        if named in known and known[named]["kind"] != "withdrawn":
            yield Trouble("withdrawal-untold", "/changes", {"aid": named}, received=named)
        return
    if exchange.operation not in ("listAids", "getAid") or not sound(exchange, context):
        return
    body = exchange.body
    aids = body["aids"] if exchange.operation == "listAids" else [body]
    if whole(exchange):
        listed = {aid["id"] for aid in aids}
        for named, change in known.items():
            if named not in listed and change.get("document", {}).get("level") in _PUBLIC:
                yield Trouble("withdrawal-untold", "/changes", {"aid": named}, received=named)
    for aid in aids:
        change = known.get(aid["id"])
        told = {"aid": aid["id"]}
        if aid["level"] not in _PUBLIC or (change is None and forgetful):
            continue
        if change is None:
            yield Trouble("change-untold", "/changes", told, received=aid["id"])
        elif change["kind"] == "withdrawn":
            yield Trouble("withdrawn-and-there", "/changes", told, received=aid["id"])
        elif _apart(change["document"], aid):
            yield Trouble("other-than-told", "/changes", told, received=aid["id"])


RULES: Mapping[str, RunRule | ValueRule] = {
    "changes-tell": ValueRule("", _news),
    "feed-followed": RunRule(_followed),
}
"""Rules of the feed, by name."""
