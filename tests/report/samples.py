"""Reports as the engine would end with them, made from exchanges and findings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from mobstd.conformance.baseline import gate
from mobstd.conformance.redaction import Redactor
from mobstd.conformance.report.findings import merged, message
from mobstd.conformance.report.finish import finish
from mobstd.judging.exchange import Exchange, Failure, Request, Response
from mobstd.judging.finding import Finding
from mobstd.judging.outcome import (
    Outcome,
    block_verdict,
    row_outcome,
    run_verdict,
    umbrella_outcome,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SECRET = "s3cr3t/key=42"
DRIVER, PASSENGER = "getDriverJourneys", "getPassengerJourneys"
BLOCKS = {
    "driver-journeys": ({"en": "Driver journeys", "fr": "Trajets de conducteurs"}, [DRIVER]),
    "passenger-journeys": (
        {"en": "Passenger journeys", "fr": "Trajets de passagers"},
        [PASSENGER],
    ),
    "status": ({"en": "Status", "fr": "État du service"}, ["getStatus"]),
}
SEARCH = ["driver-journeys", "passenger-journeys"]
CORE = {
    "driver-journeys": ["OCSS-SEARCH-12", "OCSS-SEARCH-14", "OCSS-SEARCH-17"],
    "passenger-journeys": ["OCSS-SEARCH-12", "OCSS-SEARCH-14", "OCSS-SEARCH-17"],
    "status": ["OCSS-STATUS-01"],
}
ROWS: list[tuple[str, str, str, list[str], str, str]] = [
    (
        "OCSS-GEN-01",
        "MUST",
        "http",
        [*BLOCKS],
        "Bodies are JSON in UTF-8",
        "Les corps sont du JSON en UTF-8",
    ),
    (
        "OCSS-GEN-05",
        "SHOULD",
        "http",
        [*BLOCKS],
        "The media type is application/json",
        "Le type de média est application/json",
    ),
    (
        "OCSS-AUTH-02",
        "MUST",
        "description",
        SEARCH,
        "A wrong key is refused with 401",
        "Une mauvaise clé est refusée par 401",
    ),
    (
        "OCSS-SEARCH-03",
        "MUST",
        "schema",
        SEARCH,
        "Coordinates and date are mandatory",
        "Coordonnées et date sont obligatoires",
    ),
    (
        "OCSS-SEARCH-06",
        "MUST",
        "schema",
        SEARCH,
        "The default of timeDelta is 900 seconds",
        "timeDelta vaut 900 secondes par défaut",
    ),
    (
        "OCSS-SEARCH-09",
        "MUST",
        "text",
        SEARCH,
        "At most `count` results",
        "Au plus `count` résultats",
    ),
    (
        "OCSS-SEARCH-10",
        "SHOULD",
        "text",
        SEARCH,
        "The most relevant results come first",
        "Les résultats les plus pertinents d'abord",
    ),
    (
        "OCSS-SEARCH-11",
        "MUST",
        "text",
        SEARCH,
        "Every result matches all parameters of the query",
        "Chaque résultat répond à tous les paramètres de la requête",
    ),
    (
        "OCSS-SEARCH-12",
        "MUST",
        "description",
        SEARCH,
        "The pick-up point lies within departureRadius of the searched departure",
        "Le point de prise en charge est à moins de departureRadius du départ cherché",
    ),
    (
        "OCSS-SEARCH-14",
        "MUST",
        "description",
        SEARCH,
        "The pick-up time lies within timeDelta of departureDate",
        "L'heure de prise en charge est à moins de timeDelta de departureDate",
    ),
    (
        "OCSS-SEARCH-15",
        "MUST",
        "reading",
        SEARCH,
        "A wider search loses no result",
        "Élargir la recherche ne perd aucun résultat",
    ),
    (
        "OCSS-SEARCH-17",
        "MUST",
        "schema",
        SEARCH,
        "Items have the documented shape",
        "Les éléments ont la forme documentée",
    ),
    (
        "OCSS-SEARCH-18",
        "MUST",
        "text",
        SEARCH,
        "A journey id is unique at its operator",
        "L'identifiant d'un trajet est unique chez son opérateur",
    ),
    ("OCSS-PRICE-01", "MUST", "schema", SEARCH, "A price has a type", "Un prix a un type"),
    (
        "OCSS-PRICE-04",
        "SHOULD",
        "text",
        SEARCH,
        "A currency is an ISO 4217 code",
        "Une devise est un code ISO 4217",
    ),
    (
        "OCSS-PRICE-07",
        "MUST",
        "description",
        SEARCH,
        "What can be booked by API has a price",
        "Ce qui se réserve par API a un prix",
    ),
    (
        "OCSS-OP-03",
        "SHOULD",
        "reading",
        SEARCH,
        "webUrl answers to a person's browser",
        "webUrl répond au navigateur d'une personne",
    ),
    (
        "OCSS-ERR-01",
        "MUST",
        "schema",
        SEARCH,
        "A 400 is explained by an object with `error`",
        "Une 400 est expliquée par un objet avec `error`",
    ),
    (
        "OCSS-RATE-01",
        "MAY",
        "description",
        [*BLOCKS],
        "429 may carry Retry-After",
        "429 peut porter Retry-After",
    ),
    (
        "OCSS-STATUS-01",
        "MUST",
        "schema",
        ["status"],
        "Status answers 200 when the service is well",
        "L'état répond 200 quand le service va bien",
    ),
    (
        "OCSS-LINK-02",
        "SHOULD",
        "text",
        SEARCH,
        "A deep link opens the journey that was found",
        "Un lien profond ouvre le trajet trouvé",
    ),
]
COVERS = {"OCSS-SEARCH-11": ["OCSS-SEARCH-12", "OCSS-SEARCH-14"]}
UNTRIED = {"OCSS-SEARCH-10": "unobservable", "OCSS-LINK-02": "needs-person"}
SUITE = {
    "catalogue": "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
    "kill_digest": {
        "hash": "9b74c9897bac770ffc029102a200c5de9b74c9897bac770ffc029102a200c5de",
        "faults": 212,
        "killed": 212,
        "twins": 74,
        "clean": 74,
    },
}


def journey(i: int, **changes: Any) -> dict[str, Any]:
    people = ["Maëlle B.", "Idriss K.", "Łukasz W.", "Zoé"]
    return {
        "id": f"j-{i}",
        "operator": "operator.example.org",
        "passengerPickupLat": 48.1173 + i / 1000,
        "passengerPickupLng": -1.6778,
        "passengerPickupDate": int(NOW.timestamp()) + 3600 + 60 * i,
        "passengerDropLat": 48.39,
        "passengerDropLng": -4.48,
        "duration": 8400,
        "driver": {
            "id": f"u-{i % 4}",
            "operator": "operator.example.org",
            "alias": people[i % 4],
            "picture": f"https://pictures.example.org/{i % 4}.jpg",
        },
        "type": "PLANNED",
        "price": {"type": "PAYING", "amount": 7.5, "currency": "EUR"},
        "webUrl": f"https://operator.example.org/j/{i}",
    } | changes


def exchange(
    i: int,
    body: Any,
    *,
    operation: str = DRIVER,
    purpose: str = "explore",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
    **query: str,
) -> Exchange:
    asked = {
        "departureLat": "48.1173",
        "departureLng": "-1.6778",
        "arrivalLat": "48.39",
        "arrivalLng": "-4.48",
        "departureDate": str(int(NOW.timestamp()) + 3600),
    } | query
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    path = "/driver_journeys" if operation == DRIVER else "/passenger_journeys"
    return Exchange(
        id=f"x{i}",
        operation=operation,
        purpose=purpose,
        at=NOW + timedelta(seconds=i / 10),
        request=Request(
            "GET",
            path,
            tuple((k, v) for k, v in asked.items() if v != ""),
            (("Accept", "application/json"), ("X-API-Key", SECRET)),
        ),
        response=Response(
            status,
            (("content-type", "application/json"), ("date", f"now{i}"), *headers),
            raw,
            elapsed=0.0123,
        ),
        requirement=None,
        negative=purpose == "negative",
    )


HOSTILE = "<script>alert(1)</script>\x1b[31m\u202e @everyone ]]> `x` | ::error::"


def faulty() -> tuple[list[Exchange], list[Finding]]:
    """Twelve findings, of all kinds."""
    many = [journey(i) for i in range(6)]
    many[3]["passengerPickupLat"] = 48.3
    many[4]["price"] = {"type": HOSTILE, "amount": -3, "currency": "€"}
    many[5]["driver"]["alias"] = ""
    big = [journey(i, driverDepartureAddress="rue " * 300) for i in range(400)]
    big[357]["passengerPickupDate"] += 7200
    exchanges = [
        exchange(1, many, departureRadius="2"),
        exchange(2, big, count="500"),
        exchange(3, many[:3], purpose="control", count="2"),
        exchange(4, many[:2], purpose="control", timeDelta="900"),
        exchange(5, many[:4], purpose="twin"),
        exchange(6, {"error": HOSTILE}, purpose="negative", departureLat="abc", status=500),
        exchange(
            7,
            b"<html><title>502 Bad Gateway</title><h1>nginx</h1>",
            operation=PASSENGER,
            status=502,
        ),
        exchange(8, many[:1] * 2, operation=PASSENGER),
        exchange(9, many, purpose="fuzz", departureRadius="1e3", count="-1"),
        exchange(10, [], purpose="negative", departureDate="", status=200),
        exchange(11, b'[{"id": "j-\xff\xfe"', operation=PASSENGER),
    ]
    text = {
        "en": "The pick-up is {received} from the departure, the radius is {expected}.",
        "fr": "La prise en charge est à {received} du départ, le rayon est de {expected}.",
    }
    say = {
        "time": {
            "en": "The pick-up is outside the window.",
            "fr": "La prise en charge est hors de la fenêtre.",
        },
        "count": {
            "en": "More items than `count` asks for.",
            "fr": "Plus d'éléments que `count` n'en demande.",
        },
        "default": {
            "en": "Leaving timeDelta out finds other journeys than timeDelta=900.",
            "fr": "Sans timeDelta, d'autres trajets sont trouvés qu'avec timeDelta=900.",
        },
        "refuse": {
            "en": "A request that must be refused was accepted.",
            "fr": "Une requête à refuser a été acceptée.",
        },
        "crash": {
            "en": "The server failed on a wrong parameter.",
            "fr": "Le serveur a échoué sur un paramètre erroné.",
        },
        "json": {"en": "The body is not JSON.", "fr": "Le corps n'est pas du JSON."},
        "enum": {
            "en": "The value is not one of those that are documented.",
            "fr": "La valeur n'est pas l'une de celles documentées.",
        },
        "unique": {
            "en": "Two different items share this id.",
            "fr": "Deux éléments différents ont cet identifiant.",
        },
        "min": {"en": "The amount is negative.", "fr": "Le montant est négatif."},
        "currency": {"en": "This is no ISO 4217 code.", "fr": "Ce n'est pas un code ISO 4217."},
        "empty": {"en": "The alias is empty.", "fr": "L'alias est vide."},
        "superset": {
            "en": "A wider radius lost 2 journeys.",
            "fr": "Un rayon plus large a perdu 2 trajets.",
        },
    }
    warn = "warning"
    findings = [
        Finding(
            "OCSS-SEARCH-12",
            "ocss.pickup-far",
            DRIVER,
            ("x1",),
            "/response/body/3/passengerPickupLat",
            {},
            "<= 2 km",
            "20.3 km",
            text=text,
        ),
        Finding(
            "OCSS-SEARCH-12",
            "ocss.pickup-far",
            DRIVER,
            ("x9",),
            "/response/body/4/passengerPickupLat",
            {},
            "<= 2 km",
            "21.9 km",
            text=text,
        ),
        Finding(
            "OCSS-SEARCH-14",
            "ocss.pickup-late",
            DRIVER,
            ("x2",),
            "/response/body/357/passengerPickupDate",
            {},
            "+/- 900 s",
            7200,
            text=say["time"],
        ),
        Finding(
            "OCSS-SEARCH-09",
            "kind.at-most",
            DRIVER,
            ("x3",),
            "/response/body",
            {"parameter": "count"},
            "<= 2",
            3,
            text=say["count"],
        ),
        Finding(
            "OCSS-SEARCH-06",
            "kind.default",
            DRIVER,
            ("x5", "x4"),
            "",
            {},
            ["j-0", "j-1"],
            ["j-0", "j-1", "j-2", "j-3"],
            text=say["default"],
        ),
        Finding(
            "OCSS-SEARCH-03",
            "kind.refused",
            DRIVER,
            ("x10", "x1"),
            "/response/status",
            {"parameter": "departureDate"},
            400,
            200,
            text=say["refuse"],
        ),
        Finding(
            "OCSS-ERR-01",
            "kind.status",
            DRIVER,
            ("x6", "x1"),
            "/response/status",
            {},
            400,
            500,
            text=say["crash"],
        ),
        Finding(
            "OCSS-GEN-01",
            "kind.json",
            PASSENGER,
            ("x11",),
            "/response/body",
            {},
            "JSON in UTF-8",
            "encoding",
            text=say["json"],
        ),
        Finding(
            "OCSS-PRICE-01",
            "kind.enum",
            DRIVER,
            ("x1",),
            "/response/body/4/price/type",
            {},
            ["FREE", "PAYING", "UNKNOWN"],
            HOSTILE,
            text=say["enum"],
        ),
        Finding(
            "OCSS-SEARCH-18",
            "kind.unique",
            PASSENGER,
            ("x8",),
            "/response/body/1/id",
            {},
            None,
            "j-0",
            text=say["unique"],
        ),
        Finding(
            "OCSS-SEARCH-17",
            "kind.schema",
            DRIVER,
            ("x1",),
            "/response/body/5/driver/alias",
            {},
            "minLength 1",
            "",
            text=say["empty"],
        ),
        Finding(
            "OCSS-PRICE-04",
            "kind.format",
            DRIVER,
            ("x1",),
            "/response/body/4/price/currency",
            {},
            "EUR",
            "€",
            warn,
            text=say["currency"],
        ),
        Finding(
            "OCSS-SEARCH-15",
            "kind.superset",
            DRIVER,
            ("x9", "x1"),
            "/response/body",
            {},
            6,
            4,
            warn,
            text=say["superset"],
        ),
    ]
    return exchanges, findings


def _report(
    exchanges: list[Exchange],
    findings: list[Finding],
    *,
    blocks: list[str],
    no_data: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    stopped_by: str | None = None,
    requests: int = 288,
    target: str = "https://api.operator.example.org/v1",
) -> dict[str, Any]:
    outcomes: dict[str, dict[str, Outcome]] = {block: {} for block in blocks}
    requirements = []
    for id_, level, origin, homes, en, fr in ROWS:
        for block in homes:
            if block not in blocks:
                continue
            operations = BLOCKS[block][1]
            own = [f for f in findings if f.requirement == id_ and f.operation in operations]
            because: list[str] = []
            if id_ in COVERS:
                covered = {k: outcomes[block][k] for k in COVERS[id_] if k in outcomes[block]}
                outcome = umbrella_outcome(level, origin, covered.values())
                because = [k for k, o in covered.items() if o.name in ("failed", "warned")]
            else:
                why = UNTRIED.get(id_) or ("absent" if block in absent else None)
                why = why or ("no-data" if id_ in no_data else None)
                why = (
                    "stopped"
                    if stopped_by and not why and not own and id_ > "OCSS-SEARCH-10"
                    else why
                )
                outcome = row_outcome(level, origin, own, 0 if why else 23, why)
            outcomes[block][id_] = outcome
            requirements.append(
                {
                    "id": id_,
                    "level": level,
                    "origin": origin,
                    "title": {"en": en, "fr": fr},
                    "block": block,
                    "outcome": outcome.name,
                    "reason": outcome.reason,
                    "evidence": 23 if outcome.name in ("passed", "failed", "warned") else 0,
                    "because": because if outcome.name in ("failed", "warned") else [],
                    "findings": merged(own),
                    "source": [{"document": "OA", "where": "#/paths/~1driver_journeys/get"}],
                    "ambiguities": ["A3"] if origin == "reading" else [],
                }
            )
    # an umbrella stands before what it covers: settle it once more
    for row in requirements:
        if row["id"] in COVERS:
            covered = {k: outcomes[row["block"]][k] for k in COVERS[row["id"]]}
            outcome = umbrella_outcome(row["level"], row["origin"], covered.values())
            bad = outcome.name in ("failed", "warned")
            tried = bad or outcome.name == "passed"
            row |= {
                "outcome": outcome.name,
                "reason": outcome.reason,
                "evidence": 46 if tried else 0,
                "because": [k for k, o in covered.items() if o.name in ("failed", "warned")]
                if bad
                else [],
            }
            outcomes[row["block"]][row["id"]] = outcome
    described = []
    for block in blocks:
        rows = [r for r in requirements if r["block"] == block]
        waiting = [r["id"] for r in rows if r["reason"] == "no-data"]
        unlock = []
        if waiting:
            said = {
                "sample.unlock": {
                    "en": "A journey that can be booked by API, with a price. Give a query that "
                    "finds one: --hint, or [hints] in the profile.",
                    "fr": "Un trajet réservable par API, avec un prix. Donnez une requête qui en "
                    "trouve un : --hint, ou [hints] dans le profil.",
                }
            }
            unlock = [{"message": message("sample.unlock", {}, said), "requirements": waiting}]
        tried = [r for r in rows if r["outcome"] in ("passed", "failed", "warned")]
        possible = [r for r in rows if r["reason"] not in ("unobservable", "untested")]
        described.append(
            {
                "id": block,
                "title": BLOCKS[block][0],
                "verdict": block_verdict(outcomes[block], CORE[block]),
                "exercised": len(tried),
                "total": len(possible),
                "declared": "present",
                "operations": BLOCKS[block][1],
                "core": [{"id": c, "outcome": outcomes[block][c].name} for c in CORE[block]],
                "unlock": unlock,
            }
        )
    requirements = _one_each(requirements)
    texts = {
        "p.dns": {"en": "{host} is known", "fr": "{host} est connu"},
        "p.clock": {
            "en": "its clock is right within 2 seconds",
            "fr": "son horloge est juste à 2 secondes près",
        },
        "p.auth": {
            "en": "the key of the profile is accepted",
            "fr": "la clé du profil est acceptée",
        },
    }
    report: dict[str, Any] = {
        "format_version": 1,
        "tool": {"name": "mobstd", "version": "0.1.0", "python": "3.11"},
        "suite": SUITE,
        "standard": {
            "id": "ocss",
            "version": "1.0-alpha",
            "status": "draft",
            "title": {"en": "OCSS, search and booking", "fr": "OCSS, recherche et réservation"},
            "text": {
                "en": "the draft of July 2022, as mobstd reads it",
                "fr": "le projet de juillet 2022, tel que mobstd le lit",
            },
            "url": "https://github.com/fabmob/standard-covoiturage",
        },
        "role": "operator",
        "target": {"kind": "url", "name": target, "url": target, "software": "demo/2.1"},
        "profile": {
            "hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "file": "mobstd.toml",
            "time_zone": "Europe/Paris",
            "declared": blocks,
        },
        "seed": 0,
        "now": "2026-03-02T08:00:00Z",
        "started_at": "2026-03-02T08:00:00.120Z",
        "duration_seconds": 6.43,
        "stopped_by": stopped_by,
        "requests": requests,
        "requests_by_phase": {"preflight": 4, "explore": 12, "pairs": requests - 16},
        "verdict": run_verdict(block["verdict"] for block in described),
        "blocks": described,
        "requirements": requirements,
        "preflight": [
            {
                "check": "dns",
                "ok": True,
                "blame": None,
                "message": message("p.dns", {"host": "api.operator.example.org"}, texts),
            },
            {"check": "clock", "ok": True, "blame": None, "message": message("p.clock", {}, texts)},
            {"check": "auth", "ok": True, "blame": None, "message": message("p.auth", {}, texts)},
        ],
        "plan": {
            "requests": 400,
            "writes": 0,
            "classes": [
                {
                    "phase": "explore",
                    "operation": DRIVER,
                    "method": "GET",
                    "requests": 30,
                    "writes": False,
                },
                {
                    "phase": "pairs",
                    "operation": DRIVER,
                    "method": "GET",
                    "requests": 120,
                    "writes": False,
                    "requirements": ["OCSS-SEARCH-06"],
                },
            ],
        },
        "budget": {
            "requests": 400,
            "by_phase": {"explore": 60, "probe": 240},
            "seconds": None,
            "per_second": 5,
            "writes": False,
        },
        "exploration": {
            DRIVER: {
                "requests": 12,
                "items": 34,
                "queries": [{"departureLat": "48.1173", "departureLng": "-1.6778"}],
            }
        },
        "coverage": {
            DRIVER: {
                "requests": 140,
                "statuses": {"200": 121, "400": 19},
                "parameters": {"seen": ["departureLat", "departureRadius", "count"], "unseen": []},
                "fields": {"seen": ["/*/id", "/*/price/type"], "unseen": ["/*/preferences"]},
            }
        },
        "record": None,
    }
    report["gate"] = gate(report)
    redactor = Redactor(
        ["/**/driver/alias", "/**/driver/id", "/**/picture"],
        secrets={"OPERATOR_KEY": SECRET},
    )
    return finish(report, exchanges, redactor, base="https://api.operator.example.org/v1")


def _one_each(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    order = ("failed", "warned", "inconclusive", "passed", "not-run")
    grouped: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        grouped.setdefault(entry["id"], []).append(entry)
    out = []
    for same in grouped.values():
        worst = min(same, key=lambda e: order.index(e["outcome"]))
        out.append(
            worst
            | {
                "block": worst["block"] if len(same) == 1 else None,
                "blocks": [{"id": e["block"], "outcome": e["outcome"]} for e in same],
                "evidence": sum(e["evidence"] for e in same),
                "findings": [f for e in same for f in e["findings"]],
            }
        )
    return out


@cache
def _made(name: str) -> str:
    every = list(BLOCKS)
    if name == "conforming":
        report = _report([], [], blocks=every)
    elif name == "non-conforming":
        report = _report(*faulty(), blocks=every, no_data=("OCSS-PRICE-07", "OCSS-OP-03"))
    elif name == "inconclusive":
        empty = tuple(
            r[0] for r in ROWS if r[0] not in ("OCSS-GEN-01", "OCSS-SEARCH-03", "OCSS-STATUS-01")
        )
        report = _report(
            [], [], blocks=every, no_data=empty, absent=("passenger-journeys",), requests=76
        )
    else:
        exchanges, findings = faulty()
        lost = Exchange(
            "x12",
            DRIVER,
            "explore",
            NOW,
            Request("GET", "/driver_journeys"),
            failure=Failure("transport.timeout", {"seconds": 10}),
        )
        report = _report(
            [*exchanges[:2], lost],
            findings[:1],
            blocks=every,
            stopped_by="interrupted",
            requests=41,
        )
    return json.dumps(report)


NAMES = ("conforming", "non-conforming", "inconclusive", "interrupted")


def sample(name: str) -> dict[str, Any]:
    """Return one of ``NAMES``, anew."""
    made: dict[str, Any] = json.loads(_made(name))
    return made
