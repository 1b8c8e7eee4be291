"""Scopes one by one: where no token lacks just one, nobody is accused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.grants import CLIENT, Grants
from mobstd.conformance.profile import Auth, Profile, Secret
from mobstd.conformance.run import Options, check
from mobstd.conformance.token import Token, asked, given
from mobstd.errors import ConfigError
from mobstd.mobility_aid.funder import build
from mobstd.mobility_aid.funder.asking import SCOPES
from mobstd.transport.asgi import AsgiSender

ROW = "AID-SUB-06"
SECRET = Secret("FUNDER")
AUTH = Auth(CLIENT, secret=SECRET, token_url="/token", client_id="100000017")
BLOCKS = ("terms", "subscriptions", "documents", "trials", "events", "evidence")

Asks = Callable[[Auth], Token]


def narrowed(auth: Auth, right: Asks) -> Token:
    return right(auth)


def as_ever(auth: Auth, right: Asks) -> Token:
    """Ignores the scopes that it is asked for, and says so."""
    return right(replace(auth, scope=None))


def as_ever_unsaid(auth: Auth, right: Asks) -> Token:
    """Ignores them, and only the token says so."""
    return replace(right(replace(auth, scope=None)), scopes=frozenset(SCOPES))


def whole_only(auth: Auth, right: Asks) -> Token:
    """Gives all or nothing."""
    if auth.scope and set(auth.scope.split()) != set(SCOPES):
        raise ConfigError("engine.token-refused", status=400)
    return right(auth)


def none(auth: Auth, right: Asks) -> Token:
    raise ConfigError("engine.token-unreachable", reason="gone")


def judged(
    tmp_path: Path, gives: Callable[[Auth, Asks], Token] | None, *wrong: str, scope: str = ""
) -> Any:
    app = build(behaviours=wrong)
    with AsgiSender(app) as sender:

        def right(auth: Auth) -> Token:
            sent = asked(auth, "/token", {"FUNDER": "secret-100000017"})
            return given(auth, sender.send(sent))

        auth = replace(AUTH, scope=scope) if scope else AUTH
        own = right(AUTH)
        options = Options(
            credentials=(("Authorization", f"Bearer {own.value}"),),
            allow_writes=True,
            with_fuzz=False,
            journal=str(tmp_path / "writes"),
            sleep=lambda _: None,
            grants=Grants(auth, lambda a: gives(a, right)) if gives else None,
        )
        profile = Profile("http://app.localhost", "mobility-aid@0.1", role="funder", blocks=BLOCKS)
        report = check(sender, profile, options)
    found = next(row for row in report["requirements"] if row["id"] == ROW)
    red = [row["id"] for row in report["requirements"] if row["outcome"] in ("failed", "warned")]
    return found, red, report


def test_each_operation_is_tried_without_its_scope(tmp_path: Path) -> None:
    row, red, report = judged(tmp_path, narrowed)
    assert (row["outcome"], row["evidence"], red) == ("passed", 12, [])
    refused = [x for x in report["requirements"] if x["outcome"] == "not-run"]
    assert ROW not in {x["id"] for x in refused}


@pytest.mark.parametrize(
    ("gives", "outcome", "reason"),
    [
        (None, "not-run", "no-scopes"),
        (none, "not-run", "no-scopes"),
        (as_ever, "inconclusive", "not-narrowed"),
        (as_ever_unsaid, "inconclusive", "not-narrowed"),
        (whole_only, "inconclusive", "not-narrowed"),
    ],
)
@pytest.mark.parametrize("wrong", [(), ("ignores-subscriptions-write",)])
def test_where_no_token_lacks_a_scope_nobody_is_accused(
    tmp_path: Path, gives: Any, outcome: str, reason: str, wrong: tuple[str, ...]
) -> None:
    row, red, _ = judged(tmp_path, gives, *wrong)
    assert (row["outcome"], row["reason"], red) == (outcome, reason, [])


def test_what_the_profile_asks_for_is_every_scope(tmp_path: Path) -> None:
    """A client without a right to decide is tried without the rights that it has."""
    few = "subscriptions.read subscriptions.write documents.write evidence.read"
    row, red, _ = judged(tmp_path, narrowed, "ignores-decisions-write", scope=few)
    assert (row["outcome"], red) == ("passed", [])
    row, red, _ = judged(tmp_path, narrowed, "ignores-documents-write", scope=few)
    assert red == [ROW]
    [finding] = row["findings"]
    assert finding["operation"] == "createDocument"
    assert finding["message"]["params"]["scope"] == "documents.write"


def test_the_finding_shows_both_requests_and_no_token(tmp_path: Path) -> None:
    row, red, report = judged(tmp_path, narrowed, "ignores-evidence-read")
    assert red == [ROW]
    [finding] = row["findings"]
    assert (finding["expected"], finding["received"]) == (403, 200)
    without, whole = (report["exchanges"][name] for name in finding["exchanges"])
    assert (without["operation"], whole["operation"]) == ("listEvidence", "listEvidence")
    assert "eyJ" not in str(report)
    assert '"$scoped_token_' in finding["curl"]
