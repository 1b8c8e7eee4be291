"""The reference operator: the world it publishes, and what its searches mean."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import polyline
import pytest

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.errors import ConfigError, MissingExtra, RefusedDocument, UnknownName
from mobstd.ocss.reference import build
from mobstd.ocss.reference.behaviours import BEHAVIOURS
from mobstd.ocss.reference.places import corridors, kilometres, spots, towns
from mobstd.ocss.reference.search import Search, around, run
from mobstd.ocss.reference.store import DAY, Disc, Store, seconds_of_day
from mobstd.ocss.reference.stores import store_of
from mobstd.ocss.reference.world import DAYS, KINDS, Recipe, items
from mobstd.ocss.reference.wrong_searches import SEARCHES
from mobstd.serving.faults import load_faults, load_twins

NOW = 1_760_000_000
PARIS = ZoneInfo("Europe/Paris")
OCSS = find("ocss@1.0-alpha")
PATHS = dict(
    zip(
        KINDS,
        (
            "/driver_journeys",
            "/passenger_journeys",
            "/driver_regular_trips",
            "/passenger_regular_trips",
        ),
        strict=True,
    )
)
Item = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> list[tuple[str, Item]]:
    return list(items(Recipe(now=NOW)))


@pytest.fixture(scope="module")
def store() -> Store:
    return store_of(Recipe(now=NOW))


@pytest.fixture(scope="module")
def app() -> Any:
    return build(now=NOW, development=True)


def ask(app: Any, path: str, query: Any = None, **headers: str) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path, params=query, headers=headers)

    return asyncio.run(go())


def ends(item: Item) -> tuple[tuple[float, float], tuple[float, float]]:
    return (
        (item["passengerPickupLat"], item["passengerPickupLng"]),
        (item["passengerDropLat"], item["passengerDropLng"]),
    )


def query_of(kind: str, item: Item, **changes: Any) -> Item:
    (plat, plng), (dlat, dlng) = ends(item)
    query = {
        "departureLat": plat,
        "departureLng": plng,
        "arrivalLat": dlat,
        "arrivalLng": dlng,
    }
    if kind.endswith("journey"):
        query["departureDate"] = item["passengerPickupDate"]
    else:
        query["departureTimeOfDay"] = item["schedules"][0]["passengerPickupTimeOfDay"]
    return {name: value for name, value in {**query, **changes}.items() if value is not None}


def journeys(kind: str, item: Item) -> Iterator[Item]:
    if kind.endswith("journey"):
        yield item
    for slot in item.get("schedules", ()):
        yield from slot.get("journeySchedules", ())


# The world


def test_every_item_obeys_its_schema(world: list[tuple[str, Item]]) -> None:
    assert Counter(kind for kind, _ in world) == {
        "driver-journey": 2250,
        "passenger-journey": 1250,
        "driver-regular-trip": 900,
        "passenger-regular-trip": 600,
    }
    assert all(validator_of(OCSS, kind).is_valid(item) for kind, item in world)


def test_same_seed_and_now_give_the_same_bytes(world: list[tuple[str, Item]]) -> None:
    def written(recipe: Recipe) -> str:
        return json.dumps(list(items(recipe)))

    assert written(Recipe(now=NOW)) == json.dumps(world)
    assert written(Recipe(seed=1, now=NOW)) != json.dumps(world)
    assert written(Recipe(now=NOW + DAY)) != json.dumps(world)


def test_ids_are_unique_for_each_operator(world: list[tuple[str, Item]]) -> None:
    found = [
        (item["operator"], journey["id"])
        for kind, item in world
        for journey in journeys(kind, item)
    ]
    assert len(found) > 10_000
    assert len(set(found)) == len(found)
    assert len({identity for _, identity in found}) < len(found), "operators share some"
    assert all(1 <= len(identity) <= 255 for _, identity in found)


def test_pages_are_distinct_and_absolute(world: list[tuple[str, Item]]) -> None:
    pages = [journey["webUrl"] for kind, item in world for journey in journeys(kind, item)]
    pages += [item["webUrl"] for kind, item in world if kind.endswith("trip")]
    assert len(set(pages)) == len(pages)
    assert all(page.startswith("https://") and " " not in page for page in pages)


def test_people_are_the_same_wherever_they_appear(world: list[tuple[str, Item]]) -> None:
    seen: dict[tuple[str, str], Item] = {}
    for _, item in world:
        user = item.get("driver") or item["passenger"]
        assert user["operator"] == item["operator"]
        assert seen.setdefault((user["operator"], user["id"]), user) == user
    shown = {frozenset(user) for user in seen.values()}
    assert len(shown) == 64, "every combination of the six optional members"
    assert any(not user["alias"].isascii() for user in seen.values())


def test_prices_of_all_kinds(world: list[tuple[str, Item]]) -> None:
    prices = [item["price"] for kind, item in world if kind == "driver-journey"]
    assert len(prices) == 2250
    kinds = Counter(price["type"] for price in prices)
    assert min(kinds[kind] for kind in ("FREE", "PAYING", "UNKNOWN")) > 200
    for price in prices:
        if price["type"] == "PAYING":
            assert price["amount"] > 0
            assert price["currency"] in ("EUR", "CHF")
        elif price["type"] == "UNKNOWN":
            assert "amount" not in price
        else:
            assert price.get("amount", 0) == 0
    assert any(price.get("currency") == "CHF" for price in prices)
    assert not any("price" in item for kind, item in world if kind != "driver-journey")


def test_optional_members_come_and_go(world: list[tuple[str, Item]]) -> None:
    for kind in KINDS:
        mine = [item for one, item in world if one == kind]
        for name in ("distance", "journeyPolyline", "preferences", "passengerPickupAddress"):
            share = sum(name in item for item in mine) / len(mine)
            assert 0.2 < share < 0.95, (kind, name)


def test_roads_are_longer_than_great_circles_and_speeds_plausible(
    world: list[tuple[str, Item]],
) -> None:
    for _, item in world:
        km = kilometres(*ends(item))
        assert km > 0.3
        if "distance" in item:
            assert 1.19 * km < item["distance"] / 1000 < 1.41 * km
        assert 15 < km * 1.3 / item["duration"] * 3600 < 135, item["duration"]


def test_polylines_decode_and_join_the_ends(world: list[tuple[str, Item]]) -> None:
    drawn = [item for _, item in world if "journeyPolyline" in item]
    for item in drawn:
        points = polyline.decode(item["journeyPolyline"])
        assert len(points) > 4
        start, end = ends(item)
        assert kilometres(points[0], start) < 0.01
        assert kilometres(points[-1], end) < 0.01
        length = sum(kilometres(a, b) for a, b in pairwise(points))
        assert length < 2 * kilometres(start, end) + 1


def test_drivers_set_off_before_they_pick_up(world: list[tuple[str, Item]]) -> None:
    for kind, item in world:
        for journey in journeys(kind, item):
            assert journey.get("driverDepartureDate", 0) <= journey["passengerPickupDate"]
            assert journey["type"] == "PLANNED"
        if kind == "passenger-journey":
            assert "driverDepartureDate" in item


def test_journeys_fall_on_working_hours_around_now(world: list[tuple[str, Item]]) -> None:
    dates = [
        datetime.fromtimestamp(item["passengerPickupDate"], PARIS)
        for kind, item in world
        if kind.endswith("journey")
    ]
    hours = Counter(date.hour for date in dates)
    assert sum(hours[h] for h in (6, 7, 8, 16, 17, 18)) > 0.6 * len(dates)
    assert hours[23] + hours[0] > 10, "some cross midnight"
    weekdays = Counter(date.weekday() for date in dates)
    assert min(weekdays.values()) > 50
    offsets = [date.timestamp() - NOW for date in dates]
    assert -3 * DAY < min(offsets) < 0
    assert 15 * DAY < max(offsets) < 35 * DAY


@pytest.mark.parametrize("now", [1_783_000_000, 1_774_500_000, 1_792_600_000])
def test_schedules_keep_the_clock_of_france_through_the_change_of_hour(now: int) -> None:
    offsets = set()
    for kind, item in items(Recipe(now=now, count=600)):
        if kind.endswith("trip"):
            assert item["schedules"]
        for slot in item.get("schedules", ()):
            for journey in slot.get("journeySchedules", ()):
                date = datetime.fromtimestamp(journey["passengerPickupDate"], PARIS)
                offsets.add(date.utcoffset())
                assert DAYS[date.weekday()] == slot["passengerPickupDay"]
                assert date.strftime("%H:%M:%S") == slot["passengerPickupTimeOfDay"]
    assert len(offsets) == (1 if now == 1_783_000_000 else 2)


def test_towns_are_where_they_are() -> None:
    every = towns()
    assert len(every) >= 150
    assert len({town.department for town in every}) == 96
    assert len({town.region for town in every}) == 13
    assert len({(town.name, town.department) for town in every}) == len(every)
    for town in every:
        assert 41.3 < town.point[0] < 51.2
        assert -5.2 < town.point[1] < 9.6
        neighbours = [t for t in every if t.department == town.department and t is not town]
        assert not neighbours or min(kilometres(town.point, t.point) for t in neighbours) < 90
        assert all(kilometres(town.point, spot.point) < 4 for spot in spots(town))
    known = {town.name: town.point for town in every}
    for name, point in {
        "Paris": (48.8567, 2.3522),
        "Brest": (48.39, -4.49),
        "Montluçon": (46.3408, 2.6033),
        "Thonon-les-Bains": (46.3627, 6.475),
        "Maubeuge": (50.2775, 3.9734),
        "Agen": (44.2049, 0.6212),
        "Bastia": (42.7008, 9.4503),
        "Valence": (44.9333, 4.8917),
        "Tarbes": (43.23, 0.07),
        "Châteauroux": (46.8103, 1.6911),
    }.items():
        assert kilometres(known[name], point) < 2, name


@pytest.mark.parametrize("area", ["38", "isère", "Bretagne", "2A", "75", "Paris"])
def test_an_area_is_never_left(area: str) -> None:
    inside = towns(area)
    found = list(items(Recipe(now=NOW, count=300, area=area)))
    assert len(found) == 300
    for _, item in found:
        for point in ends(item):
            assert min(kilometres(town.point, point) for town in inside) < 5
    with pytest.raises(ConfigError, match="Bretagne"):
        towns("Atlantis")
    assert corridors(area)


# What a search means


def brute(store: Store, search: Search) -> list[str]:
    """Search without an index, as plainly as it can be written."""
    found = []
    for item in store.some(search.kind, 10_000):
        start, end = ends(item)
        if kilometres(search.departure.centre, start) > search.departure.radius:
            continue
        if kilometres(search.arrival.centre, end) > search.arrival.radius:
            continue
        if not search.regular:
            if abs(item["passengerPickupDate"] - search.moment) <= search.delta:
                found.append(item["webUrl"])
            continue
        for slot in item["schedules"]:
            time = seconds_of_day(slot["passengerPickupTimeOfDay"])
            dates = [j["passengerPickupDate"] for j in slot.get("journeySchedules", ())]
            low = -math.inf if search.earliest is None else search.earliest
            high = math.inf if search.latest is None else search.latest
            in_dates = any(low <= d <= high for d in dates)
            if "journeySchedules" not in slot:
                midnight = datetime.fromtimestamp(NOW, PARIS).replace(hour=0, minute=0, second=0)
                in_dates = False
                for day in range(-90, 90):
                    date = datetime.fromordinal(midnight.toordinal() + day).replace(tzinfo=PARIS)
                    at = date.replace(
                        hour=int(time) // 3600, minute=int(time) // 60 % 60, second=int(time) % 60
                    ).timestamp()
                    if DAYS[date.weekday()] == slot["passengerPickupDay"] and low <= at <= high:
                        in_dates = True
            if search.earliest is None and search.latest is None:
                in_dates = True
            if (
                DAYS.index(slot["passengerPickupDay"]) in search.weekdays
                and around(time, search.moment) <= search.delta
                and in_dates
            ):
                found.append(item["webUrl"])
                break
    return sorted(found)


@pytest.mark.parametrize("kind", KINDS)
def test_the_index_finds_what_plain_filters_find(store: Store, kind: str) -> None:
    random = Random(kind)
    hits = 0
    samples = store.some(kind, 3000)
    for _ in range(60):
        item = random.choice(samples)
        start, end = (
            (lat + random.gauss(0, 0.03), lng + random.gauss(0, 0.03)) for lat, lng in ends(item)
        )
        moment = (
            seconds_of_day(item["schedules"][0]["passengerPickupTimeOfDay"])
            if kind.endswith("trip")
            else item["passengerPickupDate"]
        )
        search = Search(
            kind,
            Disc(*start, random.choice([0, 1, 5, 20, 60, 400])),
            Disc(*end, random.choice([1, 5, 20, 60, 20_000])),
            (moment + random.randrange(-3000, 3000)) % (DAY if kind.endswith("trip") else 2**40),
            random.choice([0, 900, 7200, DAY // 2 - 1, DAY // 2, 3 * DAY]),
        )
        if search.regular:
            first = NOW + random.randrange(-5, 20) * DAY
            search = search.but(
                weekdays=frozenset(random.sample(range(7), random.randrange(1, 8))),
                earliest=random.choice([None, first]),
                latest=random.choice([None, first + random.randrange(0, 9 * DAY)]),
            )
        found = sorted(item["webUrl"] for item in run(store, search))
        assert found == brute(store, search)
        hits += len(found)
    assert hits > 100


@pytest.mark.parametrize("kind", KINDS)
def test_bounds_are_inclusive(store: Store, kind: str) -> None:
    for item in store.some(kind, 20):
        start, end = ends(item)
        moment = (
            seconds_of_day(item["schedules"][0]["passengerPickupTimeOfDay"])
            if kind.endswith("trip")
            else float(item["passengerPickupDate"])
        )
        away = (start[0] + 0.01, start[1] + 0.01)
        km = kilometres(away, start)
        search = Search(kind, Disc(*away, km), Disc(*end, 0), moment + 600, 600)

        def pages(search: Search) -> set[str]:
            return {found["webUrl"] for found in run(store, search)}

        assert item["webUrl"] in pages(search)
        assert item["webUrl"] not in pages(search.but(departure=Disc(*away, km - 1e-6)))
        if kind.endswith("journey"):
            assert item["webUrl"] not in pages(search.but(delta=599))


def test_time_of_day_goes_round(app: Any, store: Store) -> None:
    late = next(
        item
        for item in store.some("driver-regular-trip", 900)
        if item["schedules"][0]["passengerPickupTimeOfDay"].startswith(("23:5", "23:4"))
    )
    query = query_of("driver-regular-trip", late, departureTimeOfDay="00:05:00", timeDelta=1800)
    got = ask(app, "/driver_regular_trips", query)
    assert late["webUrl"] in [item["webUrl"] for item in got.json()]


@pytest.mark.parametrize("kind", KINDS)
def test_walks_are_seen_from_the_search(app: Any, store: Store, kind: str) -> None:
    walked = 0
    for item in store.some(kind, 40):
        (plat, plng), _ = ends(item)
        query = query_of(kind, item, departureLat=plat + 0.004, departureLng=plng - 0.003)
        for found in ask(app, PATHS[kind], query).json():
            searched = (query["departureLat"], query["departureLng"])
            km = kilometres(searched, ends(found)[0])
            assert km > 0
            if "departureToPickupWalkingDistance" in found:
                walked += 1
                assert km * 1000 <= found["departureToPickupWalkingDistance"] <= km * 1500 + 1
                assert found["departureToPickupWalkingDuration"] > 0
            if "departureToPickupWalkingPolyline" in found:
                line = polyline.decode(found["departureToPickupWalkingPolyline"])
                assert kilometres(line[0], searched) < 0.01
                assert kilometres(line[-1], ends(found)[0]) < 0.01
    assert (walked > 5) == kind.startswith("driver")


@pytest.mark.parametrize("kind", KINDS)
def test_count_takes_the_most_relevant(app: Any, store: Store, kind: str) -> None:
    wide: Item = {"departureRadius": 40, "arrivalRadius": 40, "timeDelta": 200_000}
    for item in store.some(kind, 30):
        every = ask(app, PATHS[kind], query_of(kind, item, **wide)).json()
        if len(every) > 2:
            break
    assert len(every) > 2
    assert every[0]["webUrl"] == item["webUrl"]
    for count in (0, 1, 2, 1000):
        some = ask(app, PATHS[kind], query_of(kind, item, **wide, count=count)).json()
        assert some == every[:count]
    assert ask(app, PATHS[kind], query_of(kind, item, count=-1)).status_code == 400


@pytest.mark.parametrize("kind", KINDS)
def test_defaults_equal_their_values(app: Any, store: Store, kind: str) -> None:
    values: Item = {"timeDelta": 900, "departureRadius": 1.0, "arrivalRadius": "1"}
    if kind.endswith("trip"):
        values["departureWeekdays"] = "MON,TUE,WED,THU,FRI,SAT,SUN"
    for item in store.some(kind, 10):
        plain = ask(app, PATHS[kind], query_of(kind, item))
        assert plain.json()
        assert ask(app, PATHS[kind], query_of(kind, item, **values)).json() == plain.json()


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_match_is_an_empty_list(app: Any, store: Store, kind: str) -> None:
    item = store.some(kind, 1)[0]
    nothing: list[Item] = [
        {"departureLat": -48.9, "departureLng": -123.4},
        {"departureLat": 1e300},
        {"arrivalLng": -1e308},
        {"departureLat": 90, "departureRadius": 5},
        {"departureRadius": -1},
        {"timeDelta": -1},
        {"count": 0},
    ]
    if kind.endswith("journey"):
        nothing += [{"departureDate": 10}, {"departureDate": -(10**40)}, {"departureDate": 10**40}]
    else:
        nothing += [
            {"minDepartureDate": NOW + DAY, "maxDepartureDate": NOW},
            {"maxDepartureDate": -(10**30)},
            {"minDepartureDate": 10**30, "maxDepartureDate": 10**30 + 1},
        ]
    for change in nothing:
        got = ask(app, PATHS[kind], query_of(kind, item, **change))
        assert (got.status_code, got.json()) == (200, []), change
    huge = {"departureRadius": 1e308, "arrivalRadius": 1e308, "timeDelta": 10**50, "count": 10**50}
    assert len(ask(app, PATHS[kind], query_of(kind, item, **huge)).json()) == store.count(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_wrong_requests_are_refused(app: Any, store: Store, kind: str) -> None:
    item = store.some(kind, 1)[0]
    good = query_of(kind, item)
    wrong: list[Item] = [{name: None} for name in good]
    wrong += [{name: "abc"} for name in good]
    wrong += [{"count": "1.5"}, {"timeDelta": "x"}, {"departureRadius": "NaN"}, {"count": "1e400"}]
    if kind.endswith("trip"):
        wrong += [
            {"departureTimeOfDay": value}
            for value in ("07:30", "7h30", "25:00:00", "07:30:00Z", "07:30:00+01:00", "")
        ]
        wrong += [{"departureWeekdays": "FOO"}, {"departureWeekdays": ""}]
        wrong += [{"minDepartureDate": "2022-01-01"}]
        assert ask(app, PATHS[kind], {**good, "departureTimeOfDay": "07:30:00.5"}).is_success
    for change in wrong:
        got = ask(app, PATHS[kind], query_of(kind, item, **change))
        assert got.status_code == 400, change
        assert list(got.json()) == ["error"]
        assert got.json()["error"]


def test_status_is_open_and_searches_want_the_key() -> None:
    guarded = build(now=NOW, count=50, api_keys=["secret"])
    assert ask(guarded, "/status").status_code == 200
    assert ask(guarded, "/driver_journeys").status_code == 401
    assert ask(guarded, "/driver_journeys", **{"X-API-Key": "wrong"}).status_code == 401
    assert ask(guarded, "/driver_journeys", **{"X-API-Key": "secret"}).status_code == 400


# Where the data comes from


def test_a_second_app_costs_nothing() -> None:
    assert store_of(Recipe(now=NOW)) is store_of(Recipe(now=NOW))


def test_a_database_file_is_filled_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'file.sqlite3'}"
    recipe = Recipe(now=NOW, count=40)
    first = store_of(recipe, url).some("driver-journey", 40)
    assert store_of(recipe, url).some("driver-journey", 40) == first
    other = store_of(Recipe(seed=2, now=NOW, count=40), url).some("driver-journey", 40)
    assert other != first
    assert len(other) == len(first)
    with pytest.raises(ConfigError, match="sqlite:///"):
        store_of(recipe, "postgres://somewhere")
    with pytest.raises(ConfigError, match="can't be used"):
        store_of(recipe, f"sqlite:///{tmp_path}/no/such/folder.db")
    (tmp_path / "text.db").write_text("not a database at all, but long enough to be read" * 50)
    with pytest.raises(ConfigError, match="can't be used"):
        store_of(recipe, f"sqlite:///{tmp_path}/text.db")


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "production.sqlite3"
    with closing(sqlite3.connect(file)) as theirs, theirs:
        theirs.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, kind TEXT, document TEXT)")
        theirs.execute("INSERT INTO items VALUES (1, 'precious', '{}')")
    before = file.read_bytes()
    with pytest.raises(ConfigError, match="nothing was changed"):
        store_of(Recipe(now=NOW, count=40), f"sqlite:///{file}")
    assert file.read_bytes() == before


@pytest.mark.parametrize("kind", KINDS)
def test_searches_are_answered_by_the_index(store: Store, kind: str) -> None:
    asked: list[str] = []
    store._db.set_trace_callback(asked.append)
    france = Disc(46.5, 2.5, 600)
    found = store.near(kind, france, france, 0, 2**40)
    store.item.cache_clear()
    store.item(found[0].item)
    store._db.set_trace_callback(None)
    own = [query for query in asked if not query.startswith("--")]
    plans = [store._db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall() for query in own]
    details = [detail for plan in plans for *_, detail in plan]
    tree = f"near_{kind.replace('-', '_')}"
    assert details[0].startswith(f"SCAN {tree} VIRTUAL TABLE INDEX 2:")
    assert details[1] == "SEARCH items USING INTEGER PRIMARY KEY (rowid=?)"
    assert len(details) == 2


def test_documents_in_place_of_the_generator(tmp_path: Path, world: list[tuple[str, Item]]) -> None:
    some = [*world[:3], *world[-3:]]
    lines, array = tmp_path / "data.ndjson", tmp_path / "data.json"
    lines.write_text("\n\n".join(json.dumps(item) for _, item in some) + "\n")
    array.write_text(json.dumps([item for _, item in some]))
    for file in (lines, array):
        app = build(now=NOW, data=file, development=True)
        for kind, item in some:
            (found,) = ask(app, PATHS[kind], query_of(kind, item, departureRadius=0.01)).json()
            assert {name: found[name] for name in item} == item


def test_a_schedule_without_day_or_time_is_read_off_its_journeys(tmp_path: Path) -> None:
    folder = OCSS.folder / "examples" / "valid" / "driver-regular-trip"
    item = json.loads((folder / "with-journeys.json").read_text())
    for slot in item["schedules"]:
        del slot["passengerPickupDay"], slot["passengerPickupTimeOfDay"]
    bare = {name: value for name, value in item.items() if name != "schedules"}
    file = tmp_path / "data.json"
    file.write_text(json.dumps([item, bare]))
    query = {**query_of("driver-journey", {**item, "passengerPickupDate": 0})}
    del query["departureDate"]
    app = build(now=NOW, data=file)
    good = {**query, "departureTimeOfDay": "17:45:00", "departureWeekdays": "TUE"}
    assert len(ask(app, "/driver_regular_trips", good).json()) == 1
    assert ask(app, "/driver_regular_trips", {**good, "departureWeekdays": "MON"}).json() == []


@pytest.mark.parametrize("date", [10**30, -(10**30), 1e300, 10**15])
def test_instants_that_no_calendar_has_are_kept(tmp_path: Path, date: float) -> None:
    folder = OCSS.folder / "examples" / "valid"
    journey = json.loads((folder / "driver-journey" / "full.json").read_text())
    trip = json.loads((folder / "driver-regular-trip" / "with-journeys.json").read_text())
    dated = {"passengerPickupDate": date, "type": "PLANNED"}
    data = [{**journey, **dated}, {**trip, "schedules": [{"journeySchedules": [dated]}]}]
    file = tmp_path / "data.json"
    file.write_text(json.dumps(data))
    app = build(now=NOW, data=file)
    for kind, item in (("driver-journey", journey), ("driver-regular-trip", trip)):
        assert ask(app, PATHS[kind], query_of(kind, item)).json() == []


def test_wrong_documents_are_named(tmp_path: Path) -> None:
    file = tmp_path / "data.ndjson"
    file.write_text('{"driver": {}, "passengerPickupDate": 3}\n')
    with pytest.raises(RefusedDocument, match="1: driver-journey"):
        build(data=file)
    file.write_text("{}\n{nope\n")
    with pytest.raises(ConfigError, match="line 2"):
        build(data=file)
    file.write_text("[1]")
    with pytest.raises(RefusedDocument):
        build(data=file)
    with pytest.raises(ConfigError, match="can't be read"):
        build(data=tmp_path / "missing")
    with pytest.raises(ConfigError, match="operators"):
        build(operators=9)


def test_a_missing_extra_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("mobstd.ocss.reference.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "haversine", None)
    with pytest.raises(MissingExtra, match=r"mobstd\[server\]"):
        build(count=1)


def test_the_real_now_is_the_default() -> None:
    store = store_of(Recipe(now=int(datetime.now(UTC).timestamp()), count=20))
    assert store.count("driver-journey") == 9
    assert callable(build(count=20))


# Wrong behaviours

Probe = Callable[[Any], bool]


@pytest.fixture(scope="module")
def answers(store: Store) -> list[tuple[str, Item]]:
    """A mix of queries that shows each behaviour."""
    mix: list[tuple[str, Item]] = []
    for kind in KINDS:
        for number, item in enumerate(store.some(kind, 20)):
            mix.append((PATHS[kind], query_of(kind, item)))
            radius = (2, 5, 12, 40)[number % 4]
            wide: Item = {"departureRadius": radius, "arrivalRadius": radius / 2}
            mix.append((PATHS[kind], query_of(kind, item, **wide, timeDelta=20_000)))
            mix.append((PATHS[kind], query_of(kind, item, count=0)))
            mix.append((PATHS[kind], query_of(kind, item, timeDelta=0, departureRadius=0)))
            mix.append((PATHS[kind], query_of(kind, item, departureLat="abc")))
            if kind.endswith("trip"):
                days = {"departureWeekdays": "MON,TUE", "minDepartureDate": NOW + 8 * DAY}
                mix.append((PATHS[kind], query_of(kind, item, **days, timeDelta=1800)))
                night = {"departureTimeOfDay": "00:05:00", "timeDelta": 3000}
                far = {"departureRadius": 900, "arrivalRadius": 900}
                mix.append((PATHS[kind], query_of(kind, item, **night, **far)))
            else:
                mix.append((PATHS[kind], query_of(kind, item, departureDate=NOW - 90 * DAY)))
    mix.append(("/driver_journeys", {**mix[0][1], "departureLat": 1e30}))
    return mix


Said = list[tuple[int, str]]


def transcript(app: Any, mix: list[tuple[str, Item]], right: Said | None = None) -> Said:
    """Return what an app answers, up to the first answer that is not the right one."""

    async def go() -> Said:
        transport = httpx.ASGITransport(app=app)
        said: Said = []
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for path, query in [*mix, mix[1], ("/status", {})]:
                got = await client.get(path, params=query)
                said.append((got.status_code, got.text))
                if right is not None and said[-1] != right[len(said) - 1]:
                    break
        return said

    return asyncio.run(go())


@pytest.fixture(scope="module")
def right(answers: list[tuple[str, Item]]) -> Said:
    return transcript(build(now=NOW), answers)


@pytest.mark.parametrize("name", sorted({*SEARCHES, "lenient-numbers"}))
def test_each_behaviour_shows(name: str, answers: list[tuple[str, Item]], right: Said) -> None:
    wrong = transcript(build(now=NOW, behaviours=[name]), answers, right)
    assert wrong != right
    assert all(status in (200, 400, 404, 500) for status, _ in wrong)


def test_behaviours_of_keys() -> None:
    def statuses(*names: str) -> list[int]:
        app = build(now=NOW, count=50, api_keys=["good"], behaviours=names)
        keys: list[dict[str, str]] = [{}, {"X-API-Key": "bad"}, {"X-API-Key": "good"}]
        return [
            ask(app, path, **k).status_code for path in ("/status", PATHS[KINDS[0]]) for k in keys
        ]

    assert statuses() == [200, 200, 200, 401, 401, 400]
    assert statuses("accepts-any-key") == [200, 200, 200, 401, 400, 400]
    assert statuses("accepts-no-key") == [200, 200, 200, 400, 401, 400]
    assert statuses("status-needs-key") == [401, 401, 200, 401, 401, 400]


def test_a_behaviour_on_some_operations(store: Store) -> None:
    app = build(now=NOW, behaviours=["unstable-ids@getPassengerJourneys"])
    for kind, stable in (("driver-journey", True), ("passenger-journey", False)):
        query = query_of(kind, store.some(kind, 1)[0])
        first, second = (ask(app, PATHS[kind], query).json() for _ in range(2))
        assert (first == second) is stable
    keyed = build(
        now=NOW,
        count=50,
        api_keys=["good"],
        behaviours={"accepts-no-key": ("getDriverJourneys",)},
    )
    assert ask(keyed, "/driver_journeys").status_code == 400
    assert ask(keyed, "/passenger_journeys").status_code == 401
    with pytest.raises(UnknownName, match="few-ids"):
        build(behaviours=["no-such-thing"])


def test_faults_name_behaviours_that_violate_their_row() -> None:
    used = [fault for fault in load_faults(OCSS) if fault.behaviour]
    assert used
    for fault in used:
        assert fault.behaviour in BEHAVIOURS
        assert fault.requirement in BEHAVIOURS[fault.behaviour].violates, fault.id


def test_every_behaviour_is_wrong_in_one_way() -> None:
    """One that violates nothing is for a twin."""
    legal = {twin.behaviour for twin in load_twins(OCSS)}
    for name, one in BEHAVIOURS.items():
        ways = (one.search, one.habit, one.acts, one.move, one.retell, one.ride)
        assert sum(way is not None for way in ways) == 1, name
        assert one.violates or name in legal, name
