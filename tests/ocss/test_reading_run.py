"""A run that may only read: booking and messages are left alone, and the report says why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.canon.standard import find
from mobstd.conformance.outline import the_role
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import UnknownName
from mobstd.ocss.reference.maas import build as build_maas
from mobstd.serving.opening import implementation, role_of
from mobstd.transport.asgi import AsgiSender

from .bookings import NOW, operator

WRITTEN = ("booking", "messages", "booking-feed")


def judged(app: Any, **profile: Any) -> tuple[dict[str, Any], set[str]]:
    """Return the report, and the methods that were sent."""
    methods: set[str] = set()
    options = Options(
        now=datetime.fromtimestamp(NOW, UTC),
        with_fuzz=False,
        listeners=(lambda exchange: methods.add(exchange.request.method),),
    )
    with AsgiSender(app) as sender:
        made = Profile(target="reference", standard="ocss@1.0-alpha", **profile)
        return check(sender, made, options), methods


def outcomes(report: dict[str, Any], block: str) -> set[str]:
    return {
        told["outcome"]
        for row in report["requirements"]
        for told in row["blocks"]
        if told["id"] == block
    }


def test_an_operator_conforms_without_a_write() -> None:
    report, methods = judged(operator(count=800))
    assert report["verdict"] == "conforming"
    assert methods == {"GET"}
    assert not {block["id"] for block in report["blocks"]} & set(WRITTEN)
    rows = {row["id"]: (row["outcome"], row["reason"]) for row in report["requirements"]}
    for id_ in ("OCSS-BOOK-02", "OCSS-BOOK-06", "OCSS-BOOK-12", "OCSS-LIFE-08", "OCSS-MSG-04"):
        assert rows[id_] == ("not-run", "not-permitted")


def test_a_declared_booking_is_not_permitted_and_never_conforming() -> None:
    report, methods = judged(operator(count=800), blocks=("status", "booking", "messages"))
    assert methods == {"GET"}
    for block in ("booking", "messages"):
        assert outcomes(report, block) == {"not-run"}
        verdicts = {found["id"]: found["verdict"] for found in report["blocks"]}
        assert verdicts[block] == "inconclusive"
    assert report["gate"]["exit_code"] == 3


@pytest.mark.parametrize("blocks", [None, WRITTEN])
def test_of_a_maas_nothing_can_be_asked(blocks: tuple[str, ...] | None) -> None:
    report, methods = judged(build_maas(), role="maas", blocks=blocks)
    assert (report["verdict"], report["stopped_by"], report["requests"]) == (
        "inconclusive",
        None,
        0,
    )
    assert methods == set()
    assert {row["outcome"] for row in report["requirements"]} == {"not-run"}


def test_the_main_role_is_meant_where_none_is_named() -> None:
    version = find("ocss@1.0-alpha")
    assert version.roles == ("operator", "maas")
    assert the_role(version, None) == role_of(version, None) == version.role == "operator"
    assert the_role(version, "maas") == role_of(version, "maas") == "maas"
    for call in (the_role, role_of):
        with pytest.raises(UnknownName):
            call(version, "driver")
    assert implementation(version, "maas").role == "maas"  # type: ignore[attr-defined]
