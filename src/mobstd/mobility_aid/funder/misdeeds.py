"""Funders that do what they were not asked for, or tell in ways of their own; a few are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from mobstd.mobility_aid.funder.asking import Caller, asking, calling
from mobstd.mobility_aid.funder.book import written
from mobstd.mobility_aid.funder.ledger import Act
from mobstd.mobility_aid.funder.refusing import Refused
from mobstd.mobility_aid.funder.service import Funder
from mobstd.serving.answers import Reply

__all__ = ["MISDEEDS"]

DECIDES, DECISIONS = "decisions.write", ("granted", "rejected", "revoked")
FORBIDDEN, CONFLICT = 403, 409
SECOND = timedelta(seconds=1)
LATE = 25
"""How many events are not told yet."""


def _same_whoever(funder: Funder) -> None:
    """Answers an id that it knows with what it knows, whoever it is for."""
    right = funder.create_subscription

    def create(asked: Any, body: Any) -> Any:
        with funder.ledger.acting() as act:
            known = act.subscription(body["id"])
        if known is not None and "subject" in body:
            body = {**body, "subject": known[0]["subject"]}
        return right(asked, body)

    funder.create_subscription = create  # type: ignore[method-assign]


def _contents_for_all(funder: Funder) -> None:
    """Gives the content of documents to a token that may not decide."""
    lets, right = funder.lets, funder.step_subscription
    funder.lets = lambda caller, wanted: wanted == DECIDES or lets(caller, wanted)

    def step(asked: Any, body: Any) -> Any:
        if body["to"] in DECISIONS and not lets(asking(), DECIDES):
            return Reply(Refused(FORBIDDEN).body, FORBIDDEN)
        return right(asked, body)

    funder.step_subscription = step  # type: ignore[method-assign]


def _opens_all_contents(funder: Funder) -> None:
    """Gives the content of documents to whoever knows their ids."""
    right = funder.get_document_content

    def opened(asked: Any) -> Any:
        with funder.ledger.acting() as act:
            known = act.held(asked["id"])
        if known is not None:
            calling(Caller("funder", known[1]))
        return right(asked)

    funder.get_document_content = opened  # type: ignore[method-assign]


def _lists_an_aid_of_all(funder: Funder) -> None:
    """Lists what there is to an aid, whoever asks."""
    right = funder.list_subscriptions

    def listed(asked: Any) -> Any:
        if asked.get("aid") in funder.terms:
            calling(Caller("funder", funder.terms[asked["aid"]]["funder"]))
        return right(asked)

    funder.list_subscriptions = listed  # type: ignore[method-assign]


def _tries_for_good(funder: Funder) -> None:
    """Begins what it was only asked to try."""
    right = funder.try_subscription

    def tried(asked: Any, body: Any) -> Any:
        said = right(asked, body)
        funder.create_subscription(asked, body)
        return said

    funder.try_subscription = tried  # type: ignore[method-assign]


def _tries_and_counts(funder: Funder) -> None:
    """Begins something of its own for a person who was only tried, which counts."""
    right = funder.try_subscription

    def tried(asked: Any, body: Any) -> Any:
        said = right(asked, body)
        funder.create_subscription(asked, {**body, "id": str(uuid4())})
        return said

    funder.try_subscription = tried  # type: ignore[method-assign]


def _tries_without_limit(funder: Funder) -> None:
    """Forgets the limit of an aid where something is tried."""
    right = funder.try_subscription

    def tried(asked: Any, body: Any) -> Any:
        funder.limited = False
        try:
            return right(asked, body)
        finally:
            funder.limited = True

    funder.try_subscription = tried  # type: ignore[method-assign]


def _takes_nothing_back(funder: Funder) -> None:
    """Passes over an answer that is null."""
    right = funder.update_subscription

    def update(asked: Any, body: Any) -> Any:
        answers = body.get("answers", {})
        kept = {name: value for name, value in answers.items() if value is not None}
        return right(asked, {**body, "answers": kept})

    funder.update_subscription = update  # type: ignore[method-assign]


def _consents_to_anything(funder: Funder) -> None:
    """Takes consent to a text that it never published."""
    right = funder.create_subscription

    def create(asked: Any, body: Any) -> Any:
        terms = funder.terms.get(body["aid"])
        if terms is None:
            return right(asked, body)
        consent = {**body["consent"], "version": terms["consent"]["version"]}
        return right(asked, {**body, "consent": consent})

    funder.create_subscription = create  # type: ignore[method-assign]


def _after_refused_steps(
    funder: Funder, leave: Callable[[Act, Any, Mapping[str, Any]], None]
) -> None:
    """Have steps that are refused for the state leave something behind."""
    right = funder.step_subscription

    def step(asked: Any, body: Any) -> Any:
        said = right(asked, body)
        if getattr(said, "status", 0) == CONFLICT:
            with funder.ledger.acting() as act:
                known = act.subscription(asked["id"])
                if known is not None:
                    leave(act, known[0], funder.terms[known[0]["aid"]])
                    act.put(known[0], known[1])
        return said

    funder.step_subscription = step  # type: ignore[method-assign]


def _touches_the_refused(funder: Funder) -> None:
    """Says that a subscription changed when a step was refused."""

    def touch(_: Act, item: Any, __: Any) -> None:
        item["updatedAt"] = written(datetime.fromisoformat(item["updatedAt"]) + SECOND)

    _after_refused_steps(funder, touch)


def _writes_down_the_refused(funder: Funder) -> None:
    """Enters steps that were refused in the history."""

    def enter(_: Act, item: Any, __: Any) -> None:
        last = item["history"][-1]
        item["history"].append({**last, "sequence": last["sequence"] + 1})

    _after_refused_steps(funder, enter)


def _tells_the_refused(funder: Funder) -> None:
    """Tells of steps that were refused."""
    _after_refused_steps(funder, _note)


def _note(act: Act, item: Any, terms: Mapping[str, Any]) -> None:
    """Tell of a subscription, as it is."""
    event = {"at": item["updatedAt"], "subscription": item["id"]}
    event |= {"aid": item["aid"], "state": item["state"]}
    act.note("event", terms["funder"], item["subject"], event)


class _Quiet:
    """An act that tells nobody."""

    def __init__(self, act: Act) -> None:
        self._act = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._act, name)

    def note(self, table: str, *args: Any) -> None:
        if table != "event":
            self._act.note(table, *args)


def _tells_states_alone(funder: Funder) -> None:
    """Tells of changes of state alone: of no beginning, and of no other change; which is right."""
    right = funder.book.enter

    def enter(act: Any, *args: Any) -> Any:
        heard: Any = _Quiet(act) if args[3] in ("created", "updated") else act
        return right(heard, *args)

    funder.book.enter = enter  # type: ignore[method-assign, assignment]


def _tells_in_parts(funder: Funder) -> None:
    """Tells of a submission twice: that it came, and that it was looked at; which is right."""
    right = funder.book.enter

    def enter(act: Act, *args: Any) -> Any:
        item, terms, event = right(act, *args), args[2], args[3]
        if event == "submitted":
            _note(act, item, terms)
        return item

    funder.book.enter = enter  # type: ignore[method-assign, assignment]


def _tells_late(funder: Funder) -> None:
    """Tells of nothing but what happened before the last few events; which is right."""
    right = funder.list_events

    def listed(asked: Any) -> Any:
        page = right(asked)
        end = max(0, page["latest"] - LATE)
        return {"events": [e for e in page["events"] if e["sequence"] <= end], "latest": end}

    funder.list_events = listed  # type: ignore[method-assign]


MISDEEDS: Mapping[str, Callable[[Funder], None]] = {
    "same-whoever": _same_whoever,
    "contents-for-all": _contents_for_all,
    "opens-all-contents": _opens_all_contents,
    "lists-an-aid-of-all": _lists_an_aid_of_all,
    "tries-for-good": _tries_for_good,
    "tries-and-counts": _tries_and_counts,
    "tries-without-limit": _tries_without_limit,
    "takes-nothing-back": _takes_nothing_back,
    "consents-to-anything": _consents_to_anything,
    "touches-the-refused": _touches_the_refused,
    "writes-down-the-refused": _writes_down_the_refused,
    "tells-states-alone": _tells_states_alone,
    "tells-in-parts": _tells_in_parts,
    "tells-late": _tells_late,
    "tells-the-refused": _tells_the_refused,
}
"""Each by its name."""
