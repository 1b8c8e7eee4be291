"""The profile of a target: ``mobstd.toml``, the environment, the command line.

What the command line says wins over the environment, and the environment over the file. The
shape is ``conformance/profile.schema.json``. Secrets stand in it as ``${NAME}`` only, are read
when they are used, and never show in a message, a ``repr`` or the hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from mobstd.conformance.profile_file import refuse_problems
from mobstd.errors import ConfigError

__all__ = [
    "Auth",
    "Callbacks",
    "Clause",
    "Profile",
    "Secret",
    "SetupHook",
    "TestIssuer",
    "load",
    "query_text",
]

VARIABLES = {
    "MOBSTD_TARGET": ("target",),
    "MOBSTD_STANDARD": ("standard",),
    "MOBSTD_ROLE": ("role",),
    "MOBSTD_BLOCKS": ("blocks",),
    "MOBSTD_TIMEZONE": ("timezone",),
    "MOBSTD_OPERATOR_DOMAINS": ("operator_domains",),
    "MOBSTD_AREAS": ("areas",),
    "MOBSTD_MAX_REQUESTS": ("budget", "max_requests"),
    "MOBSTD_TIME_BUDGET": ("budget", "time_budget"),
    "MOBSTD_RATE": ("budget", "rate"),
}
"""What the environment may say, and where it stands in the file. Lists are parted by ``;``."""

_LISTS = ("blocks", "operator_domains", "areas")
_NUMBERS = ("max_requests", "time_budget", "rate")


@dataclass(frozen=True)
class Secret:
    """The name of an environment variable; its value is read when it is used."""

    name: str

    @classmethod
    def of(cls, reference: str) -> Secret:
        """Return the secret that ``${NAME}`` refers to."""
        return cls(reference.removeprefix("${").removesuffix("}"))

    def reveal(self, environ: Mapping[str, str] | None = None) -> str:
        """Return the value.

        Raises:
            ConfigError: where the variable is not set, or empty.
        """
        value = (os.environ if environ is None else environ).get(self.name, "")
        if not value.strip():
            raise ConfigError("profile.no-secret", name=self.name)
        return value.strip()


@dataclass(frozen=True)
class Auth:
    """How mobstd presents itself to the target.

    Attributes:
        kind: ``header``, ``bearer``, ``oauth2-client-credentials`` or ``token-exchange``.
        header: the header that carries the secret or the token.
        secret: of kind ``header`` and ``bearer`` what is sent, of OAuth2 the client secret.
        token_url: where a token is asked for.
        client_id: of OAuth2, beside the secret.
        scope: of OAuth2, where the target asks for one.
        credentials: of a token exchange, what is sent, by member name.
        token_at: of a token exchange, where the token is in the answer.
        lifetime: for how many seconds a token lives, where neither the answer nor the token says.
    """

    kind: str
    header: str = "Authorization"
    secret: Secret | None = None
    token_url: str | None = None
    client_id: str | None = None
    scope: str | None = None
    credentials: Mapping[str, Secret] = field(default_factory=dict)
    token_at: str = "/access_token"
    lifetime: float | None = None

    def value(self, environ: Mapping[str, str] | None = None) -> str:
        """Return the value of the header, for the kinds that need no token first."""
        if self.secret is None:
            raise ConfigError("profile.no-secret", name="-")
        secret = self.secret.reveal(environ)
        return f"Bearer {secret}" if self.kind == "bearer" else secret


@dataclass(frozen=True)
class Callbacks:
    """Where the target can reach mobstd.

    Attributes:
        bind: address and port to listen on.
        public_url: how the target finds it.
        wait: for how many seconds it is given time to call.
        key: what the target has to present there; ``None``: nothing.
        trigger: what makes the users of the target act: a URL, or the words of a command.
    """

    bind: str
    public_url: str | None = None
    wait: float = 10.0
    key: Secret | None = None
    trigger: str | tuple[str, ...] | None = None


@dataclass(frozen=True)
class TestIssuer:
    """An issuer of ID tokens that mobstd runs, for a target that is told to trust it.

    Attributes:
        bind: address and port to publish its keys on.
        audience: the client that tokens are for.
        public_url: the issuer as tokens name it; ``http://bind`` when ``None``.
    """

    __test__ = False

    bind: str
    audience: str
    public_url: str | None = None


@dataclass(frozen=True)
class SetupHook:
    """A hook of the target's test environment: ``conformance/setup.schema.json``.

    Attributes:
        url: where it is POSTed to.
        headers: what it wants beside, such as a key.
        seconds: how long one call may take.
        consent: it is called where nothing else may be written, too.
    """

    url: str
    headers: Mapping[str, Secret] = field(default_factory=dict)
    seconds: float = 30.0
    consent: bool = False


@dataclass(frozen=True)
class Clause:
    """What a contract says of one row, and why."""

    requirement: str
    because: str


@dataclass(frozen=True)
class Profile:
    """The configuration of one run against one target.

    Attributes:
        target: an ``http`` or ``https`` URL with its base path, or ``module:app``.
        standard: ``name@version``.
        role: the party that the target plays; ``None``: the only one that serves.
        blocks: what the target declares to implement; ``None``: found by probing.
        timezone: where times of day without an offset are read.
        operator_domains: the domains under which the target names its operators.
        areas: where it has data: a place, or ``latitude,longitude[,km]``.
        hints: by operation, queries that are known to find something.
        auth: how mobstd presents itself; ``None``: not at all.
        second_auth: how another party presents itself, which must not reach what mobstd makes.
        caller: the domain that mobstd makes bookings under.
        max_requests: how many requests a run sends at most; ``None``: 400, or 1,200 with writes;
            what undoes writes comes on top.
        time_budget: how many seconds it takes at most.
        rate: requests a second at most; ``None``: no limit on loopback, 5 elsewhere.
        callbacks: where the target can reach mobstd.
        issuer: who makes the ID tokens that mobstd sends; they are stand-ins when ``None``.
        setup: a hook that makes test data; none when ``None``.
        adds: rows that bind although the standard only recommends or allows.
        lifts: rows that do not bind.
    """

    target: str
    standard: str
    role: str | None = None
    blocks: tuple[str, ...] | None = None
    timezone: str = "Europe/Paris"
    operator_domains: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    hints: Mapping[str, tuple[Mapping[str, str], ...]] = field(default_factory=dict)
    auth: Auth | None = None
    second_auth: Auth | None = None
    caller: str = "mobstd.example.org"
    max_requests: int | None = None
    time_budget: float | None = None
    rate: float | None = None
    callbacks: Callbacks | None = None
    issuer: TestIssuer | None = None
    setup: SetupHook | None = None
    adds: tuple[Clause, ...] = ()
    lifts: tuple[Clause, ...] = ()

    @cached_property
    def hash(self) -> str:
        """The sha256 of the profile, with the names of its secrets and without their values."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def load(
    path: Path | str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Profile:
    """Return the profile in ``path``, as changed by the environment and then by ``overrides``.

    Args:
        path: a TOML file; ``None``: environment and ``overrides`` say it all.
        environ: read for ``MOBSTD_...``; the process's own when ``None``.
        overrides: in the shape of the file, such as ``{"budget": {"max_requests": 40}}``;
            members that are ``None`` change nothing.

    Raises:
        ConfigError: where the file is missing or broken, or says something that is not known
            or not possible; with the key and its line.
    """
    text, data = _read(None if path is None else Path(path))
    name = "" if path is None else str(path)
    refuse_problems(data, text, name)
    merged = _merge(data, _from_environment(os.environ if environ is None else environ))
    merged = _merge(merged, overrides or {})
    refuse_problems(merged, text, name)
    for key in ("target", "standard"):
        if key not in merged:
            raise ConfigError(f"profile.no-{key}")
    return _profile(merged)


def _read(path: Path | None) -> tuple[str, dict[str, Any]]:
    if path is None:
        return "", {}
    try:
        text = path.read_text("utf-8-sig")
        return text, tomllib.loads(text)
    except (FileNotFoundError, IsADirectoryError):
        raise ConfigError("profile.missing", file=str(path)) from None
    except OSError as error:
        raise ConfigError("profile.unreadable", file=str(path), why=str(error.strerror)) from None
    except UnicodeDecodeError:
        raise ConfigError("profile.not-utf8", file=str(path)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError("profile.not-toml", file=str(path), why=str(error)) from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, (*tables, key) in VARIABLES.items():
        text = environ.get(variable, "").strip()
        if not text:
            continue
        into = found
        for table in tables:
            into = into.setdefault(table, {})
        if key in _LISTS:
            into[key] = [part.strip() for part in text.split(";") if part.strip()]
        elif key in _NUMBERS:
            into[key] = _number(variable, text)
        else:
            into[key] = text
    return found


def _number(variable: str, text: str) -> int | float:
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        raise ConfigError("profile.not-a-number", name=variable, value=text) from None


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        if value is None:
            continue
        both = isinstance(value, Mapping) and isinstance(out.get(key), Mapping)
        out[key] = _merge(out[key], value) if both and key not in ("auth", "second_auth") else value
    return out


def _profile(data: Mapping[str, Any]) -> Profile:
    budget = data.get("budget", {})
    contract = data.get("contract", {})
    return Profile(
        target=data["target"],
        standard=data["standard"],
        role=data.get("role"),
        blocks=tuple(data["blocks"]) if "blocks" in data else None,
        timezone=data.get("timezone", "Europe/Paris"),
        operator_domains=tuple(data.get("operator_domains", ())),
        areas=tuple(data.get("areas", ())),
        hints={
            operation: tuple({k: query_text(v) for k, v in query.items()} for query in queries)
            for operation, queries in data.get("hints", {}).items()
        },
        auth=_auth(data.get("auth", {"kind": "none"})),
        second_auth=_auth(data.get("second_auth", {"kind": "none"})),
        caller=data.get("caller", "mobstd.example.org"),
        max_requests=budget.get("max_requests"),
        time_budget=budget.get("time_budget"),
        rate=budget.get("rate"),
        callbacks=_callbacks(data["callbacks"]) if "callbacks" in data else None,
        issuer=TestIssuer(**data["issuer"]) if "issuer" in data else None,
        setup=_setup(data["setup"]) if "setup" in data else None,
        adds=tuple(Clause(**clause) for clause in contract.get("adds", ())),
        lifts=tuple(Clause(**clause) for clause in contract.get("lifts", ())),
    )


def _setup(data: Mapping[str, Any]) -> SetupHook:
    headers = {name: Secret.of(secret) for name, secret in data.get("headers", {}).items()}
    return SetupHook(**{**data, "headers": headers})


def query_text(value: Any) -> str:
    """Return the value of a hint as it stands in a query."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _callbacks(data: Mapping[str, Any]) -> Callbacks:
    known = dict(data)
    if "key" in known:
        known["key"] = Secret.of(known["key"])
    if isinstance(known.get("trigger"), list):
        known["trigger"] = tuple(known["trigger"])
    return Callbacks(**known)


def _auth(data: Mapping[str, Any]) -> Auth | None:
    if data["kind"] == "none":
        return None
    known = dict(data)
    if "secret" in known:
        known["secret"] = Secret.of(known["secret"])
    known["credentials"] = {k: Secret.of(v) for k, v in data.get("credentials", {}).items()}
    return Auth(**known)
