"""Before anything is judged: can the target be reached, is it what the profile says it is?

Each item says whose fault a failure is: the configuration's, the target's or mobstd's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from mobstd.conformance.lab import Lab, Query
from mobstd.conformance.session import Stopped
from mobstd.judging.exchange import Exchange, Failure

__all__ = ["Item", "Preflight", "first_operations", "first_query", "preflight"]

BAD_REQUEST, NOT_FOUND = 400, 404
ABSENT = (NOT_FOUND, 405, 501)
REFUSED = (401, 403)
CLOCK_SKEW = 300


@dataclass(frozen=True)
class Item:
    """One thing that was looked at; ``ok`` is ``None`` where nothing could be said."""

    check: str
    ok: bool | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    blame: str | None = None


@dataclass
class Preflight:
    """What preflight found.

    Attributes:
        stop: ``configuration`` or ``unreachable`` where judging makes no sense.
    """

    items: list[Item] = field(default_factory=list)
    stop: str | None = None

    def add(
        self, check: str, ok: bool | None, code: str, blame: str | None = None, **params: Any
    ) -> None:
        """Note one thing; ``code`` is one of the preflight's, or of another room."""
        whole = code if "." in code else f"preflight.{code}"
        self.items.append(Item(check, ok, whole, params, None if ok else blame))


def first_query(lab: Lab, operation: str, now: datetime) -> Query:
    """Return a harmless query: the document's examples, the instant in a day from now."""
    described = lab.context.catalogue.operations[operation]
    query: Query = {}
    for parameter in described.parameters:
        if parameter.required and parameter.where == "query":
            query[parameter.name] = parameter.examples[0] if parameter.examples else 1
    how = lab.role_of(operation)
    if "instant" in how:
        query[how["instant"]] = int(now.timestamp()) + 86_400
    return query


def first_operations(lab: Lab) -> Iterator[tuple[str, str]]:
    """Yield each block that can be looked at, with the operation to look through."""
    for block in lab.context.catalogue.blocks.values():
        for operation in block.operations[:1]:
            described = lab.context.catalogue.operations[operation]
            if described.method == "GET" and lab.askable(operation):
                yield block.id, operation


def preflight(
    lab: Lab, declared: tuple[str, ...] | None, now: datetime, seen: Preflight | None = None
) -> Preflight:
    """Look at the target through one request per block; ``seen`` is filled and returned."""
    seen = seen or Preflight()
    answers: dict[str, Exchange] = {}
    try:
        for block, operation in first_operations(lab):
            answers[block] = lab.ask(operation, first_query(lab, operation, now), "preflight")
    except Stopped as stopped:
        if stopped.reason == "rate-limited":
            seen.add("reach", False, "rate-limited", "target")
        if stopped.reason != "unreachable":
            raise
    if not any(first_operations(lab)):
        seen.add("reach", None, "nothing-to-ask")
        return seen
    reached = [x for x in answers.values() if x.response is not None]
    if not reached or all(x.response and x.response.truncated for x in reached):
        _unread(lab, seen)
        return seen
    seen.add("reach", True, "reached")
    _clock(seen, reached[0])
    _presence(lab, seen, answers, declared)
    _access(lab, seen, answers)
    _path(lab, seen, answers)
    return seen


def _unread(lab: Lab, seen: Preflight) -> None:
    """Say why no answer could be read at all."""
    failure = next((x.failure for x in lab.session.exchanges if x.failure), None)
    if failure is None:
        seen.add("reach", False, "too-large", "target")
    elif failure.code == "transport.redirect-elsewhere":
        seen.add("path", False, failure.code, "configuration", **failure.params)
        seen.stop = "configuration"
        return
    else:
        blame = "configuration" if _ours(failure) else "target"
        seen.add("reach", False, failure.code, blame, **failure.params)
    seen.stop = "unreachable"


def _ours(failure: Failure) -> bool:
    """Say whether it is the URL that is wrong: its host, its port, http for https."""
    plain = "WRONG_VERSION_NUMBER" in str(failure.params.get("reason", ""))
    return plain or failure.code in ("transport.dns", "transport.not-http", "transport.proxy")


def _clock(seen: Preflight, exchange: Exchange) -> None:
    value = exchange.response.header("date") if exchange.response else None
    if value is None:
        seen.add("clock", None, "no-clock")
        return
    try:
        skew = (parsedate_to_datetime(value).astimezone(UTC) - exchange.at).total_seconds()
    except (TypeError, ValueError):
        seen.add("clock", None, "no-clock")
        return
    if abs(skew) <= CLOCK_SKEW:
        seen.add("clock", True, "clock")
    else:
        seen.add("clock", False, "clock-off", "target", seconds=round(skew))


def _presence(
    lab: Lab,
    seen: Preflight,
    answers: Mapping[str, Exchange],
    declared: tuple[str, ...] | None,
) -> None:
    for block, exchange in answers.items():
        status = exchange.status
        state = "unknown" if status is None else "absent" if status in ABSENT else "present"
        if status == NOT_FOUND and _refuses_nothing(lab, exchange):
            state = "present"
        if status in REFUSED and declared is not None and block not in declared:
            lab.presence[block] = "unknown"
            seen.add("block", None, "block-guarded", block=block, status=status)
            continue
        lab.presence[block] = state
        if state == "unknown":
            seen.add("block", None, "block-unknown", block=block)
        elif declared is None:
            seen.add("block", True, f"block-{state}", block=block)
        elif block in declared and state == "absent":
            seen.add("block", False, "declared-not-there", "target", block=block, status=status)
        elif block not in declared and state == "present":
            seen.add("block", False, "there-not-declared", "configuration", block=block)
        else:
            seen.add("block", True, f"block-{state}", block=block)


def _refuses_nothing(lab: Lab, exchange: Exchange) -> bool:
    """Say whether an operation that found nothing is there all the same: it refuses no query."""
    operation = lab.context.catalogue.operations[exchange.operation or ""]
    if not any(parameter.required for parameter in operation.parameters):
        return False
    return lab.ask(operation.id, {}, "preflight", negative=True).status == BAD_REQUEST


def _access(lab: Lab, seen: Preflight, answers: Mapping[str, Exchange]) -> None:
    there = [block for block, state in lab.presence.items() if state == "present"]
    if not there:
        return
    refused = [block for block in there if answers[block].status in REFUSED]
    health = lab.context.catalogue.version.suite.get("health")
    guarded = [b for b in there if health not in lab.context.catalogue.blocks[b].operations]
    if not refused:
        seen.add("auth", True, "auth" if lab.has_credentials else "open")
    elif guarded and set(guarded) <= set(refused):
        code = "key-refused" if lab.has_credentials else "key-needed"
        seen.add("auth", False, code, "configuration", blocks=", ".join(refused))
        seen.stop = "configuration"
    else:
        seen.add("auth", False, "some-refused", "target", blocks=", ".join(refused))


def _path(lab: Lab, seen: Preflight, answers: Mapping[str, Exchange]) -> None:
    statuses = {x.status for x in answers.values() if x.status is not None}
    bodies = [x for x in answers.values() if _documented(lab, x)]
    if statuses and statuses <= {NOT_FOUND} and "present" not in lab.presence.values():
        seen.add("path", False, "nothing-there", "configuration", path=lab.session.base_path or "/")
        seen.stop = "configuration"
    elif any(300 <= status < 400 for status in statuses):
        seen.add("path", False, "redirected", "configuration")
    elif all(status >= 500 for status in statuses):
        seen.add("path", False, "server-errors", "target", status=min(statuses))
    elif bodies and all(x.response and x.response.not_json for x in bodies):
        media = bodies[0].response.header("content-type") if bodies[0].response else None
        seen.add("path", False, "not-json", "target", media=media or "-")
    else:
        seen.add("path", True, "path")


def _documented(lab: Lab, exchange: Exchange) -> bool:
    """Say whether a body is documented for what an operation answered with success."""
    if not exchange.accepted or exchange.operation is None:
        return False
    answer = lab.context.catalogue.operations[exchange.operation].answer(exchange.status or 0)
    return answer is not None and bool(answer.content)
