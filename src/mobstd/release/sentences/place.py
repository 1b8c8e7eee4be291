"""What stands at a place of a published text, without its line breaks and indents.

A place is what ``source`` of a row has as ``where``: ``#/a/b`` in JSON and YAML is a pointer; in
any other text ``L12`` and ``L12-L14`` are lines, ``#limits`` is the part below a heading, by its
anchor, and any other word is the number or the first words of a heading.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mobstd.canon.plain import text_of
from mobstd.errors import CanonError, ConfigError
from mobstd.release.lint.document import is_readable, read

__all__ = ["hashed", "said"]

HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
LINES = re.compile(r"L([1-9][0-9]*)(?:-L?([1-9][0-9]*))?")


def hashed(text: str) -> str:
    """Return the hash of what stands at a place, as ledgers have it."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def said(file: Path, where: str) -> str | None:
    """Return what stands at a place of a file; ``None`` where there is no such place.

    Raises:
        ConfigError: where the file can't be read.
    """
    if is_readable(file):
        return _at_pointer(read(file, file.name).content, where)
    lines = _text(file).splitlines()
    match = LINES.fullmatch(where)
    if match is not None:
        first, last = int(match[1]), int(match[2] or match[1])
        return _flat("\n".join(lines[first - 1 : last])) if first <= last <= len(lines) else None
    return _below(lines, where)


def _text(file: Path) -> str:
    try:
        return text_of(file)
    except CanonError as error:
        raise ConfigError(error.code, **error.params) from None


def _flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _at_pointer(content: Any, where: str) -> str | None:
    node = content
    for step in unquote(where.removeprefix("#")).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, Mapping) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    if where.removeprefix("#") and not where.removeprefix("#").startswith("/"):
        return None
    if isinstance(node, str):
        return _flat(node)
    return json.dumps(_plain(node), ensure_ascii=False, sort_keys=True)


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(item) for item in node]
    return _flat(node) if isinstance(node, str) else node


def _below(lines: list[str], where: str) -> str | None:
    """Return a heading that ``where`` means, and what is below it, down to the next of its rank."""
    fenced, start, rank = False, None, 0
    for number, line in enumerate(lines):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        match = None if fenced else HEADING.match(line)
        if match is None:
            continue
        if start is None and _means(match[2], where):
            start, rank = number, len(match[1])
        elif start is not None and len(match[1]) <= rank:
            return _flat("\n".join(lines[start:number]))
    return None if start is None else _flat("\n".join(lines[start:]))


def _means(heading: str, where: str) -> bool:
    if where.startswith("#"):
        kept = re.sub(r"[^\w\- ]", "", heading.lower())
        return kept.replace(" ", "-") == where[1:].lower()
    rest = heading.removeprefix(where)
    return rest != heading and not rest[:1].isalnum() and not re.match(r"\.[0-9]", rest)
