"""How long a token lives: it is taken until shortly before its end, and refused after it."""

from __future__ import annotations

from mobstd.conformance.kinds.probe import found
from mobstd.conformance.lab import Lab
from mobstd.conformance.later.wait import Waiting
from mobstd.conformance.scenarios.resource import resources
from mobstd.judging.exchange import Exchange, Pairs
from mobstd.judging.finding import Result
from mobstd.judging.pointer import get
from mobstd.judging.requirement import Check, Requirement

__all__ = ["present_anew", "token_life"]


def token_life(check: Check, row: Requirement, operation: str, lab: Lab) -> Waiting:
    """Present one token now, and again shortly before or after its end."""
    token = _token(lab, check, row)
    if token is None:
        return Result(reason="no-data")
    control = _asked(lab, check, row, token, negative=False)
    if not control.accepted:
        return Result()
    life, margin, ended = check["seconds"], check["margin"], check["is"] == "ended"
    yield life + margin if ended else life - margin
    later = _asked(lab, check, row, token, negative=ended)
    if later.status is None or later.status >= 500:
        return Result()
    expect = check["expect"]
    if later.status in expect:
        return Result(1)
    wrong = found(
        row,
        "probe.token-life.ended" if ended else "probe.token-life",
        (later, control),
        pointer="/response/status",
        expected=expect[0],
        received=later.status,
        text=check.get("message"),
        seconds=life + margin if ended else life - margin,
    )
    return Result(1, (wrong,))


def _asked(lab: Lab, check: Check, row: Requirement, token: Pairs, *, negative: bool) -> Exchange:
    operation = check["ask"]
    return lab.session.ask(
        operation,
        lab.controls.get(operation, {}),
        "negative" if negative else "control",
        requirement=row.id,
        negative=negative,
        presenting=token,
    )


def _token(lab: Lab, check: Check, row: Requirement | None) -> Pairs | None:
    """Return headers that present a token which was just made."""
    shop, header = lab.workshop, next((name for name, _ in lab.session.credentials), None)
    if shop is None or header is None:
        return None
    thing = shop.make(shop.resource(check["resource"]), row)
    value = None if thing is None else get(thing.created.body, check["at"])
    return ((header, f"Bearer {value}"),) if isinstance(value, str) else None


def present_anew(lab: Lab) -> None:
    """Present another token from here on: the clock was moved, and the one before may have ended.

    Where the profile says how to get another, that is done when it is needed; where there is none
    to be made, everything stays as it is.
    """
    if "own" in lab.session.renewals:
        return
    catalogue = lab.context.catalogue
    known = resources(catalogue.version, catalogue.role)
    for _, check in catalogue.checks:
        if check.kind == "token-life" and check["resource"] in known:
            lab.session.credentials = _token(lab, check, None) or lab.session.credentials
            return
