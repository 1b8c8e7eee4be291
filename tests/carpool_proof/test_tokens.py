"""A token is asked for seldom, by one caller at a time, and seen by nobody."""

from __future__ import annotations

import logging
import pickle
import threading
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from mobstd.carpool_proof.limits import limits
from mobstd.carpool_proof.sending.pace import Pace
from mobstd.carpool_proof.tokens import AsyncTokens, NoToken, Tokens
from mobstd.carpool_proof.v3_4 import AsyncClient, Client
from mobstd.errors import Forbidden, MobstdError, MobstdWarning, Unauthorized, UnknownName
from mobstd.judging.exchange import Response

from .registry import KEYS, URL, AsyncLine, Line, Lost, Registry, journey, jwt


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 50.0, list[float]()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def registry() -> Registry:
    return Registry()


def tokens(registry: Registry, clock: Clock, **options: Any) -> Tokens:
    line = options.pop("sender", None) or Line(registry)
    return Tokens(URL, *KEYS, sender=line, clock=clock, sleep=clock.sleep, **options)


def test_a_token_is_kept_until_shortly_before_it_ends(registry: Registry) -> None:
    clock = Clock()
    provider = tokens(registry, clock)
    first = provider.token()
    clock.now += 269.9
    assert provider.token() == first
    clock.now += 0.2  # 30 s before its end
    assert provider.token() != first
    assert len(registry.tokens) == 2


@pytest.mark.parametrize(
    ("token", "serves"),
    [(jwt(0, 60), 45), (jwt(0, 600), 570), ("opaque", 270), ("e30.bm9wZQ.x", 270)],
)
def test_how_long_is_read_in_the_token_itself(token: str, serves: int) -> None:
    clock, registry = Clock(), Registry()
    registry.fails = lambda method, name, before: (201, {}, {"access_token": token})
    provider = tokens(registry, clock)
    provider.token()
    clock.now += serves - 0.1
    provider.token()
    assert len(registry.asked) == 1
    clock.now += 0.2
    provider.token()
    assert len(registry.asked) == 2


@pytest.mark.parametrize(("rules", "most"), [("2025-08", 5), ("2026-07", 20)])
def test_the_limit_of_the_route_is_a_datum_and_is_kept(rules: str, most: int) -> None:
    clock, registry = Clock(), Registry()
    registry.fails = lambda method, name, before: (201, {}, {"access_token": jwt(0, 4)})
    provider = tokens(registry, clock, rules=rules)
    for _ in range(most):
        provider.token()
        clock.now += 3.0 if most < 10 else 1.0
        provider._shelf.until = 0.0
    assert clock.slept == []
    spent = clock.now - 50.0
    provider.token()
    assert sum(clock.slept) == pytest.approx(60.0 - spent)
    assert limits(rules).token_requests == most


def test_too_many_requests_of_other_processes_are_waited_for(registry: Registry) -> None:
    clock = Clock()
    answers = [(429, {"retry-after": "17"}, {}), (429, {}, {}), None]
    registry.fails = lambda method, name, before: answers.pop(0) if before else None
    assert tokens(registry, clock).token() == registry.tokens[0]
    assert clock.slept == [17.0, 1.0]


def test_but_not_for_ever(registry: Registry) -> None:
    clock = Clock()
    registry.fails = lambda method, name, before: (429, {"retry-after": "60"}, {})
    with pytest.raises(NoToken) as raised:
        tokens(registry, clock, patience=90).token()
    assert clock.slept == [60.0]
    assert raised.value.code == "sending.no-token-soon"


def test_threads_that_come_together_wait_for_one_request(registry: Registry) -> None:
    gate, first, seen = threading.Event(), threading.Event(), []

    class Slow(Line):
        def send(self, *args: Any, **options: Any) -> Response:
            first.set()
            assert gate.wait(60)
            return super().send(*args, **options)

    provider = tokens(registry, Clock(), sender=Slow(registry))
    threads = [threading.Thread(target=lambda: seen.append(provider.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert first.wait(60)
    gate.set()
    for thread in threads:
        thread.join()
    assert seen == registry.tokens * 8


def test_and_share_its_failure(registry: Registry) -> None:
    clock = Clock()
    seen: list[str] = []

    def call() -> None:
        try:
            provider.token()
        except MobstdError as error:
            seen.append(error.code)

    registry.fails = lambda method, name, before: (503, {}, {})
    provider = tokens(registry, clock)
    waiting = threading.Thread(target=call)
    with provider._lock:  # as if another's request were under way
        waiting.start()
        provider._shelf.failed = (clock.now, NoToken("sending.no-token", because="HTTP 503"))
    waiting.join()
    assert seen == ["sending.no-token"]
    assert registry.asked == []
    clock.now += 1
    with pytest.raises(NoToken):
        provider.token()
    assert len(registry.asked) == 1


def test_tasks_that_come_together_wait_for_one_request(registry: Registry) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        class Slow(AsyncLine):
            async def send(self, *args: Any, **options: Any) -> Response:
                await anyio.sleep(0)
                return await super().send(*args, **options)

        async with AsyncTokens(URL, *KEYS, sender=Slow(registry)) as provider:

            async def call() -> None:
                seen.append(await provider.token())

            async with anyio.create_task_group() as group:
                for _ in range(8):
                    group.start_soon(call)
        return seen

    assert anyio.run(main) == registry.tokens * 8
    assert len(registry.tokens) == 1


def test_a_revoked_token_is_renewed_once(registry: Registry) -> None:
    provider = tokens(registry, Clock())
    client = Client(URL, auth=provider, sender=Line(registry))
    client.create_journey(_typed("j1"))
    registry.revoked.add(registry.tokens[0])
    client.create_journey(_typed("j2"))
    assert list(registry.stored) == ["j1", "j2"]
    assert len(registry.tokens) == 2
    registry.revoked = set(registry.tokens) | {jwt(2)}
    with pytest.raises(Unauthorized):
        client.create_journey(_typed("j3"))
    assert len(registry.tokens) == 3
    assert [path for _, path in registry.asked].count("/journeys") == 5


def test_a_revoked_token_is_renewed_once_awaited(registry: Registry) -> None:
    async def main() -> None:
        async with AsyncTokens(URL, *KEYS, sender=AsyncLine(registry)) as provider:
            client = AsyncClient(URL, auth=provider, sender=AsyncLine(registry))
            await client.create_journey(_typed("j1"))
            registry.revoked.add(registry.tokens[0])
            await client.create_journey(_typed("j2"))

    anyio.run(main)
    assert list(registry.stored) == ["j1", "j2"]
    assert len(registry.tokens) == 2


def test_another_callers_renewal_serves_too(registry: Registry) -> None:
    clock = Clock()
    provider = tokens(registry, clock)
    old = Client(URL, auth=provider, sender=Line(registry))._signed(_request())
    assert provider.renew(old)
    provider.token()
    assert provider.renew(old)
    provider.token()
    assert len(registry.tokens) == 2


def test_wrong_keys_are_told_and_not_shown(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "never-to-be-seen"

    def echo(method: str, name: str, before: bool) -> Any:
        return 401, {}, {"error": {"code": -32501, "message": f"{secret} {KEYS[0]}"}}

    registry.fails = echo
    provider = Tokens(URL, KEYS[0], secret, sender=Line(registry))
    client = Client(URL, auth=provider, sender=Line(registry))
    with pytest.raises(Unauthorized) as raised:
        client.get_journey("j1")
    registry.fails = lambda method, name, before: (403, {}, {"error": secret})
    with pytest.raises(Forbidden) as other:
        provider.token()
    registry.fails = lambda method, name, before: (201, {}, {"access_token": 7, "said": secret})
    with pytest.raises(NoToken) as unread, pytest.warns(MobstdWarning) as warned:
        provider.token()
    shown = repr((provider, provider._shelf, client, provider._keys)) + caplog.text
    shown += repr([str(one.message) for one in warned])
    for error in (raised.value, other.value, unread.value):
        shown += repr(error) + str(error) + error.text("fr") + repr(vars(error))
        shown += repr(pickle.dumps(error)) + repr(error.__cause__)
    assert secret not in shown


def test_a_token_is_not_shown(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    provider = tokens(registry, Clock())
    client = Client(URL, auth=provider, sender=Line(registry))
    client.create_journey(_typed("j1"))
    shown = repr((provider, provider._shelf, client)) + caplog.text
    assert registry.tokens[0] not in shown


def test_no_token_says_that_nothing_was_sent(registry: Registry) -> None:
    def lost(method: str, name: str, before: bool) -> Any:
        raise Lost

    registry.fails = lost
    with pytest.raises(NoToken) as raised:
        tokens(registry, Clock()).token()
    assert raised.value.params == {"because": "transport.outcome-unknown"}


def test_rules_that_are_not_there() -> None:
    with pytest.raises(UnknownName, match="2025-08, 2026-07"):
        limits("1999")


# -- the registry's pace ---------------------------------------------------------------------------


def _said(status: int = 201, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, tuple(named.items()))


def test_what_remains_is_counted_down_to_the_end_of_the_window() -> None:
    clock = Clock()
    pace = Pace(clock, lambda: 1_800_000_000.0)
    assert pace.ask() == 0
    pace.heard(_said(X_RateLimit_Remaining="2", X_RateLimit_Reset="1800000030"))
    assert [pace.ask(), pace.ask()] == [0, 0]
    assert pace.ask() == 30
    clock.now += 29
    assert pace.ask() == 1
    clock.now += 1
    assert pace.ask() == 0


def test_what_is_under_way_counts_too() -> None:
    pace = Pace(Clock(), lambda: 1_800_000_000.0)
    assert [pace.ask() for _ in range(4)] == [0, 0, 0, 0]
    pace.heard(_said(RateLimit_Remaining="3", RateLimit_Reset="12"))
    assert pace.ask() == 12


def test_the_registrys_own_clock_counts() -> None:
    pace = Pace(Clock(), lambda: 0.0)
    now = datetime(2026, 9, 14, 6, tzinfo=UTC)
    date = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    pace.heard(
        _said(X_RateLimit_Remaining="0", X_RateLimit_Reset=str(int(now.timestamp()) + 7), Date=date)
    )
    assert pace.ask() == 7


@pytest.mark.parametrize(
    ("response", "seconds"),
    [
        (_said(429, Retry_After="40"), 40),
        (_said(503, Retry_After="9"), 9),
        (_said(429), 1),
        (_said(429, X_RateLimit_Reset="1800000005"), 5),
        (_said(503), 0),
        (_said(201, X_RateLimit_Remaining="0"), 0),
        (_said(201, X_RateLimit_Remaining="0", X_RateLimit_Reset="1800000000000"), 0),
        (_said(201, X_RateLimit_Remaining="-1", X_RateLimit_Reset="soon"), 0),
        (None, 0),
    ],
)
def test_when_the_next_may_leave(response: Response | None, seconds: float) -> None:
    pace = Pace(Clock(), lambda: 1_800_000_000.0)
    assert pace.ask() == 0
    pace.heard(response)
    assert pace.ask() == seconds


def _typed(name: str) -> Any:
    from mobstd.carpool_proof.v3_4 import Journey

    return Journey.read(journey(name))


def _request() -> Any:
    from mobstd.judging.exchange import Request

    return Request("GET", "/v3.4/journeys/j1")
