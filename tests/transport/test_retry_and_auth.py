"""What is tried again and after how long; and that credentials go out but never show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mobstd.errors import (
    ConfigError,
    MobstdError,
    RedirectRefused,
    Timeout,
    TransportError,
    Unreachable,
    Unreadable,
)
from mobstd.judging.exchange import Request, Response
from mobstd.transport import ApiKey, BearerToken, RetryPolicy
from mobstd.transport.auth import authenticated
from mobstd.transport.retry import NEVER, retry_after

GET = Request("GET", "/x")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def answer(status: int, after: str | None = None) -> Response:
    return Response(status, () if after is None else (("Retry-After", after),))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_statuses_that_pass_are_tried_again(status: int) -> None:
    assert RetryPolicy().wait(1, GET, answer(status), draw=1) == 0.5


@pytest.mark.parametrize("status", [200, 301, 400, 401, 404, 409, 501, 999])
def test_statuses_that_stay_are_not(status: int) -> None:
    assert RetryPolicy().wait(1, GET, answer(status)) is None


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_is_never_sent_again(method: str) -> None:
    for outcome in (answer(503), answer(429, "1"), Unreachable("transport.refused")):
        assert RetryPolicy().wait(1, Request(method, "/x"), outcome) is None


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Unreachable("transport.refused"), True),
        (Unreachable("transport.dns"), True),
        (Unreachable("transport.certificate"), False),
        (Timeout("transport.timeout"), True),
        (Unreadable("transport.disconnected"), True),
        (Unreadable("transport.not-http"), False),
        (RedirectRefused("transport.redirect-loop"), False),
    ],
)
def test_failures_that_may_pass(error: TransportError, again: bool) -> None:
    assert (RetryPolicy().wait(1, GET, error) is not None) == again


def test_waits_double_up_to_a_ceiling_and_are_drawn() -> None:
    policy = RetryPolicy(retries=100)
    waits = [policy.wait(attempt, GET, answer(503), draw=1) for attempt in (1, 2, 3, 5, 6, 100)]
    assert waits == [0.5, 1, 2, 8, 8, 8]
    drawn = {policy.wait(1, GET, answer(503)) for _ in range(50)}
    assert len(drawn) > 40
    assert all(0 <= wait <= 0.5 for wait in drawn if wait is not None)


def test_retries_end() -> None:
    assert RetryPolicy().wait(2, GET, answer(503)) is not None
    assert RetryPolicy().wait(3, GET, answer(503)) is None
    assert NEVER.wait(1, GET, answer(503)) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7.5 ", 7.5),
        ("Sun, 22 Nov 2026 10:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("Sunday, 22-Nov-26 10:00:10 GMT", 10.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("9" * 5000, None),
        ("Sun, 99 Nov 2026 10:00:30 GMT", None),
        ("Sun, 22 Nov 99999999999 10:00:30 GMT", None),
    ],
)
def test_retry_after_counts_seconds_or_names_a_date(value: str, seconds: float | None) -> None:
    assert retry_after(answer(429, value), NOW) == seconds


def test_retry_after_is_waited_for_up_to_a_limit() -> None:
    policy = RetryPolicy()
    assert policy.wait(1, GET, answer(429, "60")) == 60
    assert policy.wait(1, GET, answer(429, "61")) is None
    assert policy.wait(1, GET, answer(503, "Sun, 22 Nov 2026 10:00:20 GMT"), now=NOW) == 20


@pytest.mark.parametrize("value", [-1, float("inf"), float("nan")])
def test_policies_that_make_no_sense(value: float) -> None:
    with pytest.raises(ConfigError):
        RetryPolicy(first=value)


def test_credentials_go_out_and_never_show() -> None:
    tokens = iter(["one-secret", "two-secret"])
    key, fixed, moving = (
        ApiKey("X-Key", "a-secret"),
        BearerToken("b-secret"),
        BearerToken(lambda: next(tokens)),
    )
    assert authenticated(GET, key(GET)).headers == (("X-Key", "a-secret"),)
    assert authenticated(GET, fixed(GET)).headers == (("Authorization", "Bearer b-secret"),)
    first, second = authenticated(GET, moving(GET)), authenticated(GET, moving(GET))
    assert (first.headers[0][1], second.headers[0][1]) == ("Bearer one-secret", "Bearer two-secret")
    for shown in (key, fixed, moving, first):
        assert "secret" not in repr(shown)


def test_a_provider_replaces_headers_of_the_same_name() -> None:
    request = Request("GET", "/x", headers=(("x-key", "old"), ("Accept", "*/*")))
    assert authenticated(request, {"X-Key": "new"}).headers == (("Accept", "*/*"), ("X-Key", "new"))
    assert authenticated(request, GET) is GET


@pytest.mark.parametrize("value", ["", "a-secret\n", "a\r\nHost: x"])
def test_credentials_that_no_header_can_carry(value: str) -> None:
    with pytest.raises(MobstdError) as caught:
        ApiKey("X-Key", value)
    assert "a-secret" not in str(caught.value)
    with pytest.raises(ConfigError):
        BearerToken(lambda: value)(GET)


@pytest.mark.parametrize("wrong", [None, "token", 3, ["a"]])
def test_providers_that_return_something_else(wrong: object) -> None:
    with pytest.raises(ConfigError):
        authenticated(GET, wrong)
