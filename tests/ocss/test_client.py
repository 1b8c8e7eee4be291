"""The clients: typed, tolerant, loud where it matters, silent about persons and secrets."""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import logging
import pickle
import pkgutil
import subprocess
import sys
import typing
import warnings
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

import mobstd
from hostile.server import Hostile, hostile
from mobstd import errors
from mobstd.canon.standard import find
from mobstd.errors import (
    ApiError,
    BadRequest,
    ConfigError,
    MobstdError,
    MobstdWarning,
    OutcomeUnknown,
    RateLimited,
    RefusedDocument,
    ServerError,
    TransportError,
    Unauthorized,
    Unreachable,
    Unreadable,
)
from mobstd.errors import (
    Timeout as TookTooLong,
)
from mobstd.judging.exchange import Request, Response
from mobstd.ocss import v1_0
from mobstd.ocss.generated.v1_0_alpha import client as generated
from mobstd.ocss.generated.v1_0_alpha import errors as named
from mobstd.ocss.generated.v1_0_alpha import models, queries, service
from mobstd.ocss.v1_0 import (
    MAAS_OPERATIONS,
    OPERATOR_OPERATIONS,
    ApiKey,
    AsyncClient,
    BearerToken,
    Client,
    DriverJourneysQuery,
    RequestOptions,
    RetryPolicy,
)
from mobstd.transport import AsyncAsgiSender

QUERY = DriverJourneysQuery(
    departure_lat=45.1915,
    departure_lng=5.7145,
    arrival_lat=45.3659,
    arrival_lng=5.5906,
    departure_date=datetime(2026, 12, 1, 8, tzinfo=UTC),
    count=2,
)
EXAMPLE = json.loads(
    (find("ocss@1.0-alpha").folder / "examples/valid/driver-journey/full.json").read_text("utf-8")
)
SOON = RetryPolicy(first=0, most=0)


class Fake:
    """A sender with prepared outcomes; it remembers what it was given. Sync and async."""

    def __init__(self, *outcomes: Response | TransportError | Any) -> None:
        self.outcomes = list(outcomes)
        self.requests: list[Request] = []
        self.timeouts: list[float | None] = []
        self.closed = 0

    def next(self, request: Request, timeout: float | None) -> Response:
        self.requests.append(request)
        self.timeouts.append(timeout)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome if isinstance(outcome, Response) else answer(outcome)


class SyncFake(Fake):
    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        return self.next(request, timeout)

    def close(self) -> None:
        self.closed += 1


class AsyncFake(Fake):
    async def send(self, request: Request, *, timeout: float | None = None) -> Response:
        return self.next(request, timeout)

    async def aclose(self) -> None:
        self.closed += 1


def answer(value: Any, status: int = 200, *headers: tuple[str, str]) -> Response:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Response(status, (("Content-Type", "application/json"), *headers), body)


class Caller:
    """Drives either client with the same words."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(
        self, *outcomes: Any, raw: bool = False, to: str = "get_driver_journeys", **options: Any
    ) -> tuple[Any, Fake]:
        given = options.pop("options", None)
        arguments = {} if to == "get_status" else {"query": options.pop("query", QUERY)}
        if self.kind == "sync":
            sender: Fake = SyncFake(*outcomes)
            with Client(sender=sender, **options) as client:
                self.method: Any = getattr(client.raw if raw else client, to)
                return self.method(**arguments, options=given), sender
        sender = AsyncFake(*outcomes)

        async def call() -> Any:
            async with AsyncClient(sender=sender, **options) as client:
                return await getattr(client.raw if raw else client, to)(**arguments, options=given)

        return asyncio.run(call()), sender


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param)


def test_a_search(call: Caller) -> None:
    found, sender = call([EXAMPLE, EXAMPLE], base_url="https://partner.example/v1/")
    assert [journey.id for journey in found] == [EXAMPLE["id"]] * 2
    assert found.problems == ()
    assert found.response.status == 200
    assert (sender.requests[0].method, sender.requests[0].path) == ("GET", "/v1/driver_journeys")
    assert sender.requests[0].query == QUERY.to_pairs()
    assert dict(sender.requests[0].headers) == {"Accept": "application/json"}
    assert sender.closed == 1
    assert call(b"", to="get_status")[0] is None


def test_an_imperfect_answer_warns_and_loses_nothing(call: Caller) -> None:
    lax = {**EXAMPLE, "driver": {**EXAMPLE["driver"], "grade": "very good", "alias": "Secretname"}}
    unreadable = {"driver": {"alias": "Secretname"}}
    with pytest.warns(MobstdWarning, match=r"getDriverJourneys.*ocss@1.0-alpha") as caught:
        found, _ = call([EXAMPLE, lax, unreadable, 7])
    assert [journey.id for journey in found] == [EXAMPLE["id"]] * 2
    assert found[1].driver.grade is None
    assert found[1].driver.unread == {"grade": "very good"}
    paths = {(problem.path, problem.keyword) for problem in found.problems}
    assert ((1, "driver", "grade"), "type") in paths
    assert ((2,), "required") in paths
    assert ((3,), "type") in paths
    assert found.response.response.json == [EXAMPLE, lax, unreadable, 7]
    assert "Secretname" not in f"{found.problems}{found!r}{found.response!r}"
    assert all("Secretname" not in str(warning.message) for warning in caught)
    assert caught[0].filename == __file__


def test_strict_raises_instead(call: Caller) -> None:
    wrong = {**EXAMPLE, "availableSeats": "three"}
    with pytest.raises(RefusedDocument) as caught:
        call([EXAMPLE, wrong], strict=True)
    assert caught.value.code == "client.answer-refused"
    assert caught.value.problems[0].path == (1, "availableSeats")
    client = Client(sender=SyncFake([wrong]))
    with pytest.raises(RefusedDocument):
        client.strict().get_driver_journeys(QUERY)
    with pytest.raises(RefusedDocument):
        client.with_options(strict=True).get_driver_journeys(QUERY)
    with pytest.warns(MobstdWarning):
        client.get_driver_journeys(QUERY)


def test_raw_gives_any_status(call: Caller) -> None:
    response, _ = call(answer({"error": "no"}, 418, ("X-Id", "7")), raw=True)
    assert (response.status, response.header("x-id")) == (418, "7")
    assert response.body == b'{"error": "no"}'
    assert ("X-Id", "7") in response.headers
    with pytest.raises(ApiError):
        response.parse()
    good, _ = call([EXAMPLE], raw=True)
    assert good.parse()[0].id == EXAMPLE["id"]
    assert pickle.loads(pickle.dumps(good)).parse() == good.parse()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (409, errors.Conflict),
        (429, RateLimited),
        (500, ServerError),
        (599, ServerError),
        (302, ApiError),
        (418, ApiError),
        (999, ServerError),
        (199, ApiError),
    ],
)
def test_error_statuses(status: int, kind: type[ApiError], call: Caller) -> None:
    refused = answer({"error": "departureLat"}, status, ("Retry-After", "7"))
    with pytest.raises(ApiError) as caught:
        call(refused, retry=RetryPolicy(retries=0))
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.operation) == (status, "getDriverJourneys")
    assert error.body == b'{"error": "departureLat"}'
    assert (error.problem, error.retry_after) == ({"error": "departureLat"}, 7.0)
    assert "getDriverJourneys" in error.text("en")
    assert "getDriverJourneys" in error.text("fr")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>", "client.not-json"),
        (b"", "client.not-json"),
        (b"\xff", "client.not-json"),
        (b"[" * 5000, "client.not-json"),
        (b"{}", "client.not-a-list"),
        (b"null", "client.not-a-list"),
    ],
)
def test_answers_of_another_kind(body: bytes, code: str, call: Caller) -> None:
    with pytest.raises(MobstdError) as caught:
        call(answer(body))
    assert caught.value.code == code
    assert caught.value.diagnostics("fr")
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.body == body
    assert "html" not in f"{error} {error!r}"


def test_a_truncated_answer_is_an_error(call: Caller) -> None:
    with pytest.raises(Unreadable) as caught:
        call(Response(200, (), b"[", truncated=True))
    assert caught.value.code == "client.truncated"


def test_what_is_sent_is_judged_first(call: Caller) -> None:
    wrong = copy.copy(QUERY)
    wrong.__dict__["count"] = "many"
    with pytest.raises(RefusedDocument) as caught:
        call([], query=wrong)
    assert caught.value.code == "client.request-refused"
    assert caught.value.problems[0].path == ("count",)
    _, sender = call([], query=wrong, validate=False)
    assert ("count", "many") in sender.requests[0].query


def test_retries(call: Caller) -> None:
    found, sender = call(answer(b"", 503), Unreachable("transport.refused"), [EXAMPLE], retry=SOON)
    assert (len(found), len(sender.requests)) == (1, 3)
    with pytest.raises(ServerError):
        call(answer(b"", 503), retry=SOON)
    with pytest.raises(TookTooLong):
        call(TookTooLong("transport.timeout", operation="x", host="h", seconds=1), retry=SOON)
    _, sender = call(answer(b"", 503), [EXAMPLE], options=RequestOptions(retry=SOON))
    assert len(sender.requests) == 2


def test_a_retry_after_beyond_the_limit_is_handed_on(call: Caller) -> None:
    with pytest.raises(RateLimited) as caught:
        call(answer(b"", 429, ("Retry-After", "31536000")))
    assert caught.value.retry_after == 31536000


def test_a_write_is_sent_once() -> None:
    endpoint = service.Endpoint(
        "bookIt", "ocss@1.0-alpha", "operator", "POST", "/bookings", "book_it"
    )
    sender = SyncFake(TookTooLong("transport.timeout", operation="x", host="h", seconds=1))
    with pytest.raises(OutcomeUnknown) as caught:
        Client(sender=sender, retry=SOON).call(endpoint)
    assert (len(sender.requests), caught.value.params["operation"]) == (1, "bookIt")
    sender = SyncFake(Unreachable("transport.refused", operation="x", host="h"))
    with pytest.raises(Unreachable):
        Client(sender=sender, retry=SOON).call(endpoint)
    assert len(sender.requests) == 1


def test_credentials_headers_and_hooks(call: Caller) -> None:
    seen: list[Any] = []

    def before(request: Request) -> Request:
        seen.append(request)
        return Request(
            request.method, request.path, request.query, (*request.headers, ("X-Trace", "1"))
        )

    def after(request: Request, response: Response) -> None:
        seen.append((request, response.status))

    _, sender = call(
        answer(b"", 503),
        [EXAMPLE],
        auth=ApiKey("X-API-Key", "s3cret"),
        headers={"X-App": "a"},
        on_request=before,
        on_response=after,
        retry=SOON,
        options=RequestOptions(timeout=3, headers={"X-Call": "c"}),
    )
    sent = dict(sender.requests[0].headers)
    assert sent == {
        "Accept": "application/json",
        "X-App": "a",
        "X-Call": "c",
        "X-Trace": "1",
        "X-API-Key": "s3cret",
    }
    assert sender.timeouts == [3, 3]
    assert [one[1] for one in seen if isinstance(one, tuple)] == [503, 200]
    assert all("s3cret" not in str(vars(one)) for one in seen if isinstance(one, Request))


def test_tokens_are_asked_for_before_each_attempt(call: Caller) -> None:
    tokens = iter("ab")
    _, sender = call(
        answer(b"", 503), [EXAMPLE], auth=BearerToken(lambda: next(tokens)), retry=SOON
    )
    sent = [dict(request.headers)["Authorization"] for request in sender.requests]
    assert sent == ["Bearer a", "Bearer b"]


def test_an_async_client_awaits_its_provider() -> None:
    async def provider(request: Request) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"X-Key": request.path}

    _, sender = Caller("async")([EXAMPLE], auth=provider)
    assert ("X-Key", "/driver_journeys") in sender.requests[0].headers


def test_an_async_client_awaits_its_hooks() -> None:
    seen: list[int] = []

    async def before(request: Request) -> Request:
        await asyncio.sleep(0)
        return Request(request.method, "/elsewhere", request.query, request.headers)

    async def after(request: Request, response: Response) -> None:
        await asyncio.sleep(0)
        seen.append(response.status)

    _, sender = Caller("async")([EXAMPLE], on_request=before, on_response=after)
    assert (sender.requests[0].path, seen) == ("/elsewhere", [200])


async def _async_hook(*_: Any) -> None:
    """What a waiting client cannot await."""


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(
    "hooks",
    [{"on_request": lambda _: "x"}, {"on_request": _async_hook}, {"on_response": _async_hook}],
)
def test_hooks_that_return_something_else(hooks: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="The hook on_re"):
        Caller("sync")([EXAMPLE], **hooks)


def test_a_provider_that_fails_is_not_the_partner_that_fails(call: Caller) -> None:
    asked: list[Request] = []

    def provider(request: Request) -> dict[str, str]:
        asked.append(request)
        raise Unreachable("transport.refused", operation="POST /token", host="tokens")

    with pytest.raises(Unreachable):
        call([EXAMPLE], auth=provider, retry=SOON)
    assert len(asked) == 1


def test_a_sender_of_ones_own_is_told_time_and_product(call: Caller) -> None:
    _, sender = call([EXAMPLE], timeout=3, user_agent="planner/2.1")
    assert sender.timeouts == [3]
    assert dict(sender.requests[0].headers)["User-Agent"].endswith(" planner/2.1")
    _, sender = call([EXAMPLE])
    assert sender.timeouts == [None]
    with pytest.raises(ConfigError, match="not a positive"):
        call([EXAMPLE], timeout=-1)


def test_none_is_not_sent(call: Caller) -> None:
    _, sender = call([], query=QUERY.model_copy(update={"count": None}))
    assert "count" not in dict(sender.requests[0].query)


def test_copies_share_connections_and_do_not_close_them() -> None:
    sender = SyncFake([EXAMPLE])
    client = Client(sender=sender, headers={"A": "1"})
    with client.with_options(headers={"B": "2"}, timeout=2.5) as other:
        other.get_driver_journeys(QUERY)
        other.raw.get_driver_journeys(QUERY)
    client.raw.get_driver_journeys(QUERY)
    assert [r.headers[1:] for r in sender.requests] == [(("A", "1"), ("B", "2"))] * 2 + [
        (("A", "1"),)
    ]
    assert sender.timeouts == [2.5, 2.5, None]
    assert sender.closed == 0


def test_no_secret_and_no_person_in_reprs_and_logs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Hostile("html")
    key = ApiKey("X-API-Key", "s3cret")
    with server as url, Client(base_url=url, auth=key, headers={"X-Other": "s3cret"}) as client:
        shown = [repr(client), repr(client.with_options()), repr(key), repr(client.raw)]
        with pytest.raises(Unreadable) as caught:
            client.get_driver_journeys(QUERY)
    options = RequestOptions(headers={"X-Other": "s3cret"})
    shown += [caplog.text, str(caught.value), repr(caught.value), repr(options)]
    assert b"s3cret" in server.requests[0]
    assert "/driver_journeys?departureLat" in caplog.text
    for text in shown:
        assert "s3cret" not in text
        assert "45.1915" not in text


def test_over_the_network() -> None:
    server = Hostile("error-500", after=1)
    with server as url, Client(base_url=f"{url}/v1", user_agent="planner/2.1") as client:
        assert client.get_driver_journeys(QUERY) == []
        with pytest.raises(ServerError):
            client.get_status(RequestOptions(retry=RetryPolicy(retries=0)))
    assert server.requests[0].startswith(b"GET /v1/driver_journeys?departureLat=45.1915&")
    assert f"User-Agent: mobstd/{mobstd.__version__} planner/2.1".encode() in server.requests[0]

    async def call(url: str) -> int:
        async with AsyncClient(base_url=url) as client:
            return len(await client.get_driver_journeys(QUERY))

    with Hostile("html", after=1) as url:
        assert asyncio.run(call(url)) == 0


def test_a_body_over_the_limit_is_an_error_over_the_network() -> None:
    with (
        hostile("huge") as url,
        Client(base_url=url, max_body=1000) as client,
        pytest.raises(Unreadable) as caught,
    ):
        client.get_driver_journeys(QUERY)
    assert caught.value.code == "client.truncated"


def test_against_an_app_in_process() -> None:
    from mobstd.serving import app

    class Operator(v1_0.OperatorService):
        async def get_driver_journeys(self, query: DriverJourneysQuery) -> list[v1_0.DriverJourney]:
            assert query.departure_date == QUERY.departure_date
            assert query.time_delta == 900
            return [v1_0.DriverJourney.read(EXAMPLE)][: query.count]

    async def call() -> Any:
        sender = AsyncAsgiSender(app(Operator(), "ocss@1.0-alpha", "operator"))
        async with sender, AsyncClient(sender=sender, strict=True) as client:
            with pytest.raises(errors.NotFound):
                await client.get_status()
            return await client.get_driver_journeys(QUERY)

    (journey,) = asyncio.run(call())
    assert journey.dump() == EXAMPLE


@pytest.mark.parametrize("wrong", ["", "partner.example", "ftp://x"])
def test_base_urls(wrong: str) -> None:
    for kind in (Client, AsyncClient):
        with pytest.raises(ConfigError):
            kind(base_url=wrong)


PAIRS = [
    (generated.OperatorClient, generated.AsyncOperatorClient),
    (generated.RawOperatorClient, generated.AsyncRawOperatorClient),
]


@pytest.mark.parametrize(("sync", "awaited"), PAIRS)
def test_sync_and_async_have_the_same_signatures(sync: type, awaited: type) -> None:
    renamed = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}
    one = {renamed.get(name, name): f for name, f in inspect.getmembers(sync, callable)}
    other = dict(inspect.getmembers(awaited, callable))
    assert {n for n in one if not n.startswith("_")} == {n for n in other if not n.startswith("_")}
    for name in one:
        if name.startswith("_") and name != "__init__":
            continue
        theirs, ours = inspect.signature(other[name]), inspect.signature(one[name])
        assert str(theirs).replace("Async", "") == str(ours), name
        assert inspect.getdoc(other[name]) == inspect.getdoc(one[name]) or name in (
            "__init__",
            "aclose",
        )
        if sync is generated.RawOperatorClient and name != "__init__":
            assert inspect.iscoroutinefunction(other[name])


def public_modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(mobstd.__path__, "mobstd."):
        if module.name.startswith(("mobstd.transport", "mobstd.ocss.v1", "mobstd.ocss.generated")):
            yield module.name


@pytest.mark.parametrize("name", [*public_modules()])
def test_no_type_of_the_http_library_in_a_public_signature(name: str) -> None:
    module = __import__(name, fromlist=["*"])
    for attribute in getattr(module, "__all__", ()):
        thing = getattr(module, attribute)
        for shown in signatures(thing):
            assert "httpx" not in shown, f"{name}.{attribute}"
            assert "httpcore" not in shown, f"{name}.{attribute}"


def signatures(thing: Any) -> Iterator[str]:
    if inspect.isclass(thing):
        for attribute, member in inspect.getmembers(thing):
            if not attribute.startswith("_") or attribute == "__init__":
                yield from signatures(member)
    elif callable(thing) and inspect.isroutine(thing):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                yield str(typing.get_type_hints(thing, include_extras=True))
                yield str(inspect.signature(thing))
            except (NameError, TypeError, ValueError, AttributeError):
                yield str(getattr(thing, "__annotations__", ""))


def all_errors() -> list[type[MobstdError]]:
    found = [getattr(errors, name) for name in errors.__all__]
    return [kind for kind in found if issubclass(kind, MobstdError)]


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_exception_survives_pickling(kind: type[MobstdError]) -> None:
    make: Callable[..., MobstdError] = kind
    if issubclass(kind, ApiError):
        error = make(status=429, operation="getStatus", body=b"x", problem={"a": 1}, retry_after=2)
    elif issubclass(kind, RefusedDocument):
        error = make("models.unreadable", ({"path": "/a"},), model="Price", where="/a")
    else:
        error = make("transport.timeout", operation="GET /x", host="h", seconds=1.0)
    error.add_note("seen by a worker")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is kind
        assert vars(again) == vars(error)
        assert (str(again), again.args, again.exit_code) == (
            str(error),
            error.args,
            error.exit_code,
        )


def other_exceptions() -> Iterator[type[Exception]]:
    """Exceptions of any room that are not in the tree of ``mobstd.errors``."""
    for module in pkgutil.walk_packages(mobstd.__path__, "mobstd."):
        if module.name.endswith(("__main__", "pytest_plugin")):
            continue
        for thing in vars(__import__(module.name, fromlist=["*"])).values():
            ours = getattr(thing, "__module__", "") == module.name != "mobstd.errors"
            if ours and inspect.isclass(thing) and issubclass(thing, Exception):
                yield thing


@pytest.mark.parametrize("kind", [*other_exceptions()], ids=lambda kind: kind.__name__)
def test_the_other_exceptions_survive_pickling_too(kind: type[Exception]) -> None:
    samples: dict[str, Any] = {"str": "a", "int": 404, "bool": True, "float": 1.5}
    arguments = []
    if issubclass(kind, MobstdError) and "__init__" not in vars(kind):
        arguments = ["transport.refused"]
    elif "__init__" in vars(kind):
        for parameter in [*inspect.signature(kind).parameters.values()]:
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                named = str(parameter.annotation).partition(" ")[0]
                arguments.append(samples.get(named, "a"))
    required = {
        parameter.name: samples.get(str(parameter.annotation), "a")
        for parameter in inspect.signature(kind.__init__).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    }
    error = kind(*arguments, **required)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (kind, str(error), vars(error))


def test_importing_a_version_loads_no_network_and_no_canon() -> None:
    code = "import sys, mobstd.ocss.v1_0; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"anyio", "httpcore", "httpx", "jsonschema", "jsonschema_rs", "yaml"}
    assert "mobstd.canon.openapi" not in done.stdout


def test_answers_survive_pickling(call: Caller) -> None:
    found, _ = call([EXAMPLE, EXAMPLE])
    again = pickle.loads(pickle.dumps(found))
    assert (type(again), list(again), again.problems) == (type(found), list(found), ())
    assert again.response.response.body == found.response.response.body


def test_the_facade_has_all_that_is_generated() -> None:
    renamed = {"OperatorClient": "Client", "AsyncOperatorClient": "AsyncClient"}
    for module in (models, queries, service, named):
        assert set(module.__all__) - {"ERRORS"} <= set(v1_0.__all__)
    for ours, theirs in renamed.items():
        assert getattr(generated, ours) is getattr(v1_0, theirs)
    assert v1_0.__all__ == sorted(v1_0.__all__, key=lambda n: (not n.isupper(), n))
    assert set(OPERATOR_OPERATIONS) == {
        "getDriverJourneys",
        "getDriverRegularTrips",
        "getPassengerJourneys",
        "getPassengerRegularTrips",
        "postBookings",
        "patchBookings",
        "getBookings",
        "postMessages",
        "getStatus",
    }
    assert set(MAAS_OPERATIONS) == {"postBookingEvents", "patchBookings", "postMessages"}


def test_methods_are_awaitable_or_not() -> None:
    hints = typing.get_type_hints(AsyncClient.get_status)
    assert hints["return"] is type(None)
    assert inspect.iscoroutinefunction(AsyncClient.get_driver_journeys)
    assert not isinstance(Client.get_status, Awaitable)
