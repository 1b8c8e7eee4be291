"""Bodies as they come in: decompressed step by step, never beyond a limit."""

from __future__ import annotations

import zlib

__all__ = ["Body", "NotDecodable", "accepted"]

accepted = "gzip, deflate"
"""What ``Accept-Encoding`` says."""

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW_DEFLATE = -zlib.MAX_WBITS


class NotDecodable(ValueError):
    """The body is not in the encoding that its header names, or in one that was not asked for."""

    def __init__(self, encoding: str) -> None:
        super().__init__(encoding)
        self.encoding = encoding


class Body:
    """Collects a body. ``truncated`` tells that more came than ``limit`` bytes.

    Args:
        encoding: the ``Content-Encoding`` header.
        limit: how many decoded bytes are kept.
    """

    def __init__(self, encoding: str | None, limit: int) -> None:
        self._encoding = (encoding or "").strip().lower()
        self._limit = limit
        self._kept = bytearray()
        self._inflater: zlib._Decompress | None = None
        self._began = False
        self.truncated = False
        if self._encoding in ("gzip", "x-gzip", "deflate"):
            self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, chunk: bytes) -> bool:
        """Take bytes as received, and say whether more are wanted.

        Raises:
            NotDecodable: where they cannot be decompressed, or are in an encoding that was not
                asked for.
        """
        if self._inflater is not None:
            self._inflate(chunk)
        elif self._encoding in ("", "identity"):
            self._keep(chunk)
        elif chunk:
            raise NotDecodable(self._encoding)
        return not self.truncated

    def finish(self) -> bytes:
        """Return what was kept.

        Raises:
            NotDecodable: where the compressed data ended too early.
        """
        inflater = self._inflater
        if inflater is not None and self._began and not self.truncated and not inflater.eof:
            raise NotDecodable(self._encoding)
        return bytes(self._kept)

    def _keep(self, data: bytes) -> None:
        room = self._limit - len(self._kept)
        self._kept += data if len(data) <= room else data[:room]
        self.truncated = self.truncated or len(data) > room

    def _inflate(self, chunk: bytes) -> None:
        while chunk and not self.truncated:
            assert self._inflater is not None
            if self._inflater.eof:
                if not chunk.startswith(b"\x1f\x8b"):
                    return
                self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
            self._keep(self._decompress(chunk))
            chunk = self._inflater.unused_data

    def _decompress(self, chunk: bytes) -> bytes:
        assert self._inflater is not None
        most = self._limit - len(self._kept) + 1
        first, self._began = not self._began, True
        try:
            return self._inflater.decompress(chunk, most)
        except zlib.error:
            if not (first and self._encoding == "deflate"):
                raise NotDecodable(self._encoding) from None
        self._inflater = zlib.decompressobj(_RAW_DEFLATE)
        try:
            return self._inflater.decompress(chunk, most)
        except zlib.error:
            raise NotDecodable(self._encoding) from None
