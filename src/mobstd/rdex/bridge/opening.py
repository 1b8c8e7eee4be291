"""Both bridges as ASGI apps to a partner's URL, for ``mobstd serve --from``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from mobstd.errors import ConfigError
from mobstd.rdex.bridge.clock import zone_of
from mobstd.rdex.bridge.ocss_face import REACH, OcssFace
from mobstd.rdex.bridge.rdex_face import RADIUS, RdexFace
from mobstd.rdex.bridge.settings import number
from mobstd.rdex.client import AsyncClient
from mobstd.rdex.door import behind
from mobstd.rdex.signature import Keys
from mobstd.serving.asgi import Asgi
from mobstd.serving.kit import app
from mobstd.transport.auth import ApiKey
from mobstd.transport.http import AsyncSender
from mobstd.transport.retry import RetryPolicy

__all__ = ["ocss_from_rdex", "rdex_from_ocss"]

PATIENCE = 8.0
"""Seconds that one answer of a partner may take."""


def ocss_from_rdex(
    url: str,
    *,
    api_keys: Iterable[str] | None = None,
    public_key: str = "",
    private_key: str = "",
    key: str = "",
    extension: str = ".json",
    zone: str = "Europe/Paris",
    reach: float | str = REACH,
    operator: str = "",
) -> Asgi:
    """Return the OCSS app that shows a legacy partner.

    Args:
        url: the partner with its prefix, such as ``https://operator.example/rdexapi``.
        api_keys: the keys that the OCSS side asks for; ``None``: open to everybody.
        public_key: our ``apikey`` at the partner; with ``private_key`` every URL is signed.
        private_key: signs, and is never sent.
        key: in place of both, what the STANDARD_RDEX dialect has in ``X-API-KEY``.
        extension: what follows the names of resources, ``.json`` or nothing.
        zone: the clock that the partner's times of day are on, ``Europe/Paris`` or ``UTC``.
        reach: kilometres around a point that the partner answers; wider searches are refused.
        operator: the domain to name where an ad has no usable origin.

    Raises:
        ConfigError: for an option that can't be used.
    """
    client = AsyncClient(
        url,
        keys=Keys(public_key, private_key) if public_key or private_key else None,
        auth=ApiKey("X-API-KEY", key) if key else None,
        extension=extension,
        timeout=PATIENCE,
        retry=RetryPolicy(retries=0),
    )
    face = OcssFace(client, zone=zone_of(zone), reach=number("reach", reach), operator=operator)
    return app(face, "ocss@1.0-alpha", "operator", api_keys=api_keys)


def rdex_from_ocss(
    url: str,
    *,
    api_keys: Iterable[str] | None = None,
    now: int | None = None,
    key: str = "",
    header: str = "X-API-Key",
    zone: str = "Europe/Paris",
    radius: float | str = RADIUS,
    operator: str = "",
    origin: str = "",
) -> Asgi:
    """Return the legacy app that shows an OCSS operator.

    Args:
        url: the operator.
        api_keys: who is let in: ``public:private`` pairs, which sign every URL, or keys for
            ``X-API-KEY``; ``None``: everybody.
        now: the current time in UNIX seconds; the real one when ``None``.
        key: our key at the operator.
        header: the header that carries it.
        zone: the clock that times of day are written on, ``Europe/Paris`` or ``UTC``.
        radius: kilometres around both points that a search looks in.
        operator: the operator's domain, the recipient of messages.
        origin: public scheme and host of this app, where a proxy stands before it.

    Raises:
        ConfigError: for an option that can't be used.
    """
    sender = AsyncSender(url, timeout=PATIENCE)
    if sender.address is None:
        raise ConfigError("serving.bad-source")
    clock: Callable[[], float] = time.time if now is None else lambda: float(now)
    face = RdexFace(
        sender,
        sender.address.path,
        auth=ApiKey(header, key) if key else None,
        zone=zone_of(zone),
        radius=number("radius", radius),
        operator=operator or sender.address.host,
        clock=clock,
    )
    return behind(face, api_keys, origin=origin or None, clock=clock)
