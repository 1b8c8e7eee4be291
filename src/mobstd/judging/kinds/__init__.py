"""The kinds of checks that judge what was recorded; ``conformance/README.md`` says what each means.

``EXCHANGE`` judges one exchange, ``RUN`` all of them. A kind that is in neither only sends
(``mobstd.conformance.kinds``), or is routed (``schema``). ``CALL`` and ``CALLS`` are the same for
the requests of one caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.finding import Result
from mobstd.judging.kinds.calling import addressed, credentials, waits
from mobstd.judging.kinds.envelope import header, media_type, never, status
from mobstd.judging.kinds.filters import at_most, filtered
from mobstd.judging.kinds.overall import ruled_overall
from mobstd.judging.kinds.repeats import once, repeats
from mobstd.judging.kinds.sequences import keeps, sequence
from mobstd.judging.kinds.sets import consistent, constant, unique
from mobstd.judging.kinds.values import asserted, equal, ordered, ruled
from mobstd.judging.requirement import Check, Requirement

__all__ = ["CALL", "CALLS", "EXCHANGE", "RUN", "ExchangeJudge", "RunJudge"]

ExchangeJudge = Callable[[Check, Requirement, Exchange, Context], Result]
RunJudge = Callable[[Check, Requirement, Sequence[Exchange], Context], Result]

EXCHANGE: Mapping[str, ExchangeJudge] = {
    "status": status,
    "never": never,
    "media-type": media_type,
    "header": header,
    "assert": asserted,
    "ordered": ordered,
    "equal": equal,
    "rule": ruled,
    "near": filtered,
    "within": filtered,
    "at-most": at_most,
}

RUN: Mapping[str, RunJudge] = {
    "unique": unique,
    "consistent": consistent,
    "constant": constant,
    "rule": ruled_overall,
}

CALL: Mapping[str, ExchangeJudge] = {
    "assert": asserted,
    "ordered": ordered,
    "equal": equal,
    "rule": ruled,
    "credentials": credentials,
}

CALLS: Mapping[str, RunJudge] = {
    "unique": unique,
    "consistent": consistent,
    "addressed": addressed,
    "waits": waits,
    "sequence": sequence,
    "keeps": keeps,
    "once": once,
    "repeats": repeats,
}
