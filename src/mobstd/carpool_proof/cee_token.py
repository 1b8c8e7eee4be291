"""The token of an application for energy savings certificates (CEE), signed by the registry.

RSASSA-PKCS1-v1_5 with SHA-512 over ``<SIRET>/<short|long>/<driving licence>/<instant>``, in base64.
The instant always has milliseconds and ``Z``, whatever the published example shows: the end of a
short journey, the ``datetime`` that was sent of a long one. The registry withdrew the service in
March 2026; tokens that were given out can still be verified.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any, Literal

from mobstd.errors import MissingExtra, UsageError

__all__ = ["TokenMistake", "message", "signed", "verified"]


class TokenMistake(UsageError):
    """A key or an instant that cannot be used. The message holds neither."""


def message(
    siret: str, journey_type: Literal["short", "long"], driving_license: str, at: datetime
) -> str:
    """Return the text that is signed.

    Raises:
        TokenMistake: where ``at`` has no time zone.
    """
    if at.utcoffset() is None:
        raise TokenMistake("proof.token.naive")
    instant = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{siret}/{journey_type}/{driving_license}/{instant}"


def signed(text: str, private_key: bytes | str) -> str:
    """Return the token of a text.

    Args:
        text: see :func:`message`.
        private_key: an RSA key in PEM, without a password.

    Raises:
        TokenMistake: where the key is none.
        MissingExtra: without the extra ``sign``.
    """
    serialization, padding, hashes = _library()
    try:
        key = serialization.load_pem_private_key(_bytes(private_key), None)
        signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA512())
    except (ValueError, TypeError, AttributeError):
        raise TokenMistake("proof.token.private-key") from None
    return base64.b64encode(signature).decode()


def verified(token: str, text: str, public_key: bytes | str) -> bool:
    """Say whether a token is the signature of a text by the owner of a key.

    Raises:
        TokenMistake: where ``public_key`` is no RSA key in PEM.
        MissingExtra: without the extra ``sign``.
    """
    serialization, padding, hashes = _library()
    from cryptography.exceptions import InvalidSignature

    try:
        key = serialization.load_pem_public_key(_bytes(public_key))
        check = key.verify
    except (ValueError, TypeError, AttributeError):
        raise TokenMistake("proof.token.public-key") from None
    try:
        signature = base64.b64decode(token, validate=True)
        check(signature, text.encode(), padding.PKCS1v15(), hashes.SHA512())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    except TypeError:
        raise TokenMistake("proof.token.public-key") from None
    return True


def _bytes(key: bytes | str) -> bytes:
    return key.encode() if isinstance(key, str) else key


def _library() -> tuple[Any, Any, Any]:
    try:
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
    except ImportError:
        raise MissingExtra("proof.needs-sign") from None
    return serialization, padding, hashes
