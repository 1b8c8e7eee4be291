"""One place sends: within its budget, at its pace, patiently, and never where it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.canon.standard import find
from mobstd.conformance import session as module
from mobstd.conformance.session import Budget, Pace, PhaseSpent, Session, Stopped
from mobstd.errors import MobstdError, Unreachable
from mobstd.judging.catalogue import catalogue
from mobstd.judging.exchange import Request, Response

OPERATION = "getDriverJourneys"
QUERY = {"departureLat": 45.0}


class Script:
    """A sender that gives one answer after the other; the last one for ever."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers) or [Response(200, body=b"[]")]
        self.sent: list[Request] = []

    def send(self, request: Request) -> Response:
        self.sent.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def too_many(wait: str | None) -> Response:
    headers = () if wait is None else (("Retry-After", wait),)
    return Response(429, headers)


KEY = "k3y-of-nobody"
GONE = Unreachable("transport.refused", operation="GET /x", host="h")
FINE = Response(200, body=b"[]")
LARGE = Response(200, body=b"[", truncated=True)


def session(*answers: Any, slept: list[float] | None = None, **members: Any) -> Session:
    found = members.pop("catalogue", None) or catalogue(find("ocss@1.0-alpha"), "operator")
    pace = Pace(None, (slept if slept is not None else []).append)
    return Session(Script(*answers), found, **{"pace": pace, **members})


def ask(made: Session, **options: Any) -> Any:
    return made.ask(OPERATION, QUERY, "control", **options)


# Budget


@given(st.integers(1, 5000))
def test_a_budget_is_split_within_itself(requests: int) -> None:
    budget = Budget.of(requests)
    assert budget.requests == requests
    if requests >= 40:
        assert budget.explore + budget.probe <= requests
    if requests >= 400:
        assert budget.explore == 60


def test_the_default_budget() -> None:
    assert Budget.of(400) == Budget()


def test_no_request_beyond_the_budget() -> None:
    made = session(budget=Budget(3))
    for _ in range(3):
        ask(made)
    assert made.left == 0
    with pytest.raises(Stopped, match="requests"):
        ask(made)
    assert len(made.exchanges) == len(made.sender.sent) == 3


def test_a_phase_ends_quietly_when_its_share_is_spent() -> None:
    made = session(budget=Budget(10))
    with made.phase("explore", 2):
        assert made.left == 2
        for _ in range(5):
            ask(made)
    assert len(made.exchanges) == 2
    with made.phase("pairs"):
        assert made.left == 8
        ask(made)
    with made.phase("none", 0):
        ask(made)
    assert len(made.exchanges) == 3
    with made.phase("fuzz", 50):
        assert made.left == 7


def test_a_spent_share_is_told_within_the_phase() -> None:
    made = session()
    with made.phase("x", 0), pytest.raises(PhaseSpent):
        ask(made)
    with made.phase("y"):
        ask(made)


def test_what_undoes_counts_apart() -> None:
    made = session(budget=Budget(3), allow_writes=True)
    ask(made)
    for _ in range(5):
        made.clean(None, Request("PATCH", "/bookings/1"))
    assert made.left == 2
    ask(made)
    ask(made)
    with pytest.raises(Stopped, match="requests"):
        ask(made)
    made.clean(None, Request("PATCH", "/bookings/1"))
    assert len(made.exchanges) == 9


def test_a_last_phase_that_takes_all_that_is_left_ends_quietly() -> None:
    made = session(budget=Budget(3))
    with made.phase("fuzz", made.left):
        for _ in range(5):
            ask(made)
    assert (len(made.exchanges), made.left) == (3, 0)
    with pytest.raises(Stopped, match="requests"):
        ask(made)


def test_no_request_after_the_time_budget() -> None:
    made = session(budget=Budget(10, seconds=0.0))
    with pytest.raises(Stopped, match="time"):
        ask(made)


# Pace


def test_requests_are_kept_apart() -> None:
    slept: list[float] = []
    pace = Pace(5.0, slept.append)
    for _ in range(4):
        pace.wait()
    assert slept == [pytest.approx(n * 0.2, abs=0.15) for n in (1, 2, 3)]
    free = Pace(None, slept.append)
    free.wait()
    assert len(slept) == 3


# 429


def soon(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("wait", "low", "high"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("-5", 0, 0),
        ("2.5", 2.5, 2.5),
        (None, 1, 1),
        ("soon", 1, 1),
        ("", 1, 1),
        ("DATE", 8, 12),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0, 0),
        ("nan", 0, 1),
    ],
)
def test_it_waits_as_long_as_it_is_asked_to(wait: str | None, low: float, high: float) -> None:
    slept: list[float] = []
    asked = soon(11) if wait == "DATE" else wait
    made = session(too_many(asked), FINE, slept=slept)
    assert ask(made).status == 200
    [waited] = slept
    assert low <= waited <= high
    assert [exchange.status for exchange in made.exchanges] == [429, 200]


@pytest.mark.parametrize("wait", ["76", "31536000", "9" * 5000, "inf", "1e400"])
def test_it_does_not_wait_for_ever(wait: str) -> None:
    slept: list[float] = []
    made = session(too_many(wait), FINE, slept=slept)
    with pytest.raises(Stopped, match="rate-limited"):
        ask(made)
    assert slept == []
    assert len(made.exchanges) == 1


def test_it_gives_up_after_three_refusals() -> None:
    slept: list[float] = []
    made = session(too_many(None), slept=slept)
    with pytest.raises(Stopped, match="rate-limited"):
        ask(made)
    assert len(made.exchanges) == 3
    assert slept[:2] == [1, 2]


# No answer, or too large a one


def test_the_third_request_in_a_row_without_answer_stops_the_run() -> None:
    made = session(GONE, GONE, FINE, GONE, GONE, GONE)
    failed = ask(made)
    assert failed.response is None
    assert failed.failure.code == "transport.refused"
    ask(made)
    assert ask(made).status == 200
    ask(made)
    ask(made)
    with pytest.raises(Stopped, match="unreachable"):
        ask(made)
    assert len(made.exchanges) == 6


def test_the_tenth_answer_in_a_row_that_is_too_large_stops_the_run() -> None:
    made = session(*[LARGE] * 9, FINE, LARGE)
    for _ in range(19):
        ask(made)
    with pytest.raises(Stopped, match="volume"):
        ask(made)
    assert len(made.exchanges) == 20


@pytest.mark.parametrize(
    ("body", "cut"),
    [
        (b"x" * (module.ONE_ANSWER + 1), True),
        (b"[" + b"{}," * 100_000 + b"{}]", True),
        (b"[" + b'"{",' * 100_000 + b"0]", True),
        (b"[" * 100_000 + b"]" * 100_000, False),
        (b'{"a":' * 100_000, False),
        (b"[" + b"1," * 100_000 + b"1]", False),
    ],
)
def test_an_answer_that_would_take_too_much_memory_is_cut(body: bytes, cut: bool) -> None:
    made = session(Response(200, body=body))
    response = ask(made).response
    assert response.truncated is cut
    assert response.body == (body[: module.KEPT] if cut else body)


def test_all_answers_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_ANSWERS", 1000)
    made = session(Response(200, body=b'"' + b"x" * 400 + b'"'))
    for _ in range(3):
        ask(made)
    with pytest.raises(Stopped, match="volume"):
        ask(made)


def test_the_same_answer_again_is_kept_and_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_ANSWERS", 2 * module.KEPT)
    same, other = (b'["' + letter * module.KEPT + b'"]' for letter in (b"x", b"y"))
    headers = (("etag", '"1"'),)
    made = session(*[Response(200, body=bytes(bytearray(same)))] * 4, Response(200, headers, same))
    first, *more = (ask(made).response for _ in range(5))
    assert all(one.body is first.body and one.json is first.json for one in more)
    assert more[-1].headers == headers
    made.sender.answers = [Response(200, body=other)] * 2
    assert ask(made).response.json == [other.decode()[2:-2]]
    with pytest.raises(Stopped, match="volume"):
        ask(made)


# Writes, credentials, record


def test_nothing_is_written_unless_it_is_allowed() -> None:
    found = catalogue(find("ocss@1.0-alpha"), "operator")
    writing = replace(found.operations[OPERATION], method="POST")
    writing_catalogue = replace(found, operations={**found.operations, OPERATION: writing})
    made = session(catalogue=writing_catalogue)
    with pytest.raises(MobstdError, match="POST"):
        ask(made)
    assert made.sender.sent == []
    allowed = session(catalogue=writing_catalogue, allow_writes=True)
    assert ask(allowed).request.method == "POST"


@pytest.mark.parametrize(
    ("which", "value"), [("own", KEY), ("none", None), ("wrong", "mobstd-wrong-key")]
)
def test_credentials(which: str, value: str | None) -> None:
    made = session(
        credentials=(("X-API-Key", KEY),),
        wrong_credentials=(("X-API-Key", "mobstd-wrong-key"),),
    )
    exchange = ask(made, credentials=which)
    headers = dict(made.sender.sent[0].headers)
    assert headers.get("X-API-Key") == value
    assert headers["Accept"] == "application/json"
    assert exchange.authenticated is (which == "own")
    assert KEY not in repr(made)


def test_everything_is_recorded_in_order_and_told() -> None:
    heard: list[Any] = []
    made = session(GONE, FINE, listeners=[heard.append], base_path="/v1")
    ask(made, requirement="OCSS-SEARCH-03", negative=True)
    made.ask(OPERATION, {"count": 3, "x-unknown": True}, "fuzz", extra=(("a", "1"), ("a", "2")))
    assert heard == made.exchanges
    assert [exchange.id for exchange in heard] == ["x1", "x2"]
    assert heard[0].requirement == "OCSS-SEARCH-03"
    assert heard[0].negative
    assert heard[1].request.target == "/v1/driver_journeys?count=3&x-unknown=True&a=1&a=2"


def test_values_are_written_as_the_document_says() -> None:
    made = session()
    query = {"departureWeekdays": ["MON", "TUE"], "departureRadius": 2.0}
    exchange = made.ask("getDriverRegularTrips", query, "control")
    assert exchange.query == {"departureWeekdays": "MON,TUE", "departureRadius": "2.0"}


def test_a_path_parameter_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    found = catalogue(find("ocss@1.0-alpha"), "operator")
    known = found.operations[OPERATION]
    placed = [replace(known.parameters[0], name="place", where="path")]
    operation = replace(known, path="/at/{place}", parameters=tuple(placed))
    changed = replace(found, operations={**found.operations, OPERATION: operation})
    made: Session = session(catalogue=changed)
    exchange = made.ask(OPERATION, {"place": "a/b é"}, "control")
    assert exchange.request.path == "/at/a%2Fb%20%C3%A9"
    assert exchange.request.query == ()


def test_an_exchange_is_as_old_as_its_request() -> None:
    answered: list[datetime] = []

    class Noting(Script):
        def send(self, request: Request) -> Response:
            answered.append(datetime.now(UTC))
            return super().send(request)

    made = session()
    made.sender = Noting()
    assert ask(made).at <= answered[0]
