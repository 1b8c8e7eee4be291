"""Who is there beside a mutant: whom it calls, whose tokens it trusts, and who makes it act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mobstd.canon.standard import Version
from mobstd.conformance.grants import CLIENT, Grants
from mobstd.conformance.matrix.mutant import Mutant, partner, plan
from mobstd.conformance.profile import Auth, Secret
from mobstd.conformance.token import Token, asked, given
from mobstd.conformance.trigger import Trigger
from mobstd.judging.call_edit import Outgoing
from mobstd.judging.exchange import Request
from mobstd.judging.fault import Setting
from mobstd.transport.asgi import AsgiSender

if TYPE_CHECKING:
    from mobstd.conformance.scenarios.receiver import Receiver
    from mobstd.oidc import Issuer

__all__ = ["LISTENER", "Around", "client", "surroundings"]

LISTENER = "http://partner.example.org"
ISSUER = "http://issuer.example.org"
AUDIENCE = "mobstd"
KEY = "ours"
HOOK = "/mobstd-setup"
SECRET = "MOBSTD_MATRIX"


@dataclass
class Around:
    """What a check of the reference has beside it; who calls through it closes it.

    Attributes:
        calls: the options of the reference that say so.
        receiver: hears what it calls.
        edits: what edits its calls.
        issuer: makes the tokens that it trusts.
        path: where it is told what its users do; empty: it can't be.
        hook: where it moves its clock; empty: it does not.
        target: what sends to it.
    """

    calls: dict[str, Any] = field(default_factory=dict)
    receiver: Receiver | None = None
    edits: Outgoing | None = None
    issuer: Issuer | None = None
    path: str = ""
    hook: str = ""
    target: AsgiSender | None = None

    @property
    def trigger(self) -> Trigger | None:
        """What makes its users act; what they call is over once it has answered."""
        return Trigger(self._press, 0.0) if self.path else None

    def _press(self, wanted: Mapping[str, Any]) -> str | None:
        assert self.target is not None
        body = json.dumps(wanted).encode()
        answer = self.target.send(Request("POST", self.path, (), (), body))
        return None if answer.status == 200 else f"HTTP {answer.status}"


def surroundings(version: Version, mutant: Mutant | None, role: str, setting: Setting) -> Around:
    """Return what has to be there for a mutant of a role to be seen."""
    out = Around()
    how = partner(version, role) if setting.partner else None
    if how is not None:
        from mobstd.conformance.scenarios.receiver import Receiver

        key = KEY if "key" in how else None
        out.receiver = Receiver(version, how["role"], LISTENER, key=key)
        out.calls = {how["url"]: LISTENER, how["sender"]: AsgiSender(out.receiver.app)}
        out.path = how.get("trigger", "")
        if key is not None:
            out.calls[how["key"]] = key
        if mutant is not None and mutant.variant.call:
            out.edits = out.calls[how["edits"]] = Outgoing([mutant.seeded])
    if setting.clock:
        out.hook = out.calls["setup_path"] = HOOK
    if setting.issuer:
        from mobstd.oidc import Issuer, published

        named = plan(version)["issuer"]
        issuer = out.issuer = Issuer(ISSUER, AUDIENCE, algorithm="ES256")
        out.calls |= {named["url"]: ISSUER, named["audience"]: AUDIENCE}
        out.calls[named["opens"]] = lambda origin: AsgiSender(published(issuer))
    return out


def client(version: Version, target: AsgiSender) -> Grants:
    """Return what asks the token endpoint of the reference, as its client in the plan."""
    how = plan(version)["client"]
    auth = Auth(CLIENT, secret=Secret(SECRET), token_url=how["path"], client_id=how["id"])

    def ask(wanted: Auth) -> Token:
        return given(wanted, target.send(asked(wanted, how["path"], {SECRET: how["secret"]})))

    return Grants(auth, ask)
