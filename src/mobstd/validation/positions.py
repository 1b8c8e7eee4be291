"""The line of a value in a JSON text, found only when something is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

__all__ = ["lines_of"]

Path = tuple[str | int, ...]

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+', re.DOTALL)


def lines_of(text: str, paths: Iterable[Path]) -> dict[Path, int]:
    """Return the line where the value at each path begins, in one pass over a valid JSON text."""
    wanted = set(paths)
    found: dict[Path, int] = {}
    at: list[str | int] = []
    kinds: list[str] = []
    line, expects_key = 1, False
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "\n":
            line += 1
        elif token in "}]":
            kinds.pop()
            at.pop()
            expects_key = False
        elif token == ",":
            expects_key = kinds[-1] == "{"
            if not expects_key:
                at[-1] = int(at[-1]) + 1
        elif token == ":":
            expects_key = False
        elif expects_key:
            at[-1] = json.loads(token)
        else:
            path = tuple(at)
            if path in wanted and path not in found:
                found[path] = line
                if len(found) == len(wanted):
                    break
            if token in "{[":
                kinds.append(token)
                at.append("" if token == "{" else 0)
                expects_key = token == "{"
    return found
