"""Preflight: verdicts of files, in every form, against the rules asked one by one."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight import command, judging, spill
from mobstd.carpool_proof.preflight.arrival import Arrival, duration
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Change, Plan, compare, preflight
from mobstd.carpool_proof.preflight.sources import Source, named
from mobstd.carpool_proof.preflight.verdict import DEPENDS_ON, ROWS, Reason
from mobstd.carpool_proof.rules.facts import Facts, facts, instant
from mobstd.carpool_proof.rules.history import Memory
from mobstd.carpool_proof.rules.profile import profile
from mobstd.carpool_proof.rules.terms import terms_of
from mobstd.errors import ConfigError

from .worlds import NOON, journey, key, world, write

OLD, NEW = profile("2025-08"), profile("2026-07")
VERSION = find("carpool-proof@3.4")
TERMS = {"expired", "distance_too_short", "too_many_trips_by_day", "too_close_trips"}
HOUR = 3_600_000
PUBLISHED = load(VERSION.conformance / "rules" / "2026-07.yaml")["rules"].values()


def plan(*sources: Any, rules: Any = NEW, **rest: Any) -> Plan:
    found = [s if isinstance(s, Source) else named(str(s)) for s in sources]
    arrival = rest.pop("arrival", Arrival("after", 0, after=2 * HOUR))
    return Plan(found, VERSION, rules, arrival, **rest)


def judge(*sources: Any, **rest: Any) -> list[Judged]:
    found: list[Judged] = []
    preflight(plan(*sources, **rest), found.append)
    return found


def rules(one: Judged, *weights: str) -> list[str]:
    return [r.rule for r in one.reasons if not weights or r.weight in weights]


def asked_one_by_one(journeys: list[dict[str, Any]], under: Any) -> list[list[str]]:
    """Return the labels of each journey, each asked when it arrives, by the rules alone."""
    terms, history, ids = terms_of(under), Memory(), set()
    order = sorted(range(len(journeys)), key=lambda n: (instant(journeys[n]["received"]), n))
    labels: list[list[str]] = [[] for _ in journeys]
    for number in order:
        document = dict(journeys[number])
        received = instant(document.pop("received"))
        one = facts(document)
        if one.journey in ids:
            labels[number] = ["duplicate"]
            continue
        ids.add(one.journey)
        labels[number] = [refusal.label for refusal in terms.all(one, received, history)]
        history.add(one)
    return labels


@pytest.mark.parametrize("under", [OLD, NEW], ids=lambda p: p.name)
def test_the_batch_agrees_with_the_rules_asked_one_by_one(under: Any, tmp_path: Path) -> None:
    journeys = list(world(3000, seed=7))
    path = write(tmp_path / "w.ndjson", journeys)
    arrival = Arrival("column", 0, "received")
    found = judge(path, rules=under, arrival=arrival, published=False)
    seen = [[r for r in rules(one, "refused") if r in TERMS or r == "duplicate"] for one in found]
    expected = asked_one_by_one(journeys, under)
    assert seen == expected
    assert set(Counter(label for labels in expected for label in labels)) == TERMS | {"duplicate"}


def test_large_piles_are_picked_up_in_shares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "w.ndjson", world(2000, seed=3, people=60))
    arrival = Arrival("column", 0, "received")
    whole = judge(path, arrival=arrival)
    monkeypatch.setattr(spill, "_PILES", 2)
    monkeypatch.setattr(spill, "_MOST", 300)
    monkeypatch.setattr(spill, "BLOCK", 64)
    monkeypatch.setattr(judging, "BLOCK", 64)
    assert judge(path, arrival=arrival) == whole


def test_the_order_of_arrival_counts_not_that_of_the_file(tmp_path: Path) -> None:
    first, second = journey(1), journey(2, start=NOON + timedelta(minutes=30))
    early, late = {"received": "2026-07-06T14:00:00Z"}, {"received": "2026-07-06T15:00:00Z"}
    arrival = Arrival("column", 0, "received")
    close: list[str] = ["too_close_trips"]
    for order, expected in (((early, late), [[], close]), ((late, early), [close, []])):
        path = write(tmp_path / "o.ndjson", [first | order[0], second | order[1]])
        assert [rules(one) for one in judge(path, arrival=arrival)] == expected


def verdicts(journeys: Any, tmp_path: Path, **rest: Any) -> list[tuple[str, list[str]]]:
    found = judge(write(tmp_path / "v.ndjson", journeys), **rest)
    return [(one.verdict, rules(one)) for one in found]


def test_what_is_right_is_accepted(tmp_path: Path) -> None:
    assert verdicts([journey()], tmp_path) == [("accepted", [])]


def test_what_refuses_for_certain(tmp_path: Path) -> None:
    bad = journey(1)
    bad["incentives"] = [{"index": 0, "amount": 1, "siret": "0" * 14}] * 2
    late = journey(2, "a", "b", start=NOON - timedelta(days=2))
    unknown = journey(3, "c", "e") | {"unknown": 1}
    short = journey(4, "f", "g", minutes=0.9, operator_class="C")
    assert verdicts(
        [bad, late, unknown, short],
        tmp_path,
        arrival=Arrival("now", instant("2026-07-06T13:00:00Z")),
    ) == [
        ("refused", ["incentive_index", "revenue"]),
        ("refused", ["expired"]),
        ("refused", ["schema"]),
        ("refused", ["distance_duration_anomaly"]),
    ]


def test_a_future_journey_is_refused_and_not_stored(tmp_path: Path) -> None:
    future = journey(1, start=NOON + timedelta(hours=1))
    now = Arrival("now", instant("2026-07-06T12:30:00Z"))
    again = journey(1)
    assert verdicts([future, again], tmp_path, arrival=now) == [
        ("refused", ["date_order"]),
        ("accepted", []),
    ]


def test_what_depends_on_the_arrival(tmp_path: Path) -> None:
    one = journey()
    day = instant("2026-07-06T12:00:00Z") + 24 * HOUR
    for now, within, expected in (
        (day, 0, ("accepted", [])),
        (day + 1, 0, ("refused", ["expired"])),
        (day - HOUR, HOUR, ("accepted", [])),
        (day - HOUR, HOUR + 1, ("depends", ["expired"])),
    ):
        assert verdicts([one], tmp_path, arrival=Arrival("now", now, within=within)) == [expected]
    end = instant("2026-07-06T12:20:00Z")
    assert verdicts([one], tmp_path, arrival=Arrival("now", end - 1, within=1)) == [
        ("depends", ["date_order"])
    ]


def test_what_depends_on_the_route_and_what_is_taken_for_granted(tmp_path: Path) -> None:
    one = journey(operator_class="C")
    assert verdicts([one], tmp_path) == [("depends", ["distance_duration_route"])]
    taken = verdicts([one], tmp_path, taken=frozenset({"route"}))
    assert taken == [("accepted", ["distance_duration_route"])]


def test_an_operator_that_is_named_has_to_be_that_of_the_token(tmp_path: Path) -> None:
    one = journey(operator_id=7)
    assert verdicts([one], tmp_path, published=False) == [("depends", ["operator_id"])]
    taken = verdicts([one], tmp_path, published=False, taken=frozenset({"token"}))
    assert taken == [("accepted", ["operator_id"])]


def test_which_of_two_is_flagged_depends_on_the_order(tmp_path: Path) -> None:
    both = [journey(1), journey(2, driver="other")]
    assert verdicts(both, tmp_path) == [("depends", ["temporal_overlap_anomaly"])] * 2


def test_across_operators(tmp_path: Path) -> None:
    one, other = write(tmp_path / "1", [journey(1)]), write(tmp_path / "2", [journey(1)])
    assert [one.verdict for one in judge(f"a={one}", f"b={other}")] == ["depends", "depends"]
    assert [rules(x) for x in judge(f"a={one}", f"b={other}")] == [["interoperator_overlap"]] * 2
    assert [rules(x)[:1] for x in judge(f"a={one}", f"a={other}")] == [[], ["duplicate"]]
    named_inside = write(tmp_path / "3", [journey(1) | {"op": "a"}, journey(1) | {"op": "b"}])
    found = judge(named_inside, operator_column="op")
    assert [rules(x) for x in found] == [["interoperator_overlap"]] * 2
    assert [x.operator for x in found] == ["a", "b"]


def test_warnings_refuse_nothing(tmp_path: Path) -> None:
    same = journey(1, driver="x", passenger="x")
    young = journey(2, "a", "b")
    del young["passenger"]["identity"]["over_18"]
    rich = journey(3, "c", "e")
    rich["driver"]["revenue"] = 100_000
    split = journey(4, "c", "f", start=NOON + timedelta(hours=3))
    split["driver"]["identity"]["operator_user_id"] = "u-another"
    shared = journey(5, "h", "i")
    shared["driver"]["identity"]["operator_user_id"] = "u-a"
    phone = journey(6, "k", "l")
    phone["driver"]["identity"]["phone"] = "+33199001234"
    found = verdicts([same, young, rich, split, shared, phone], tmp_path)
    assert [verdict for verdict, _ in found] == ["accepted"] * 6
    assert found[0][1] == ["same_person"]
    assert set(found[1][1]) == {"age_unknown", "user_shared"}
    assert set(found[2][1]) == {"revenue", "person_split"}
    assert found[3][1] == ["person_split"]
    assert found[4][1] == ["user_shared"]
    assert found[5][1] == ["phone_differs"]


FORMS = ["ndjson", "json", "csv", "ndjson.gz", "json.gz", "csv.gz", "ndjson.zst", "parquet"]


def in_form(form: str, folder: Path, journeys: list[dict[str, Any]]) -> Path:
    path = folder / f"f.{form}"
    kind, _, packing = form.partition(".")
    if kind == "parquet":
        pa = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(journeys), path)
        return path
    if kind == "json":
        raw = json.dumps(journeys, indent=1).encode()
    elif kind == "ndjson":
        raw = b"".join(json.dumps(one).encode() + b"\n" for one in journeys)
    else:
        raw = as_csv(journeys).encode()
    if packing == "gz":
        raw = gzip.compress(raw)
    elif packing == "zst":
        raw = pytest.importorskip("zstandard").ZstdCompressor().compress(raw)
    path.write_bytes(raw)
    return path


def as_csv(journeys: list[dict[str, Any]]) -> str:
    rows = [dict(leaves(one, "")) for one in journeys]
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def leaves(value: Any, at: str) -> Any:
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in pairs:
            yield from leaves(one, f"{at}.{name}" if at else str(name))
    else:
        yield at, value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, tmp_path: Path) -> None:
    journeys = list(world(60, seed=3, people=12))
    expected = judge(
        write(tmp_path / "x.ndjson", journeys), arrival=Arrival("column", 0, "received")
    )
    path = in_form(form, tmp_path, journeys)
    found = judge(path, arrival=Arrival("column", 0, "received"))
    assert [(x.journey, x.verdict, rules(x)) for x in found] == [
        (x.journey, x.verdict, rules(x)) for x in expected
    ]
    assert len({x.verdict for x in found}) > 1
    assert [x.line for x in found] == sorted({x.line for x in found})


def test_what_is_broken_is_said_with_its_place_and_passed(tmp_path: Path) -> None:
    path = tmp_path / "b.ndjson"
    good = json.dumps(journey()).encode()
    path.write_bytes(b'{"a" 1}\n' + good + b"\n\n[1]\n\xff\xfe\n" + good[:40] + b"\n")
    found = judge(path)
    assert [(one.line, one.verdict) for one in found] == [
        (1, "refused"),
        (2, "accepted"),
        (4, "refused"),
        (5, "refused"),
        (6, "refused"),
    ]
    assert "line 1, column 6" in found[0].reasons[0].message("en")
    assert "ligne 6, colonne" in found[4].reasons[0].message("fr")
    text = tmp_path / "b.json"
    text.write_text('[\n {"a": 1},\n {"b": }\n]', "utf-8")
    assert "line 3, column 8" in judge(text)[0].reasons[0].message("en")


def test_what_strangers_write(tmp_path: Path) -> None:
    half = json.dumps(journey(1)).replace('"j1"', '"\\ud800"')
    member = json.dumps({**journey(2), "a\ud800": 1, "op": "\udfff"})
    deep = "[" * 100_000 + "]" * 100_000
    huge = json.dumps(journey(3)).replace("12000", "1" + "0" * 400)
    key = json.dumps(journey(4, "a", "b")).replace(
        journey(4, "a")["driver"]["identity"]["identity_key"], ""
    )
    number = journey(5, "c", "e")
    number["driver"]["identity"]["identity_key"] = 12
    year = journey(6, "f", "g")
    year["start"]["datetime"] = "0000-01-01T00:00:00Z"
    lines = [
        half,
        member,
        deep,
        huge,
        key,
        json.dumps(number),
        json.dumps(year),
        "null",
        '"a"',
        "1",
    ]
    path = tmp_path / "s.ndjson"
    path.write_text("\n".join([*lines, json.dumps(journey(7, "h", "i"))]), "utf-8")
    out = tmp_path / "out"
    found: list[Judged] = []
    before = [named(str(path))]
    preflight(plan(path, out=out, table=True, operator_column="op", history=before), found.append)
    assert [one.verdict for one in found[:5]] == ["refused"] * 5
    assert [one.verdict for one in found[6:10]] == ["refused"] * 4
    assert set(rules(found[5])) == {"published", "duplicate_past"}
    assert rules(found[10]) == ["duplicate_past"]
    for name in ("refused.ndjson", "reasons.ndjson"):
        for line in (out / name).read_text("utf-8").splitlines():
            if line.count("[") < 1000:
                json.loads(line)


def test_a_compressed_file_that_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "c.ndjson.gz"
    whole = gzip.compress(b"".join(json.dumps(one).encode() + b"\n" for one in world(400)))
    path.write_bytes(whole[: len(whole) // 2])
    other = write(tmp_path / "d.ndjson", [journey()])
    found = judge(path, other)
    assert [x for one in found for x in rules(one)].count("unreadable") == 1
    assert found[-1].verdict == "accepted"


def test_history_in_every_shape(tmp_path: Path) -> None:
    before = [journey(n, passenger=f"x{n}", start=NOON - timedelta(hours=n)) for n in range(1, 6)]
    today = [journey(9), journey(1, "q", "r")]
    db = str(tmp_path / "h.sqlite")
    preflight(plan(write(tmp_path / "y", before), remember=db))
    path = write(tmp_path / "t", today)
    expected = [["too_many_trips_by_day"], ["duplicate_past"]]
    assert [rules(x) for x in judge(path)] == [[], []]
    assert [rules(x) for x in judge(path, history=[named(db)])] == expected
    assert [rules(x) for x in judge(path, history=[named(str(tmp_path / "y"))])] == expected
    found = preflight(plan(path, history=[named(db)], remember=db))[0]
    assert found.facts["history"] == 5
    assert [rules(x)[0] for x in judge(path, history=[named(db)])] == ["duplicate_past"] * 2


def test_a_history_of_several_operators(tmp_path: Path) -> None:
    before = [journey(1) | {"op": "a"}, journey(2, "q", "r") | {"op": "b"}, {"op": 1}, 5]
    past = write(tmp_path / "h", before)
    today = write(
        tmp_path / "t", [journey(1, "x", "y") | {"op": "b"}, journey(2, "z", "w") | {"op": "b"}]
    )
    found = judge(today, history=[named(past)], operator_column="op")
    assert [rules(x) for x in found] == [[], ["duplicate_past"]]


def test_a_history_that_is_none(tmp_path: Path) -> None:
    import sqlite3

    other = tmp_path / "o.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE a (b)")
    db.close()
    path = write(tmp_path / "t", [journey()])
    with pytest.raises(ConfigError, match=r"o\.sqlite"):
        judge(path, history=[named(str(other))])


def test_which_journeys_change_sides(tmp_path: Path) -> None:
    journeys = [
        journey(1, "a", "b", distance=1500),
        journey(2, "c", "e", distance=500),
        journey(3, "f", "g"),
    ]
    found: list[Change] = []
    path = write(tmp_path / "t", journeys)
    compared = compare(plan(path, rules=OLD), NEW, found.append)
    assert [(c.judged.journey, c.before, c.after) for c in found] == [
        ("j1", ("refused", ("distance_too_short",)), ("accepted", ()))
    ]
    assert (compared.journeys, dict(compared.sides)) == (3, {("refused", "accepted"): 1})


def test_files_are_written_and_can_be_judged_again(tmp_path: Path) -> None:
    journeys = list(world(80, seed=5, people=20))
    path = write(tmp_path / "w.ndjson", journeys)
    arrival = Arrival("column", 0, "received")
    out = tmp_path / "out"
    found: list[Judged] = []
    summary, written = preflight(plan(path, arrival=arrival, out=out, table=True), found.append)
    assert sorted(p.name for p in out.iterdir()) == written
    assert not list(out.glob("*.part"))
    for verdict in ("accepted", "refused", "depends"):
        lines = [json.loads(x) for x in (out / f"{verdict}.ndjson").read_text("utf-8").splitlines()]
        assert len(lines) == summary.verdicts[verdict]
        mine = [x.journey for x in found if x.verdict == verdict]
        assert [one["operator_journey_id"] for one in lines] == mine
        assert all("received" not in one for one in lines)
        again = judge(out / f"{verdict}.csv") if lines else []
        assert [x.journey for x in again] == mine
        assert all("schema" not in rules(x) for x in again)
    reasons = [json.loads(x) for x in (out / "reasons.ndjson").read_text("utf-8").splitlines()]
    assert [r["line"] for r in reasons] == [x.line for x in found if x.reasons]
    rows = list(csv.DictReader(io.StringIO((out / "reasons.csv").read_text("utf-8"))))
    assert len(rows) == sum(len(x.reasons) for x in found)
    assert Counter(row["rule"] for row in rows) == Counter(rule for x in found for rule in rules(x))


def test_no_reason_tells_who_it_is(tmp_path: Path) -> None:
    wrong = []
    for number, (member, value) in enumerate(
        [("phone_trunc", "+3319900secret"), ("identity_key", "secret"), ("over_18", "secret")]
    ):
        one = journey(number)
        one["driver"]["identity"][member] = value
        wrong.append(one)
    out = tmp_path / "out"
    preflight(plan(write(tmp_path / "t", wrong), out=out))
    told = (out / "reasons.ndjson").read_text("utf-8") + (out / "reasons.csv").read_text("utf-8")
    assert told.count("schema") >= 6
    assert "secret" not in told
    assert key("d") not in told


def test_passengers_of_one_car_share_a_trip(tmp_path: Path) -> None:
    car = [journey(1, trip=1), journey(2, passenger="q", trip=2), journey(3, passenger="r", trip=1)]
    assert [x.verdict for x in judge(write(tmp_path / "t", car))] == ["accepted"] * 3
    assert "trip_split" in [x for one in judge(write(tmp_path / "t", car)) for x in rules(one)]
    shared = [one | {"operator_trip_id": "t1"} for one in car]
    assert verdicts(shared, tmp_path) == [("accepted", [])] * 3


def test_rules_that_count_by_status_are_refused(tmp_path: Path) -> None:
    many = NEW["too_many_trips_by_day"]
    left_out = {**many.thresholds["statuses_left_out"], "value": ["canceled"]}
    rule = replace(many, thresholds={**many.thresholds, "statuses_left_out": left_out})
    other = replace(NEW, name="other", rules={**NEW.rules, many.name: rule})
    with pytest.raises(ConfigError, match="by their status"):
        judge(write(tmp_path / "t", [journey()]), rules=other)


def test_every_rule_has_its_row_and_its_words() -> None:
    rows = {row["id"] for row in load(VERSION.conformance / "requirements.yaml")}
    assert set(ROWS.values()) <= rows
    for rule in ROWS:
        reason = Reason(rule, "refused", params={"line": 1})
        assert reason.message("en") != reason.message("fr")
        assert not reason.message("en").startswith("proof.")
    assert set(DEPENDS_ON) == set(command._ASSUMED)
    labels = {rule.get("label") or rule.get("answer", {}).get("label") for rule in PUBLISHED}
    assert labels - {None} <= set(ROWS)


def test_what_is_no_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "p.parquet"
    path.write_bytes(b"PAR1" + b"\x00" * 50)
    other = write(tmp_path / "d.ndjson", [journey()])
    found = judge(path, other)
    assert [rules(one) for one in found] == [["unreadable"], []]


COLUMNS = [name for name, _ in leaves(journey(), "")]
FREE = {"operator_journey_id", "operator_trip_id"}
"""Columns whose cells may be any text."""


@pytest.mark.parametrize("column", COLUMNS)
def test_a_cell_that_is_wrong_is_named_and_the_run_goes_on(column: str, tmp_path: Path) -> None:
    rows = [dict(leaves(journey(n, driver=n, passenger=-1 - n), "")) for n in range(3)]
    rows[1][column] = "?!"
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path / "j.csv"
    path.write_text(out.getvalue(), "utf-8")
    found = judge(path)
    free = column in FREE or column.endswith("user_id")
    assert [one.verdict for one in found] == [
        "accepted", "accepted" if free else "refused", "accepted",
    ]  # fmt: skip
    if not free:
        assert found[1].line == 3
        assert {r.pointer for r in found[1].reasons if r.weight == "refused"} == {
            "/" + column.replace(".", "/")
        }
    path.write_bytes(out.getvalue().replace("?!", "\xe9").encode("latin-1"))
    found = judge(path)
    assert [rules(one) for one in found] == [[], ["unreadable"], []]
    assert column in found[1].reasons[0].message("en")


def test_what_parquet_can_hold(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [dict(leaves(journey(n, driver=n, passenger=-1 - n), "")) for n in range(3)]
    for row in rows:
        for name in row:
            if name.endswith(("lat", "lon")):
                row[name] = float(row[name])
            elif row[name] in ("true", "false"):
                row[name] = row[name] == "true"
            elif name.endswith(("index", "amount", "distance", "revenue", "tion", "seats")):
                row[name] = int(row[name])
    columns = {name: [row[name] for row in rows] for name in COLUMNS}

    def judged(**changes: Any) -> list[Any]:
        table = columns | {name.replace("__", "."): cells for name, cells in changes.items()}
        parquet.write_table(pa.table(table), tmp_path / "j.parquet")
        return judge(tmp_path / "j.parquet")

    def instants(unit: str, *told: int) -> Any:
        return pa.array(told, pa.timestamp(unit, tz="UTC"))

    right = [one.verdict for one in judged()]
    assert right == ["accepted"] * 3
    binary = [row["operator_trip_id"].encode() for row in rows]
    assert [one.verdict for one in judged(operator_trip_id=binary)] == right
    noon = [1_783_339_200 * 10**9] * 3  # 2026-07-06T12:00:00Z
    assert [one.verdict for one in judged(start__datetime=instants("ns", *noon))] == right
    for column, cells in (
        ("start__datetime", instants("ns", noon[0], noon[0] + 1, noon[0])),
        ("start__datetime", instants("s", noon[0] // 10**9, 10**13, noon[0] // 10**9)),
        ("operator_trip_id", [b"a", b"\xff", b"c"]),
        ("operator_trip_id", pa.array([b"a", b"\xff", b"c"]).cast(pa.string(), safe=False)),
    ):
        found = judged(**{column: cells})
        assert [rules(one) for one in found] == [[], ["unreadable"], []]
        assert (found[1].line, column.replace("__", ".") in found[1].reasons[0].message("fr")) == (
            2,
            True,
        )
    found = judged(distance=[12_000.0, float("nan"), float("inf")])
    assert [[r.pointer for r in one.reasons] for one in found] == [[], [""], ["/distance"]]
    for twisted in ({"driver": ["x"] * 3}, {"passenger__seats__x": [1] * 3}):
        with pytest.raises(ConfigError):
            judged(**twisted)


@pytest.mark.parametrize("digits", ["9" * 5000, "1e400", "-" + "9" * 400])
def test_numbers_of_any_length(digits: str, tmp_path: Path) -> None:
    text = json.dumps(journey(1, driver="e", passenger="f"))
    long = f'{text[:-1]}, "operator_id": {digits}}}'
    path = tmp_path / "j.ndjson"
    path.write_text(f"{json.dumps(journey())}\n{long}\n", "utf-8")
    found: list[Judged] = []
    preflight(plan(path, out=tmp_path / "out", table=True), found.append)
    assert [rules(one) for one in found] == [[], ["schema"]]
    assert found[1].reasons[0].pointer == "/operator_id"
    for name in ("refused.ndjson", "refused.csv"):
        assert digits in (tmp_path / "out" / name).read_text("utf-8")
    list_form = tmp_path / "j.json"
    list_form.write_text(f"[{long}]", "utf-8")
    assert [rules(one) for one in judge(list_form)] == [["schema"]]


def test_lengths_of_time() -> None:
    assert [duration(x) for x in ("5ms", "90s", "15m", "2h", "1d")] == [
        5, 90_000, 900_000, 2 * HOUR, 24 * HOUR,
    ]  # fmt: skip
    for wrong in ("", "2", "h", "-1h", "1w", "9" * 5000 + "d"):
        with pytest.raises(ConfigError):
            duration(wrong)


def test_whose_a_file_is(tmp_path: Path) -> None:
    odd = tmp_path / "a=b.ndjson"
    odd.write_text("", "utf-8")
    assert named(str(odd)).operator == ""
    assert named("op=x.csv") == Source("x.csv", "op")
    assert named("x.csv") == Source("x.csv")


def test_facts_and_memory_know_the_same(tmp_path: Path) -> None:
    one: Facts = facts(journey())
    memory = Memory([one])
    assert memory.trips("", key("d"), (one.start, one.start + 1)) == {"t0"}
    assert memory.trips("", key("d"), (one.start - 1, one.start)) == set()
