"""What a client has to know: filters, stamps, rejections, errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mobstd.mob.v1_21 import Error, Subscription, again, filter_of, in_order, verify_timestamp
from mobstd.validation.evidence import Unproven

from .documents import example


def test_a_filter_is_that_of_loopback() -> None:
    made = filter_of(
        {"inseeValueList": {"inq": ["68224", "68"]}},
        any_of=[{"scale": "Commune"}],
        fields=["id"],
        order=[("name", "ASC")],
        limit=499,
        skip=0,
    )
    assert json.loads(made) == {
        "where": {"inseeValueList": {"inq": ["68224", "68"]}, "or": [{"scale": "Commune"}]},
        "fields": {"id": True},
        "order": ["name ASC"],
        "limit": 499,
        "skip": 0,
    }
    assert filter_of() == "{}"


@pytest.mark.parametrize("wrong", [{"limit": 500}, {"limit": 0}, {"skip": -1}])
def test_a_filter_that_is_refused_is_not_made(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"limit|skip"):
        filter_of(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comments", "expected"),
    [
        ("HTTP 500 - [object Object]", "outage"),
        ("HTTP 503", "outage"),
        ("HTTP 400 - Date should be before 7 days from now", "later"),
        ("HTTP 400 - expired", None),
        ("HTTP 409 - Conflict", None),
        ("Une panne, HTTP 500", None),
        (None, None),
    ],
)
def test_an_outage_is_no_refusal(comments: str | None, expected: str | None) -> None:
    assert again({"status": "REJETEE", "comments": comments}) == expected
    nested = {"status": "REJETEE", "subscriptionRejection": {"comments": comments}}
    assert again(nested) == expected
    assert again({"status": "VALIDEE", "comments": comments}) is None


def test_stamps_are_sorted_by_time() -> None:
    times = ["2026-03-02T09:00:00Z", "2026-03-01T10:30:00+02:00", "2026-03-01T09:00:00Z"]
    stamps = [{"signingTime": time} for time in times]
    assert [one["signingTime"] for one in in_order(stamps)] == times[::-1][1:2] + times[2:] + times[
        :1
    ]


@pytest.mark.parametrize("token", [{"type": "Buffer", "data": [48, 0]}, "MAA=", 7, {"data": ["x"]}])
def test_a_token_that_is_none_proves_nothing(token: Any) -> None:
    with pytest.raises(Unproven) as caught:
        verify_timestamp({**example("subscription-timestamp"), "timestampToken": token}, roots=[])
    assert caught.value.code == "validation.evidence.token"


@pytest.mark.parametrize(
    "body",
    [
        {"statusCode": 500, "message": "Internal Server Error"},
        {"statusCode": 400, "message": "x", "details": {"syntaxError": "y"}},
        {"statusCode": 422, "message": "x", "details": [{"path": "/consent"}]},
    ],
)
def test_every_shape_of_an_error_is_read(body: dict[str, Any]) -> None:
    assert Error.read({"error": body}).error.status_code == body["statusCode"]


def test_who_asked_is_not_shown() -> None:
    shown = repr(Subscription.read(example("subscription")))
    assert "camille" not in shown.lower()
    assert "citizen-1" not in shown
