"""One line of shell that sends a request again."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from mobstd.judging.form import to_form

__all__ = ["curl", "quoted"]

_NOT_IN_NAMES = re.compile(r"^[^A-Za-z_]|[^A-Za-z0-9_]")


def quoted(text: str, secrets: Mapping[str, str] | None = None) -> str:
    """Return ``text`` as one word of a POSIX shell; secrets in it become ``"$NAME"``.

    Args:
        text: anything.
        secrets: name of an environment variable by value; letters that none can have become ``_``.
    """
    known = {
        value: _NOT_IN_NAMES.sub("_", name) for value, name in (secrets or {}).items() if value
    }
    if not known:
        return _word(text)
    longest = sorted(known, key=len, reverse=True)
    parts = re.split("(" + "|".join(re.escape(value) for value in longest) + ")", text)
    words = [f'"${known[p]}"' if p in known else _word(p) for p in parts if p]
    return "".join(words) or "''"


def _word(text: str) -> str:
    """Quote; control characters by ``$'...'``, so that a line stays one line."""
    if all(char.isprintable() for char in text):
        return shlex.quote(text)
    escaped = "".join(
        char
        if char.isprintable() and char not in "\\'"
        else "\\" + char
        if char in "\\'"
        else "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
        for char in text
    )
    return f"$'{escaped}'"


def curl(exchange: Mapping[str, Any], base: str, secrets: Mapping[str, str] | None = None) -> str:
    """Return the command that sends the request of ``exchange`` (as JSON) again.

    Args:
        exchange: as ``conformance/exchange.schema.json`` has it.
        base: what stands before the path: scheme, host and port.
        secrets: name of an environment variable by value.
    """
    request = exchange["request"]
    url = base.rstrip("/") + quote(request["path"], safe="/%:@!$&'()*+,;=~-._")
    if request.get("query"):
        url += "?" + urlencode([tuple(pair) for pair in request["query"]], errors="replace")
    secrets = _encoded(secrets or {})
    words = ["curl", "-isS"]
    if request["method"] == "HEAD":
        words.append("-I")
    elif request["method"] != "GET" or "body" in request:
        words += ["-X", request["method"]]
    for name, value in request.get("headers", ()):
        if name.lower() not in ("host", "content-length", "connection", "accept-encoding"):
            words += ["-H", quoted(f"{name}: {value}" if value else f"{name};", secrets)]
    if "body" in request:
        body = request["body"]
        text = json.dumps(body, ensure_ascii=False) if request["body_as"] == "json" else str(body)
        if request["body_as"] == "form":
            text = to_form(body).decode("ascii")
        if request["body_as"] == "base64":
            return f"printf %s {quoted(text)} | base64 -d | " + " ".join(
                [*words, "--data-binary", "@-", quoted(url, secrets)]
            )
        words += ["--data-raw", quoted(text, secrets)]
    return " ".join([*words, quoted(url, secrets)])


def _encoded(secrets: Mapping[str, str]) -> dict[str, str]:
    """Add the spelling that a secret has in a URL."""
    spelled = {quote(value, safe=""): name for value, name in secrets.items() if value}
    return {**spelled, **secrets}
