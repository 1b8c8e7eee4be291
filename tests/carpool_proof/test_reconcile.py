"""What was sent beside what became of it: what is to be done, why, and the money at stake."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mobstd.carpool_proof.limits import limits
from mobstd.carpool_proof.reconcile.export import differences, exported
from mobstd.carpool_proof.reconcile.judging import Action, Found, cents_of, judge
from mobstd.carpool_proof.reconcile.outputs import COLUMNS, amount, page
from mobstd.carpool_proof.reconcile.sources import sent, standings
from mobstd.carpool_proof.reconcile.summary import Summary, euros
from mobstd.carpool_proof.sending import send_journeys
from mobstd.carpool_proof.sending.entries import Entry
from mobstd.carpool_proof.sending.result import Fate, Result
from mobstd.carpool_proof.sending.standing import Standing, standing
from mobstd.carpool_proof.v3_4 import Client
from mobstd.cli import main
from mobstd.errors import ConfigError, Forbidden
from mobstd.messages import catalogue

from .registry import KEYS, START, URL, Line, Registry, journey, served

LIMITS = limits("2026-07")
HOUR = timedelta(hours=1)
TAKEN = START + 2 * HOUR


def status(name: str, *terms: str, **more: Any) -> Standing:
    return Standing(name, TAKEN, terms=terms, **more)


def asked(
    found: Found, hours: float = 60, fate: Fate = Fate.ACCEPTED, **changes: Any
) -> tuple[str, tuple[str, ...]]:
    entry = Entry(journey("j1", **changes), None, None, Result("j1", fate))
    line = judge(entry, found, START + hours * HOUR, LIMITS, None, expected=False)
    assert {f"reconcile.reason.{reason}" for reason in line.reasons} <= set(catalogue())
    return line.action, line.reasons


@pytest.mark.parametrize(
    ("found", "hours", "action", "reasons"),
    [
        (status("ok"), 60, "counts", ()),
        (status("canceled"), 60, "canceled", ("canceled",)),
        (status("pending"), 47.99, "wait", ("too-early",)),
        (status("pending"), 48, "wait", ("being-checked",)),
        (status("pending"), 54, "wait", ("being-checked",)),
        (status("pending"), 54.01, "contest", ("overdue",)),
        (None, 23, "send", ("absent",)),
        (None, 24, "send", ("absent",)),
        (None, 24.01, "contest", ("vanished",)),
        ("HTTP 500", 60, "read", ("unread",)),
        (status("acquisition_error"), 60, "correct", ("data",)),
        (status("unknown"), 60, "contest", ("unknown-status",)),
        (status("terms_violation_error"), 60, "contest", ("no-label",)),
        (status("terms_violation_error", "expired"), 60, "contest", ("expired-in-time",)),
        (status("terms_violation_error", "new"), 60, "contest", ("unknown-label",)),
        (
            status("terms_violation_error", "too_close_trips", "too_many_trips_by_day"),
            60,
            "correct",
            ("too-close-trips", "too-many-trips-by-day"),
        ),
        (
            status("anomaly_error", anomalies=("temporal_overlap_anomaly",)),
            60,
            "correct",
            ("overlap",),
        ),
        (
            status("anomaly_error", anomalies=("distance_duration_anomaly",)),
            60,
            "correct",
            ("distance-duration",),
        ),
        (
            status("fraud_error", frauds=("interoperator_overlap",)),
            60,
            "contest",
            ("fraud-overlap",),
        ),
    ],
)
def test_what_a_status_asks(
    found: Found, hours: float, action: str, reasons: tuple[str, ...]
) -> None:
    assert asked(found, hours) == (action, reasons)


def test_who_came_late_by_the_registrys_own_date_has_lost() -> None:
    def late(delay: timedelta) -> Standing:
        return Standing("terms_violation_error", START + delay, terms=("expired",))

    day = timedelta(days=1)
    assert asked(late(day)) == ("contest", ("expired-in-time",))
    assert asked(late(day + timedelta(milliseconds=1))) == ("lost", ("expired",))
    both = Standing("terms_violation_error", START + 2 * day, terms=("too_close_trips", "expired"))
    assert asked(both) == ("lost", ("too-close-trips", "expired"))


def test_who_is_long_enough_by_the_rules_may_contest() -> None:
    short = status("terms_violation_error", "distance_too_short")
    assert asked(short, distance=999) == ("lost", ("distance-short",))
    assert asked(short, distance=1000) == ("contest", ("distance-enough",))


@pytest.mark.parametrize(
    ("fate", "hours", "expected"),
    [
        (Fate.INVALID, 5, ("send", ("refused-document",))),
        (Fate.INVALID, 25, ("lost", ("not-declared",))),
        (Fate.UNKNOWN, 5, ("send", ("absent",))),
        (Fate.UNKNOWN, 25, ("lost", ("not-declared",))),
    ],
)
def test_what_the_registry_never_had(fate: Fate, hours: float, expected: Any) -> None:
    assert asked(None, hours, fate) == expected


def test_every_action_and_reason_has_words() -> None:
    said = set(catalogue())
    assert {f"reconcile.action.{action}" for action in Action} <= said


def test_what_the_registry_says_is_read_in_either_way() -> None:
    both = {
        "status": "fraud_error",
        "journey_id": 17,
        "created_at": "2026-09-14T07:00:00.000Z",
        "fraud_error_labels": ["a", {"label": "b"}, {"label": 3}],
        "anomaly_error_details": [
            {"label": "c", "metas": {"conflicting_operator_journey_id": "x"}},
            {"label": "c", "metas": {"conflicting_journey_id": "y"}},
            {"label": "d", "metas": {"conflicting_journey_id": None}},
            {"metas": None},
        ],
        "terms_violation_details": "e",
    }
    assert standing(both) == Standing(
        "fraud_error",
        datetime(2026, 9, 14, 7, tzinfo=UTC),
        "17",
        ("e",),
        ("a", "b"),
        ("c", "d"),
        ("x", "y"),
    )
    assert [standing(value) for value in ([], {}, {"status": 1}, None)] == [None] * 4


def test_money_is_exact() -> None:
    incentives = [{"amount": 10}, {"amount": 5.0}, {"amount": "7"}, {}, 3]
    assert cents_of({"incentives": incentives}) == 15
    assert cents_of({}) == 0
    assert euros(10**15 + 1) == Decimal("10000000000000.01")
    assert amount(123456, "en") == "€1,234.56"
    assert amount(123456, "fr") == "1\u202f234,56\u00a0€"


# -- the export ------------------------------------------------------------------------------------


COLUMNS_OF_EXPORT = (
    *("journey_id", "operator_trip_id", "operator_journey_id", "operator_class", "status"),
    *("start_datetime", "end_datetime", "distance", "driver_revenue", "passenger_contribution"),
    *("passenger_seats", "incentive_0_siret", "incentive_0_amount", "incentive_1_siret"),
    *("incentive_1_amount", "incentive_rpc_0_amount"),
)


def cells(name: str, start: datetime = START, **changes: str) -> dict[str, str]:
    """Return a row as the registry has it: euros, kilometres, rounded up, in its own zone."""
    local = start + 2 * HOUR
    made = {
        "journey_id": "1",
        "operator_trip_id": "trip-2026-09-14-1",
        "operator_journey_id": name,
        "operator_class": "C",
        "status": "ok",
        "start_datetime": local.strftime("%Y-%m-%d %H:%M:%S"),
        "end_datetime": (local + timedelta(minutes=30)).strftime("%Y-%m-%d %H:%M:%S"),
        "distance": "24.5",
        "driver_revenue": "2.5",
        "passenger_contribution": "1",
        "passenger_seats": "1",
        "incentive_0_siret": "11000101300017",
        "incentive_0_amount": "1.5",
        "incentive_rpc_0_amount": "1.1",
    }
    return made | changes


def export(path: Path, rows: list[dict[str, str]], sign: str = ";", bom: bool = False) -> Path:
    text = io.StringIO()
    table = csv.DictWriter(
        text, COLUMNS_OF_EXPORT, delimiter=sign, quoting=csv.QUOTE_ALL, lineterminator="\n"
    )
    table.writeheader()
    table.writerows(rows)
    path.write_text(("\ufeff" if bom else "") + text.getvalue(), "utf-8")
    return path


@pytest.mark.parametrize(("sign", "bom"), [(";", False), (",", True)])
def test_an_export_that_says_what_was_sent(tmp_path: Path, sign: str, bom: bool) -> None:
    found = exported(export(tmp_path / "e.csv", [cells("j1")], sign, bom))
    assert differences(journey("j1"), found.rows["j1"]) == ()
    assert found.rows["j1"].campaigns == 110
    packed = tmp_path / "e.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "e.csv", "inner.csv")
    assert exported(packed) == found


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("distance", "24.501", "distance"),
        ("driver_revenue", "2.51", "driver_revenue"),
        ("passenger_contribution", "0", "passenger_contribution"),
        ("passenger_seats", "2", "passenger_seats"),
        ("operator_class", "B", "operator_class"),
        ("operator_trip_id", "other", "operator_trip_id"),
        ("incentive_0_amount", "1.49", "incentives"),
        ("incentive_1_amount", "1", "incentives"),
        ("end_datetime", "2026-09-14 08:20:00", "end_datetime"),
        ("start_datetime", "2026-09-14 08:10:00", "start_datetime"),
    ],
)
def test_what_an_export_has_otherwise(tmp_path: Path, column: str, value: str, name: str) -> None:
    found = exported(export(tmp_path / "e.csv", [cells("j1", **{column: value})]))
    assert differences(journey("j1"), found.rows["j1"]) == (name,)


def test_empty_cells_say_nothing(tmp_path: Path) -> None:
    empty = dict.fromkeys(COLUMNS_OF_EXPORT, "") | {"operator_journey_id": "j1", "status": "ok"}
    found = exported(export(tmp_path / "e.csv", [empty]))
    assert differences(journey("j1", incentives=[]), found.rows["j1"]) == ()


def test_only_a_journey_of_the_days_of_the_export_is_missed(tmp_path: Path) -> None:
    days = [START, START + timedelta(days=6)]
    found = exported(export(tmp_path / "e.csv", [cells(f"j{day.day}", day) for day in days]))
    inside = [d for d in range(-2, 10) if found.covers(journey("x", START + timedelta(days=d)))]
    assert inside == [2, 3, 4]
    assert not exported(export(tmp_path / "none.csv", [])).covers(journey("x"))


@pytest.mark.parametrize("content", ["a;b\n", "", "\xff"])
def test_what_is_no_export(tmp_path: Path, content: str) -> None:
    (tmp_path / "e.csv").write_text(content, "latin-1")
    with pytest.raises(ConfigError):
        exported(tmp_path / "e.csv")
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ConfigError, match="0 CSV files"):
        exported(tmp_path / "e.zip")


# -- what was sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["[1]", "{", '{"operator_journey_id": ""}', "[", "\xff"])
def test_what_is_no_list_of_journeys(tmp_path: Path, text: str) -> None:
    (tmp_path / "sent").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError):
        list(sent(tmp_path / "sent"))


def test_what_journeys_of_strangers_hold_is_no_crash(tmp_path: Path) -> None:
    told = [
        *(f'{{"operator_journey_id": "j", "incentives": [{{"amount": {amount}}}]}}'
          for amount in ("1e999", "1" * 400, "-5", "true", '"5"', "null")),
        *(f'{{"operator_journey_id": "j", "{name}": {value}}}'
          for name in ("driver", "passenger", "start", "end", "incentives", "distance")
          for value in ("5", '"x"', "[5]", "null", "{}")),
        '{"operator_journey_id": "j", "incentives": [{"index": "b"}, {"index": 1}, 7]}',
    ]  # fmt: skip
    file = tmp_path / "sent.ndjson"
    file.write_text("\n\n".join(told), "utf-8")
    row = next(iter(exported(export(tmp_path / "e.csv", [cells("j")])).rows.values()))
    found = [judge(entry, status("ok"), START, LIMITS, row, expected=True) for entry in sent(file)]
    assert [line.action for line in found] == ["contest"] * len(told)
    assert {line.incentives for line in found} == {0}


def test_a_list_is_read_strictly_and_by_lines(tmp_path: Path) -> None:
    file = tmp_path / "sent.ndjson"
    file.write_text('{"operator_journey_id": "a\u2028b"}\n\n{"operator_journey_id": 5}', "utf-8")
    with pytest.raises(ConfigError) as caught:
        list(sent(file))
    assert caught.value.params["place"] == 3
    for raw in (b'{"operator_journey_id": "j", "x": NaN}', b"[" * 100_000, b"\xff"):
        file.write_bytes(raw)
        with pytest.raises(ConfigError):
            list(sent(file))


@pytest.mark.parametrize("number", ["1e999999999", "9" * 5000, "NaN", "-", "1,5,5"])
def test_numbers_of_an_export_are_short(tmp_path: Path, number: str) -> None:
    found = exported(export(tmp_path / "e.csv", [cells("j", distance=number)]))
    assert found.rows["j"].metres is None


def test_an_archive_that_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("e.csv", "operator_journey_id;status;start_datetime\n")
    raw = bytearray(path.read_bytes())
    for place in (raw.find(b"PK\x01\x02") + 8, 6):
        raw[place] |= 1  # as if it had a password
    path.write_bytes(raw)
    with pytest.raises(ConfigError):
        exported(path)


def test_statuses_are_read_in_order_and_failures_said() -> None:
    registry = Registry()
    client = Client(URL, sender=Line(registry))
    names = [f"j{n}" for n in range(30)]
    for name in names[:20]:
        registry.answer("POST", "/v3.4/journeys", {}, json.dumps(journey(name)).encode())
    registry.fails = lambda method, name, before: (500, {}, {}) if name == "j3" else None
    these = [Entry(journey(name), None, None, Result(name, Fate.UNKNOWN)) for name in names]
    found = list(standings(client, these, concurrency=2, attempts=1))
    assert [entry.result.id for entry, _ in found] == names
    said = {entry.result.id: value for entry, value in found}
    assert said["j3"] == "HTTP 500"
    assert said["j29"] is None
    assert isinstance(said["j4"], Standing)
    registry.fails = lambda method, name, before: (403, {}, {})
    with pytest.raises(Forbidden):
        list(standings(client, these))


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Registry, str, Path]]:
    """A registry where a journal's journeys have become what they have become."""
    registry = Registry()
    monkeypatch.setenv("RPC_ACCESS_KEY", KEYS[0])
    monkeypatch.setenv("RPC_SECRET_KEY", KEYS[1])
    monkeypatch.setenv("MOBSTD_LANG", "en")
    monkeypatch.chdir(tmp_path)
    names = ("fine", "waits", "overlap", "fraud", "differs", "missing", "gone", "sum")
    journeys = [journey(n, START + timedelta(days=9 if n == "waits" else 3)) for n in names]
    journeys.append(journey("short", START + timedelta(days=3), distance=10))
    journeys.append(journey("bad", START + timedelta(days=3), distance=-1))
    with served(registry) as url:
        with Client(url) as client:
            run = send_journeys(client, journeys, journal="o", on_expiring=lambda one: None)
            assert len(list(run)) == len(journeys)
        for name in ("fine", "differs", "missing", "sum"):
            registry.status[name]["status"] = "ok"
        registry.status["overlap"] |= {
            "status": "anomaly_error",
            "anomaly_error_details": [
                {
                    "label": "temporal_overlap_anomaly",
                    "metas": {"conflicting_operator_journey_id": "fine"},
                }
            ],
        }
        registry.status["fraud"] |= {
            "status": "fraud_error",
            "fraud_error_labels": ["interoperator_overlap"],
        }
        del registry.stored["gone"]
        third = START + timedelta(days=3)
        rows = [cells("first"), cells("last", START + timedelta(days=6))]
        rows += [cells(name, third) for name in ("fine", "sum")]
        rows += [cells("differs", third, driver_revenue="0", incentive_0_amount="0.5")]
        rows += [cells(name, third, status=f"{name}_error") for name in ("fraud",)]
        export(tmp_path / "e.csv", rows)
        yield registry, url, tmp_path


def test_a_reconciliation(
    world: tuple[Registry, str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, url, folder = world
    now = (START + timedelta(days=10)).isoformat()
    args = ["proof", "reconcile", "o", "--url", url, "--now", now]
    files = ["--export", "e.csv", "--csv", "r.csv", "--html", "r.html"]
    assert main([*args, *files]) == 1
    with (folder / "r.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["operator_journey_id"]: row for row in csv.DictReader(file)}
    assert tuple(next(iter(rows.values()))) == COLUMNS
    assert {name: (row["action"], row["reasons"]) for name, row in rows.items()} == {
        "fine": ("counts", ""),
        "sum": ("counts", ""),
        "waits": ("wait", "too-early"),
        "overlap": ("correct", "overlap"),
        "fraud": ("contest", "fraud-overlap"),
        "differs": ("contest", "exported-otherwise"),
        "missing": ("contest", "not-exported"),
        "gone": ("contest", "vanished"),
        "short": ("lost", "distance-short"),
        "bad": ("lost", "not-declared"),
    }
    assert rows["differs"]["differences"] == "driver_revenue incentives"
    assert (rows["fine"]["incentives"], rows["fine"]["campaigns"]) == ("1.50", "1.10")
    assert "fine" in rows["overlap"]["advice"]
    said = capsys.readouterr().out
    assert "10 journeys" in said
    assert "At stake: €7.50" in said
    assert "2 of them are not among these" in said
    assert "campaigns pay €4.40" in said
    html = (folder / "r.html").read_text("utf-8")
    assert '<html lang="en" data-lang="en">' in html
    assert "overlap" in html
    for told in ("At stake: €7.50 of incentives", "En jeu : 7,50\u00a0€ d&#39;incitations"):
        assert told in html
    assert not list(folder.glob(".r.*"))

    assert main([*args, "--html", "f.html", "--lang", "fr"]) == 1
    french = (folder / "f.html").read_text("utf-8")
    assert '<html lang="fr" data-lang="fr">' in french
    assert "En jeu : 4,50\u00a0€" in capsys.readouterr().out


def test_what_is_well_ends_well(
    world: tuple[Registry, str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    _, url, folder = world
    (folder / "sent.json").write_text(json.dumps([journey("fine"), journey("waits")]))
    args = ["proof", "reconcile", "sent.json", "--url", url, "--now", START.isoformat()]
    assert main(args) == 0
    (folder / "sent.ndjson").write_text(json.dumps(journey("fine")) + "\n\n")
    assert main([*args[:2], "sent.ndjson", *args[3:]]) == 0
    assert "1 journeys" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("actions", "code"),
    [("counts wait canceled", 0), ("read wait", 3), ("read send", 1), ("contest", 1), ("lost", 1)],
)
def test_how_it_ends(actions: str, code: int) -> None:
    summary = Summary(START, "2026-07")
    summary.counts.update(Action(action) for action in actions.split())
    assert summary.exit_code == code


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (["nowhere"], "nowhere"),
        (["o", "--now", "yesterday"], "yesterday"),
        (["o", "--rules", "1999"], "2026-07"),
        (["o", "--concurrency", "0"], "--concurrency"),
        (["o", "--export", "o"], "o"),
        (["o", "--access-key-env", "NO_SUCH"], "NO_SUCH"),
        (["o", "--csv", "o/folder.csv"], "folder.csv"),
    ],
)
def test_what_is_asked_for_wrongly(
    world: tuple[Registry, str, Path],
    capsys: pytest.CaptureFixture[str],
    args: list[str],
    named: str,
) -> None:
    _, url, _ = world
    assert main(["proof", "reconcile", *args, "--url", url]) == 2
    assert named in capsys.readouterr().err


def test_wrong_keys(
    world: tuple[Registry, str, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, url, folder = world
    monkeypatch.setenv("RPC_SECRET_KEY", "wrong-and-secret")
    assert main(["proof", "reconcile", "o", "--url", url, "--csv", "r.csv"]) == 1
    said = capsys.readouterr()
    assert "wrong-and-secret" not in said.out + said.err
    assert not (folder / "r.csv").exists()


def test_a_page_escapes_what_strangers_wrote() -> None:
    summary = Summary(START, "2026-07", exported=1, strangers=("<b>",))
    entry = Entry(journey("j1"), None, None, Result("j1", Fate.ACCEPTED))
    found = Standing("fraud_error", TAKEN, frauds=("<script>",))
    summary.add(judge(entry, found, START, LIMITS, None, expected=False))
    html = page(summary, "en")
    assert html.count("<script>") == 1, "its own"
    assert "<b>" not in html
    assert "&lt;script&gt;" in html


def test_statuses_and_labels_are_told_in_words_of_both_languages() -> None:
    summary = Summary(START, "2026-07")
    for name, found in (("j1", None), ("j2", "timeout"), ("j3", status("ok"))):
        entry = Entry(journey(name), None, None, Result(name, Fate.ACCEPTED))
        summary.add(judge(entry, found, START, LIMITS, None, expected=False))
    html = page(summary, "en")
    for told in ("It counts.", "Il compte.", "The registry has not got it.", "n&#39;a pas pu"):
        assert told in html


def test_a_table_is_no_formula(tmp_path: Path) -> None:
    from mobstd.carpool_proof.reconcile.outputs import tabled
    from mobstd.output.files import replacing

    entry = Entry(journey("-1+1"), None, None, Result("-1+1", Fate.ACCEPTED))
    line = judge(entry, status("ok"), START, LIMITS, None, expected=False)
    with replacing(tmp_path / "t.csv") as file:
        assert list(tabled([line], file, "en")) == [line]
    assert (tmp_path / "t.csv").read_text("utf-8").splitlines()[1].startswith("'-1+1,")
