"""Ed25519 over the list of files of a release, which has the hash of each."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from mobstd.errors import ConfigError, MissingExtra

__all__ = ["holds", "public", "signed"]


def signed(message: bytes, key: Path) -> tuple[str, str]:
    """Return signature and public key, both in base64.

    Raises:
        ConfigError: where the file is no private Ed25519 key in PEM, or is locked by a password.
        MissingExtra: without the extra ``sign``.
    """
    serialization, ed25519 = _library()
    try:
        loaded = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except OSError as error:
        raise ConfigError("edition.no-key", file=str(key), why=error.strerror) from None
    except (ValueError, TypeError):
        raise ConfigError("edition.bad-key", file=str(key)) from None
    if not isinstance(loaded, ed25519.Ed25519PrivateKey):
        raise ConfigError("edition.bad-key", file=str(key))
    raw = loaded.public_key().public_bytes_raw()
    return _text(loaded.sign(message)), _text(raw)


def public(key: Path) -> str:
    """Return a public key in base64, read from PEM or from such a text.

    Raises:
        ConfigError: where it is none.
        MissingExtra: without the extra ``sign``.
    """
    serialization, ed25519 = _library()
    try:
        raw = key.read_bytes()
        if raw.lstrip().startswith(b"-----"):
            loaded = serialization.load_pem_public_key(raw)
            if isinstance(loaded, ed25519.Ed25519PublicKey):
                return _text(loaded.public_bytes_raw())
        elif len(base64.b64decode(raw.strip(), validate=True)) == 32:
            return raw.strip().decode()
    except OSError as error:
        raise ConfigError("edition.no-key", file=str(key), why=error.strerror) from None
    except (ValueError, TypeError):
        pass
    raise ConfigError("edition.bad-public-key", file=str(key))


def holds(message: bytes, signature: str, key: str) -> bool:
    """Say whether a signature is that of a public key.

    Raises:
        MissingExtra: without the extra ``sign``.
    """
    _, ed25519 = _library()
    from cryptography.exceptions import InvalidSignature

    try:
        loaded = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        loaded.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingExtra("edition.extra") from None
    return serialization, ed25519


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
