"""Credentials, and which blocks are there."""

from __future__ import annotations

from dataclasses import replace

from mobstd.canon.openapi import key_header
from mobstd.conformance.kinds.forging import forgeries
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import spoke
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["CREDENTIALS", "DECLARED", "IMPLEMENTS", "KEY_HEADER", "NOT_DECLARED", "PUBLIC"]


def _credentials(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """Only where the target answers 401 without a key is it known to check one."""
    query = lab.controls.get(operation)
    if not lab.has_credentials or query is None:
        return Result(reason="unobservable")
    expect = check.get("expect", [401])
    control = lab.ask(operation, query, "control", row)
    if not control.accepted:
        return Result()
    bare = lab.ask(operation, query, "negative", row, negative=True, credentials="none")
    if check.get("may_be_public", True) and _the_same(lab, control, bare):
        return Result(reason="unobservable")
    evidence = 0
    findings: list[Finding] = []
    wrong = lab.ask(operation, query, "negative", row, negative=True, credentials="wrong")
    tried = [(bare, "none"), (wrong, "wrong")]
    for way, forged in forgeries(lab.session.credentials).items():
        asked = lab.ask(operation, query, "negative", row, negative=True, presenting=forged)
        tried.append((asked, f"forged-{way}"))
    for exchange, name in tried:
        if exchange.status is None or exchange.status >= 500:
            continue
        evidence += 1
        if exchange.status not in expect:
            findings.append(
                found(
                    row,
                    f"probe.credentials.{name}",
                    (exchange, control),
                    pointer="/response/status",
                    expected=expect[0],
                    received=exchange.status,
                )
            )
    return Result(evidence, tuple(findings))


def _tries(lab: Lab) -> int:
    return 3 + len(forgeries(lab.session.credentials)) if lab.has_credentials else 0


def _the_same(lab: Lab, control: Exchange, bare: Exchange) -> bool:
    """Say whether strangers get what the key gets; nothing, or an excuse, is a refusal."""
    own = set(lab.keys(control))
    return bare.accepted and (not own or not own.isdisjoint(lab.keys(bare)))


def _key_header(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """The same key, in the documented header and in other letters; tells only where keys count."""
    query, own = lab.controls.get(operation), lab.session.credentials
    if not lab.has_credentials or query is None:
        return Result(reason="unobservable")
    control = lab.ask(operation, query, "control", row)
    if not control.accepted:
        return Result()
    bare = lab.ask(operation, query, "negative", row, negative=True, credentials="none")
    if _the_same(lab, control, bare):
        return Result(reason="unobservable")
    catalogue = lab.context.catalogue
    name, key = key_header(catalogue.version, catalogue.role), own[0][1].removeprefix("Bearer ")
    evidence = 0
    for spelled in (name, name.lower(), name.upper()):
        if (spelled, key) in own:
            continue
        asked = lab.ask(operation, query, "twin", row, presenting=((spelled, key),))
        if not spoke(asked):
            continue
        evidence += 1
        if not asked.accepted:
            finding = found(
                row,
                "probe.key-header",
                (asked, control),
                pointer="/response/status",
                expected=control.status,
                received=asked.status,
                header=spelled,
            )
            return Result(evidence, (finding,))
    return Result(evidence)


def _public(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    query = lab.controls.get(operation, {})
    exchange = lab.ask(operation, query, "twin", row, credentials="none")
    if exchange.status is None or exchange.status >= 500:
        return Result()
    if exchange.status not in (401, 403):
        return Result(1)
    finding = found(
        row,
        "probe.public",
        (exchange,),
        pointer="/response/status",
        expected=200,
        received=exchange.status,
        text=check.get("message"),
    )
    return Result(1, (finding,))


def _implements(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    states = [_state(lab, block) for block in check["any_of"]]
    if "present" in states:
        return Result(1)
    if "unknown" in states:
        return Result()
    sent = [x for x in lab.session.exchanges if x.purpose == "preflight"]
    finding = found(row, "probe.implements", tuple(sent[:1]), expected=check["any_of"], received=[])
    return Result(1, (finding if lab.declared else replace(finding, operation=None),))


def _state(lab: Lab, block: str) -> str:
    """Say whether a block is there; one that nothing can ask is where it is declared."""
    if any(lab.askable(op) for op in lab.context.catalogue.blocks[block].operations):
        return lab.presence.get(block, "unknown")
    return "present" if block in lab.declared else "absent"


def _not_declared(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """What is there without being declared is judged like the rest; this row is its umbrella."""
    blocks = lab.context.catalogue.blocks
    there = {op for name in lab.undeclared for op in blocks[name].operations}
    asked = (x for x in lab.session.exchanges if x.operation in there and x.purpose != "preflight")
    return Result(int(any(x.accepted for x in asked)))


def _declared(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    block = lab.context.catalogue.block_of.get(operation, "")
    if block not in lab.declared:
        return Result()
    if lab.presence.get(block) != "absent":
        return Result(1)
    sent = [x for x in lab.session.exchanges if x.operation == operation]
    finding = found(
        row,
        "probe.declared",
        tuple(sent[-1:]),
        pointer="/response/status",
        expected="the block",
        received=sent[-1].status if sent else None,
        block=block,
    )
    return Result(1, (finding,))


def _nothing(check: Check, row: Requirement, operation: str, lab: Lab) -> int:
    return 0


CREDENTIALS = Probe(
    lambda check, row, operation, lab: _tries(lab),
    _credentials,
    "negatives",
    {"en": "no key, and a wrong key", "fr": "sans clé, et avec une fausse clé"},
)
KEY_HEADER = Probe(
    lambda check, row, operation, lab: 5 if lab.has_credentials else 0,
    _key_header,
    "pairs",
    {"en": "the key in the documented header", "fr": "la clé dans l'en-tête documenté"},
)
PUBLIC = Probe(
    lambda check, row, operation, lab: 1,
    _public,
    "pairs",
    {"en": "call without credentials", "fr": "appeler sans identification"},
)
IMPLEMENTS = Probe(
    _nothing,
    _implements,
    "pairs",
    {"en": "see which blocks answer", "fr": "voir quels blocs répondent"},
)
DECLARED = Probe(
    _nothing,
    _declared,
    "pairs",
    {"en": "see whether what is declared is there", "fr": "voir si ce qui est déclaré est là"},
)
NOT_DECLARED = Probe(
    _nothing,
    _not_declared,
    "pairs",
    {"en": "see what answers undeclared", "fr": "voir ce qui répond sans être déclaré"},
)
