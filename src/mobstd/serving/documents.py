"""Documents from a file: NDJSON, or one JSON array or object."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson, parse_json

__all__ = ["documents_of"]


def documents_of(path: Path) -> Iterator[tuple[int, Any]]:
    """Yield the documents of a file, each with its line or its place in the array.

    Raises:
        ConfigError: where the file can't be read or is neither.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("serving.unreadable-data", file=str(path), reason=reason) from None
    try:
        whole = parse_json(raw)
    except NotJson:
        lines = raw.splitlines()
    else:
        yield from enumerate(whole if isinstance(whole, list) else [whole], 1)
        return
    for number, text in enumerate(lines, 1):
        if text.strip():
            try:
                yield number, parse_json(text)
            except NotJson as error:
                params = {"file": str(path), "line": number, "reason": error.reason}
                raise ConfigError("serving.data-not-json", **params) from None
