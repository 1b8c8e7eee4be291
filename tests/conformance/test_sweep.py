"""What looks closely at many places asks nothing twice."""

from __future__ import annotations

from collections import Counter

from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.judging.exchange import Exchange
from mobstd.mobility_aid.reference import build
from mobstd.transport.asgi import AsgiSender


def test_a_search_without_places_is_not_swept_by_one_query_again_and_again() -> None:
    asked: Counter[tuple[str | None, str]] = Counter()

    def hear(exchange: Exchange) -> None:
        if exchange.purpose == "sweep":
            asked[exchange.operation, str(exchange.request.query)] += 1

    profile = Profile("http://app.localhost", "mobility-aid@0.1", blocks=("aids", "changes"))
    with AsgiSender(build()) as target:
        report = check(target, profile, Options(with_fuzz=False, listeners=(hear,)))
    assert report["stopped_by"] is None
    assert asked
    assert set(asked.values()) == {1}
