"""What the target makes itself at the suite: asked for, told of, changed, refused.

A person or a trigger makes its users act. What was made is told of in and out of order, again,
wrong and under a wrong token, and then called off by them; a second one is changed by the suite
alone, and a third one is refused. The two last take a trigger: a person is asked for little.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NO_ANSWER, NOT_FOUND, NOT_THERE, named, spoke
from mobstd.conformance.scenarios.edit import put, without
from mobstd.conformance.scenarios.material import Candidate
from mobstd.conformance.scenarios.news import tell
from mobstd.conformance.scenarios.oracle import held, ladder
from mobstd.conformance.scenarios.resource import Brought, LifeCycle, Resource, Source
from mobstd.conformance.scenarios.thing import Thing
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.requirement import Requirement

__all__ = ["Seen", "Story", "known", "story"]

KEY = ("brought",)

HOUR = 3600
"""Seconds between two rides that are asked for, so that they are not taken for one."""

RECORDED = 10.0
"""Seconds until a call that was answered is recorded, at most."""

BUSY = 1
"""Seconds after which the suite lets itself be asked again."""

WRONG_TOKEN = "wrong-signature"


@dataclass(frozen=True)
class Seen:
    """One thing that was seen; ``code``: what is wrong with it, if anything."""

    what: str
    exchanges: tuple[Exchange, ...]
    code: str | None = None
    expected: Any = None
    received: Any = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Story:
    """What became of it.

    Attributes:
        reason: why nothing was made, where nothing was.
        failed: why a trigger could not be told, the first time that it was so.
    """

    reason: str | None = None
    failed: str | None = None
    seen: list[Seen] = field(default_factory=list)


def story(lab: Lab, row: Requirement | None) -> Story | None:
    """Return what became of what the target makes at the suite, tried once in a run.

    ``None``: the standard has no such thing, or nobody hears what the target calls.
    """
    shop = lab.workshop
    if shop is None or lab.receiver is None:
        return None
    resource = next((one for one in shop.resources if one.brought is not None), None)
    if resource is None or resource.life is None or resource.brought is None:
        return None
    if KEY not in shop.shared:
        shop.shared[KEY] = told = Story()
        _Telling(shop, resource, resource.life, resource.brought, row, told).whole()
    return known(lab)


def known(lab: Lab) -> Story | None:
    """Return the story, where it was tried."""
    found: Story | None = lab.workshop.shared.get(KEY) if lab.workshop is not None else None
    return found


class _Telling:
    """Tells one story."""

    def __init__(
        self, shop: Workshop, resource: Resource, life: LifeCycle, brought: Brought,
        row: Requirement | None, told: Story,
    ) -> None:  # fmt: skip
        assert shop.lab.receiver is not None
        self.shop, self.resource, self.life, self.brought = shop, resource, life, brought
        self.row, self.told = row, told
        self.receiver = shop.lab.receiver
        self.host = self.receiver.counterpart
        self.turn = 0

    def whole(self) -> None:
        first = self._made()
        if first is None:
            nobody = self.shop.lab.trigger is None
            self.told.reason = "needs-person" if nobody else "no-data"
            return
        if not self._news(first):
            self._changes(first)
        if self.shop.lab.trigger is not None:
            second = self._made_later()
            if second is not None:
                self._changes(second)
            self._refusal()
        self._forget()

    # what the users of the target are asked for

    def _made(self) -> str | None:
        """Ask for one to be made, and return its key."""
        before = len(self.host.made)
        self._ask_for_one(lambda: len(self.host.made) > before)
        return self.host.made[before] if len(self.host.made) > before else None

    def _made_later(self) -> str | None:
        """The same, while the suite is busy first; who does not ask again by itself is told to."""
        before = len(self.host.made)
        self.host.hold_off(BUSY)
        self._ask_for_one(lambda: len(self.host.made) > before, taken=False)
        self.host.hold_off(None)
        if len(self.host.made) > before:
            return self.host.made[before]
        self.receiver.wait(BUSY + 1.0, lambda: False)
        return self._made()

    def _ask_for_one(self, done: Any, *, taken: bool = True) -> None:
        words = {"$soon": self.shop.now + HOUR + HOUR * self.turn}
        query = {name: words.get(str(value), value) for name, value in self.brought.query.items()}
        self.turn += 1
        lab = self.shop.lab
        instant = lab.role_of(self.brought.search).get("instant", "")
        zone = ZoneInfo(lab.context.timezone)
        when = f"{datetime.fromtimestamp(query[instant], zone):%Y-%m-%d %H:%M}"
        names = {"{when}": when, "{caller}": self.shop.maker.caller}
        search = {"do": "book", "search": self.brought.search, "query": query}
        self._ask(search, _filled(self.brought.ask, names), "", done, taken=taken)

    def _called_off(self, thing: Thing) -> bool:
        """Ask the users of the target to call it off; say whether they did."""

        def done() -> bool:
            return self.host.state(thing.key) == self.life.undone

        wanted = {"do": "change", "key": thing.key, "state": self.life.undone}
        names = {"{key}": thing.key}
        said = self._ask(wanted, _filled(self.brought.act, names), thing.key, done)
        if said or done():
            code = None if done() else "silent"
            self._see("acted", (thing.created,), code, self.life.undone, self.host.state(thing.key))
        return done()

    def _ask(
        self, wanted: Mapping[str, Any], texts: Mapping[str, str], key: str, done: Any, *,
        taken: bool = True,
    ) -> bool:  # fmt: skip
        """Ask, and wait for it; say whether a trigger said that it was done."""
        lab = self.shop.lab
        if lab.trigger is not None:
            why = lab.trigger.send({**wanted, "url": self.receiver.url})
            if taken:
                self.told.failed = self.told.failed or why
            if why is None:
                self.receiver.wait(lab.trigger.wait, done)
            return why is None
        if lab.person is not None:
            lab.person(texts, key, done)
        return False

    # what the suite does as its owner

    def _news(self, key: str) -> bool:
        """Tell of it; say whether news was answered at all."""
        thing, at_token = self._thing(key)
        first = self.host.state(key) or self.life.first[0]
        sent = self._post(thing.sent, "scenario")
        if not spoke(sent) or sent.status in NO_ANSWER:
            return False
        if not sent.accepted:
            self._see("told", (sent, thing.created), "told.refused", 200, sent.status, wanted=first)
            return True
        self._see("told", (sent, thing.created))
        has, asked = held(self.shop, thing, first, self.row)
        if asked.status in NOT_THERE:
            self._see("changed", (asked, thing.created), "unknown", 409, asked.status)
        later = ladder(self.life)[0]
        news = self._tell(thing, later, "told", sees=has)
        if news is None:
            return True
        self._tell(thing, first, "back", late=later, sees=has)
        again = self._post(json.loads(news.request.body or b"{}"), "scenario")
        code = None if again.accepted else "again.refused"
        self._see("again", (again, news), code, 200, again.status)
        self._still("again", thing, later, again, has)
        wrong = self._wrong(thing)
        if wrong is not None:
            refused = self._post(wrong, "negative", negative=True)
            self._refused("wrong", thing, refused, later, has)
        if self.shop.maker.tokens.signed and at_token:
            edited = {at_token: self.shop.maker.tokens.token(WRONG_TOKEN)}
            refused = tell(self.shop, thing, self.life.undone, self.row, "negative",
                           edited=edited, negative=True)  # fmt: skip
            self._refused("token", thing, refused, later, has)
        if self._called_off(thing):
            self._tell(thing, later, "back", late=self.life.undone, sees=has)
        else:
            self._tell(thing, self.life.undone, "told", sees=has)
        return True

    def _tell(
        self, thing: Thing, state: str, what: str, *, sees: bool | None, late: str | None = None
    ) -> Exchange | None:
        """Tell of a state, which has its effect, or none where it comes ``late``.

        Return what was sent, ``None`` where it was refused.
        """
        negative = late is not None
        purpose = "negative" if negative else "scenario"
        sent = tell(self.shop, thing, state, self.row, purpose, negative=negative)
        if not spoke(sent):
            return None
        if late is None and not sent.accepted:
            self._see(what, (sent, thing.created), "told.refused", 200, sent.status, wanted=state)
            return None
        if late is None:
            self._settle(thing, state)
        self._still(what, thing, late or state, sent, sees)
        return sent

    def _still(
        self, what: str, thing: Thing, state: str, sent: Exchange, sees: bool | None
    ) -> None:
        """See that it has this state, where that can be seen."""
        if not sees:
            return
        has, asked = held(self.shop, thing, state, self.row)
        if has is None:
            return
        code = None if has else f"{what}.state"
        self._see(what, (asked, sent), code, f"409 {self.resource.already}", asked.status,
                  wanted=state)  # fmt: skip

    def _refused(
        self, what: str, thing: Thing, sent: Exchange, state: str, sees: bool | None
    ) -> None:
        if not spoke(sent):
            return
        code = f"{what}.taken" if sent.accepted else None
        self._see(what, (sent, thing.created), code, "4xx", sent.status)
        if not sent.accepted:
            self._still(what, thing, state, sent, sees)

    def _changes(self, key: str) -> None:
        """Change its state as its owner does, without news."""
        thing, _ = self._thing(key)
        for state in (ladder(self.life)[0], self.life.undone):
            sent = self.shop.change(thing, {self.resource.state or "": state}, self.row)
            if not spoke(sent) or sent.status in (401, 403):
                return
            if not sent.accepted:
                code = "unknown" if sent.status in NOT_THERE else "changed.refused"
                self._see("changed", (sent, thing.created), code, 200, sent.status, wanted=state)
                return
            self._see("changed", (sent, thing.created))
            self._settle(thing, state)
            self._still("changed", thing, state, sent, sees=True)

    def _refusal(self) -> None:
        """Refuse one: it is not there, for the target neither."""
        before = len(self.host.refused)
        self.host.refuse(True)
        self._ask_for_one(lambda: len(self.host.refused) > before, taken=False)
        self.host.refuse(False)
        if len(self.host.refused) == before:
            return
        key = self.host.refused[before]
        asked = self.shop.ask_for(self.resource, key, ladder(self.life)[0], self.row)
        already = self.resource.already or ""
        kept = asked.accepted or bool(already and already in named(asked, self.resource.refusal))
        if kept or asked.status == NOT_FOUND:
            code = "refused.kept" if kept else None
            self._see("refused", (asked, *self._calls(key)[:1]), code, 404, asked.status)

    def _forget(self) -> None:
        """Tell of the end of whatever else was made: nobody comes to ride along."""
        for key in self.host.made:
            if self.host.state(key) != self.life.undone:
                thing, _ = self._thing(key)
                self._post(put(thing.sent, self.life.at, self.life.undone), "cleanup")

    # documents

    def _thing(self, key: str) -> tuple[Thing, str]:
        """Return it as a thing of the run, with where news of it has the token."""
        document = self.host.document(key)
        state = self.host.state(key)
        source = next(one for one in self.brought.told if self._serves(one, document))
        candidate = Candidate(source, document)
        body = put(self.shop.maker.filled(candidate, None), self.life.at, state)
        self.receiver.wait(RECORDED, lambda: bool(self._calls(key)))
        made = self._calls(key)[0]
        tokens = [at for at, word in find(source.body, "/**") if word == "$token"]
        return self.shop.thing(self.resource, body, made, candidate), next(iter(tokens), "")

    def _calls(self, key: str) -> list[Exchange]:
        """Return the calls that sent it."""
        return [x for x in self.receiver.exchanges if key.encode() in (x.request.body or b"")]

    def _serves(self, source: Source, document: Any) -> bool:
        return not any(
            not self.shop.lab.context.validator(self._schema(one.schema)).is_valid(document)
            for one in source.only
        )

    def _schema(self, schema: Any) -> Any:
        return self.shop.maker.filled(Candidate(Source(None, schema or {})), None)

    def _wrong(self, thing: Thing) -> dict[str, Any] | None:
        """Return news of the end that lacks what every news has."""
        said = put(thing.sent, self.resource.news or "", self.shop.maker.key())
        said = put(said, self.life.at, self.life.undone)
        for pointer in self.shop.members(self.resource)["required"]:
            about = pointer == self.resource.news or self.life.at.startswith(pointer)
            if not about and get(said, pointer) is not MISSING:
                return without(said, pointer)
        return None

    def _post(self, body: Any, purpose: str, *, negative: bool = False) -> Exchange:
        return self.shop.post(self.resource, body, self.row, purpose, negative=negative)

    def _settle(self, thing: Thing, state: str) -> None:
        thing.state = state
        self.host.settle(thing.key, state)

    def _see(
        self, what: str, exchanges: tuple[Exchange, ...], code: str | None = None,
        expected: Any = None, received: Any = None, **params: str,
    ) -> None:  # fmt: skip
        self.told.seen.append(Seen(what, exchanges, code, expected, received, params))


def _filled(texts: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    out = dict(texts)
    for word, value in names.items():
        out = {lang: text.replace(word, value) for lang, text in out.items()}
    return out
