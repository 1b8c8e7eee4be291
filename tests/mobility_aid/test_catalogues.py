"""Catalogues that nobody has seen: right ones are not accused, and what is wrong is found."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.mobility_aid import reference
from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.reference import behaviours
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.rules import RULES
from mobstd.transport.asgi import AsgiSender

SEED = load(Path(reference.__file__).parent / "aids.json")[1]
FAR = (
    *("department:2A", "region:94", "commune:2B033", "department:974", "region:04"),
    *("commune:97411", "department:01", "commune:01004", "country:FR", "department:69"),
)
MODES = ("bike", "carpool", "walk", "e-bike", "train", "ferry", "coach")
Wrong = Callable[[Publisher], None]


def aids(many: int, places: tuple[str, ...], modes: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    for turn in range(many):
        aid = copy.deepcopy(SEED)
        kind, _, code = places[turn % len(places)].partition(":")
        aid |= {"id": f"aide-{turn:04}", "modes": [modes[turn % len(modes)]]}
        aid |= {"level": "national" if kind == "country" else "territory"}
        aid |= {"status": ("active", "closed", "active")[turn % 3]}
        aid["territory"]["include"] = [{"type": kind, "code": code}]
        aid.pop("combination", None)
        yield aid


def failed(
    monkeypatch: pytest.MonkeyPatch,
    folder: Path,
    wrong: Wrong,
    many: int = 40,
    places: tuple[str, ...] = FAR,
    modes: tuple[str, ...] = MODES,
) -> tuple[str, set[str], int]:
    """Return the verdict, the rows that failed or warned, and how much was asked."""
    data = folder / "aids.json"
    data.write_text(json.dumps(list(aids(many, places, modes))))
    monkeypatch.setitem(behaviours.BEHAVIOURS, "odd", wrong)  # type: ignore[arg-type]
    app = reference.build(data=data, behaviours=["odd"])
    blocks = ("aids", "catalogue", "changes", "bulk")
    profile = Profile("http://app.localhost", "mobility-aid@0.1", role="publisher", blocks=blocks)
    with AsgiSender(app) as sender:
        report = check(sender, profile, Options(with_fuzz=False))
    rows = {r["id"] for r in report["requirements"] if r["outcome"] in ("failed", "warned")}
    return report["verdict"], rows, report["requests"]


@pytest.mark.parametrize(
    ("many", "places", "modes"),
    [
        (40, FAR, MODES),
        (2, ("department:69",), ("bike",)),
        (12, ("country:FR",), ("bike",)),
        (150, ("department:2A", "commune:69123", "region:84", "epci:243300316"), MODES[:3]),
    ],
)
def test_a_right_catalogue_is_conforming(
    many: int,
    places: tuple[str, ...],
    modes: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = failed(monkeypatch, tmp_path, lambda _: None, many, places, modes)
    assert found[:2] == ("conforming", set())
    assert found[2] <= 256


def test_a_later_version_at_its_own_address_is_right() -> None:
    inner = reference.build()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not scope.get("path", "").startswith("/1/"):
            await inner(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"schemaVersion": "1.3"}'})

    profile = Profile("http://app.localhost/0", "mobility-aid@0.1", blocks=("catalogue",))
    with AsgiSender(_below("/0", app)) as sender:
        report = check(sender, profile, Options(with_fuzz=False, only=("AID-CAT-16",)))
    row = next(r for r in report["requirements"] if r["id"] == "AID-CAT-16")
    assert (row["outcome"], row["findings"]) == ("passed", [])
    assert row["evidence"] > 2


def _below(base: str, app: Any) -> Any:
    """Return an app whose paths stand below a base, as that of a version."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path", "").startswith(f"{base}/"):
            scope = {**scope, "path": scope["path"].removeprefix(base)}
        await app(scope, receive, send)

    return served


def forgetting(forget: Callable[[Mapping[str, Any]], set[str]]) -> Wrong:
    """Return what makes a search forget parameters."""

    def wrong(publisher: Publisher) -> None:
        wanted = publisher._wanted

        def odd(asked: Mapping[str, Any]) -> Any:
            return wanted({k: v for k, v in asked.items() if k not in forget(asked)})

        monkey: Any = publisher
        monkey._wanted = odd

    return wrong


def placing(place: Callable[[str], list[str]]) -> Wrong:
    def wrong(publisher: Publisher) -> None:
        publisher.covering = place

    return wrong


FILTERS = ("place", "mode", "level", "status")
WRONG: Mapping[str, tuple[Wrong, set[str]]] = {
    "a cursor forgets the mode": (
        forgetting(lambda asked: {"mode"} if "cursor" in asked else set()),
        {"AID-CAT-06"},
    ),
    "a cursor forgets the place": (
        forgetting(lambda asked: {"place"} if "cursor" in asked else set()),
        {"AID-CAT-05"},
    ),
    "the first filter wins": (
        forgetting(lambda asked: {*[n for n in FILTERS if n in asked][1:]}),
        {"AID-CAT-04", "AID-CAT-06"},
    ),
    "the last filter wins": (
        forgetting(lambda asked: {*[n for n in FILTERS if n in asked][:-1]}),
        {"AID-CAT-04", "AID-CAT-05", "AID-CAT-06"},
    ),
    "Corsica has no letters": (
        placing(lambda place: covering(re.sub("2[AB]", "20", place))),
        {"AID-CAT-05"},
    ),
    "codes lose their zeros": (
        placing(lambda place: [x for x in covering(place) if ":0" not in x]),
        {"AID-CAT-05"},
    ),
    "overseas is one department": (
        placing(lambda p: [p, *(re.sub("(t:97).", r"\1", x) for x in covering(p) if x != p)]),
        {"AID-CAT-05"},
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong, rows = WRONG[name]
    assert failed(monkeypatch, tmp_path, wrong)[:2] == ("non-conforming", rows)


def change(sequence: int, kind: str, title: str = "A") -> dict[str, Any]:
    told: dict[str, Any] = {"sequence": sequence, "kind": kind, "aid": "a"}
    return told if kind == "withdrawn" else told | {"document": {"id": "a", "title": title}}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ([change(1, "published"), change(2, "updated", "B"), change(3, "withdrawn")], []),
        ([change(4, "updated"), change(7, "updated", "B")], []),
        ([change(1, "published"), change(2, "updated")], ["nothing-changed"]),
        ([change(1, "published"), change(2, "published", "B")], ["published-twice"]),
        ([change(1, "withdrawn"), change(2, "published")], ["given-again"]),
    ],
)
def test_each_change_tells_something_new(changes: list[Any], codes: list[str]) -> None:
    rule: Any = RULES["changes-tell"]
    assert [one.code for one in rule.judge({"changes": changes}, None)] == codes
