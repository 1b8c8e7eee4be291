"""A carpool operator written from the text of the standard alone; nothing of mobstd is in it.

Lists in memory, own geodesy, own calendar. ``app(faults=..., style=...)`` gives the same operator
with mistakes (``faults.py``) or with legal habits (``styles.py``): each replaces some methods.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import namedtuple
from copy import deepcopy

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

NOW = 1_792_486_800  # Tuesday 20 October 2026, 09:00 UTC; clocks go back on the 25th
HOUR, DAY = 3600, 86_400
WEEK = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
RENNES, TOULOUSE = (48.1147, -1.6794), (43.6045, 1.4440)
DOMAINS = ["covoit-armor.fr", "lift.garonne-mobilite.fr", "partage.example.org"]

OFFERS, WISHES, HABITS, RHYTHMS, HEALTH = (
    "/driver_journeys",
    "/passenger_journeys",
    "/driver_regular_trips",
    "/passenger_regular_trips",
    "/status",
)
JOURNEYS, TRIPS = (OFFERS, WISHES), (HABITS, RHYTHMS)
SEARCHES = JOURNEYS + TRIPS
DRIVERS = (OFFERS, HABITS)

Slot = namedtuple("Slot", "day clock journeys")  # "MON", seconds of the day, [(instant, id)...]


class Bad(Exception):
    """The request is wrong; the text says why."""


# --- the globe -----------------------------------------------------------------------------


def vector(lat, lng):
    phi, lam = math.radians(lat), math.radians(lng)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def kilometres(p, q):
    """Arc between two points by the angle of their vectors."""
    a, b = vector(*p), vector(*q)
    cross = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return 6371.0 * math.atan2(math.hypot(*cross), sum(x * y for x, y in zip(a, b, strict=True)))


def offset(p, east_km, north_km):
    lat = p[0] + north_km / 111.195
    return round(lat, 6), round(p[1] + east_km / (111.195 * math.cos(math.radians(lat))), 6)


def between(p, q, share):
    return tuple(round(a + (b - a) * share, 6) for a, b in zip(p, q, strict=True))


def encoded(points, digits=5):
    """The published algorithm of encoded polylines."""
    out, last = [], (0, 0)
    for point in points:
        scaled = [round(c * 10**digits) for c in point]
        for new, old in zip(scaled, last, strict=True):
            rest = (new - old) * 2
            rest = ~rest if rest < 0 else rest
            while rest >= 32:
                out.append(chr((32 | rest & 31) + 63))
                rest >>= 5
            out.append(chr(rest + 63))
        last = scaled
    return "".join(out)


# --- the calendar --------------------------------------------------------------------------


def days_of(year, month, day):
    """Days since 1970 of a date."""
    y = year - (month < 3)
    era, m = y // 400, (month + 9) % 12
    yoe = y - era * 400
    return era * 146_097 + yoe * 365 + yoe // 4 - yoe // 100 + (153 * m + 2) // 5 + day - 719_469


def last_sunday(year, month):
    day = days_of(year, month, 31)
    return day - (day + 4) % 7


def paris(instant):
    """Seconds to add to UTC in France at this instant."""
    year = 1970 + int(instant // 31_556_952)
    summer = last_sunday(year, 3) * DAY + HOUR <= instant < last_sunday(year, 10) * DAY + HOUR
    return 2 * HOUR if summer else HOUR


def local(instant, zone=paris):
    """Days since 1970, number of the weekday from Monday, seconds of the day; as people say it."""
    here = int(instant) + zone(instant)
    return here // DAY, (here // DAY + 3) % 7, here % DAY


def instant_of(day, clock, zone=paris):
    guess = day * DAY + clock
    return guess - zone(guess - zone(guess))


def spoken(clock):
    return f"{clock // 3600:02}:{clock // 60 % 60:02}:{clock % 60:02}"


# --- what is on offer ----------------------------------------------------------------------


class World:
    """Lists of rides. A ride is a dict: what is searched, and ``face``: what is shown."""

    centres = (RENNES, TOULOUSE)
    domains = DOMAINS
    zone = staticmethod(paris)
    currency = ("EUR", "EUR", "EUR", "CHF")
    optional = None  # chance of an optional member; None: its own chance
    words = ("Aya", "Bruno", "Chloé", "Denis", "Élodie", "Fatou", "Gaël", "Hélène", "Ikram", "Jo")
    types = ("PLANNED",)

    def __init__(self, now, size=300, seed=7, **options):
        vars(self).update(options)
        self.now, self.dice, self.serial = now, random.Random(seed), 0
        share = {OFFERS: 0.38, WISHES: 0.26, HABITS: 0.2, RHYTHMS: 0.16}
        self.rides = {path: [] for path in SEARCHES}
        for path, part in share.items():
            for _ in range(max(1, round(size * part))):
                self.rides[path].append(self.ride(path))
        for habit in self.rides[HABITS]:
            if habit["n"] % 3 == 0:
                self.rides[OFFERS] += self.as_offers(habit)

    def maybe(self, chance):
        return self.dice.random() < (chance if self.optional is None else self.optional)

    def number(self):
        self.serial += 1
        return self.serial

    def name_of(self, path, n):
        return f"{path[1]}{path.split('_')[1][0]}-{n}"

    def person(self, domain, n):
        one = {"id": f"u{n}", "operator": domain, "alias": f"{self.words[n % 10]} {n}"}
        if self.maybe(0.5):
            one["firstName"] = self.words[n % 10]
        if self.maybe(0.2):
            one["lastName"] = "Le " + self.words[n * 3 % 10]
        if self.maybe(0.5):
            one["grade"] = 1 + n % 5
        if self.maybe(0.4):
            one["gender"] = "FMO"[n % 3]
        if self.maybe(0.3):
            one["picture"] = f"https://cdn.{domain}/p/{n}.jpg"
        if self.maybe(0.5):
            one["verifiedIdentity"] = n % 4 > 0
        return one

    def price(self, km):
        kind = self.dice.choice(("PAYING", "PAYING", "PAYING", "FREE", "UNKNOWN"))
        if kind == "PAYING":
            amount = round(1 + km * 0.09, 2)
            return {"type": kind, "amount": amount, "currency": self.dice.choice(self.currency)}
        if kind == "FREE" and self.maybe(0.5):
            return {"type": kind, "amount": 0, "currency": "EUR"}
        return {"type": kind}

    def place(self, centre):
        reach = self.dice.choice((3, 12, 12, 30))
        return offset(centre, self.dice.uniform(-reach, reach), self.dice.uniform(-reach, reach))

    def ride(self, path):
        dice, n = self.dice, self.number()
        centre = self.centres[dice.random() < 0.45]
        start, finish = self.place(centre), self.place(centre)
        while kilometres(start, finish) < 2:
            finish = self.place(centre)
        if n % 4 == 0:  # popular: many rides begin and end around the same places
            start, finish = offset(centre, 0.1 * (n % 7), 0.3), offset(centre, 9, 0.1 * (n % 9))
        early, late = dice.choice(((0, 1), (0, 1), (0.06, 1), (0.1, 0.93)))
        ride = {"n": n, "start": start, "finish": finish, "path": path}
        ride["domain"] = self.domains[n % len(self.domains)]
        whole = kilometres(start, finish)
        ride["metres"] = round(whole * 1000 * dice.uniform(1.12, 1.4))
        ride["seconds"] = round(ride["metres"] / dice.uniform(9, 19))
        if path in JOURNEYS:
            ride["leave"] = self.moment(n)
        self.settle(ride, early, late)
        ride["face"] = self.face(ride)
        if path in TRIPS:
            ride["slots"] = self.slots(ride)
            if n % 9:
                ride["face"]["schedules"] = self.schedules(ride)
        return ride

    def settle(self, ride, early, late):
        """Where and when the passenger gets in and out, as shares of the way."""
        ride["shares"] = (early, late)
        ride["a"] = between(ride["start"], ride["finish"], early)
        ride["b"] = between(ride["start"], ride["finish"], late)
        if "leave" in ride:
            wait = 300 if ride["path"] == WISHES and ride["n"] % 2 else 0
            ride["at"] = ride["leave"] + wait + round(ride["seconds"] * early)

    def moment(self, n):
        today = local(self.now, self.zone)[0]
        day = today + self.dice.choice((0, 0, 1, 1, 1, 2, 3, 4, 5, 5, 6, 9))
        clock = self.dice.choice((7.5, 8, 8.25, 12, 17.5, 18, 18.5, 23.8, 0.1)) * HOUR
        return instant_of(day, int(clock + self.dice.randrange(-600, 600)) % DAY, self.zone)

    def face(self, ride):
        path, n, dice = ride["path"], ride["n"], self.dice
        early, late = ride["shares"]
        share = late - early
        face = {"operator": ride["domain"]}
        face["driver" if path in DRIVERS else "passenger"] = self.person(ride["domain"], n)
        for end, point in (("Pickup", ride["a"]), ("Drop", ride["b"])):
            face[f"passenger{end}Lat"], face[f"passenger{end}Lng"] = point
            if self.maybe(0.5):
                face[f"passenger{end}Address"] = f"{n} rue de l'Été"
        face["duration"] = max(60, round(ride["seconds"] * share))
        if self.maybe(0.7):
            face["distance"] = round(ride["metres"] * share)
        if self.maybe(0.5):
            for end, point in (("Departure", ride["start"]), ("Arrival", ride["finish"])):
                face[f"driver{end}Lat"], face[f"driver{end}Lng"] = point
                face[f"driver{end}Address"] = f"{n} quai Nord"
        if self.maybe(0.4):
            way = [between(ride["a"], ride["b"], k / 8) for k in range(9)]
            face["journeyPolyline"] = encoded(way)
        if self.maybe(0.4):
            face["preferences"] = {"smoking": n % 2 == 0, "music": True, "luggageSize": 1 + n % 5}
        if self.maybe(0.75):
            face["webUrl"] = f"https://www.{ride['domain']}{path}/{n}"
        if path in DRIVERS and self.maybe(0.3):
            face["car"] = {"model": "ë-C3", "brand": "Citroën"}
        if path in DRIVERS and self.maybe(0.2):
            face["departureToPickupWalkingDistance"] = 120
            face["departureToPickupWalkingDuration"] = 100
            face["departureToPickupWalkingPolyline"] = encoded([ride["start"], ride["a"]])
        if path in JOURNEYS:
            face["id"] = self.name_of(path, n)
            face["passengerPickupDate"] = ride["at"]
            face["type"] = self.types[n % len(self.types)]
            if path == WISHES or self.maybe(0.6):
                face["driverDepartureDate"] = ride["leave"]
            if path == OFFERS and self.maybe(0.85):
                face["price"] = self.price(ride["metres"] / 1000 * share)
            if self.maybe(0.7):
                face["availableSeats" if path == OFFERS else "requestedSeats"] = 1 + n % 3
        dice.random()
        return face

    def slots(self, ride):
        n = ride["n"]
        clock = self.dice.choice((7.5, 7.75, 8, 12.5, 17.5, 18, 23.9, 0.1, 0.25)) * HOUR
        clock = int(clock + 60 * self.dice.randrange(-15, 16)) % DAY
        days = (WEEK[:5], WEEK[:5], WEEK[5:], WEEK, [WEEK[n % 7]], ["MON", "THU"])[n % 6]
        today = local(self.now, self.zone)[0]
        slots = []
        for day in days:
            late = 2 * HOUR if day in ("FRI", "SUN") and n % 2 else 0
            journeys = []
            for ahead in range(1, 22):
                if WEEK[(today + ahead + 3) % 7] == day:
                    when = instant_of(today + ahead, (clock + late) % DAY, self.zone)
                    journeys.append((when, f"{self.name_of(ride['path'], n)}-{today + ahead}"))
            slots.append(Slot(day, (clock + late) % DAY, journeys))
        return slots

    def schedules(self, ride, keep=None):
        """What is shown of the slots: all of it, only days and times, or only journeys."""
        n, shown = ride["n"], []
        for slot in ride["slots"]:
            one = {}
            if n % 7 != 1:
                one["passengerPickupDay"] = slot.day
                one["passengerPickupTimeOfDay"] = spoken(slot.clock)
            if n % 3 == 0 or n % 7 == 1:
                one["journeySchedules"] = [
                    self.dated(ride, when, name)
                    for when, name in slot.journeys
                    if keep is None or keep(when)
                ]
            shown.append(one)
        return shown

    def dated(self, ride, when, name):
        one = {"id": name, "passengerPickupDate": when, "type": "PLANNED"}
        one["webUrl"] = f"https://www.{ride['domain']}/j/{name}"
        if ride["path"] == RHYTHMS:
            one["driverDepartureDate"] = when - 300
        return one

    def as_offers(self, habit):
        """The dated journeys of a habit are found by a simple search as well, under their ids."""
        for slot in habit["slots"]:
            for when, name in slot.journeys[:1]:
                ride = {**habit, "path": OFFERS, "at": when, "leave": when}
                face = deepcopy({k: v for k, v in habit["face"].items() if k != "schedules"})
                face |= {"id": name, "passengerPickupDate": when, "type": "PLANNED"}
                face["webUrl"] = f"https://www.{habit['domain']}/j/{name}"
                yield {**ride, "face": face}


# --- the service ---------------------------------------------------------------------------

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(\.[0-9]+)?")


class Operator:
    """The service. Faults and styles replace its methods on the instance."""

    key = None
    served = (*SEARCHES, HEALTH)
    unserved = 404
    delta, radius, days = 900, 1.0, frozenset(WEEK)

    def __init__(self, now=NOW, **world):
        self.world = World(now, **world)
        self.calls = 0

    # what the caller wants

    def real(self, text):
        if not NUMBER.fullmatch(text):
            raise Bad(f"not a number: {text}")
        return float(text)

    def whole(self, text):
        if not INTEGER.fullmatch(text):
            raise Bad(f"not an integer: {text}")
        return int(text)

    def clock(self, text):
        found = CLOCK.fullmatch(text)
        if not found:
            raise Bad(f"not a time as 07:30:00: {text}")
        return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3])

    def weekdays(self, texts):
        days = [token for text in texts for token in text.split(",")]
        if not set(days) <= set(WEEK):
            raise Bad("departureWeekdays: MON to SUN")
        return frozenset(days)

    def required(self, path):
        last = "departureDate" if path in JOURNEYS else "departureTimeOfDay"
        return ["departureLat", "departureLng", "arrivalLat", "arrivalLng", last]

    def read(self, path, pairs):
        """The query as a dict; defaults are filled in."""
        given = {}
        for name, text in pairs:
            given.setdefault(name, text)
        for name in self.required(path):
            if name not in given:
                raise Bad(f"{name} is missing")
        ask = {
            "from": (self.real(given["departureLat"]), self.real(given["departureLng"])),
            "to": (self.real(given["arrivalLat"]), self.real(given["arrivalLng"])),
            "delta": self.optional(given, "timeDelta", self.whole, self.delta),
            "near": self.optional(given, "departureRadius", self.real, self.radius),
            "far": self.optional(given, "arrivalRadius", self.real, self.radius),
            "count": self.optional(given, "count", self.whole, None),
        }
        for name in ("from", "to"):
            if abs(ask[name][0]) > 90 or abs(ask[name][1]) > 180:
                raise Bad("off the globe")
        for name in ("delta", "near", "far", "count"):
            if ask[name] is not None and ask[name] < 0:
                raise Bad("negative")
        if path in JOURNEYS:
            ask["when"] = self.whole(given["departureDate"])
            return ask
        ask["clock"] = self.clock(given["departureTimeOfDay"])
        texts = [text for name, text in pairs if name == "departureWeekdays"]
        ask["days"] = self.weekdays(texts) if texts else self.days
        ask["min"] = self.optional(given, "minDepartureDate", self.whole, None)
        ask["max"] = self.optional(given, "maxDepartureDate", self.whole, None)
        if None not in (ask["min"], ask["max"]) and ask["min"] > ask["max"]:
            raise Bad("minDepartureDate is after maxDepartureDate")
        return ask

    def optional(self, given, name, reader, default):
        return reader(given[name]) if name in given else default

    # what fits

    def gap(self, p, q):
        return kilometres(p, q)

    def starts_near(self, ride, ask):
        return self.gap(ride["a"], ask["from"]) <= ask["near"]

    def ends_near(self, ride, ask):
        return self.gap(ride["b"], ask["to"]) <= ask["far"]

    def instant(self, ride):
        return ride["at"]

    def in_time(self, ride, ask):
        return abs(self.instant(ride) - ask["when"]) <= ask["delta"]

    def on_day(self, slot, ask):
        return slot.day in ask["days"]

    def at_clock(self, slot, ask):
        away = abs(slot.clock - ask["clock"])
        return min(away, DAY - away) <= ask["delta"]

    def in_dates(self, slot, ask):
        if ask["min"] is None and ask["max"] is None:
            return True
        return any(self.dated(when, ask) for when, _ in slot.journeys)

    def dated(self, when, ask):
        low, high = ask["min"], ask["max"]
        return (low is None or low <= when) and (high is None or when <= high)

    def runs(self, ride, ask):
        return any(
            self.on_day(s, ask) and self.at_clock(s, ask) and self.in_dates(s, ask)
            for s in ride["slots"]
        )

    def fits(self, path, ride, ask):
        if not (self.starts_near(ride, ask) and self.ends_near(ride, ask)):
            return False
        return self.in_time(ride, ask) if path in JOURNEYS else self.runs(ride, ask)

    def stock(self, path):
        return self.world.rides[path]

    def found(self, path, ask):
        return [ride for ride in self.stock(path) if self.fits(path, ride, ask)]

    def cut(self, items, ask):
        return items if ask["count"] is None else items[: ask["count"]]

    def show(self, path, ride, ask):
        return ride["face"]

    def search(self, path, ask):
        rides = self.cut(self.found(path, ask), ask)
        return [self.show(path, ride, ask) for ride in rides]

    # how it is said

    def written(self, body):
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

    def reply(self, status, body=None, media="application/json"):
        if body is None:
            return Response(status_code=status)
        return Response(self.written(body), status, media_type=media)

    def refuse(self, why):
        return self.reply(400, {"error": why})

    def allowed(self, path, headers):
        return self.key is None or path == HEALTH or headers.get("x-api-key") == self.key

    def health(self):
        return self.reply(200)

    def stranger(self):
        return self.reply(401)

    def answer(self, path, pairs, headers):
        self.calls += 1
        if path not in self.served:
            return self.reply(self.unserved)
        if not self.allowed(path, headers):
            return self.stranger()
        if path == HEALTH:
            return self.health()
        try:
            ask = self.read(path, pairs)
        except Bad as why:
            return self.refuse(str(why))
        return self.reply(200, self.search(path, ask))


def app(faults=(), style=(), now=NOW, **world):
    """The ASGI app of an operator with these faults and styles, by name."""
    from .faults import FAULTS
    from .styles import STYLES

    chosen = [STYLES[name] for name in style]
    for one in chosen:
        world = {**one.world, **world}
    operator = Operator(now, **world)
    for one in chosen:
        one.change(operator)
    for name in faults:
        FAULTS[name].change(operator)
    return asgi(operator)


def asgi(operator):
    """Put an operator on the web; what surrounds it may be replaced with ``operator.around``."""

    async def endpoint(request: Request) -> Response:
        return operator.answer(
            request.url.path, list(request.query_params.multi_items()), request.headers
        )

    served = Starlette(routes=[Route(path, endpoint) for path in (*SEARCHES, HEALTH)])
    return getattr(operator, "around", lambda inner: inner)(served)
