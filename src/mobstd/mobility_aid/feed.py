"""The feed of changes: each change tells something new, and all of them together what is listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
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

    Judged where the feed is the same before and after the aids were read.
    """
    for places, known in around(_feeds(exchanges, context)):
        feed = exchanges[places.start - 1]
        troubles: list[Trouble] = []
        for exchange in (exchanges[place] for place in places):
            if exchange.operation == "getCatalogue" and sound(exchange, context):
                troubles += _number(exchange, feed.body["latest"])
            elif exchange.operation in ("listAids", "getAid"):
                troubles += _against(exchange, known, context)
        yield feed, list({(one.code, one.received): one for one in troubles}.values())


def _number(exchange: Exchange, latest: int) -> Iterator[Trouble]:
    told = exchange.body.get("changes", {}).get("latest", latest)
    if told != latest:
        yield Trouble("other-latest", "/latest", {"latest": told}, latest, told)


def _began(known: Mapping[str, Any]) -> datetime | None:
    """Return when the oldest change happened; what is older may be in none."""
    return min((at for at in (instant(c["at"]) for c in known.values()) if at), default=None)


def _older(aid: Mapping[str, Any], began: datetime | None) -> bool:
    at = instant(aid["provenance"]["updatedAt"])
    return at is None or began is None or at < began


def _against(exchange: Exchange, known: Mapping[str, Any], context: Context) -> Iterator[Trouble]:
    """Yield what the feed tells that an answer about aids contradicts."""
    if exchange.operation == "getAid" and not exchange.negative and exchange.status in (404, 410):
        named = unquote(exchange.request.path.rpartition("/")[2])
        if named in known and known[named]["kind"] != "withdrawn":
            yield Trouble("withdrawal-untold", "/changes", {"aid": named}, received=named)
        return
    if not sound(exchange, context):
        return
    body = exchange.body
    aids = body["aids"] if exchange.operation == "listAids" else [body]
    if whole(exchange):
        listed = {aid["id"] for aid in aids}
        for named, change in known.items():
            if named not in listed and change.get("document", {}).get("level") in _PUBLIC:
                yield Trouble("withdrawal-untold", "/changes", {"aid": named}, received=named)
    began = _began(known)
    for aid in aids:
        change = known.get(aid["id"])
        told = {"aid": aid["id"]}
        if aid["level"] not in _PUBLIC or (change is None and _older(aid, began)):
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
