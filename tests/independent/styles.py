"""Habits that the standard allows, one each: no finding may come from them.

``world`` are options of the world, ``profile`` what the operator says of itself, ``blocks`` those
that are there, ``wire``: only seen over HTTP.
"""

from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import RedirectResponse, Response, StreamingResponse

from .cleanroom import (
    DAY,
    DRIVERS,
    HABITS,
    HEALTH,
    JOURNEYS,
    OFFERS,
    RHYTHMS,
    TRIPS,
    WEEK,
    WISHES,
    Bad,
    between,
    instant_of,
    kilometres,
    local,
)
from .faults import dated, each_item, people, slots


@dataclass(frozen=True)
class Style:
    change: Callable[[Any], None]
    how: str
    world: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    warns: tuple[str, ...] = ()
    setting: str = ""
    thin: bool = False
    wire: bool = False
    base: str = ""


STYLES: dict[str, Style] = {}


def style(warns: str = "", **more: Any) -> Callable[[Any], Any]:
    """``warns``: rows that may warn. ``thin``: there is too little to exercise every core row."""

    def add(change):
        rows = tuple(f"OCSS-{row}" for row in warns.split())
        how = " ".join((change.__doc__ or "").split())
        STYLES[change.__name__] = Style(change, how, warns=rows, **more)
        return change

    return add


def headers_of(op, edit):
    """Let ``edit(response)`` see every answer, and replace it."""
    answer = op.answer

    def changed(path, pairs, headers):
        response = answer(path, pairs, headers)
        return edit(response) or response

    op.answer = changed


# --- on the wire ---------------------------------------------------------------------------


@style()
def media_case(op):
    """APPLICATION/JSON in capitals."""
    reply = op.reply
    op.reply = lambda status, body=None, media="": reply(status, body, "APPLICATION/JSON")


@style()
def media_charset(op):
    """A charset with odd spacing and quotes."""
    reply = op.reply
    media = 'application/json ;charset="UTF-8"; v=1'
    op.reply = lambda status, body=None, **more: reply(status, body, media)


@style()
def odd_headers(op):
    """Cookies, caching, links, tracing."""

    def edit(response):
        response.headers["set-cookie"] = "a=b; Path=/"
        response.headers["cache-control"] = "max-age=0"
        response.headers["etag"] = 'W/"1"'
        response.headers["X-Ünïcode".encode().decode("latin-1").replace("Ã", "U")[:4]] = "1"
        response.headers["retry-after"] = "soon"

    headers_of(op, edit)


@style()
def gzipped(op):
    """Every body is compressed."""

    def edit(response):
        if response.body:
            packed = gzip.compress(response.body)
            headers = {"content-encoding": "gzip", "content-type": response.headers["content-type"]}
            return Response(packed, response.status_code, headers)
        return None

    headers_of(op, edit)


@style()
def chunked(op):
    """Bodies in pieces of 700 bytes, without a length."""

    def edit(response):
        if not response.body:
            return None
        pieces = [response.body[k : k + 700] for k in range(0, len(response.body), 700)]

        async def stream():
            for piece in pieces:
                yield piece

        media = response.headers["content-type"]
        return StreamingResponse(stream(), response.status_code, {"content-type": media})

    headers_of(op, edit)


@style()
def airy(op):
    """Bodies are indented, with blank lines around."""
    op.written = lambda body: (
        b"\r\n\t " + json.dumps(body, indent="\t", ensure_ascii=False).encode() + b"\n\n"
    )


@style()
def ascii_only(op):
    r"""Letters are written \u00e9."""
    op.written = lambda body: json.dumps(body).encode()


@style()
def exponents(op):
    """Numbers in exponent form: 3.6E+3."""

    def written(body):
        text = json.dumps(body, ensure_ascii=False)
        text = re.sub(
            r"(?<=: )(-?[0-9]+)(\.[0-9]+)?(?=[,}\]])",
            lambda m: f"{m[1]}{m[2] or '.0'}E+0",
            text,
        )
        return text.encode()

    op.written = written


@style()
def whole_floats(op):
    """Integers are written 3600.0."""

    def floats(value):
        if isinstance(value, dict):
            return {k: floats(v) for k, v in value.items()}
        if isinstance(value, list):
            return [floats(v) for v in value]
        return float(value) if type(value) is int else value

    written = op.written
    op.written = lambda body: written(floats(body))


@style()
def slow(op):
    """Every eighth answer takes 50 ms."""

    def edit(response):
        if op.calls % 8 == 0:
            time.sleep(0.05)

    headers_of(op, edit)


@style()
def redirected(op):
    """A slash is put behind the path by a redirect."""

    def around(inner):
        async def outer(scope, receive, send):
            if scope["type"] == "http" and not scope["path"].endswith("/"):
                to = scope["path"] + "/?" + scope["query_string"].decode()
                return await RedirectResponse(to, 307)(scope, receive, send)
            if scope["type"] == "http":
                scope = {**scope, "path": scope["path"].rstrip("/")}
            return await inner(scope, receive, send)

        return outer

    op.around = around


@style(base="/v1/api")
def base_path(op):
    """Everything is below /v1/api."""

    def around(inner):
        async def outer(scope, receive, send):
            if scope["type"] == "http":
                if not scope["path"].startswith("/v1/api/"):
                    return await Response(status_code=404)(scope, receive, send)
                scope = {**scope, "path": scope["path"].removeprefix("/v1/api")}
            return await inner(scope, receive, send)

        return outer

    op.around = around


@style()
def throttled(op):
    """Every 40th answer is a 429."""
    answer = op.answer

    def changed(path, pairs, headers):
        if op.calls and op.calls % 40 == 0:
            op.calls += 1
            return Response(status_code=429, headers={"retry-after": "1"})
        return answer(path, pairs, headers)

    op.answer = changed


@style(wire=True)
def loopback6(op):
    """Served on ::1."""


@style(wire=True)
def undated(op):
    """No Date, no Server header."""


@style(wire=True)
def http10(op):
    """HTTP/1.0, a connection for each answer."""


# --- refusals ------------------------------------------------------------------------------


@style()
def refusal_empty(op):
    """400 without a body."""
    op.refuse = lambda why: op.reply(400)


@style("SEARCH-05 ERR-01")
def refusal_bare(op):
    """400 with an empty object."""
    op.refuse = lambda why: op.reply(400, {})


@style()
def refusal_rich(op):
    """400 with more members than the error."""
    op.refuse = lambda why: op.reply(400, {"error": why, "code": 7, "details": [None, {"a": 1}]})


@style()
def wide_refused(op):
    """More than 100 km, more than a day, are refused."""
    read = op.read

    def changed(path, pairs):
        ask = read(path, pairs)
        if max(ask["near"], ask["far"]) > 100:
            raise Bad("radius over 100 km")
        if ask["delta"] > DAY:
            raise Bad("timeDelta over a day")
        return ask

    op.read = changed


@style()
def tight_refused(op):
    """More than 30 km, more than 12 hours, more than 100 results are refused."""
    read = op.read

    def changed(path, pairs):
        ask = read(path, pairs)
        if max(ask["near"], ask["far"]) > 30:
            raise Bad("radius over 30 km")
        if ask["delta"] > DAY / 2:
            raise Bad("timeDelta over 12 hours")
        if ask["count"] is not None and ask["count"] > 100:
            raise Bad("count over 100")
        return ask

    op.read = changed


@style("SEARCH-04 REG-03 REG-05")
def lenient(op):
    """07:30 is read, other weekdays and a negative count are ignored."""
    clock, weekdays, optional = op.clock, op.weekdays, op.optional
    op.clock = lambda text: clock(text + ":00" if text.count(":") == 1 else text)
    op.weekdays = lambda texts: weekdays(
        [t for t in ",".join(texts).upper().split(",") if t in WEEK] or [",".join(WEEK)]
    )

    def changed(given, name, reader, default):
        if name == "count" and given.get("count", "").startswith("-"):
            return None
        return optional(given, name, reader, default)

    op.optional = changed


# --- what fits -----------------------------------------------------------------------------


@style()
def bounds_open(op):
    """Bounds of radius and timeDelta do not count as inside."""
    gap = op.gap
    op.starts_near = lambda ride, ask: gap(ride["a"], ask["from"]) < ask["near"]
    op.ends_near = lambda ride, ask: gap(ride["b"], ask["to"]) < ask["far"]
    op.in_time = lambda ride, ask: abs(ride["at"] - ask["when"]) < ask["delta"]


@style()
def big_earth(op):
    """The earth is 6378.137 km."""
    op.gap = lambda p, q: kilometres(p, q) * 6378.137 / 6371


@style()
def driver_time(op):
    """Passengers' journeys are searched by driverDepartureDate."""
    op.instant = lambda ride: ride["leave"] if ride["path"] == WISHES else ride["at"]


@style()
def shuffled(op):
    """The order changes from answer to answer."""
    found = op.found

    def changed(path, ask):
        rides = found(path, ask)
        op.world.dice.shuffle(rides)
        return rides

    op.found = changed


@style()
def random_count(op):
    """With count, some of what fits, by chance."""
    op.cut = lambda items, ask: (
        items
        if ask["count"] is None
        else op.world.dice.sample(items, min(ask["count"], len(items)))
    )


@style()
def nearest_first(op):
    """Sorted by distance, then time."""
    found = op.found
    op.found = lambda path, ask: sorted(
        found(path, ask), key=lambda r: kilometres(r["a"], ask["from"])
    )


@style()
def trimmed(op):
    """Trips show only the slots and the dates that fit."""
    show, world = op.show, op.world

    def changed(path, ride, ask):
        face = show(path, ride, ask)
        if path in JOURNEYS or "schedules" not in face:
            return face
        fitting = [
            s
            for s in ride["slots"]
            if op.on_day(s, ask) and op.at_clock(s, ask) and op.in_dates(s, ask)
        ]
        shown = world.schedules({**ride, "slots": fitting}, lambda when: op.dated(when, ask))
        return {**face, "schedules": shown}

    op.show = changed


@style()
def next_three(op):
    """Trips list the next three dates from minDepartureDate on; they go on after that."""
    show, world = op.show, op.world

    def changed(path, ride, ask):
        face = show(path, ride, ask)
        if path in JOURNEYS or "schedules" not in face:
            return face
        cut = []
        for slot in ride["slots"]:
            fitting = [j for j in slot.journeys if op.dated(j[0], ask)] or slot.journeys
            cut.append(slot._replace(journeys=fitting[:2]))
        return {**face, "schedules": world.schedules({**ride, "slots": cut})}

    op.show = changed


def on_the_way(op, path, ride, ask):
    """Pick up and drop where the driver's way comes nearest to what is asked."""
    start, finish = ride["start"], ride["finish"]
    shares = [k / 20 for k in range(21)]
    early = min(shares, key=lambda k: kilometres(between(start, finish, k), ask["from"]))
    late = min(shares, key=lambda k: kilometres(between(start, finish, k), ask["to"]))
    return early, late


@style("SEARCH-18")
def met_on_the_way(op):
    """Drivers' pickup and drop depend on what is asked."""
    stock, show, world = op.stock, op.show, op.world

    def changed(path, ask):
        out = []
        for ride in stock(path):
            if path != OFFERS or ride.get("slots"):
                if op.fits(path, ride, ask):
                    out.append(ride)
                continue
            early, late = on_the_way(op, path, ride, ask)
            if early < late:
                moved = dict(ride)
                world.settle(moved, early, late)
                if op.fits(path, moved, ask):
                    out.append(moved)
        return out

    op.found = changed

    def shown(path, ride, ask):
        face = show(path, ride, ask)
        if path != OFFERS or ride.get("slots"):
            return face
        face = deepcopy(face)
        face.pop("journeyPolyline", None)
        (face["passengerPickupLat"], face["passengerPickupLng"]) = ride["a"]
        (face["passengerDropLat"], face["passengerDropLng"]) = ride["b"]
        face["passengerPickupDate"] = ride["at"]
        share = ride["shares"][1] - ride["shares"][0]
        face["duration"] = max(60, round(ride["seconds"] * share))
        if "distance" in face:
            face["distance"] = round(ride["metres"] * share)
        return face

    op.show = shown


@style("SEARCH-18 SEARCH-19 REG-13")
def met_without_ids(op):
    """Pickups depend on what is asked, and journeys have no id."""
    met_on_the_way(op)
    each_item(op, lambda item, ride: item.pop("id", None) and None)


@style()
def moving(op):
    """Journeys end and appear all the time."""
    stock, gone = op.stock, {}

    def changed(path):
        rides = stock(path)
        for place, ride in enumerate(rides):
            gone.setdefault(id(ride), place * 13 % len(rides))
        age = op.calls // 4
        return [r for r in rides if not age - 3 <= gone[id(r)] % 80 < age and gone[id(r)] != age]

    op.stock = changed


@style()
def ending(op):
    """Every third request a journey is gone for good."""
    stock = op.stock
    op.stock = lambda path: stock(path)[op.calls // 12 :]


# --- what is shown -------------------------------------------------------------------------


@style()
def strangers(op):
    """Unknown members everywhere."""

    def more(value):
        if isinstance(value, dict):
            return {"_v": None, **{k: more(v) for k, v in value.items()}, "ext": {"a": [None]}}
        return [more(v) for v in value] if isinstance(value, list) else value

    each_item(op, lambda item, ride: more(item))


@style()
def backwards(op):
    """Members in another order."""
    each_item(op, lambda item, ride: dict(reversed(item.items())))


@style("SEARCH-19 PRICE-02 REG-13", world={"optional": 0})
def bare(op):
    """No optional member at all, not even ids and slots."""
    each_item(op, lambda item, ride: item.pop("id", None) and None)
    each_item(op, lambda item, ride: item.pop("schedules", None) and None)
    each_item(op, lambda item, ride: item.pop("price", None) and None)


@style("PRICE-02", world={"optional": 0})
def sparse(op):
    """No optional member but ids and slots."""


@style(world={"optional": 1})
def full(op):
    """Every optional member."""


@style(
    world={
        "words": (
            "王小明",
            "Ольга",
            "مريم",
            "Ζωή",
            "👩‍🦰",
            "Ñandú",
            "Łucja",
            "אברהם",
            "Ðór",
            "नीता",
        )
    }
)
def scripts(op):
    """Names of all scripts."""


@style()
def numeric_ids(op):
    """Ids look like numbers."""

    def edit(item, ride):
        people(item)["id"] = f"{ride['n']:05}"
        if "id" in item:
            item["id"] = "00" + re.sub(r"\D", "", item["id"]) + str(len(item["id"]))
        for journey in dated(item):
            name = journey["id"]
            journey["id"] = "00" + re.sub(r"\D", "", name) + str(len(name))

    each_item(op, edit, JOURNEYS)


@style()
def long_ids(op):
    """Ids of 255 characters, of any script."""

    def edit(item, ride):
        for place in [item, *dated(item)]:
            if "id" in place:
                place["id"] = (place["id"] + "/?&#% ").ljust(255, "é")

    each_item(op, edit)


@style(world={"size": 1200})
def many(op):
    """Twelve hundred rides."""


@style(thin=True, world={"size": 8})
def few(op):
    """Eight rides in all."""


@style(thin=True, world={"size": 0})
def single(op):
    """One ride for each search."""


@style(world={"domains": ["covoit.fr"]})
def one_domain(op):
    """One operator only."""


@style(
    world={
        "domains": [
            "a.b.c.mobilite.region.bretagne.bzh",
            "xn--covoiturage-t-mhbb.fr",
            "x.co.uk",
            "123.paris",
        ]
    }
)
def domains(op):
    """Deep and internationalised domains."""


@style(world={"domains": [f"op{k}.fr" for k in range(25)]})
def aggregator(op):
    """25 operators."""


@style("SEARCH-23", world={"types": ("PLANNED", "DYNAMIC", "LINE")})
def types(op):
    """Lines and journeys in real time too."""


@style(world={"currency": ("XPF", "CHF", "GBP", "JPY")})
def currencies(op):
    """Currencies of elsewhere, without decimals too."""


@style()
def trip_pages(op):
    """The trips of a driver have one page."""

    def edit(item, ride):
        people(item).update(id=f"d{ride['n'] // 3}", alias="x")
        people(item).pop("firstName", None)
        item["webUrl"] = f"https://{item['operator']}/d/{ride['n'] // 3}"

    each_item(op, edit, TRIPS)


@style()
def way_there_twice(op):
    """A driver has two trips with the same ends, without links."""
    for path in TRIPS:
        for ride in op.world.rides[path][::2]:
            slots_ = []
            for slot in ride["slots"]:
                on = 5400 if slot.clock < DAY / 2 else -5400
                journeys = [
                    (instant_of(local(when)[0], slot.clock + on), f"{name}b")
                    for when, name in slot.journeys
                ]
                slots_.append(slot._replace(clock=slot.clock + on, journeys=journeys))
            twin = {**ride, "slots": slots_, "n": ride["n"], "face": deepcopy(ride["face"])}
            twin["face"].pop("webUrl", None)
            ride["face"].pop("webUrl", None)
            if "schedules" in twin["face"]:
                twin["face"]["schedules"] = op.world.schedules(twin)
            op.world.rides[path].append(twin)


@style("REG-17", world={"zone": staticmethod(lambda instant: 0)})
def utc(op):
    """Times of day and weekdays are in UTC."""


@style(world={"zone": staticmethod(lambda instant: 0)}, profile={"timezone": "UTC"})
def utc_declared(op):
    """Times of day are in UTC, and the profile says so."""


@style()
def split_seconds(op):
    """Times of day with a fraction."""

    def edit(item, ride):
        for slot in slots(item):
            if "passengerPickupTimeOfDay" in slot:
                slot["passengerPickupTimeOfDay"] += ".000"

    each_item(op, edit, TRIPS)


@style()
def exact_coordinates(op):
    """Fifteen decimals, or none."""

    def edit(item, ride):
        for name in list(item):
            if name.endswith(("Lat", "Lng")):
                item[name] = item[name] + 1.23456e-10

    each_item(op, edit)


@style(
    world={
        "centres": ((-21.1151, 55.5364), (-20.9, 55.45)),
        "zone": staticmethod(lambda instant: 14_400),
    },
    profile={"timezone": "Indian/Reunion", "areas": ("-21.1,55.5,60",)},
)
def island(op):
    """La Réunion."""


@style(
    world={"centres": ((49.49, 0.0), (44.84, -0.02))},
)
def meridian(op):
    """Around Greenwich: longitudes are near 0."""


@style()
def empty_text(op):
    """Empty addresses and names."""

    def edit(item, ride):
        item["passengerPickupAddress"] = ""
        people(item).update(lastName="", alias="")

    each_item(op, edit)


@style()
def health_text(op):
    """/status says OK in text."""
    op.health = lambda: Response("OK", media_type="text/plain")


@style()
def health_json(op):
    """/status has a JSON body of its own."""
    op.health = lambda: op.reply(200, {"status": "ok", "uptime": None})


# --- which searches are there --------------------------------------------------------------


def only(path, status):
    def change(op):
        op.served, op.unserved = (path, HEALTH), status

    change.__name__ = f"only_{path[1:]}"
    change.__doc__ = f"Only {path}; the others answer {status}."
    style()(change)


only(OFFERS, 404)
only(WISHES, 405)
only(HABITS, 501)
only(RHYTHMS, 404)


@style()
def drivers_only(op):
    """Only drivers, no status."""
    op.served = DRIVERS


@style(setting="key")
def keyed(op):
    """X-API-Key everywhere but for /status; strangers get a page."""
    op.stranger = lambda: Response("<h1>Who are you?</h1>", 401, media_type="text/html")


@style(setting="key")
def keyed_trips(op):
    """The key is asked for by the searches of trips only."""
    allowed = op.allowed
    op.allowed = lambda path, headers: path in JOURNEYS or allowed(path, headers)
