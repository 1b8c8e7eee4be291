"""Sends the exchanges of one finding again, control and twin together, and judges them again.

Dates in them move by whole days, so that what was ahead when the run was made is ahead again and
times of day and the data around them stay comparable. A finding of a passive check is looked for
in the new answers; one of a probe is tried by the same probe around the replayed control.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mobstd.canon.openapi import Parameter
from mobstd.canon.root import Root
from mobstd.canon.standard import find
from mobstd.conformance import record
from mobstd.conformance.kinds import PROBES
from mobstd.conformance.lab import Anchor, Lab
from mobstd.conformance.redaction import MASK
from mobstd.conformance.report.exchanges import from_json
from mobstd.conformance.session import SAFE, Budget, SenderLike, Session, Stopped
from mobstd.errors import ConfigError, TransportError, UnknownName, UsageError
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Failure, Request, Response
from mobstd.judging.finding import Finding
from mobstd.judging.judge import judge
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Judged", "Replayed", "choose", "instants", "judge_again", "recorded", "replay", "shift"]

DAY = 86_400
BUDGET = 60
"""Requests that a replay may send."""

ANCHORS = 6
"""Items of a replayed answer that probes start from, one by one."""


@dataclass(frozen=True)
class Judged:
    """What a second look found: findings, and how many items could be judged."""

    findings: tuple[Finding, ...] = ()
    evidence: int = 0


@dataclass(frozen=True)
class Replayed:
    """What came of a replay.

    Attributes:
        exchanges: what was sent, and what came back.
        seconds: by how much dates were moved.
        again: the finding, seen again; ``None`` where it was not.
        evidence: how many items could be judged; nothing is known where it is 0.
        refused: the status of a control that was accepted before and is not now.
        failure: why no answer came.
        masked: a value that was masked in the report was sent as it is.
    """

    exchanges: tuple[Exchange, ...]
    seconds: int = 0
    again: Finding | None = None
    evidence: int = 0
    refused: int | None = None
    failure: Failure | None = None
    masked: bool = False

    @property
    def exit_code(self) -> int:
        """1: still there; 0: not any more; 3: nothing is known."""
        if self.again is not None:
            return 1
        unknown = self.failure is not None or self.refused is not None or not self.evidence
        return 3 if unknown else 0


Judge = Callable[[Sequence[Exchange], Mapping[str, Any], Lab], Judged]
"""Judges exchanges again, for the requirement and the finding that were asked about."""


def choose(report: Mapping[str, Any], fingerprint: str) -> tuple[str, Mapping[str, Any]]:
    """Return the requirement and the finding that ``fingerprint``, or its beginning, names.

    Raises:
        UnknownName: where there is none, or more than one.
        UsageError: where it cites no exchange, or a call of the target's own.
    """
    every = {
        finding["fingerprint"]: (row["id"], finding)
        for row in report["requirements"]
        for finding in row["findings"]
    }
    found = [pair for key, pair in every.items() if fingerprint and key.startswith(fingerprint)]
    if len(found) != 1:
        known = ", ".join(f"{key} ({row})" for key, (row, _) in every.items()) or "-"
        raise UnknownName("replay.unknown", fingerprint=fingerprint, known=known)
    row, finding = found[0]
    if not finding["exchanges"]:
        raise UsageError("replay.no-exchange", fingerprint=finding["fingerprint"])
    cited = (report["exchanges"].get(name, {}) for name in finding["exchanges"])
    if any(exchange.get("purpose") == "callback" for exchange in cited):
        raise UsageError("replay.called", fingerprint=finding["fingerprint"])
    return row, finding


def recorded(
    report: Mapping[str, Any], names: Iterable[str], recording: Path | str | None = None
) -> list[Exchange]:
    """Return exchanges by name, in the order of sending, from the recording where there is one.

    Args:
        report: names its recording, which is used where it is still there and unchanged.
        names: ids of exchanges.
        recording: another recording to read.

    Raises:
        ConfigError: where ``recording`` is not the one that the report names.
    """
    wanted = set(names)
    about = report.get("record")
    path = recording or (about or {}).get("file")
    known: dict[str, Exchange] = {}
    if path and (recording or Path(path).is_file()):
        same = not about or record.sha256(path) == about["sha256"]
        if not same and recording:
            raise ConfigError("record.changed", file=str(recording))
        if same:
            known = {x.id: x for x in record.read(path) if x.id in wanted}
    for name in wanted - set(known):
        if name in report["exchanges"]:
            known[name] = from_json(report["exchanges"][name], name)
    return sorted(known.values(), key=lambda exchange: exchange.at)


def instants(exploration: Mapping[str, Any]) -> frozenset[str]:
    """Return the parameters that are UNIX seconds, from how ``suite.yaml`` explores."""
    single = (exploration.get("instant"),)
    return frozenset(filter(None, (*single, *exploration.get("window", ()))))


def shift(moments: Iterable[int], then: datetime, now: datetime) -> int:
    """Return the seconds by which dates move: none while all are ahead, else whole days.

    Args:
        moments: the dates in the queries, in UNIX seconds.
        then: what the run took for now.
        now: what this moment is.
    """
    ahead = [moment for moment in moments if moment >= then.timestamp()]
    if not ahead or min(ahead) > now.timestamp():
        return 0
    return math.ceil((now - then).total_seconds() / DAY) * DAY


def _moments(exchanges: Iterable[Exchange], found: Catalogue) -> list[int]:
    return [
        int(value)
        for exchange in exchanges
        for name, value in exchange.request.query
        if name in instants(found.exploration.get(exchange.operation or "", {})) and _whole(value)
    ]


def _whole(text: str) -> bool:
    return text.lstrip("-").isdecimal() and len(text) < 15


def _moved(exchange: Exchange, found: Catalogue, seconds: int) -> Request:
    names = instants(found.exploration.get(exchange.operation or "", {}))
    query = tuple(
        (n, str(int(v) + seconds)) if n in names and _whole(v) else (n, v)
        for n, v in exchange.request.query
    )
    return exchange.request.with_query(query)


def _presented(
    exchange: Exchange, request: Request, credentials: tuple[tuple[str, str], ...]
) -> Request:
    """Put our credentials back where the report masked them."""
    if not exchange.authenticated:
        return request
    own = {name.lower(): value for name, value in credentials}
    return replace(request, headers=tuple((n, own.get(n.lower(), v)) for n, v in request.headers))


def _masked(request: Request) -> bool:
    pairs = (*request.headers, *request.query)
    return any(MASK in value for _, value in pairs) or MASK.encode() in (request.body or b"")


def replay(
    report: Mapping[str, Any],
    fingerprint: str,
    sender: SenderLike,
    *,
    now: datetime | None = None,
    seconds: int | None = None,
    base_path: str | None = None,
    credentials: tuple[tuple[str, str], ...] = (),
    recording: Path | str | None = None,
    roots: Iterable[Root] = (),
    allow_writes: bool = False,
    judging: Judge | None = None,
) -> Replayed:
    """Send the exchanges of a finding again and say whether it is still there.

    Args:
        report: the report that has the finding.
        fingerprint: of the finding; its beginning is enough.
        sender: sends to the target.
        now: what dates are relative to; the real now when ``None``.
        seconds: by how much dates move; whole days when ``None``.
        base_path: of the target, where it is another one than in the report.
        credentials: headers that present mobstd to the target.
        recording: exchanges to use instead of the report's.
        roots: more folders of standards.
        allow_writes: send other methods than GET and HEAD too.
        judging: judges again; :func:`judge_again` when ``None``.

    Raises:
        UsageError: where there is no such finding, or it needs a write that is not allowed.
    """
    row, finding = choose(report, fingerprint)
    standard = report["standard"]
    version = find(f"{standard['id']}@{standard['version']}", tuple(roots))
    found = catalogue(version, report["role"])
    old = recorded(report, finding["exchanges"], recording)
    for exchange in old:
        if exchange.request.method not in SAFE and not allow_writes:
            method = exchange.request.method
            raise UsageError("replay.write", fingerprint=finding["fingerprint"], method=method)
    moment = now or datetime.now(UTC)
    if seconds is None:
        then = datetime.fromisoformat(report["now"])
        seconds = shift(_moments(old, found), then, moment)
    before = urlsplit(report["target"].get("url") or "").path.rstrip("/")
    after = before if base_path is None else base_path
    sent: list[Exchange] = []
    refused: int | None = None
    for was in old:
        request = _presented(was, _moved(was, found, seconds), credentials)
        new = _sent(sender, was, replace(request, path=after + request.path.removeprefix(before)))
        sent.append(replace(new, at=moment))
        if _control(was) and not new.accepted:
            refused = new.status
    result = Replayed(
        tuple(sent),
        seconds,
        refused=refused,
        failure=next((x.failure for x in sent if x.failure is not None), None),
        masked=any(_masked(exchange.request) for exchange in sent),
    )
    if result.refused is not None or result.failure is not None:
        return result
    lab = _lab(report, found, sender, after, credentials, allow_writes, sent)
    judged = (judging or judge_again)(sent, {**finding, "requirement": row}, lab)
    again = next((f for f in judged.findings if f.fingerprint == finding["fingerprint"]), None)
    everything = tuple(lab.session.exchanges)
    return replace(result, exchanges=everything, again=again, evidence=judged.evidence)


def _lab(
    report: Mapping[str, Any],
    found: Catalogue,
    sender: SenderLike,
    base_path: str,
    credentials: tuple[tuple[str, str], ...],
    allow_writes: bool,
    sent: Sequence[Exchange],
) -> Lab:
    session = Session(
        sender,
        found,
        Budget(BUDGET, 0, BUDGET),
        base_path=base_path,
        credentials=credentials,
        wrong_credentials=tuple((name, "mobstd-wrong-key") for name, _ in credentials),
        exchanges=list(sent),
        allow_writes=allow_writes,
    )
    context = Context(
        found,
        frozenset(block["id"] for block in report["blocks"]),
        report["profile"].get("time_zone", "Europe/Paris"),
    )
    return Lab(session, context, report["seed"], has_credentials=bool(credentials))


def _control(exchange: Exchange) -> bool:
    """Say whether an exchange has to be accepted for the others to mean anything."""
    return exchange.purpose == "control" and exchange.accepted


def _sent(sender: SenderLike, was: Exchange, request: Request) -> Exchange:
    """Send a request, and return the exchange that comes in the place of ``was``."""
    response: Response | None = None
    failure: Failure | None = None
    try:
        response = sender.send(request)
    except TransportError as error:
        params = {"operation": was.operation or request.path, **error.params}
        failure = Failure(error.code, params)
    return replace(was, request=request, response=response, failure=failure)


def judge_again(exchanges: Sequence[Exchange], finding: Mapping[str, Any], lab: Lab) -> Judged:
    """Judge by the passive checks of the row; where they see nothing wrong, by its probes."""
    row = finding["requirement"]
    tallies = [t for t in judge(exchanges, lab.context) if t.requirement.id == row]
    findings = [f for tally in tallies for f in tally.findings]
    evidence = sum(tally.evidence for tally in tallies)
    if any(f.fingerprint == finding["fingerprint"] for f in findings):
        return Judged(tuple(findings), max(1, evidence))
    operation = finding["operation"]
    pairs = lab.context.catalogue.by_operation.get(operation or "", ())
    probes = [(r, c) for r, c in pairs if r.id == row and c.kind in PROBES]
    if operation is None or not probes:
        return Judged(tuple(findings), evidence)
    _prepare(lab, exchanges)
    items = lab.anchors.get(operation, [])
    for chosen in (items, *([item] for item in items[:ANCHORS])):
        lab.anchors[operation] = chosen
        found, seen = _probed(probes, operation, lab)
        findings += found
        evidence += seen
        if any(f.fingerprint == finding["fingerprint"] for f in findings):
            break
    for tally in judge(lab.session.exchanges[len(exchanges) :], lab.context):
        if tally.requirement.id == row:
            findings += tally.findings
            evidence += tally.evidence
    return Judged(tuple(findings), evidence)


def _probed(
    probes: Iterable[tuple[Requirement, Check]], operation: str, lab: Lab
) -> tuple[list[Finding], int]:
    findings: list[Finding] = []
    evidence = 0
    for row, check in probes:
        try:
            result = PROBES[check.kind].run(check, row, operation, lab)
        except Stopped:
            break
        findings += result.findings
        evidence += result.evidence
    return findings, evidence


def _prepare(lab: Lab, exchanges: Sequence[Exchange]) -> None:
    """Give probes what the replayed exchanges show: a control, and items with their query."""
    for exchange in exchanges:
        operation = exchange.operation
        if operation is None or not exchange.accepted or exchange.negative:
            continue
        described = lab.context.catalogue.operations[operation]
        query = {n: _typed(described.parameter(n), v) for n, v in exchange.query.items()}
        lab.controls.setdefault(operation, query)
        items = lab.context.items(exchange)
        if items:
            lab.wide.setdefault(operation, query)
            lab.anchors[operation] = [
                Anchor(operation, item, lab.identity(operation, item), query) for _, item in items
            ]


def _typed(parameter: Parameter | None, text: str) -> Any:
    kind = parameter.schema.get("type") if parameter else None
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
    except ValueError:
        return text
    return text.split(",") if kind == "array" else text
