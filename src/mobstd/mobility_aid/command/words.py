"""What the commands on aids say, and the files that they read."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from mobstd.messages import language, render

if TYPE_CHECKING:
    from mobstd.mobility_aid.importing import Diagnostic, Imported

__all__ = ["documents", "instant", "opened", "say", "tell"]


def say(code: str, **params: Any) -> str:
    """Return a message of the commands."""
    return render(f"aids.{code}", params, language())


def tell(file: str, diagnostics: Iterable[Diagnostic]) -> int:
    """Say diagnostics on stderr, each with its place; return how many there were."""
    count = 0
    for one in diagnostics:
        count += 1
        place = f"{file}:{one.line}" if one.line else file
        about = " ".join(filter(None, (one.record, one.part)))
        sys.stderr.write(f"{place}: {about}: {one.reason(language())}\n")
    return count


def opened(name: str) -> IO[bytes]:
    """Return the content of a file, or of stdin, as one that can be rewound.

    Raises:
        ConfigError: where it can't be read.
    """
    from mobstd.errors import ConfigError

    try:
        return io.BytesIO(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
    except OSError as error:
        raise ConfigError("aids.unreadable-file", file=name, why=error.strerror) from None


def documents(name: str) -> Iterator[Imported]:
    """Yield the aids of a file, one by one as its schema admits them.

    Raises:
        ConfigError: where it is neither a list in JSON nor one aid a line.
    """
    from mobstd.errors import ConfigError
    from mobstd.judging.body import NotJson, parse_json
    from mobstd.mobility_aid.importing.admission import admitted, no_object
    from mobstd.mobility_aid.importing.diagnostics import Imported

    raw = opened(name).read()
    try:
        stated = parse_json(raw)
        rows = list(enumerate(stated if isinstance(stated, list) else [stated], 1))
    except NotJson:
        rows = []
        for line, text in enumerate(raw.splitlines(), 1):
            try:
                rows += [(line, parse_json(text))] if text.strip() else []
            except NotJson as error:
                why = f"{line}: {error.reason}"
                raise ConfigError("aids.not-json", file=name, why=why) from None
    for at, aid in rows:
        if isinstance(aid, dict):
            yield admitted(str(aid.get("id", at))[:100], partial(Imported, aid))
        else:
            yield no_object(str(at), aid)


def instant(text: str | None) -> datetime:
    """Return an instant in UTC, now where none is given.

    Raises:
        ConfigError: where it is none.
    """
    from mobstd.errors import ConfigError

    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        when: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None:
        raise ConfigError("aids.bad-now", value=text)
    try:
        return when.astimezone(UTC)
    except OverflowError:
        raise ConfigError("aids.bad-now", value=text) from None
