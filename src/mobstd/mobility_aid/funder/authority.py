"""Who stamps: an authority of one's own for tests, or any that speaks RFC 3161 over HTTP."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from mobstd.errors import ConfigError, TransportError
from mobstd.judging.exchange import Request
from mobstd.mobility_aid.timestamps import (
    OCTETS,
    SEQUENCE,
    SET,
    SHA256,
    TST_INFO,
    der,
    number,
    oid,
    query,
    read_token,
    token_of,
)
from mobstd.transport import Sender

__all__ = [
    "Authority",
    "LocalAuthority",
    "RemoteAuthority",
    "Unstamped",
    "new_authority",
    "remote_authority",
]

_POLICY = "1.3.6.1.4.1.32473.1.1"
"""An arc for examples (RFC 5612)."""

_SIGNED, _ECDSA = "1.2.840.113549.1.7.2", "1.2.840.10045.4.3.2"
_CONTENT_TYPE, _DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
_SECONDS = 10.0
_LARGEST = 1 << 20


class Unstamped(Exception):
    """The authority gave no stamp; what waited for it is not done."""


class Authority(Protocol):
    """What stamps a digest."""

    def stamp(self, digest: str) -> str:
        """Return a token on a SHA-256 in hexadecimal, DER in base64.

        Raises:
            Unstamped: where none came, or one on something else.
        """


class RemoteAuthority:
    """An authority at an ``http`` or ``https`` URL (RFC 3161, 3.4).

    Raises:
        ConfigError: for anything else.
    """

    def __init__(self, url: str) -> None:
        self._sender = Sender(url, timeout=_SECONDS, max_body=_LARGEST)

    def stamp(self, digest: str) -> str:
        """Return a token."""
        kind = (("Content-Type", "application/timestamp-query"),)
        path = self._sender.address.path or "/"
        try:
            answer = self._sender.send(Request("POST", path, headers=kind, body=query(digest)))
            if answer.status != 200:
                raise Unstamped(str(answer.status))
            token = base64.b64encode(token_of(answer.body)).decode()
            said = read_token(token)
        except (TransportError, ValueError) as error:
            raise Unstamped(type(error).__name__) from None
        if said.imprint != digest or said.algorithm != SHA256:
            raise Unstamped("imprint")
        return token


class LocalAuthority:
    """An authority for tests: keys and a root certificate of its own, which nobody else trusts.

    Args:
        clock: the instant that it stamps.
        kept: what it is, as ``new_authority`` makes it; made anew where it is empty.

    Attributes:
        root: its root certificate, PEM.
    """

    def __init__(
        self, clock: Callable[[], datetime] = lambda: datetime.now(UTC), kept: str = ""
    ) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import serialization

        raw = (kept or new_authority()).encode()
        root, leaf = x509.load_pem_x509_certificates(raw)
        self._clock = clock
        self._key: Any = serialization.load_pem_private_key(raw, None)
        self.root = root.public_bytes(serialization.Encoding.PEM)
        self._leaf = leaf.public_bytes(serialization.Encoding.DER)
        self._signer = der(SEQUENCE, leaf.issuer.public_bytes(), number(leaf.serial_number))

    def stamp(self, digest: str) -> str:
        """Return a token."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        sha256 = der(SEQUENCE, oid(SHA256))
        now = self._clock().astimezone(UTC)
        when = now.strftime("%Y%m%d%H%M%SZ").encode()
        info = der(
            SEQUENCE,
            number(1),
            oid(_POLICY),
            der(SEQUENCE, sha256, der(OCTETS, bytes.fromhex(digest))),
            number(secrets.randbits(63)),
            der(0x18, when),
        )
        attributes = sorted(
            der(SEQUENCE, oid(kind), der(SET, value))
            for kind, value in (
                (_CONTENT_TYPE, oid(TST_INFO)),
                (_DIGEST, der(OCTETS, hashlib.sha256(info).digest())),
                (_CERTIFICATE, _certificate(self._leaf)),
            )
        )
        signature = self._key.sign(der(SET, *attributes), ec.ECDSA(hashes.SHA256()))
        signer = der(
            SEQUENCE,
            number(1),
            self._signer,
            sha256,
            der(0xA0, *attributes),
            der(SEQUENCE, oid(_ECDSA)),
            der(OCTETS, signature),
        )
        content = der(SEQUENCE, oid(TST_INFO), der(0xA0, der(OCTETS, info)))
        signed = der(
            SEQUENCE, number(3), der(SET, sha256), content, der(0xA0, self._leaf), der(SET, signer)
        )
        return base64.b64encode(der(SEQUENCE, oid(_SIGNED), der(0xA0, signed))).decode()


def _certificate(leaf: bytes) -> bytes:
    """Return the attribute that names the certificate (RFC 5035)."""
    named = der(SEQUENCE, der(OCTETS, hashlib.sha256(leaf).digest()))
    return der(SEQUENCE, der(SEQUENCE, named))


def remote_authority(url: str) -> RemoteAuthority:
    """Return the authority at a URL.

    Raises:
        ConfigError: for a URL that is none.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigError("funder.bad-authority", value=url)
    return RemoteAuthority(url)


def new_authority() -> str:
    """Return a new authority as PEM: its secret key, its root, its certificate."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def signed(name: str, key: Any, by: Any, issuer: str, *, root: bool) -> x509.Certificate:
        usage = x509.KeyUsage(
            not root, False, False, False, False, root, root, False, False
        )  # fmt: skip
        made = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime.now(UTC) + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(root, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()),
                critical=False,
            )
        )
        if not root:
            extended = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(extended, critical=True)
        return made.sign(by, hashes.SHA256())

    above, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name, own_name = "mobstd, root for tests", "mobstd, stamps for tests"
    root = signed(root_name, above, above, root_name, root=True)
    leaf = signed(own_name, own, above, root_name, root=False)
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key = own.private_bytes(encoding, form, serialization.NoEncryption())
    return b"".join((key, root.public_bytes(encoding), leaf.public_bytes(encoding))).decode()
