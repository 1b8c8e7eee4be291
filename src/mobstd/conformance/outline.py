"""What is known before anything is sent: options, catalogue as bound, blocks, rows, session."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find
from mobstd.conformance.baseline import Baseline
from mobstd.conformance.grants import Grants, grants_of
from mobstd.conformance.lab import Lab, Person
from mobstd.conformance.metering import Metered
from mobstd.conformance.needs import refuse_hints, tear_down_call
from mobstd.conformance.profile import Auth, Profile
from mobstd.conformance.renewal import Renewal
from mobstd.conformance.scenarios.debts import Debts
from mobstd.conformance.scenarios.journal import Journal
from mobstd.conformance.scenarios.material import Maker
from mobstd.conformance.scenarios.resource import resources
from mobstd.conformance.scenarios.tokens import Tokens
from mobstd.conformance.scenarios.workshop import Workshop
from mobstd.conformance.session import Budget, Listener, Pace, SenderLike, Session
from mobstd.conformance.setup import Hook, SetUp
from mobstd.errors import UnknownName
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.requirement import Requirement

if TYPE_CHECKING:
    from mobstd.conformance.scenarios.receiver import Receiver
    from mobstd.conformance.trigger import Trigger
    from mobstd.oidc import Issuer

__all__ = [
    "Options",
    "Outline",
    "Progress",
    "bound",
    "credentials",
    "missing",
    "operations_to_judge",
    "outlined",
    "renewals",
    "second_credentials",
    "the_role",
    "writable",
    "wrong",
]

QUICK = 40
READING, WRITING = 400, 1200
"""Requests that a run sends at most where nothing is said, without and with writes."""


class Progress(Protocol):
    """Hears how far the run is."""

    def phase(self, name: str, total: int) -> None:
        """A phase begins, of at most ``total`` requests."""

    def advance(self) -> None:
        """One request was answered."""


@dataclass(frozen=True)
class Options:
    """How to run, beside what the profile says.

    Attributes:
        blocks: judge these only; they override what the profile declares.
        only: judge these rows only.
        now: the instant that dates are relative to; the real now when ``None``.
        with_fuzz: send generated requests with what is left of the budget.
        planned: stop after the plan; nothing is sent.
        rate: requests a second at most; over what the profile says.
        record: a folder that keeps every exchange as it was.
        allow_writes: send other methods than GET and HEAD too; what is made is taken back.
        second: headers of another party, which must not reach what mobstd made.
        renewals: by party (``own``, ``other``), what keeps its token alive; see ``renewals``.
        journal: the file that notes every write before it is sent; in ``.mobstd`` when ``None``.
        keys: what a token was exchanged for, by member; as the profile says when empty.
        issuer: makes the ID tokens that are sent; stand-ins when ``None``.
        receiver: hears what the target calls; nobody does when ``None``.
        person: asks somebody to act at the target; nobody is there when ``None``.
        hook: reaches the set-up hook of the profile; called where writing is allowed, or the
            profile consents to it alone.
        trigger: makes the users of the target act, in place of a person.
        grants: asks for tokens by scope; the client of the profile does when ``None``.
    """

    blocks: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    seed: int = 0
    now: datetime | None = None
    quick: bool = False
    with_fuzz: bool = True
    planned: bool = False
    credentials: tuple[tuple[str, str], ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    roots: tuple[Root, ...] = ()
    listeners: tuple[Listener, ...] = ()
    progress: Progress | None = None
    baseline: Baseline | None = None
    fail_on: str = "error"
    rate: float | None = None
    record: str | None = None
    sleep: Callable[[float], None] = time.sleep
    allow_writes: bool = False
    second: tuple[tuple[str, str], ...] = ()
    renewals: Mapping[str, Renewal] = field(default_factory=dict, repr=False)
    journal: str | None = None
    issuer: Issuer | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    receiver: Receiver | None = None
    person: Person | None = None
    hook: Hook | None = None
    trigger: Trigger | None = None
    grants: Grants | None = field(default=None, repr=False)


def the_role(version: Version, wanted: str | None) -> str:
    """Return the role to judge: the wanted one, or the one that is meant where none is named.

    Raises:
        UnknownName: where it has no document, or there are several and none was named.
    """
    roles = version.roles
    wanted = wanted or version.role
    if wanted not in roles:
        known = ", ".join(roles)
        raise UnknownName(
            "canon.unknown-role", wanted=wanted or "", version=str(version), known=known
        )
    return wanted


def bound(found: Catalogue, profile: Profile) -> Catalogue:
    """Return the catalogue as the contract of the profile binds it."""
    rows = dict(found.rows)
    for clause in (*profile.adds, *profile.lifts):
        if clause.requirement not in rows:
            raise UnknownName("engine.unknown-row", wanted=clause.requirement)
    for clause in profile.adds:
        row = rows[clause.requirement]
        rows[row.id] = replace(row, level="MUST", origin="text")
    for clause in profile.lifts:
        rows.pop(clause.requirement)
    return found if rows == dict(found.rows) else replace(found, rows=rows)


def _selected(found: Catalogue, options: Options, profile: Profile) -> tuple[str, ...] | None:
    """Return the blocks that are declared, with groups spelled out."""
    wanted = options.blocks or profile.blocks
    if wanted is None:
        return None
    blocks: list[str] = []
    for name in wanted:
        group = [b.id for b in found.blocks.values() if name in (b.id, b.group)]
        if not group:
            known = ", ".join(
                [*found.blocks, *sorted({b.group for b in found.blocks.values() if b.group})]
            )
            raise UnknownName("engine.unknown-block", wanted=name, known=known)
        blocks += group
    return tuple(dict.fromkeys(blocks))


def _rows(found: Catalogue, only: tuple[str, ...]) -> Mapping[str, Requirement]:
    if not only:
        return found.rows
    for name in only:
        if name not in found.rows:
            raise UnknownName("engine.unknown-row", wanted=name)
    return {name: found.rows[name] for name in only}


@dataclass
class Outline:
    """What is known before anything is sent."""

    lab: Lab
    declared: tuple[str, ...] | None
    rows: Mapping[str, Requirement]
    now: datetime
    options: Options
    journal: Journal
    setup: SetUp | None = None


def outlined(sender: SenderLike, profile: Profile, options: Options) -> Outline:
    """Return what a run knows before it begins.

    Raises:
        UnknownName: for a standard, role, block or row that is not there.
    """
    version = find(profile.standard, options.roots)
    found = bound(catalogue(version, the_role(version, profile.role)), profile)
    declared = _selected(found, options, profile)
    refuse_hints(found, profile.hints)
    requests = profile.max_requests or (WRITING if options.allow_writes else READING)
    requests = min(requests, QUICK) if options.quick else requests
    address = getattr(sender, "address", None)
    session = Session(
        Metered(sender, address),
        found,
        Budget.of(requests, profile.time_budget, writing=options.allow_writes),
        Pace(options.rate or profile.rate, options.sleep),
        base_path=address.path if address else "",
        credentials=options.credentials,
        wrong_credentials=wrong(options.credentials),
        other_credentials=options.second,
        renewals=options.renewals,
        listeners=list(options.listeners),
        allow_writes=options.allow_writes,
    )
    now = options.now or datetime.now(UTC).replace(microsecond=0)
    context = Context(
        found,
        frozenset(declared or ()),
        profile.timezone,
        profile.operator_domains,
        now,
    )
    lab = Lab(
        session,
        context,
        options.seed,
        declared=declared or (),
        has_credentials=bool(options.credentials),
        receiver=options.receiver,
        person=options.person,
        trigger=options.trigger,
        grants=options.grants or grants_of(profile),
    )
    journal = _journal(lab, profile, options)
    if options.allow_writes:
        lab.workshop = _workshop(lab, profile, options, now, journal)
        if options.receiver is not None:
            options.receiver.counterpart.ours = lab.workshop.state_of
            offers = options.receiver.counterpart.offers
            offers.now, offers.seed = int(now.timestamp()), options.seed
    setup = _setup(lab, profile, options, journal)
    return Outline(lab, declared, _rows(found, options.only), now, options, journal, setup)


def _setup(lab: Lab, profile: Profile, options: Options, journal: Journal) -> SetUp | None:
    allowed = options.allow_writes or (profile.setup is not None and profile.setup.consent)
    if options.hook is None or not allowed:
        return None
    return SetUp(options.hook, journal, tear_down_call(lab, str(uuid4())))


def _journal(lab: Lab, profile: Profile, options: Options) -> Journal:
    started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    path = Path(options.journal or f".mobstd/journal-{started}.ndjson")
    about = {
        "target": profile.target,
        "standard": profile.standard,
        "role": lab.context.catalogue.role,
    }
    if profile.setup is not None:
        about["setup"] = profile.setup.url
    return Journal(path, about)


def _workshop(
    lab: Lab, profile: Profile, options: Options, now: datetime, journal: Journal
) -> Workshop:
    seconds = int(now.timestamp())
    theirs = next(iter(profile.operator_domains), None)
    tokens, keys = Tokens(options.issuer), options.keys
    if not keys and profile.auth is not None:
        keys = {name: secret.reveal() for name, secret in profile.auth.credentials.items()}
    maker = Maker(options.seed, seconds, profile.caller, theirs, tokens, keys)
    return Workshop(lab, Debts(lab, journal, maker), maker, seconds)


def writable(outline: Outline) -> list[str]:
    """Return the operations that make, read or change something, of blocks that are not absent."""
    lab = outline.lab
    if lab.workshop is None:
        return []
    catalogue = lab.context.catalogue
    found = resources(catalogue.version, catalogue.role).values()
    return [
        operation
        for operation in dict.fromkeys(op for one in found for op in one.operations)
        if outline.declared is None or catalogue.block_of.get(operation) in outline.declared
        if lab.presence.get(catalogue.block_of.get(operation, ""), "unknown") != "absent"
    ]


def operations_to_judge(outline: Outline) -> list[str]:
    """Return the operations to ask: of blocks that are declared or there."""
    lab = outline.lab
    return [
        operation
        for block in lab.context.catalogue.blocks.values()
        if outline.declared is None or block.id in outline.declared or _undeclared(outline)
        if lab.presence.get(block.id, "unknown") != "absent"
        for operation in block.operations
        if lab.askable(operation)
    ]


def missing(outline: Outline) -> list[str]:
    """Return the operations that are declared and absent: only rows about that are tried."""
    lab = outline.lab
    return [
        operation
        for name in lab.declared
        if lab.presence.get(name) == "absent"
        for operation in lab.context.catalogue.blocks[name].operations
    ]


def _undeclared(outline: Outline) -> bool:
    """What is there is judged although the profile does not declare it, unless blocks are named."""
    return not outline.options.blocks


Headers = tuple[tuple[str, str], ...]


def renewals(profile: Profile) -> dict[str, Renewal]:
    """Return by party what keeps its token alive, of those that present one; none is asked yet."""
    parties = {"own": (profile.auth, "token"), "other": (profile.second_auth, "second_token")}
    return {
        party: Renewal(auth, name)
        for party, (auth, name) in parties.items()
        if auth is not None and auth.kind not in ("header", "bearer")
    }


def credentials(
    profile: Profile, tokens: Mapping[str, Renewal] | None = None
) -> tuple[Headers, dict[str, str]]:
    """Return the headers that present mobstd to the target, and the secrets in them by name.

    Where the profile wants a token, it is asked for; ``tokens`` keep it alive, see ``renewals``.

    Raises:
        ConfigError: where an environment variable is not set, or no token is to be had.
    """
    return _presented(profile.auth, (tokens or renewals(profile)).get("own"))


def second_credentials(
    profile: Profile, tokens: Mapping[str, Renewal] | None = None
) -> tuple[Headers, dict[str, str]]:
    """Return the same of another party, where the profile has one.

    Raises:
        ConfigError: as ``credentials``.
    """
    return _presented(profile.second_auth, (tokens or renewals(profile)).get("other"))


def wrong(headers: Headers) -> Headers:
    """Return headers like these, with a key that nobody has."""
    return tuple((name, "mobstd-wrong-key") for name, _ in headers)


def _presented(auth: Auth | None, renewal: Renewal | None) -> tuple[Headers, dict[str, str]]:
    if auth is None:
        return (), {}
    kept = {s.name: s.reveal() for s in (auth.secret, *auth.credentials.values()) if s}
    if renewal is None:
        return ((auth.header, auth.value()),), kept
    headers = renewal.headers()
    return headers, {**kept, **renewal.secrets}
