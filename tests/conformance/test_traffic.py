"""Traffic of others: HAR files as browsers and proxies write them, in bounded memory."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.report.contract import problems
from mobstd.conformance.traffic import ledger
from mobstd.conformance.traffic.account import About, account
from mobstd.conformance.traffic.har import entries
from mobstd.conformance.traffic.hearing import CALLER, OTHERS, Hearing
from mobstd.conformance.traffic.recordings import locate, opened
from mobstd.errors import ConfigError
from mobstd.judging.exchange import Exchange, Request, Response

VERSION = find("ocss@1.0-alpha")
BASE = "https://api.operator.example.org/carpool/v1"
POINTS = "departureLat=45.19&departureLng=5.71&arrivalLat=45.36&arrivalLng=5.59"
BOOKING = "0d5c1b9e-6f0a-4c8e-9d2e-7f1f3f6b1a42"


def entry(
    url: str, method: str = "GET", *, second: int = 0, status: int = 200, **request: Any
) -> dict[str, Any]:
    """Return an entry as a browser exports it."""
    at = datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(seconds=second)
    return {
        "startedDateTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "time": 43.7,
        "request": {
            "method": method,
            "url": url,
            "httpVersion": "h2",
            "cookies": [],
            "headers": [
                {"name": ":authority", "value": "api.operator.example.org"},
                {"name": ":method", "value": method},
                {"name": "accept", "value": "application/json"},
                {"name": "x-api-key", "value": "geheim-4711"},
            ],
            "queryString": [],
            "headersSize": -1,
            "bodySize": 0,
            **request,
        },
        "response": {
            "status": status,
            "statusText": "",
            "httpVersion": "h2",
            "headers": [{"name": "content-type", "value": "application/json"}],
            "cookies": [],
            "content": {
                "size": 2,
                "mimeType": "application/json",
                "encoding": "base64",
                "text": base64.b64encode(b"[]").decode(),
            },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": 2,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 40, "receive": 3},
        "_resourceType": "fetch",
        "serverIPAddress": "192.0.2.7",
    }


def har(tmp_path: Path, *found: Any) -> Path:
    path = tmp_path / "traffic.har"
    path.write_text(json.dumps({"log": {"version": "1.2", "creator": {}, "entries": found}}))
    return path


def judged(path: Path, base: str | None = None) -> dict[str, Any]:
    source = opened(path)
    bases = source.locate(VERSION, "operator", base)
    hearing = Hearing(VERSION, "operator", CALLER)
    for exchange, elsewhere in source.exchanges():
        hearing.hear(exchange, elsewhere)
    report = account(hearing, About(str(path), "recording", bases=bases))
    assert list(problems(report)) == []
    return report


def rows(report: dict[str, Any]) -> set[str]:
    return {row["id"] for row in report["requirements"] if row["findings"]}


SEARCH = f"{BASE}/driver_journeys?{POINTS}&departureDate=1795424400"


def test_what_a_browser_writes(tmp_path: Path) -> None:
    path = har(
        tmp_path,
        entry("https://maas.example.com/app.js"),
        entry("https://maas.example.com/status"),
        entry(SEARCH, "OPTIONS", status=204),
        entry(SEARCH),
        entry(f"{BASE}/driver_journeys?{POINTS}&departureDate=1795424400000"),
        entry(f"{BASE}/driver_journeys?{POINTS}", status=400),
    )
    report = judged(path)
    assert report["traffic"]["bases"] == [BASE]
    assert report["requests"] == 6
    assert report["traffic"]["unmatched"] == 3
    assert report["traffic"]["elsewhere"][0] == {
        "base": "https://maas.example.com",
        "requests": 2,
    }
    assert rows(report) == {"OCSS-GEN-10", "OCSS-SEARCH-03"}
    assert "geheim" not in json.dumps(report)
    assert report["coverage"]["getDriverJourneys"]["statuses"] == {"200": 2, "400": 1}


def test_a_base_that_is_said_shows_unknown_paths(tmp_path: Path) -> None:
    path = har(tmp_path, entry(SEARCH), entry(f"{BASE}/driver_journey"), entry("http://x.test/"))
    assert rows(judged(path)) == set()
    report = judged(path, BASE)
    assert rows(report) == {"OCSS-GEN-04"}
    assert report["traffic"]["unmatched"] == 2


def test_requests_are_put_in_the_order_of_time(tmp_path: Path) -> None:
    def change(status: str, second: int) -> dict[str, Any]:
        url = f"{BASE}/bookings/{BOOKING}?status={status}"
        return entry(url, "PATCH", second=second, bodySize=0)

    late = (change("CANCELLED", 20), change("CONFIRMED", 10))
    assert rows(judged(har(tmp_path, *late))) == set()
    wrong = (change("CONFIRMED", 20), change("CANCELLED", 10))
    assert rows(judged(har(tmp_path, *wrong))) == {"OCSS-LIFE-09"}


def test_bodies_in_every_spelling(tmp_path: Path) -> None:
    message = {"from": {"id": "p-77", "operator": "maas.example.com", "alias": "I."}}
    text = json.dumps(message)
    kind = [{"name": "content-type", "value": "application/json"}]
    coded = base64.b64encode(text.encode()).decode()
    posted = [
        {"mimeType": "application/json", "text": text},
        {"mimeType": "application/json", "text": coded, "encoding": "base64"},
    ]
    for data in posted:
        found = entry(f"{BASE}/messages", "POST", status=400, postData=data, headers=kind)
        assert rows(judged(har(tmp_path, found))) == {"OCSS-MSG-01"}
    lost = entry(f"{BASE}/messages", "POST", status=201, bodySize=120, headers=kind)
    assert rows(judged(har(tmp_path, lost))) == set()
    empty = entry(f"{BASE}/messages", "POST", status=400, headers=kind)
    assert rows(judged(har(tmp_path, empty))) == {"OCSS-GEN-07"}
    params = {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a"}]}
    form = entry(f"{BASE}/messages", "POST", status=400, postData=params)
    assert next(entries(har(tmp_path, form))).request.body == b"a="


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"request": 7}, "/log/entries/1/request"),
        ({"startedDateTime": "today"}, "/log/entries/1/startedDateTime"),
        ({"response": {"status": "200"}}, "/log/entries/1/response/status"),
        ({"request": {"method": "GET", "url": "/x"}}, "/log/entries/1/request/url"),
        (
            {"request": {"method": "GET", "url": SEARCH, "headers": [{"name": "a"}]}},
            "/log/entries/1/request/headers/0/value",
        ),
        (
            {"response": {"status": 200, "content": {"text": "%", "encoding": "base64"}}},
            "/log/entries/1/response/content/text",
        ),
    ],
)
def test_a_broken_entry_is_pointed_at(tmp_path: Path, change: Any, pointer: str) -> None:
    path = har(tmp_path, entry(SEARCH), {**entry(SEARCH), **change})
    with pytest.raises(ConfigError) as caught:
        list(entries(path))
    assert caught.value.params["pointer"] == pointer


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"log": {"entries": [', "\x00", '{"log": 1}'])
def test_what_is_no_har_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.har"
    path.write_text(text)
    with pytest.raises(ConfigError):
        list(entries(path))


def test_a_har_of_something_else_names_what_came(tmp_path: Path) -> None:
    path = har(tmp_path, entry("https://elsewhere.example.net/a"))
    with pytest.raises(ConfigError) as caught:
        locate(path, VERSION, "operator")
    assert "elsewhere.example.net" in caught.value.text()


def patch(number: int, status: str, **more: Any) -> Exchange:
    return Exchange(
        f"x{number}",
        "patchBookings",
        "traffic",
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number),
        Request("PATCH", f"/bookings/{BOOKING}", (("status", status),)),
        Response(200),
        **more,
    )


def test_findings_outlive_the_exchanges_that_show_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "REMEMBERED", 20)
    hearing = Hearing(VERSION, "operator", CALLER)
    hearing.hear(patch(1, "CANCELLED", caller="A"))
    hearing.hear(patch(2, "CONFIRMED", caller="A"))
    for number in range(3, 200):
        hearing.hear(patch(number, "COMPLETED", caller="A"))
    report = account(hearing, About("here", "url"))
    assert rows(report) == {"OCSS-LIFE-09", "OCSS-LIFE-06"}
    assert report["traffic"]["forgotten"] > 150
    assert {"x1", "x2"} <= set(report["exchanges"])
    counts = {r["id"]: f["count"] for r in report["requirements"] for f in r["findings"]}
    assert counts == {"OCSS-LIFE-09": 1, "OCSS-LIFE-06": 197}


def test_of_many_callers_the_last_are_judged_together() -> None:
    hearing = Hearing(VERSION, "operator", CALLER)
    for number in range(130):
        hearing.hear(patch(number, "CONFIRMED", caller=f"192.0.2.{number}", authenticated=False))
    report = account(hearing, About("here", "url"))
    assert len(report["callers"]) == 101
    assert report["callers"][-1]["name"] == OTHERS
