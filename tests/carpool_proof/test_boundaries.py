"""The answers of the reference at its boundaries: of the sandbox over HTTP, and of preflight.

``boundaries.yaml`` says what they are. All cases share one timeline and one registry; none has a
person, an id or a trip of another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from mobstd.canon.files import load
from mobstd.canon.standard import find
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.judging import Judged
from mobstd.carpool_proof.preflight.run import Plan, preflight
from mobstd.carpool_proof.preflight.sources import Source
from mobstd.carpool_proof.reference.keys import DEFAULTS
from mobstd.carpool_proof.rules.profile import profile

from .test_sandbox_process import served
from .worlds import journey

PROFILES = ("2025-08", "2026-07")
DAY, CLOCK = "2026-07-06", "/sandbox/clock"
LABELS = {
    "E": "expired",
    "D": "distance_too_short",
    "M": "too_many_trips_by_day",
    "C": "too_close_trips",
}
END = datetime(2026, 7, 12, tzinfo=UTC)
SEEN: list[datetime] = []
"""When tokens were asked for."""


class Step(NamedTuple):
    """What is asked of the registry, when, by whom, and the answer by profile."""

    at: datetime
    case: str
    act: str
    id: str
    operator: int
    body: Any
    answers: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.case}: {self.act} {self.id}"


def instant(told: str) -> datetime:
    text = told if "T" in told else f"{DAY}T{told}{'' if told.count(':') > 1 else ':00'}Z"
    return datetime.fromisoformat(text)


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def edited(document: dict[str, Any], edits: dict[str, Any]) -> dict[str, Any]:
    for pointer, value in edits.items():
        *above, last = pointer.strip("/").split("/")
        holder: Any = document
        for step in above:
            holder = holder[int(step) if step.isdigit() else step]
        if value is None:
            holder.pop(last, None)
        else:
            holder[last] = value
    return document


def posted(case: str, told: dict[str, Any], number: int = 0) -> tuple[datetime, dict[str, Any]]:
    own = f"{told['post']}{number or ''}"
    start = instant(told.get("start", "09:00"))
    end = start + timedelta(seconds=told.get("lasts", 1800))
    if "end" in told:
        end = instant(told["end"])
    driver, passenger = told.get("driver", "d"), told.get("passenger", "p")
    if number:
        driver, passenger = (f"x{own}", told["rides"]) if "rides" in told else (driver, f"x{own}")
    document = journey(
        driver=f"{case} {driver}",
        passenger=f"{case} {passenger}",
        place=(45.19, told.get("lon", 5.71)),
    )
    document |= {
        "operator_journey_id": f"{tag(case)}-{own}",
        "operator_trip_id": f"{tag(case)}-{told.get('trip', own)}",
    }
    document["start"]["datetime"] = (
        told["start"] if "T" in told.get("start", "") else written(start)
    )
    document["end"]["datetime"] = told["end"] if "T" in told.get("end", "") else written(end)
    at = told.get("at")
    if at is None:
        arrives = max(end, start) + timedelta(minutes=30)
    elif isinstance(at, int):
        arrives = start + timedelta(hours=24, milliseconds=at)
    else:
        arrives = instant(at)
    return arrives, edited(document, told.get("with", {}))


def tag(case: str) -> str:
    return f"c{[one['case'] for one in cases()].index(case)}"


@cache
def cases() -> list[dict[str, Any]]:
    return list(load(Path(__file__).parent / "boundaries.yaml"))


@cache
def steps() -> tuple[Step, ...]:
    """Return all steps in the order of time, those of one instant as they are written."""
    found = [
        step for one in cases() for step in _of(one["case"], one["steps"], one.get("apart", False))
    ]
    return tuple(sorted(found, key=lambda step: step.at))


def _of(case: str, told: list[dict[str, Any]], apart: bool) -> Iterator[Step]:
    known: dict[str, Any] = {}
    for one in told:
        if apart:
            one = {**one, "driver": one["post"], "passenger": f"with {one['post']}"}
        act = next(name for name in ("post", "cancel", "patch", "becomes") if name in one)
        id_, operator = f"{tag(case)}-{one[act]}", one.get("operator", 1)
        if act == "post":
            times = one.get("times", 0)
            for number in range(1, times + 1) if times else (0,):
                at, body = posted(case, one, number)
                known[body["operator_journey_id"]] = body, operator
                answers = _answers(one["answer"], max(0, number - 1))
                yield Step(at, case, act, body["operator_journey_id"], operator, body, answers)
            continue
        operator = known[id_][1] if id_ in known else operator
        at = END if act == "becomes" else instant(one["at"])
        body = dict(one.get("with", {}))
        if act == "patch":
            whole, _ = known.get(id_, next(iter(known.values())))
            names = ("operator_class", "incentives", "start", "end", "distance")
            body = edited({name: whole[name] for name in names}, body)
        yield Step(at, case, act, id_, operator, body, _answers(one["answer"], 0))


def _answers(told: Any, place: int) -> dict[str, Any]:
    each = told if isinstance(told, dict) else dict.fromkeys(PROFILES, told)
    return {name: one[place] if isinstance(one, list) else one for name, one in each.items()}


def labels(answer: Any) -> list[str]:
    """Return the labels that an answer stands for; none where it is no refusal by the terms."""
    words = str(answer).split()
    return [LABELS[word] for word in words] if set(words) <= set(LABELS) else []


@pytest.mark.parametrize("rules", PROFILES)
def test_the_sandbox_answers_as_the_reference(rules: str) -> None:
    wrong: list[str] = []
    first = written(steps()[0].at)
    asked = served("--clock", first, "--rules", rules, "--router", "none")
    with asked as (url, _), httpx.Client(base_url=url, timeout=60) as client:
        keys: dict[int, tuple[str, datetime]] = {}
        for at, together in groupby(steps(), key=lambda step: step.at):
            moved = client.post(CLOCK, json={"now": written(at)})
            assert moved.status_code == 200
            for step in together:
                found = _asked(client, keys, step)
                expected = step.answers[rules]
                if not _agree(step, expected, found):
                    wrong.append(f"{step.name}: {found}, not {expected}")
    assert not wrong, "\n".join(wrong)


def _token(
    client: httpx.Client, keys: dict[int, tuple[str, datetime]], operator: int, at: datetime
) -> str:
    """Return a token of an operator; of the five minutes that one lives, four are used."""
    if operator not in keys or at - keys[operator][1] > timedelta(minutes=4):
        pair = DEFAULTS[operator - 1]
        told = {"access_key": pair.access_key, "secret_key": pair.secret_key}
        # each address may ask five times a minute, of the machine's clock
        source = httpx.HTTPTransport(local_address=f"127.0.1.{len(SEEN) // 4 + 1}")
        with httpx.Client(base_url=client.base_url, transport=source, timeout=60) as other:
            answer = other.post("/auth/access_token", json=told)
        SEEN.append(at)
        assert answer.status_code == 201, answer.text
        keys[operator] = answer.json()["access_token"], at
    return keys[operator][0]


def _asked(client: httpx.Client, keys: dict[int, tuple[str, datetime]], step: Step) -> Any:
    """Return the status that a request was answered with, the labels, or what became of it."""
    headers = {"Authorization": f"Bearer {_token(client, keys, step.operator, step.at)}"}
    method, path = {
        "post": ("POST", "/journeys"),
        "cancel": ("POST", f"/journeys/{step.id}/cancel"),
        "patch": ("PATCH", f"/journeys/{step.id}"),
        "becomes": ("GET", f"/journeys/{step.id}"),
    }[step.act]
    body = None if step.act == "becomes" else step.body
    answer = client.request(method, path, json=body, headers=headers)
    if step.act == "becomes":
        return answer.json().get("status")
    data = answer.json().get("error", {}).get("data") if answer.status_code == 422 else None
    return data["terms_violation_labels"] if isinstance(data, dict) else answer.status_code


def _agree(step: Step, expected: Any, found: Any) -> bool:
    if step.act == "becomes" or isinstance(expected, int):
        return bool(found == expected)
    if expected == "refused":
        return isinstance(found, int) and found >= 400
    return bool(found == (201 if expected == "ok" else labels(expected)))


@pytest.mark.parametrize("rules", PROFILES)
def test_preflight_knows_the_answers_before(rules: str, tmp_path: Path) -> None:
    posts = [step for step in steps() if step.act == "post"]
    file = tmp_path / "journeys"
    lines = [{**one.body, "op": str(one.operator), "at": written(one.at)} for one in posts]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    judged: list[Judged] = []
    preflight(
        Plan(
            [Source(str(file), form="ndjson")],
            find("carpool-proof@3.4"),
            profile(rules),
            Arrival("column", 0, "at"),
            operator_column="op",
        ),
        judged.append,
    )
    becomes = {step.id: step.answers[rules] for step in steps() if step.act == "becomes"}
    touched = {step.id for step in steps() if step.act in ("cancel", "patch")}
    wrong = []
    for step, one in zip(posts, judged, strict=True):
        expected = step.answers[rules]
        against = [r for r in one.reasons if r.weight == "refused" and r.stage != "processing"]
        found = [reason.rule for reason in against]
        if one.at_creation != ("accepted" if expected == "ok" else "refused") or (
            labels(expected) and found != labels(expected)
        ):
            wrong.append(f"{step.name}: {one.at_creation} {found}, not {expected}")
        status = becomes.get(step.id) if step.id not in touched else None
        certain = {"accepted": status == "ok", "refused": status != "ok"}
        if expected == "ok" and status and not certain.get(one.verdict, True):
            wrong.append(f"{step.name}: {one.verdict}, but becomes {status}")
    assert not wrong, "\n".join(wrong)
