"""What the schema of evidence cannot say: that the digest is of the data, and the token of both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find as find_version
from mobstd.judging.context import Context
from mobstd.judging.pointer import find
from mobstd.judging.rule import Edit, ItemFilter, Trouble, ValueRule
from mobstd.mobility_aid.search import instant
from mobstd.mobility_aid.timestamps import SHA256, Said, canonical, digest_of, read_token

__all__ = ["RULES"]

Troubles = Iterator[Trouble] | None

NOBODYS = "00000000-0000-4000-8000-000000000000"
"""The id of no subscription."""

STAMPED = ("id", "aid", "subject", "state", "answers", "documents")
"""What every stamp has to be of; the consent has a row of its own."""

DECIDED = ("granted", "rejected", "revoked")


def _digest(record: Any, context: Context) -> Troubles:
    """AID-EVD-02: the digest is the SHA-256 of the data."""
    real = digest_of(record["data"])
    wrong = record["digest"] != real
    return iter([Trouble("digest-of-other", "/digest", expected=real)] if wrong else [])


def _said(record: Any) -> Said | None:
    try:
        return read_token(record["token"])
    except ValueError:
        return None


def _token(record: Any, context: Context) -> Troubles:
    """AID-EVD-03: the token is one of RFC 3161, and its imprint is the digest."""
    said = _said(record)
    if said is None:
        return iter([Trouble("token-unreadable", "/token")])
    right = said.algorithm == SHA256 and said.imprint == record["digest"]
    return iter([] if right else [Trouble("token-of-other", "/token", expected=record["digest"])])


def _time(record: Any, context: Context) -> Troubles:
    """AID-EVD-04: the time is genTime of the token, to the second."""
    said, told = _said(record), instant(record["at"])
    if said is None or told is None:
        return None
    far = abs((told - said.at).total_seconds())
    at = said.at.isoformat()
    return iter([Trouble("time-of-other", "/at", expected=at)] if far >= 1 else [])


def _parsed(record: Any) -> Any:
    try:
        return json.loads(record["data"])
    except ValueError:
        return None


def _canonical(record: Any, context: Context) -> Troubles:
    """AID-EVD-07: the data is canonical JSON."""
    try:
        right = canonical(_parsed(record)).decode() == record["data"]
    except ValueError:
        return None
    return iter([] if right else [Trouble("not-canonical", "/data")])


def _consent(record: Any, context: Context) -> Troubles:
    """AID-SUB-01: what was stamped has the consent, its text and its time."""
    data = _parsed(record)
    if not isinstance(data, dict):
        return None
    consent = data.get("consent")
    whole = isinstance(consent, dict) and {"given", "version", "at"} <= consent.keys()
    return iter([] if whole else [Trouble("consent-not-stamped", "/data")])


def _whole(record: Any, context: Context) -> Troubles:
    """AID-EVD-01: what was stamped is the subscription, and the decision where there is one."""
    data = _parsed(record)
    if not isinstance(data, dict):
        return None
    wanted = STAMPED if data.get("state") not in DECIDED else (*STAMPED, "decision")
    lacking = [name for name in wanted if name not in data]
    return (Trouble("not-stamped", "/data", expected=name) for name in lacking)


def _rising(page: Any, context: Context) -> Troubles:
    """AID-EVD-06, AID-SUB-19: numbers rise, none beyond the latest."""
    name = "evidence" if "evidence" in page else "events"
    numbers = [number for _, number in find(page, f"/{name}/*/sequence")]
    if not numbers:
        return None
    return iter(_unordered(name, numbers, page.get("latest")))


def _unordered(name: str, numbers: list[int], latest: int | None) -> Iterator[Trouble]:
    for place, (before, after) in enumerate(pairwise(numbers)):
        if after <= before:
            yield Trouble("out-of-order", f"/{name}/{place + 1}/sequence", received=after)
    if latest is not None and max(numbers) > latest:
        yield Trouble("beyond-latest", "/latest", received=latest)


def _entries(page: Any, context: Context) -> Troubles:
    """AID-EVD-01: of one subscription, no entry between two that are stamped lacks its stamp."""
    last: dict[str, int] = {}
    troubles: list[Trouble] = []
    for place, record in enumerate(page["evidence"]):
        of, entry = record["subscription"], record["entry"]
        if entry > last.get(of, entry) + 1:
            troubles.append(
                Trouble("entry-not-stamped", f"/evidence/{place}/entry", expected=last[of] + 1)
            )
        last[of] = entry
    return iter(troubles) if last else None


def _steps(page: Any, context: Context) -> Troubles:
    """AID-SUB-19: of one subscription, a state follows the one before as the table has it."""
    allowed = _followers()
    last: dict[str, str] = {}
    troubles: list[Trouble] = []
    for place, event in enumerate(page["events"]):
        of, state = event["subscription"], event["state"]
        before = last.get(of, state)
        if state != before and state not in allowed.get(before, ()):
            troubles.append(
                Trouble("step-not-told", f"/events/{place}/state", expected=before, received=state)
            )
        last[of] = state
    return iter(troubles) if last else None


def _history(item: Any, context: Context) -> Troubles:
    """AID-SUB-14: what was is kept: entries from 1 on, the last of the state that is shown."""
    history = item.get("history")
    if not history:
        return None
    return iter(_gaps(history, item["state"]))


def _gaps(history: Sequence[Mapping[str, Any]], state: str) -> Iterator[Trouble]:
    for place, entry in enumerate(history):
        if entry["sequence"] != place + 1:
            at = f"/history/{place}/sequence"
            yield Trouble("entry-lost", at, expected=place + 1, received=entry["sequence"])
            return
    last = history[-1]["state"]
    if last != state:
        at = f"/history/{len(history) - 1}/state"
        yield Trouble("history-ends", at, expected=state, received=last)


def _of_subscription(record: Any, query: Mapping[str, str], _: Context) -> bool:
    return query.get("subscription") in (None, record["subscription"])


def _of_subscription_edges(record: Any, _: Mapping[str, Any], __: Context) -> Iterator[Edit]:
    yield Edit({"subscription": record["subscription"]}, inside=True)
    yield Edit({"subscription": NOBODYS}, inside=False)


@cache
def _followers() -> Mapping[str, frozenset[str]]:
    data: Any = load(find_version("mobility-aid@0.1").folder / "registry/subscription-states.yaml")
    states = {row["from"] for row in data["steps"]}
    return {
        state: frozenset(row["to"] for row in data["steps"] if row["from"] == state)
        for state in states
    }


RULES: Mapping[str, ItemFilter | ValueRule] = {
    "evidence-digest": ValueRule("/evidence/*", _digest),
    "evidence-token": ValueRule("/evidence/*", _token),
    "evidence-time": ValueRule("/evidence/*", _time),
    "evidence-canonical": ValueRule("/evidence/*", _canonical),
    "evidence-consent": ValueRule("/evidence/*", _consent),
    "evidence-whole": ValueRule("/evidence/*", _whole),
    "numbers-rise": ValueRule("", _rising),
    "evidence-entries": ValueRule("", _entries),
    "events-follow": ValueRule("", _steps),
    "history-whole": ValueRule("", _history),
    "evidence-of": ItemFilter(
        *("of-another", ("subscription",), _of_subscription, _of_subscription_edges),
        reads=("subscription",),
        when_asked=True,
    ),
}
"""Rules of subscriptions, evidence and events, by name."""
