"""A funder under load: nobody subscribes twice, no decision is lost, not even by a kill."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from tests.carpool_proof.conftest import Anew, anew, running, schemas

from .funders import BIKE, CITY, TOWN, Asked, request

__all__ = ["anew", "running", "schemas"]

CLIENTS = 64
SERVE = [sys.executable, "-m", "mobstd", "serve", "mobility-aid@0.1", "--role", "funder"]


@contextmanager
def served(*options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [*SERVE, "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "http://" in line)
        found = re.search(r"http://[0-9.:]+", line)
        assert found is not None
        yield found.group(), process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def token(url: str, **who: str) -> dict[str, str]:
    given = httpx.post(f"{url}/sandbox/tokens", json=who, timeout=60).json()["access_token"]
    return {"Authorization": f"Bearer {given}"}


def test_64_clients_and_a_kill_lose_no_decision_and_double_nothing(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path / 'funder.db'}"
    told: dict[str, str] = {}
    enough, stopped = threading.Event(), threading.Event()
    paid = {"type": "once", "amount": "50", "currency": "EUR"}
    with served("--db", where) as (url, process):
        agent = token(url, funder=CITY)
        limits = httpx.Limits(max_connections=CLIENTS)

        def subscribe(http: httpx.Client, name: int) -> None:
            number = 0
            while not stopped.is_set():
                number += 1
                made = request(TOWN, subject=f"p{name}-{number}")
                try:
                    for path, body in (
                        ("/subscriptions", made),
                        ("/subscriptions", made),
                        (f"/subscriptions/{made['id']}/steps", {"to": "submitted"}),
                        (f"/subscriptions/{made['id']}/steps", {"to": "granted", "payment": paid}),
                    ):
                        answer = http.post(path, json=body)
                        assert answer.status_code in (200, 201), answer.text
                        told[made["id"]] = answer.json()["state"]
                except httpx.HTTPError:
                    return
                if sum(state == "granted" for state in [*told.values()]) >= CLIENTS:
                    enough.set()

        with (
            httpx.Client(base_url=url, headers=agent, timeout=120, limits=limits) as http,
            ThreadPoolExecutor(CLIENTS) as crew,
        ):
            done = [crew.submit(subscribe, http, name) for name in range(CLIENTS)]
            assert enough.wait(240)
            process.kill()
            process.wait()
            stopped.set()
            for one in done:
                one.result()
    with served("--db", where) as (url, _):
        found: dict[str, Any] = {}
        cursor: dict[str, str] = {}
        with httpx.Client(base_url=url, headers=token(url, funder=CITY), timeout=120) as http:
            while True:
                page = http.get("/subscriptions", params={"limit": 100, **cursor}).json()
                found |= {one["id"]: one for one in page["subscriptions"]}
                if "next" not in page:
                    break
                cursor = {"cursor": page["next"]}
    order = ["draft", "submitted", "granted"]
    lost = [i for i, state in told.items() if order.index(found[i]["state"]) < order.index(state)]
    assert lost == []
    for one in found.values():
        events = [entry["event"] for entry in one["history"]]
        assert events == ["created", "submitted", "granted"][: len(events)]
        assert ("decision" in one) == (one["state"] == "granted")
    assert len({one["subject"] for one in found.values()}) == len(found)


def test_64_at_once_for_one_person_get_one_subscription() -> None:
    asked = Asked()
    made = [request(BIKE) for _ in range(CLIENTS)]
    by = asked.person("hasty")
    with ThreadPoolExecutor(CLIENTS) as crew:
        answers = [*crew.map(lambda one: asked("POST", "/subscriptions", one, by=by), made)]
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201] + [409] * (CLIENTS - 1)
    kept = next(answer.json["id"] for answer in answers if answer.status == 201)
    assert {a.json["existing"] for a in answers if a.status == 409} == {kept}
    paid = {"to": "granted", "payment": {"type": "none"}}
    asked.step(kept, "submitted", by=by)
    with ThreadPoolExecutor(CLIENTS) as crew:
        decided = [*crew.map(lambda _: asked.step(kept, paid, by=asked.funder()), range(16))]
    assert sorted(answer.status for answer in decided) == [200] + [409] * 15


def test_both_databases_keep_the_same(anew: Anew) -> None:
    where = anew(lasting=True)
    first = Asked(options={"db": where})
    id_ = first.begun()
    first.step(id_, "submitted")
    text = first.read(id_)
    second = Asked(options={"db": where})
    assert second.read(id_, by=first.person()) == text
    assert second.step(id_, "withdrawn").json["state"] == "withdrawn"
    listed = second("GET", "/subscriptions", state="withdrawn", aid=BIKE).json["subscriptions"]
    assert [one["id"] for one in listed] == [id_]
    assert len(second("GET", "/evidence", subscription=id_).json["evidence"]) == 3
    assert second("GET", "/events", after=0, limit=3).json["latest"] >= 3
