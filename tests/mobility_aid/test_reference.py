"""The reference catalogue: found by place, told of in a feed, right when it is checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.schemas import validator_of
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import ConfigError, RefusedDocument, UnknownName
from mobstd.judging.context import Context
from mobstd.judging.exchange import Request
from mobstd.mobility_aid.reference import build, loading
from mobstd.mobility_aid.reference.loading import aids_of
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.reference.shelf import Gone, Shelf, Wanted
from mobstd.mobility_aid.reference.stock import at_hand
from mobstd.mobility_aid.search import FILTERS, applies, around
from mobstd.serving.database import opened
from mobstd.serving.faults import load_faults, load_twins
from mobstd.transport.asgi import AsgiSender

from . import documents
from .documents import VERSION
from .test_catalogue import BOOK

AIDS = aids_of(None)
HERE = "commune:33119"
NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
AT = "2026-11-28T09:00:00Z"


@cache
def app() -> Any:
    return build(development=True)


def ask(
    path: str,
    *query: tuple[str, str],
    body: Any = None,
    media: str = "application/json",
    **more: str,
) -> Any:
    headers = (("Content-Type", media),) if body is not None else ()
    sent = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    method = "GET" if body is None else "POST"
    with AsgiSender(app()) as sender:
        return sender.send(Request(method, path, query, (*headers, *more.items()), sent))


def ids(*query: tuple[str, str]) -> list[str]:
    return [aid["id"] for aid in ask("/aids", *query).json["aids"]]


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    database = opened(None)
    found = Shelf(database)
    found.put_all(AIDS)
    yield found
    database.close()


def test_the_aids_it_begins_with_compute_and_are_ten() -> None:
    judge = validator_of(VERSION, "computable-aid")
    assert [aid["id"] for aid in AIDS if not judge.is_valid(aid)] == []
    assert len(AIDS) == len({aid["id"] for aid in AIDS}) == 10


def test_a_place_brings_what_lies_around_it_without_what_excludes_it() -> None:
    national = ["exemple-national-abonnement", "exemple-national-cargo"]
    assert ids(("place", "country:FR")) == national
    assert ids(("place", "region:75")) == [*national, "exemple-region-vae"]
    assert ids(("place", HERE)) == [
        "exemple-departement-covoiturage",
        "exemple-metropole-vae",
        *national,
        "exemple-region-vae",
        "exemple-ville-velo",
    ]
    assert "exemple-metropole-vae" not in ids(("place", "commune:33318"))
    assert "exemple-ain-autopartage" in ids(("place", "commune:01053"))
    assert "exemple-corse-velo" in ids(("place", "commune:2B033"))
    assert ids(("place", "country:BE")) == []


def test_filters_are_what_the_rules_of_the_catalogue_say() -> None:
    """The reference finds by index, the rule judges one aid: they agree where the rule is sure."""
    context = Context(BOOK)
    asked = [
        ("place", HERE),
        ("place", "department:971"),
        ("mode", "bike,carpool"),
        ("level", "national"),
        ("status", "closed"),
        ("funder", AIDS[0]["funders"][0]["siren"]),
        ("updatedSince", "2026-10-05T08:30:00Z"),
    ]
    for name, value in asked:
        came = ids((name, value))
        for aid in AIDS:
            told = {
                rule.match(aid, {name: value}, context)
                for rule in FILTERS.values()
                if rule.parameters == (name,)
            }
            assert told <= {None, aid["id"] in came}, (name, value, aid["id"])
        assert 0 < len(came) < len(AIDS)


def test_pages_are_whole_whatever_their_size() -> None:
    whole = ids()
    assert whole == sorted(aid["id"] for aid in AIDS)
    for size in (1, 7, 10, 1000):
        found: list[str] = []
        query: tuple[tuple[str, str], ...] = ()
        while True:
            page = ask("/aids", ("limit", str(size)), *query).json
            found += [aid["id"] for aid in page["aids"]]
            if "next" not in page:
                break
            query = (("cursor", page["next"]),)
        assert found == whole
    lines = ask("/bulk").body.decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == whole


def test_the_list_and_the_aid_by_its_id_are_the_same() -> None:
    for aid in ask("/aids").json["aids"]:
        assert ask(f"/aids/{aid['id']}").json == aid


def test_every_change_is_told_and_an_id_is_never_given_again(shelf: Shelf) -> None:
    first = AIDS[0]
    assert shelf.put_all(AIDS) == 0
    newer = {**first, "title": "Autre titre"}
    assert shelf.put_all([newer]) == 1
    assert shelf.withdraw(first["id"], AT)
    assert not shelf.withdraw(first["id"], AT)
    assert shelf.put_all([first]) == 0
    rows, latest = shelf.changes(10, 100)
    assert [(row[0], row[2], row[3]) for row in rows] == [
        (11, "updated", first["id"]),
        (12, "withdrawn", first["id"]),
    ]
    assert latest == 12
    with pytest.raises(Gone):
        shelf.one(first["id"])
    assert len(shelf.search(Wanted())) == 9


def test_aids_of_an_employer_show_nowhere(shelf: Shelf) -> None:
    shelf.put_all([{**AIDS[0], "id": "exemple-employeur", "level": "employer"}])
    publisher = Publisher(shelf)
    catalogue = publisher.get_catalogue()
    assert shelf.one("exemple-employeur") is None
    assert len(shelf.search(Wanted(level="employer"))) == 0
    assert (catalogue["aids"], catalogue["changes"]["latest"]) == (10, 10)
    assert (
        sum(row["aids"] for row in publisher.list_territories({"limit": 99})["territories"]) == 10
    )


def test_it_keeps_aids_in_a_file_and_takes_others(tmp_path: Path) -> None:
    data, url = tmp_path / "aids.jsonl", f"sqlite:///{tmp_path / 'aids.sqlite3'}"
    data.write_text("\n".join(json.dumps(aid) for aid in AIDS[:3]), encoding="utf-8")
    for _ in range(2):
        with AsgiSender(build(db=url, data=data)) as served:
            assert len(served.send(Request("GET", "/aids")).json["aids"]) == 3
            assert served.send(Request("GET", "/changes")).json["latest"] == 3


def test_what_it_cannot_use_it_names(tmp_path: Path) -> None:
    data = tmp_path / "aids.json"
    data.write_text(json.dumps([AIDS[0], {**AIDS[1], "plaond": "200"}]), encoding="utf-8")
    with pytest.raises(RefusedDocument, match="plaond"):
        build(data=data)
    with pytest.raises(ConfigError):
        build(data=tmp_path / "nothing")
    with pytest.raises(UnknownName):
        build(behaviours=["nothing"])


def test_what_did_not_change_is_not_sent_again() -> None:
    first = ask("/catalogue")
    again = ask("/catalogue", **{"If-None-Match": first.header("etag")})
    assert (again.status, again.body) == (304, b"")
    assert ask("/catalogue", **{"If-None-Match": '"other"'}).status == 200


SITUATION = {
    "date": "2026-11-28",
    "answers": {
        "person.age": 34,
        "residence.commune": "33119",
        "residence.epci": "243300316",
        "vehicle.category": "e-bike",
        "vehicle.condition": "new",
        "vehicle.priceInclTax": "250",
        "local.shop": True,
    },
    "received": [],
}


def test_several_aids_never_exceed_the_price() -> None:
    named = ["exemple-metropole-vae", "exemple-ville-velo"]
    said = ask("/evaluations", body={"situation": SITUATION, "aids": named})
    assert said.status == 200
    verdicts = {one["aid"]: one["verdict"] for one in said.json["aids"]}
    assert set(verdicts) == set(named)
    assert verdicts["exemple-metropole-vae"] == "eligible"
    assert all(float(total["high"]) <= 250 for total in said.json["totals"])
    alone = ask(f"/aids/{named[0]}/evaluate", body=SITUATION)
    assert alone.json["verdict"] == "eligible"


def test_without_names_the_aids_of_the_places_are_meant() -> None:
    said = ask("/evaluations", body={"situation": SITUATION})
    found = {one["aid"] for one in said.json["aids"]}
    assert found == set(ids(("place", HERE), ("status", "active")))
    nobody = ask("/evaluations", body={"situation": {"date": "2026-11-28", "answers": {}}})
    assert {one["verdict"] for one in nobody.json["aids"]} == {"unknown"}


REFUSED = [
    (("/aids", ("x", "1")), {}, 400, "bad-request"),
    (("/aids", ("place", "33119")), {}, 400, "bad-request"),
    (("/aids", ("limit", "1001")), {}, 400, "bad-request"),
    (("/aids", ("updatedSince", "2026-13-01T00:00:00Z")), {}, 400, "bad-request"),
    (("/aids/exemple-nothing",), {}, 404, "not-found"),
    (("/evaluations",), {"body": {"situation": {"answers": {}}}}, 422, "refused"),
    (("/evaluations",), {"body": b"{"}, 400, "bad-request"),
    (("/evaluations",), {"body": b"{}", "media": "text/plain"}, 415, "unsupported"),
    (("/evaluations",), {"body": b" " * 1_000_001}, 413, "too-large"),
]


@pytest.mark.parametrize(("path", "more", "status", "kind"), REFUSED)
def test_a_refusal_is_a_problem(path: Any, more: Any, status: int, kind: str) -> None:
    answer = ask(*path, **more)
    assert (answer.status, answer.header("content-type")) == (status, "application/problem+json")
    assert validator_of(VERSION, "problem").is_valid(answer.json)
    assert answer.json["type"].endswith(f"/{kind}")
    if status == 422:
        assert answer.json["errors"][0]["pointer"] == "/situation"


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("commune:75101", ["commune:75101", "commune:75056", "department:75", "region:11"]),
        ("commune:2A004", ["commune:2A004", "department:2A", "region:94"]),
        ("commune:97105", ["commune:97105", "department:971", "region:01"]),
        ("epci:243300316", ["epci:243300316"]),
    ],
)
def test_what_lies_around_a_place(place: str, found: list[str]) -> None:
    assert around(place) == (*found, "country:FR")


def test_what_codes_do_not_tell_is_not_judged() -> None:
    metropolis = next(aid for aid in AIDS if aid["id"] == "exemple-metropole-vae")
    assert applies(metropolis, HERE) is None
    assert applies(metropolis, "commune:33318") is False
    assert applies(metropolis, "epci:243300316") is True
    assert applies(metropolis, "country:FR") is False


@cache
def report() -> Any:
    blocks = ("aids", "catalogue", "changes", "evaluation")
    profile = Profile("http://app.localhost", "mobility-aid@0.1", blocks=blocks)
    with AsgiSender(build()) as target:
        return check(target, profile, Options(now=NOW, allow_writes=True, with_fuzz=False))


def test_the_suite_finds_nothing_wrong_with_it() -> None:
    outcomes = {row["id"]: row["outcome"] for row in report()["requirements"]}
    assert [row for row, outcome in outcomes.items() if outcome in ("failed", "warned")] == []


def test_every_checked_row_has_a_fault() -> None:
    seeded = {fault.requirement for fault in load_faults(VERSION)}
    checked = {row.id for row in BOOK.rows.values() if row.checks}
    assert checked - seeded == set()
    assert len(load_twins(VERSION)) >= 13


@pytest.mark.parametrize("first", [None, "mine"])
def test_a_database_that_has_aids_gets_no_others_unasked(first: str | None, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aids.db'}"
    mine = tmp_path / "mine.ndjson"
    source = {"label": "Example", "licence": "etalab-2.0"}
    provenance = {"updatedAt": "2026-01-01T00:00:00Z", "source": source}
    mine.write_text(json.dumps(documents.aid(id="mine", provenance=provenance)), "utf-8")
    build(db=url, data=mine if first else None)
    assert at_hand(url)[0] is None
    assert "database" in at_hand(url)[1]["en"]
    with AsgiSender(build(db=url)) as served:
        found = served.send(Request("GET", "/catalogue")).json
    assert found["aids"] == (1 if first else 10)
    assert found["licence"] == ("etalab-2.0" if first else "Apache-2.0")
    assert found["attribution"].startswith("Example (" if first else "mobstd, ")
    with AsgiSender(build(db=url)) as served:
        page = served.send(Request("GET", "/")).body.decode()
    assert ("Its aids are invented" in page) is (first is None)
    assert ("Its aids come from Example" in page) is (first is not None)


def test_what_has_ended_is_shown_as_closed(tmp_path: Path) -> None:
    data, url = tmp_path / "aids.json", f"sqlite:///{tmp_path / 'aids.sqlite3'}"
    open_ended: Any = {**AIDS[0], "id": "open-ended"}
    past: Any = {**AIDS[0], "id": "past", "status": "active", "validity": {"end": "2025-12-31"}}
    data.write_text(json.dumps([past, open_ended]), "utf-8")
    for begin in (data, None):
        with AsgiSender(build(db=url, data=begin)) as served:
            answer = served.send(Request("GET", "/aids"))
        shown = {one["id"]: one for one in answer.json["aids"]}
        assert shown["past"]["status"] == "closed"
        assert shown["past"]["provenance"]["updatedAt"] >= past["provenance"]["updatedAt"]
        assert shown["open-ended"] == open_ended


def test_invented_aids_never_get_stale() -> None:
    for years in (0, 1, 5):
        now = datetime(2026 + years, 12, 24, tzinfo=UTC)
        for aid in map(partial(loading._verified, now=now), AIDS):
            told = aid["provenance"]
            assert timedelta() <= now.date() - date.fromisoformat(told["lastVerified"])
            assert now.date() - date.fromisoformat(told["lastVerified"]) <= timedelta(days=366)
            assert told["updatedAt"][:4] == told["lastVerified"][:4]
