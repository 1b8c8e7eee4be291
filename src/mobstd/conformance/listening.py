"""What a check serves while it runs: an issuer of tokens, and the other side for who calls it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find
from mobstd.conformance.outline import the_role
from mobstd.conformance.profile import Profile
from mobstd.conformance.trigger import Trigger, trigger
from mobstd.errors import ConfigError
from mobstd.serving.asgi import Asgi
from mobstd.serving.hosting import hosted

if TYPE_CHECKING:
    from mobstd.conformance.scenarios.receiver import Receiver
    from mobstd.oidc import Issuer

__all__ = ["Serving", "counterpart_of", "serving", "trigger_of"]


@dataclass(frozen=True)
class Serving:
    """What is served, ``None`` where the profile does not ask for it."""

    issuer: Issuer | None = None
    receiver: Receiver | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)


def counterpart_of(version: Version, role: str) -> str | None:
    """Return the role that a target calls: the other one that has a document, if any."""
    return next((other for other in version.roles if other != role), None)


def trigger_of(profile: Profile) -> Trigger | None:
    """Return what makes the users of the target act, where the profile names it."""
    how = profile.callbacks
    return None if how is None or how.trigger is None else trigger(how.trigger, how.wait)


@contextmanager
def serving(profile: Profile, roots: tuple[Root, ...] = ()) -> Iterator[Serving]:
    """Serve what the profile asks for, at the addresses that it names.

    Raises:
        ConfigError: where nothing can listen there, or the standard has no other side.
        MissingExtra: where a part of mobstd is missing.
    """
    apps: dict[str, Asgi] = {}
    receiver, issuer = None, None
    secrets: dict[str, str] = {}
    if profile.callbacks is not None:
        from mobstd.conformance.scenarios.receiver import Receiver

        version = find(profile.standard, roots)
        other = counterpart_of(version, the_role(version, profile.role))
        if other is None:
            raise ConfigError("callbacks.no-other-side", standard=str(version))
        url = profile.callbacks.public_url or f"http://{profile.callbacks.bind}"
        secret = profile.callbacks.key
        if secret is not None:
            secrets[secret.name] = secret.reveal()
        key = None if secret is None else secrets[secret.name]
        receiver = Receiver(version, other, url, caller=profile.caller, key=key)
        apps[profile.callbacks.bind] = receiver.app
    if profile.issuer is not None:
        from mobstd.oidc import Issuer, published

        url = profile.issuer.public_url or f"http://{profile.issuer.bind}"
        issuer = Issuer(url, profile.issuer.audience)
        apps[profile.issuer.bind] = published(issuer, apps.get(profile.issuer.bind))
    with ExitStack() as stack:
        for bind, served in apps.items():
            address, _, port = bind.rpartition(":")
            stack.enter_context(hosted(served, address.strip("[]"), int(port)))
        yield Serving(issuer, receiver, secrets)
