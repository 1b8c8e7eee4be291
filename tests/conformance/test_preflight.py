"""The look before the run: what is there, and whose fault it is where something is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from mobstd.conformance.preflight import Preflight, preflight
from mobstd.conformance.session import Stopped
from mobstd.errors import RedirectRefused, Timeout, Unreachable
from mobstd.judging.exchange import Request, Response

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SEARCHES = ("driver_journeys", "passenger_journeys", "driver_regular_trips")


class Blocks:
    """Answers by the last step of the path; ``None`` is 200 with an empty list."""

    def __init__(self, otherwise: Any = None, **by_path: Any) -> None:
        self.otherwise = otherwise
        self.by_path = by_path
        self.headers: tuple[tuple[str, str], ...] = ()

    def send(self, request: Request) -> Response:
        answer = self.by_path.get(request.path.rpartition("/")[2], self.otherwise)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, Response):
            return answer
        status = answer or 200
        headers = (("Content-Type", "application/json"), *self.headers)
        return Response(status, headers, b"[]" if status == 200 else b"")


Look = Callable[..., Preflight]


@pytest.fixture
def look(lab: Any) -> Look:
    def run(sender: Any, declared: tuple[str, ...] | None = None, **members: Any) -> Preflight:
        made = lab(sender, **members)
        made.declared = declared or ()
        found = preflight(made, declared, NOW)
        found.presence = made.presence  # type: ignore[attr-defined]
        return found

    return run


def bad(found: Preflight) -> dict[str, tuple[str, str | None]]:
    return {item.check: (item.code, item.blame) for item in found.items if item.ok is False}


def test_all_is_well(look: Look) -> None:
    found = look(Blocks())
    assert bad(found) == {}
    assert found.stop is None
    assert set(found.presence.values()) == {"present"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("date", "code"),
    [
        (None, "no-clock"),
        ("yesterday", "no-clock"),
        (0, "clock"),
        (250, "clock"),
        (-250, "clock"),
        (3600, "clock-off"),
        (-86_400, "clock-off"),
    ],
)
def test_clocks_are_compared(look: Look, date: Any, code: str) -> None:
    sender = Blocks()
    if isinstance(date, int):
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=date), usegmt=True)
    if date is not None:
        sender.headers = (("Date", date),)
    [item] = [item for item in look(sender).items if item.check == "clock"]
    assert item.code == f"preflight.{code}"
    assert item.ok is {"clock": True, "clock-off": False, "no-clock": None}[code]


@pytest.mark.parametrize("status", [405, 501])
def test_what_is_declared_is_compared_with_what_is_there(look: Look, status: int) -> None:
    sender = Blocks(driver_journeys=status)
    codes = [(i.code, i.params.get("block"), i.blame) for i in look(sender, ("search",)).items]
    assert ("preflight.there-not-declared", "status", "configuration") in codes
    declared = look(sender, ("driver-journeys", "status"))
    codes = [(i.code, i.params.get("block"), i.blame) for i in declared.items]
    assert ("preflight.declared-not-there", "driver-journeys", "target") in codes
    assert declared.stop is None


def test_a_block_that_does_not_answer_is_unknown(look: Look) -> None:
    slow = Timeout("transport.timeout", operation="GET /x", host="h", seconds=2)
    found = look(Blocks(driver_journeys=slow))
    assert found.presence["driver-journeys"] == "unknown"  # type: ignore[attr-defined]
    [item] = [i for i in found.items if i.params.get("block") == "driver-journeys"]
    assert item.ok is None
    assert found.stop is None


KEY = (("X-API-Key", "k"),)


@pytest.mark.parametrize(
    ("sender", "members", "code", "stop"),
    [
        (Blocks(401), {}, "key-needed", "configuration"),
        (Blocks(403), {"credentials": KEY}, "key-refused", "configuration"),
        (Blocks(401, status=200), {}, "key-needed", "configuration"),
        (Blocks(driver_journeys=401), {}, "some-refused", None),
    ],
)
def test_access(look: Look, sender: Blocks, members: Any, code: str, stop: str | None) -> None:
    found = look(sender, **members)
    blame = "target" if code == "some-refused" else "configuration"
    assert bad(found)["auth"] == (f"preflight.{code}", blame)
    assert found.stop == stop


@pytest.mark.parametrize("status", [401, 403])
def test_what_refuses_and_is_not_declared_is_no_complaint(look: Look, status: int) -> None:
    sender = Blocks(status, driver_journeys=200, status=200)
    found = look(sender, ("driver-journeys", "status"), credentials=KEY)
    assert (bad(found), found.stop) == ({}, None)
    said = {i.params["block"] for i in found.items if i.code == "preflight.block-guarded"}
    assert "passenger-journeys" in said
    assert found.presence["passenger-journeys"] == "unknown"  # type: ignore[attr-defined]


def test_what_refuses_and_is_declared_is_one(look: Look) -> None:
    sender = Blocks(401, driver_journeys=200, status=200)
    found = look(sender, ("driver-journeys", "passenger-journeys", "status"), credentials=KEY)
    [item] = [i for i in found.items if i.check == "auth"]
    assert item.code == "preflight.some-refused"
    assert item.params == {"blocks": "passenger-journeys"}


def test_nothing_is_said_of_credentials_where_nothing_shows_them(look: Look) -> None:
    found = look(Blocks(401), ("booking",), credentials=KEY)
    assert (found.stop, [i for i in found.items if i.check == "auth"]) == (None, [])


def test_accepted_credentials(look: Look) -> None:
    codes = {item.code for item in look(Blocks(), credentials=KEY).items}
    assert "preflight.auth" in codes
    assert "preflight.open" not in codes


PAGE = Response(200, (("Content-Type", "text/html"),), b"<html>")
MOVED = Response(302, (("Location", "/elsewhere"),))


@pytest.mark.parametrize(
    ("sender", "code", "blame", "stop"),
    [
        (Blocks(404), "nothing-there", "configuration", "configuration"),
        (Blocks(PAGE), "not-json", "target", None),
        (Blocks(502), "server-errors", "target", None),
        (Blocks(MOVED), "redirected", "configuration", None),
    ],
)
def test_the_base_path(look: Look, sender: Blocks, code: str, blame: str, stop: str | None) -> None:
    found = look(sender)
    assert bad(found)["path"] == (f"preflight.{code}", blame)
    assert found.stop == stop


def test_one_web_page_among_answers_is_for_the_rows_to_judge(look: Look) -> None:
    assert bad(look(Blocks(driver_journeys=PAGE))) == {}


def gone(code: str, **params: str) -> Unreachable:
    return Unreachable(f"transport.{code}", operation="GET /x", **params)


def redirected(code: str, **params: str) -> RedirectRefused:
    return RedirectRefused(f"transport.{code}", operation="GET /x", **params)


@pytest.mark.parametrize(
    ("error", "check", "blame", "stop"),
    [
        (gone("refused", host="h"), "reach", "target", "unreachable"),
        (gone("dns", host="h"), "reach", "configuration", "unreachable"),
        (redirected("redirect-elsewhere", to="x"), "path", "configuration", "configuration"),
        (redirected("redirect-loop"), "reach", "target", "unreachable"),
    ],
)
def test_nothing_is_reached(look: Look, error: Any, check: str, blame: str, stop: str) -> None:
    found = look(Blocks(error))
    assert bad(found) == {check: (error.code, blame)}
    assert found.stop == stop


def test_only_answers_that_are_too_large(look: Look) -> None:
    found = look(Blocks(Response(200, (), b"[", truncated=True)))
    assert bad(found) == {"reach": ("preflight.too-large", "target")}
    assert found.stop == "unreachable"


def test_a_limit_is_told_although_the_run_ends(lab: Any) -> None:
    seen = Preflight()
    made = lab(Blocks(Response(429, (("Retry-After", "9999"),))))
    with pytest.raises(Stopped, match="rate-limited"):
        preflight(made, None, NOW, seen)
    assert bad(seen) == {"reach": ("preflight.rate-limited", "target")}


class NothingMatches(Blocks):
    """Answers 404 to what finds nothing, and 400 to what asks nothing."""

    def send(self, request: Request) -> Response:
        return Response(404 if request.query else 400, (), b"")


def test_what_finds_nothing_anywhere_and_refuses_wrong_queries_is_there(look: Look) -> None:
    found = look(NothingMatches())
    assert found.stop is None
    assert "path" not in bad(found)
    assert "present" in found.presence.values()  # type: ignore[attr-defined]
