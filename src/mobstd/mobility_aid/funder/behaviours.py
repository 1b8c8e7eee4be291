"""Wrong funders: what no edit of an exchange can express."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mobstd.mobility_aid.funder.asking import SCOPES
from mobstd.mobility_aid.funder.misdeeds import MISDEEDS
from mobstd.mobility_aid.funder.service import Funder
from mobstd.mobility_aid.funder.states import Step

__all__ = ["BEHAVIOURS"]

UNPROCESSABLE = 422
_OPTIONAL = ("answers", "documents")
UNCHANGEABLE = ("submitted", "granted", "rejected", "revoked")


def _shows_all(funder: Funder) -> None:
    """Shows what is there to whoever knows its id."""
    funder.sees = lambda caller, of, subject: True


def _shows_all_documents(funder: Funder) -> None:
    """Shows documents to whoever knows their ids."""
    funder.opens = lambda caller, of, subject: True


def _acts_for_all(funder: Funder) -> None:
    """Has any party change what it knows the id of."""
    funder.acts = lambda caller, of, subject: True


def _no_limit(funder: Funder) -> None:
    """Never counts how often a person asks."""
    funder.limited = False


def _rejects_what_is_granted(funder: Funder) -> None:
    """Lets what was granted be rejected."""
    step = Step("granted", "rejected", ("funder",), "rejected")
    funder.book.table = funder.book.table.also(step)


def _decides_drafts(funder: Funder) -> None:
    """Grants what nobody submitted."""
    step = Step("draft", "granted", ("funder",), "granted")
    funder.book.table = funder.book.table.also(step)


def _revives(funder: Funder) -> None:
    """Lets what was withdrawn be submitted again."""
    step = Step("withdrawn", "submitted", ("funder", "person"), "submitted")
    funder.book.table = funder.book.table.also(step)


def _changes_in(state: str, funder: Funder) -> None:
    """Lets answers and documents change in one state more."""
    table = funder.book.table
    funder.book.table = replace(table, changes=(*table.changes, state))


def _takes_other_bodies(funder: Funder) -> None:
    """Answers an id that it knows with what it knows, whatever the body."""
    funder.same = lambda known, now: True


def _keeps_the_refused(funder: Funder) -> None:
    """Keeps what it refused, without the answers that it did not like."""
    right = funder.create_subscription

    def create(asked: Any, body: Any) -> Any:
        reply = right(asked, body)
        if reply.status == UNPROCESSABLE:
            least = {name: value for name, value in body.items() if name not in _OPTIONAL}
            right(asked, least)
        return reply

    funder.create_subscription = create  # type: ignore[method-assign]


def _ignores(scope: str, funder: Funder) -> None:
    """Lets any token do what asks for a scope."""
    funder.lets = lambda caller, wanted: wanted == scope or wanted in caller.scopes


def _wants_every_scope(funder: Funder) -> None:
    """Lets no token do anything that lacks a scope."""
    funder.lets = lambda caller, wanted: caller.scopes.issuperset(SCOPES)


def _grants_unsaid(funder: Funder) -> None:
    """Does not repeat the scopes of a token that are those asked for."""
    funder.granted = lambda scopes: {}


def _grants_in_another_order(funder: Funder) -> None:
    """Says the scopes of a token in an order of its own."""
    funder.granted = lambda scopes: {"scope": " ".join(sorted(scopes, reverse=True))}


def _parts(token: str) -> tuple[Any, Any]:
    """Return header and claims of a token, whoever signed it."""
    head, said = (part + "=" * (-len(part) % 4) for part in token.split(".")[:2])
    return json.loads(base64.urlsafe_b64decode(head)), json.loads(base64.urlsafe_b64decode(said))


def _signatures_unread(funder: Funder) -> None:
    """Believes what a token says, whoever signed it."""
    funder.reads = lambda token, key: _parts(token)[1]


def _needs_no_signature(funder: Funder) -> None:
    """Believes a token that says that it needs no signature."""
    right = funder.reads

    def reads(token: str, key: Any) -> Any:
        header, claims = _parts(token)
        return claims if header.get("alg") == "none" else right(token, key)

    funder.reads = reads


BEHAVIOURS: Mapping[str, Callable[[Funder], None]] = {
    "shows-all": _shows_all,
    "shows-all-documents": _shows_all_documents,
    "acts-for-all": _acts_for_all,
    "no-limit": _no_limit,
    "rejects-what-is-granted": _rejects_what_is_granted,
    "decides-drafts": _decides_drafts,
    "revives": _revives,
    "keeps-the-refused": _keeps_the_refused,
    "takes-other-bodies": _takes_other_bodies,
    "signatures-unread": _signatures_unread,
    "needs-no-signature": _needs_no_signature,
    "wants-every-scope": _wants_every_scope,
    "grants-unsaid": _grants_unsaid,
    "grants-in-another-order": _grants_in_another_order,
    **{f"changes-the-{one}": partial(_changes_in, one) for one in UNCHANGEABLE},
    **MISDEEDS,
    **{f"ignores-{scope.replace('.', '-')}": partial(_ignores, scope) for scope in SCOPES},
}
"""Each by its name."""
