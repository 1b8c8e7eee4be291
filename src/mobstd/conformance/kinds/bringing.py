"""What the target makes itself at the suite: that it takes news and changes of it, and refusals.

``follows`` holds what its users then ask for against what it was told before. It is not for who
tells by itself: what waits in a queue there comes late, and that is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from mobstd.conformance.kinds.announcing import calls_of, done_by_us, made_of
from mobstd.conformance.kinds.probe import Probe, found
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.brought import Seen, story
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Finding, Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["BROUGHT", "FOLLOWS"]

STATUS = "/response/status"


def _brought(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    told = story(lab, row)
    if told is None:
        return Result()
    seen = [one for one in told.seen if one.what == check["what"]]
    wrong = tuple(_finding(row, one) for one in seen if one.code is not None)
    reason = told.reason or ("needs-person" if lab.trigger is None else "no-data")
    return Result(len(seen), wrong, None if seen else reason)


def _finding(row: Requirement, one: Seen) -> Finding:
    return found(row, f"probe.brought.{one.code}", one.exchanges, pointer=STATUS,
                 expected=one.expected, received=one.received,
                 **one.params)  # fmt: skip


def _follows(check: Check, row: Requirement, operation: str, lab: Lab) -> Result:
    """A change that the target asks for leads on from what it was told, of what was made."""
    resource = made_of(check, lab)
    if lab.receiver is None or resource is None or resource.brought is None:
        return Result()
    judged = _after_refusal if check.get("refused") else _after_news
    seen = list(judged(check, row, lab, resource))
    return Result(len(seen), tuple(one for one in seen if one is not None))


def _after_news(
    check: Check, row: Requirement, lab: Lab, resource: Resource
) -> Iterator[Finding | None]:
    assert resource.life is not None
    told = list(done_by_us(lab, resource))
    own: dict[str, Exchange] = {}
    for call in calls_of(check["of"], lab):
        before = own.get(call.key)
        if call.exchange.accepted:
            own[call.key] = call.exchange
        news = [one for one in told
                if one.key == call.key and one.exchange.ended <= call.exchange.at]  # fmt: skip
        crossing = any(one.key == call.key and one.exchange.at <= call.exchange.ended
                       and one.exchange.ended > call.exchange.at for one in told)  # fmt: skip
        if not news or crossing or (before is not None and before.at > news[-1].exchange.at):
            continue
        known = news[-1].state
        if known not in check["after"] or call.state == known:
            continue
        leads = call.state in resource.life.pairs.get(known, {})
        yield None if leads else found(
            row, "probe.follows.backwards", (call.exchange, news[-1].exchange),
            pointer="/request/query", expected=list(resource.life.pairs.get(known, {})),
            received=call.state, before=known,
        )  # fmt: skip


def _after_refusal(
    check: Check, row: Requirement, lab: Lab, resource: Resource
) -> Iterator[Finding | None]:
    assert lab.receiver is not None
    host = lab.receiver.counterpart
    refused = {key.lower() for key in host.refused} - {key.lower() for key in host.made}
    calls = list(calls_of(check["of"], lab))
    for key in sorted(refused):
        about = [call for call in calls if call.key == key]
        yield None if not about else found(
            row, "probe.follows.refused", (about[0].exchange,), pointer="/request/path",
            received=about[0].state,
        )  # fmt: skip


_BOOK = {"en": "have one made in the target", "fr": "en faire créer un par la cible"}

BROUGHT = Probe(lambda check, row, operation, lab: 8, _brought, "asked", _BOOK, writes=True)
FOLLOWS = Probe(
    lambda check, row, operation, lab: 0,
    _follows,
    "heard",
    {"en": "judge what the target calls", "fr": "juger ce que la cible appelle"},
)
