"""Time stamps of RFC 3161 under a text, verified without a network.

    stamp = verify_evidence(data, digest, token, roots=[Path("authority.pem").read_bytes()])
    print(stamp.time)

Needs the extra ``evidence``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mobstd.errors import MissingExtra, MobstdError

__all__ = ["Stamp", "Unproven", "verify_evidence"]


class Unproven(MobstdError):
    """The evidence proves nothing; the code says why: digest, token, imprint, authority."""

    exit_code = 1


@dataclass(frozen=True)
class Stamp:
    """What a verified token says.

    Attributes:
        time: when the authority saw the digest, ``TSTInfo.genTime`` (RFC 3161, 2.4.2), UTC.
        policy: the policy that it stamped under, an OID with dots.
        serial: the number that it gave the token.
    """

    time: datetime
    policy: str
    serial: int


def verify_evidence(
    data: str | bytes,
    digest: str,
    token: str | bytes,
    *,
    roots: Iterable[bytes],
    intermediates: Iterable[bytes] = (),
) -> Stamp:
    """Verify that an authority stamped exactly these bytes, and return what it said.

    Certificates have to be good at the time of the stamp, not now; revocation is not looked up.

    Args:
        data: what was hashed; text stands for its UTF-8.
        digest: the SHA-256 that was published, in hexadecimal.
        token: the ``TimeStampToken`` or the whole ``TimeStampResp``, DER, or base64 of either.
        roots: certificates of the authorities that the caller trusts, PEM; each may hold several.
        intermediates: certificates between, where the token lacks them, PEM.

    Raises:
        Unproven: where any of it does not hold.
        MissingExtra: without the extra ``evidence``.
    """
    library, x509 = _library()
    raw = data.encode() if isinstance(data, str) else data
    real = hashlib.sha256(raw).digest()
    if real.hex() != digest.lower():
        raise Unproven("validation.evidence.digest")
    try:
        response = library.decode_timestamp_response(_response(token))
        info = response.tst_info
        imprint = info.message_imprint
    except ValueError:
        raise Unproven("validation.evidence.token") from None
    if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != real:
        raise Unproven("validation.evidence.imprint")
    try:
        verifier = library.VerifierBuilder(
            roots=[one for pem in roots for one in x509.load_pem_x509_certificates(pem)],
            intermediates=[
                one for pem in intermediates for one in x509.load_pem_x509_certificates(pem)
            ],
        ).build()
    except ValueError:
        raise Unproven("validation.evidence.roots") from None
    try:
        verifier.verify(response, real)
    except (library.VerificationError, ValueError):
        raise Unproven("validation.evidence.authority") from None
    return Stamp(info.gen_time, info.policy.dotted_string, info.serial_number)


_SHA256 = "2.16.840.1.101.3.4.2.1"
_GRANTED = b"\x30\x03\x02\x01\x00"
"""The status ``granted``, DER."""


def _response(token: str | bytes) -> bytes:
    """Return a response, which is what the library reads, around a token that came bare."""
    der = token
    if isinstance(token, str):
        try:
            der = base64.b64decode("".join(token.split()), validate=True)
        except binascii.Error:
            raise Unproven("validation.evidence.token") from None
    assert isinstance(der, bytes)
    if _content(der)[:1] != b"\x06":
        return der
    body = _GRANTED + der
    size = len(body)
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets
    return b"\x30" + length + body


def _content(der: bytes) -> bytes:
    """Return what a DER sequence holds: a token begins with an OID, a response with a sequence."""
    if len(der) < 2 or der[0] != 0x30:
        raise Unproven("validation.evidence.token")
    return der[2 if der[1] < 0x80 else 2 + (der[1] & 0x7F) :]


def _library() -> tuple[Any, Any]:
    try:
        import rfc3161_client
        from cryptography import x509
    except ImportError:
        raise MissingExtra("validation.needs-evidence") from None
    return rfc3161_client, x509
