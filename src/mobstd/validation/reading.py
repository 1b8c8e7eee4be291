"""Bytes to JSON values: one document, one document a line, or a list of documents.

What cannot be read is reported as a remark, and reading goes on. Lines and documents are bounded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

from mobstd.judging.body import NotJson, parse_json

__all__ = ["MAX_DOCUMENT", "MAX_LINE", "decoded", "format_of", "numbered_lines", "parse", "swiftly"]

MAX_LINE = 64 * 1024 * 1024
"""Bytes of one line that are read."""

MAX_DOCUMENT = 256 * 1024 * 1024
"""Bytes of one JSON file that are read; a longer one is better written a document a line."""

EXTENSIONS = {
    ".json": "json",
    ".geojson": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "csv",
}

_BOM = b"\xef\xbb\xbf"
_LARGEST = sys.float_info.max


def _refuse(_: str) -> NoReturn:
    raise NotJson("constant")


def _finite(literal: str) -> float:
    return max(-_LARGEST, min(_LARGEST, float(literal)))


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).decode


def _orjson() -> Callable[[bytes], Any] | None:
    """Return a faster reader, where the extra ``bulk`` is installed."""
    try:
        import orjson
    except ImportError:
        return None
    return orjson.loads


_loads = _orjson()
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 19


def parse(raw: bytes) -> Any:
    """Return the JSON value in ``raw``, as fast as it can be done strictly.

    Raises:
        NotJson: with the reason.
    """
    if _loads is not None and _LONG not in raw.translate(_DIGITS):
        try:
            return _loads(raw)
        except ValueError:
            pass
    try:
        return _decode(raw.removeprefix(_BOM).decode("utf-8"))
    except RecursionError:
        raise NotJson("depth") from None
    except NotJson:
        raise
    except ValueError:
        return parse_json(raw)


swiftly = _loads or parse
"""Reads what most documents are, or raises ``ValueError``; it may take an integer beyond 64 bits
for the nearest double."""


def decoded(raw: bytes) -> str:
    """Return the text of a document.

    Raises:
        NotJson: where it is not UTF-8.
    """
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in raw[:4]:
        raise NotJson("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotJson("encoding", error.start) from None


def numbered_lines(stream: BinaryIO, end: int | None = None) -> Iterator[tuple[int, bytes | None]]:
    """Yield ``(number, line)``, from where the stream stands to the offset ``end``.

    A line that is too long is ``None``. Empty lines are left out, and counted.
    """
    number = 0
    left = sys.maxsize if end is None else end - stream.tell()
    while left > 0:
        line = stream.readline(MAX_LINE + 1)
        if not line:
            return
        number += 1
        left -= len(line)
        if len(line) > MAX_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_LINE)
                left -= len(line)
            yield number, None
        elif not line.isspace():
            yield number, line


def format_of(name: str, head: bytes) -> str:
    """Return ``json``, ``ndjson`` or ``csv``, by the name of a file or else by its first bytes."""
    for extension, found in EXTENSIONS.items():
        if name.lower().endswith(extension):
            return found
    start = head.removeprefix(_BOM).lstrip()
    if start[:1] not in (b"{", b"["):
        return (
            "csv" if start[:1] not in (b"", b'"') or b"," in start.partition(b"\n")[0] else "json"
        )
    first, newline, rest = start.partition(b"\n")
    one_line = first.rstrip()[-1:] in (b"}", b"]")
    return "ndjson" if newline and one_line and rest.lstrip()[:1] in (b"{", b"[") else "json"
