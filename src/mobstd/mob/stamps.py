"""Time stamps of subscriptions: sorted, and verified without a network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from mobstd.validation.evidence import Stamp, Unproven, verify_evidence

__all__ = ["in_order", "verify_timestamp"]


def in_order(stamps: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return stamps from the first to the last by ``signingTime``; the platform promises no order.

    Raises:
        ValueError: for a time that cannot be read.
    """
    return sorted(stamps, key=lambda stamp: datetime.fromisoformat(stamp["signingTime"]))


def verify_timestamp(
    stamp: Mapping[str, Any], *, roots: Iterable[bytes], intermediates: Iterable[bytes] = ()
) -> Stamp:
    """Verify that an authority stamped the text of a ``subscription-timestamp``.

    Its time is that of the token, not ``signingTime``, which the signer states beside it. The text
    lacks the consent: that it was given is not proven.

    Raises:
        Unproven: where any of it does not hold.
        MissingExtra: without the extra ``evidence``.
    """
    return verify_evidence(
        stamp["timestampedData"],
        stamp["hashedSubscription"],
        _token(stamp["timestampToken"]),
        roots=roots,
        intermediates=intermediates,
    )


def _token(value: Any) -> str | bytes:
    """Return a token from either of the forms in which Node writes bytes: base64, or a buffer."""
    if isinstance(value, Mapping) and isinstance(value.get("data"), list):
        try:
            return bytes(value["data"])
        except (TypeError, ValueError):
            raise Unproven("validation.evidence.token") from None
    if isinstance(value, str | bytes):
        return value
    raise Unproven("validation.evidence.token")
