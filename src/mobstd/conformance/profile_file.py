"""What is wrong with a profile file, in words: the key, its line, and the closest known key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.canon.validator import Problem, validator
from mobstd.errors import ConfigError

__all__ = ["line_of", "refuse_problems"]

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(?P<open>\[\[?)(?P<key>[^\[\]]+)\]\]?\s*(#.*)?$")
_PAIR = re.compile(
    r"^\s*(?P<key>(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')"
    r"(?:\s*\.\s*(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'))*)\s*="
)
_STEP = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)")
_STRING = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")


def refuse_problems(data: Mapping[str, Any], text: str, file: str) -> None:
    """Do nothing where ``data`` is a profile (or a part of one).

    Raises:
        ConfigError: with the first thing that is wrong.
    """
    schema = load(packaged().conformance / "profile.schema.json")
    problems = list(validator(schema, {}).problems(data))
    for problem in problems:
        if problem.keyword == "additionalProperties":
            _refuse_unknown(schema, problem, text, file)
    for problem in problems:
        _refuse(problem, text, file)
    zone = data.get("timezone")
    if zone is not None and not _is_zone(zone):
        raise ConfigError(
            "profile.no-timezone", where=_where(file, text, ("timezone",)), value=zone
        )


def line_of(text: str, path: Sequence[str | int]) -> int | None:
    """Return the line of a TOML text where ``path`` (keys and indexes) is said.

    The closest line above is returned for what an inline table or a list holds.
    """
    said = dict(_said(text))
    for length in range(len(path), 0, -1):
        if tuple(path[:length]) in said:
            return said[tuple(path[:length])]
    return None


def _said(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if depth == 0:
            header, pair = _HEADER.match(line), _PAIR.match(line)
            if header:
                table = _steps(header["key"])
                if header["open"] == "[[":
                    index = counts[table] = counts.get(table, -1) + 1
                    table = (*table, index)
                elif table[:-1] in counts:
                    table = (*table[:-1], counts[table[:-1]], table[-1])
                for length in range(1, len(table) + 1):
                    yield table[:length], number
            elif pair:
                yield (*table, *_steps(pair["key"])), number
        bare = _STRING.sub("", line).partition("#")[0]
        if not _HEADER.match(line) or depth:
            depth = max(0, depth + sum(bare.count(c) for c in "[{") - sum(map(bare.count, "]}")))


def _steps(key: str) -> Path:
    return tuple(a or b or c for a, b, c in _STEP.findall(key))


def _where(file: str, text: str, path: Path) -> str:
    line = line_of(text, path)
    if not file or line is None:
        return _dotted(path)
    return f"{file}:{line}: {_dotted(path)}"


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _refuse_unknown(schema: Mapping[str, Any], problem: Problem, text: str, file: str) -> NoReturn:
    known = _members(schema, problem.path)
    unknown = next(key for key in problem.value if key not in known)
    close = difflib.get_close_matches(unknown, known, n=1, cutoff=0.5)
    path = (*problem.path, unknown)
    code = "profile.unknown-key-close" if close else "profile.unknown-key"
    raise ConfigError(
        code,
        where=_where(file, text, path),
        key=unknown,
        close=close[0] if close else "",
        known=", ".join(sorted(known)),
    )


def _members(schema: Mapping[str, Any], path: Path) -> list[str]:
    """Return the keys that the schema knows at ``path``."""
    node: Any = schema
    for step in path:
        node = node["items"] if isinstance(step, int) else node["properties"][step]
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
    return list(node["properties"])


def _refuse(problem: Problem, text: str, file: str) -> NoReturn:
    where = _where(file, text, problem.path)
    if problem.keyword == "required":
        path = (*problem.path, str(problem.member))
        raise ConfigError("profile.missing-key", where=_where(file, text, path), key=_dotted(path))
    secrets = (("auth", "credentials"), ("second_auth", "credentials"), ("setup", "headers"))
    if problem.path[-1:] == ("secret",) or (problem.path[:2] in secrets and len(problem.path) > 2):
        raise ConfigError("profile.secret-in-the-clear", where=where)
    code = f"profile.wrong-{problem.keyword}"
    from mobstd.canon.wording import worded
    from mobstd.messages import catalogue

    known = code in catalogue()
    raise ConfigError(
        code if known else "profile.wrong-value",
        where=where,
        received=repr(problem.value)[:80],
        expected=_words(problem.expected),
        words=worded(problem),
    )


def _words(expected: Any) -> str:
    if isinstance(expected, (list, tuple)):
        return ", ".join(str(item) for item in expected)
    return str(expected)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
