"""The npm package of the bike aids: fetched, checked, and read without unpacking it.

It is the release whose figures are known, and no other: its hash stands here, so that neither the
registry nor a mirror has to be believed. The archive is data: nothing of it is written or run.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mobstd.errors import ConfigError, RefusedDocument, TransportError, Unreachable
from mobstd.judging.body import NotJson, parse_json
from mobstd.judging.exchange import Request
from mobstd.messages import language, render
from mobstd.mobility_aid.importing.places import official
from mobstd.transport import Sender

__all__ = ["INTEGRITY", "RELEASE", "URL", "archive", "checked", "rules_of"]

RELEASE = "3.6.1"
URL = f"https://registry.npmjs.org/@betagouv/aides-velo/-/aides-velo-{RELEASE}.tgz"
INTEGRITY = (
    "sha512-tAiBPcvIOs6c99Kf1WEZE3B+qlRcVPJ7Mlyv7HCH/BHUwR3Xr6fTyMs/"
    "L/lln6tR5Nn/J4BBDV1LchMF/+s6lg=="
)

LARGEST = 2 << 20
"""Bytes of the archive that are read; the release has 252,930."""

UNPACKED, MEMBERS = 16 << 20, 200
"""Bytes of what is in it, and how many files."""

_SECONDS = 60.0
_MODEL = "package/publicodes-build/aides-velo.model.json"
_RULE, _EPCI = "aides", "epci"


def archive(source: str = URL) -> bytes:
    """Return an archive as it stands at a URL or in a file; nobody vouches for it yet.

    Raises:
        ConfigError: where a file can't be read, or is too large.
        Unreachable: where no archive comes from a URL.
    """
    if source.startswith(("https://", "http://")):
        return _fetched(source)
    try:
        with Path(source).open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError("aids.unreadable-file", file=source, why=error.strerror) from None
    if len(raw) > LARGEST:
        raise ConfigError("aids.fetch.too-large", source=source, most=LARGEST)
    return raw


def _fetched(url: str) -> bytes:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
    try:
        with Sender(
            f"{parts.scheme}://{parts.netloc}",
            timeout=_SECONDS,
            max_body=LARGEST,
            truncate=False,
        ) as sender:
            answer = sender.send(Request("GET", path))
    except TransportError as error:
        why = render(error.code, error.params, language()).removesuffix(".")
        raise Unreachable("aids.fetch.unreachable", host=parts.hostname or "", why=why) from None
    if answer.status != 200:
        why = f"HTTP {answer.status}"
        raise Unreachable("aids.fetch.unreachable", host=parts.hostname or "", why=why)
    return answer.body


def checked(raw: bytes, integrity: str = INTEGRITY) -> bytes:
    """Return an archive that has the hash that it must have (Subresource Integrity).

    Raises:
        RefusedDocument: where it has another.
    """
    kind, _, wanted = integrity.partition("-")
    if base64.b64encode(hashlib.new(kind, raw).digest()).decode() != wanted:
        raise RefusedDocument("aids.fetch.other", (), release=RELEASE)
    return raw


def rules_of(raw: bytes) -> dict[str, Any]:
    """Return the document that ``aides_velo`` imports: rules, release, codes of EPCI by name.

    Raises:
        RefusedDocument: where it is no archive, leads out of its folder, is too large when it is
            unpacked, or holds no rules.
    """
    found: Any = None
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(raw)), mode="r:") as tar:
            for member in _safe(tar):
                if member.name == _MODEL:
                    file = tar.extractfile(member)
                    found = parse_json(file.read()) if file else None
    except (tarfile.TarError, zlib.error, EOFError, OSError, NotJson, ValueError) as error:
        raise _refused(type(error).__name__) from None
    if not isinstance(found, dict) or not isinstance(found.get(_RULE), Mapping):
        raise _refused(_MODEL)
    codes = {
        name: code for code, rows in official().items() for kind, name in rows if kind == _EPCI
    }
    return {"version": RELEASE, "rules": found, "epci": codes}


def _safe(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for number, member in enumerate(tar, 1):
        parts = member.name.replace("\\", "/").split("/")
        if number > MEMBERS:
            raise _refused("size")
        if parts[0] != "package" or ".." in parts or not (member.isfile() or member.isdir()):
            raise _refused("path")
        yield member


def _inflated(raw: bytes) -> bytes:
    """Return what a gzip file holds, where it is no larger than it may be."""
    inflate = zlib.decompressobj(31)
    found = inflate.decompress(raw, UNPACKED)
    if inflate.unconsumed_tail:
        raise _refused("size")
    if not inflate.eof:
        raise EOFError
    return found


def _refused(why: str) -> RefusedDocument:
    return RefusedDocument("aids.fetch.refused", (), why=why)
