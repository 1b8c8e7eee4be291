"""What is listed is opened: a few of each list, each once, and nothing where it is absent."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.lab import Lab
from mobstd.conformance.opening import open_listed
from mobstd.conformance.session import Session
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Request, Response

CATALOGUE = catalogue(find("carpool-proof@3.4"), "registry")
LISTED = {"ok": ["a", "b", "c", "d"], "fraud_error": ["e"], "canceled": ["a"], "pending": [None, 7]}


class Registry:
    def __init__(self) -> None:
        self.opened: list[str] = []

    def send(self, request: Request) -> Response:
        path = urlsplit(request.path).path
        if path.endswith("/journeys"):
            status = dict(request.query)["status"]
            body: Any = [{"operator_journey_id": one} for one in LISTED.get(status, [])]
        else:
            self.opened.append(path.rpartition("/")[2])
            body = {}
        headers = (("content-type", "application/json"),)
        return Response(200, headers, json.dumps(body).encode())


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def lab(registry: Registry) -> Lab:
    lab = Lab(Session(registry, CATALOGUE), Context(CATALOGUE), seed=0)
    lab.controls["listJourneys"] = {"status": "ok", "limit": 50}
    return lab


def test_the_first_and_the_last_of_each_list_are_read_once(lab: Lab, registry: Registry) -> None:
    open_listed(lab, ["listJourneys"])
    assert registry.opened == ["e", "a", "d", "7"]
    asked = [x for x in lab.session.exchanges if x.operation == "listJourneys"]
    enum = CATALOGUE.operations["listJourneys"].parameter("status")
    assert enum is not None
    assert [dict(x.request.query)["status"] for x in asked] == enum.schema["enum"]
    assert {dict(x.request.query)["limit"] for x in asked} == {"50"}


def test_a_list_that_was_refused_is_left_alone(lab: Lab, registry: Registry) -> None:
    del lab.controls["listJourneys"]
    open_listed(lab, ["listJourneys", "getRoute"])
    assert (lab.session.exchanges, registry.opened) == ([], [])


def test_what_is_absent_is_not_asked_for(lab: Lab, registry: Registry) -> None:
    lab.presence["journeys"] = "absent"
    open_listed(lab, ["listJourneys"])
    assert registry.opened == []


def test_the_phase_ends_it(lab: Lab, registry: Registry) -> None:
    with lab.session.phase("explore", 2):
        open_listed(lab, ["listJourneys"])
    assert len(lab.session.exchanges) == 2
