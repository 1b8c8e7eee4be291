"""The set-up hook of a target: makes test data before a run, and takes it away after it.

The contract is ``conformance/setup.schema.json``. What is sent is noted in the journal first, as
any write; what the hook wants in headers is in no journal, no report and no message.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from mobstd.canon.contracts import contract
from mobstd.conformance.needs import refuse_hints
from mobstd.conformance.places import place
from mobstd.conformance.preflight import Preflight
from mobstd.conformance.profile import Profile, SetupHook, query_text
from mobstd.conformance.scenarios.cleanup import is_over
from mobstd.conformance.scenarios.journal import Journal
from mobstd.conformance.session import SenderLike
from mobstd.errors import TransportError, Unreachable, UsageError
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.catalogue import Catalogue
from mobstd.judging.exchange import Pairs, Request, Response
from mobstd.transport import Timeout
from mobstd.transport.http import Sender

__all__ = ["PARTY", "Hook", "SetUp", "hook_of"]

PARTY = "setup"
"""Who has to take back what the hook made, in a journal."""

LARGEST = 64 << 10
"""Bytes of an answer that are read."""


@dataclass(frozen=True)
class Hook:
    """What reaches a set-up hook.

    Attributes:
        url: where it is, without a query.
        sender: sends there; follows no redirect.
        headers: what the hook wants beside.
        secrets: the values of those headers, by the name of their variable.
    """

    url: str
    sender: SenderLike
    headers: Pairs = field(default=(), repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    def request(self, call: Mapping[str, Any]) -> Request:
        """Return a call, without what the hook wants beside."""
        headers = (("Accept", "application/json"), ("Content-Type", "application/json"))
        body = json.dumps(call, ensure_ascii=False).encode()
        return Request("POST", urlsplit(self.url).path or "/", headers=headers, body=body)

    def send(self, request: Request) -> Response:
        """Send a call.

        Raises:
            TransportError: where no answer came.
        """
        return self.sender.send(replace(request, headers=request.headers + self.headers))


@contextmanager
def hook_of(setup: SetupHook | None, *, allowed: bool) -> Iterator[Hook | None]:
    """Give what reaches the hook of a profile, if it has one that may be called.

    Args:
        setup: what the profile says of it.
        allowed: whether writing is; without that the hook's own consent counts.

    Raises:
        ConfigError: where an environment variable is not set, or the URL can't be used.
    """
    if setup is None or not (allowed or setup.consent):
        yield None
        return
    headers = tuple((name, secret.reveal()) for name, secret in setup.headers.items())
    secrets = {secret.name: secret.reveal() for secret in setup.headers.values()}
    limit = Timeout(total=setup.seconds)
    with Sender(setup.url, timeout=limit, max_body=LARGEST, redirects=0) as sender:
        yield Hook(setup.url, sender, headers, secrets)


class _Failed(Exception):
    """The hook was of no use; whose fault that is, and a message."""

    def __init__(self, code: str, blame: str, **params: Any) -> None:
        super().__init__(code, blame)
        self.code, self.blame, self.params = code, blame, params


class SetUp:
    """The hook during one run.

    Args:
        hook: what reaches it.
        journal: where it is noted before it is called.
        tear_down: the call that takes away what was set up.

    Attributes:
        run: the id of the run.
        url: where the hook is.
        clock: whether it moves the clock of the target, as it said.
        due: whether something may have been set up that is not taken away.
    """

    def __init__(self, hook: Hook, journal: Journal, tear_down: Mapping[str, Any]) -> None:
        self._hook, self._journal = hook, journal
        self._undo = hook.request(tear_down)
        self.run: str = tear_down["run"]
        self.url = hook.url
        self.due = False
        self.clock = False

    def begin(
        self, call: Mapping[str, Any], profile: Profile, found: Catalogue, seen: Preflight
    ) -> Profile:
        """Let test data be made, and return the profile with what is said of it before all else.

        Where that fails, the run stops: ``seen`` says why. The configuration is to blame where the
        hook is not there or refuses, the target where it is there and fails.
        """
        try:
            given = self._asked(call)
            hints = _hints(given, found)
        except _Failed as failed:
            seen.add("setup", False, failed.code, failed.blame, **failed.params)
            seen.stop = "configuration"
            return profile
        count = sum(map(len, hints.values())) + len(given.get("areas", ()))
        seen.add("setup", True, "setup", count=count, url=self.url)
        self.clock = bool(given.get("clock"))
        both = {
            operation: (*hints.get(operation, ()), *profile.hints.get(operation, ()))
            for operation in dict.fromkeys((*hints, *profile.hints))
        }
        return replace(profile, hints=both, areas=(*given.get("areas", ()), *profile.areas))

    def end(self, seen: Preflight) -> bool:
        """Let what was set up be taken away; say whether nothing is left, else ``seen`` does."""
        if not self.due:
            return True
        try:
            status = self._hook.send(self._undo).status
        except TransportError:
            status = None
        self.due = not is_over(status)
        if self.due:
            params = {"status": status or "-", "file": str(self._journal.path)}
            seen.add("tear-down", False, "not-torn-down", "target", **params)
        else:
            self._journal.undone(self._undo, status)
        return not self.due

    def move(self, ahead: int, seen: Preflight) -> bool:
        """Let the clock go to ``ahead`` seconds before where it would be by itself.

        Whether it did is returned; where it did not, ``seen`` says so and it is not asked again.
        """
        told = json.loads(self._undo.body or b"{}")
        call = {**told, "call": "clock", "ahead": ahead}
        try:
            status: int | str = self._hook.send(self._hook.request(call)).status
        except TransportError:
            status = "-"
        self.clock = isinstance(status, int) and 200 <= status < 300
        if not self.clock:
            seen.add("move-clock", False, "clock-stuck", "target", status=status, ahead=ahead)
        return self.clock

    def _asked(self, call: Mapping[str, Any]) -> Mapping[str, Any]:
        number = self._journal.intend("set-up", self._undo, PARTY)
        self.due = True
        try:
            answer = self._hook.send(self._hook.request(call))
        except Unreachable as error:
            self._journal.unsent(number)
            self.due = False
            raise _Failed(error.code, "configuration", **error.params) from None
        except TransportError as error:
            raise _Failed(error.code, "target", **error.params) from None
        self._journal.answered(number, answer.status)
        self.due = not 400 <= answer.status < 500
        return _read(answer)


def _read(answer: Response) -> Mapping[str, Any]:
    status = answer.status
    if 300 <= status < 500:
        code = "setup-redirected" if status < 400 else "setup-refused"
        raise _Failed(code, "configuration", status=status)
    if not 200 <= status < 300:
        raise _Failed("setup-failed", "target", status=status)
    if status == 204:
        return {}
    if answer.truncated or len(answer.body) > LARGEST:
        raise _Failed("setup-too-large", "target", limit=LARGEST)
    try:
        found = parse_json(answer.body)
    except NotJson as error:
        raise _Failed("setup-not-json", "target", reason=error.reason) from None
    problem = next(contract("setup", "answer").problems(found), None)
    if problem is not None:
        where = "/" + "/".join(map(str, problem.path))
        raise _Failed("setup-wrong-answer", "target", where=where, keyword=problem.keyword)
    said: Mapping[str, Any] = found
    return said


def _hints(given: Mapping[str, Any], found: Catalogue) -> dict[str, tuple[dict[str, str], ...]]:
    """Return the hints of an answer as a profile has them; places are looked up as well."""
    hints: Mapping[str, Any] = given.get("hints", {})
    try:
        refuse_hints(found, hints)
        for area in given.get("areas", ()):
            place(area)
    except UsageError as error:
        raise _Failed(error.code, "target", **error.params) from None
    return {
        operation: tuple({name: query_text(v) for name, v in query.items()} for query in queries)
        for operation, queries in hints.items()
    }
