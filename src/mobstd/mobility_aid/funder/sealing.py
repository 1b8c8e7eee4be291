"""Files are kept encrypted for the funder, who alone can open them.

X25519 with a key made for the file, HKDF-SHA256, AES-256-GCM; the id of the document is what is
authenticated beside it, so that no file can be put in place of another.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

__all__ = ["FunderKey", "Tampered", "open_sealed", "seal"]


class Tampered(Exception):
    """It is not what was sealed under this id for this key."""


@dataclass(frozen=True)
class FunderKey:
    """The public half of a key of a funder.

    Attributes:
        id: what the funder calls it.
        version: which one of that name.
        public: 32 bytes, X25519.
        ends: from when on nothing is encrypted for it any more.
    """

    id: str
    version: int
    public: bytes
    ends: datetime


def seal(content: bytes, id_: str, key: FunderKey) -> dict[str, Any]:
    """Return a file as it is kept: a ``sealed-document``."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    own = X25519PrivateKey.generate()
    shared = own.exchange(X25519PublicKey.from_public_bytes(key.public))
    nonce = secrets.token_bytes(12)
    sealed = _cipher(shared).encrypt(nonce, content, id_.encode())
    return {
        "id": id_,
        "keyId": key.id,
        "keyVersion": key.version,
        "ephemeralKey": _text(own.public_key().public_bytes_raw()),
        "nonce": _text(nonce),
        "sealed": _text(sealed),
    }


def open_sealed(sealed: dict[str, Any], private: bytes) -> bytes:
    """Return the file that a ``sealed-document`` holds; for the funder.

    Args:
        sealed: as it was read.
        private: the secret half of the key, 32 bytes.

    Raises:
        Tampered: where any of it was changed, or the key is another.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    try:
        other = X25519PublicKey.from_public_bytes(base64.b64decode(sealed["ephemeralKey"]))
        shared = X25519PrivateKey.from_private_bytes(private).exchange(other)
        nonce, held = (base64.b64decode(sealed[name]) for name in ("nonce", "sealed"))
        content: bytes = _cipher(shared).decrypt(nonce, held, sealed["id"].encode())
        return content
    except (InvalidTag, KeyError, TypeError, ValueError):
        raise Tampered from None


def _cipher(shared: bytes) -> Any:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    made = HKDF(hashes.SHA256(), 32, salt=None, info=b"mobility-aid@0.1 document")
    return AESGCM(made.derive(shared))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
