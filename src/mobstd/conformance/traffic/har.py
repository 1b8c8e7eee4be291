"""Exchanges of a HAR 1.2 file, one at a time: it may be larger than memory."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from mobstd.errors import ConfigError, MissingExtra
from mobstd.judging.exchange import Failure, Pairs, Request, Response

__all__ = ["Entry", "entries"]

KEPT = 1 << 20
"""Bytes of a body that are kept."""


@dataclass(frozen=True)
class Entry:
    """One entry: where it went, what was sent, and what came."""

    place: int
    origin: str
    at: datetime
    request: Request
    response: Response | None
    failure: Failure | None


class _Wrong(Exception):
    def __init__(self, pointer: str, kind: str) -> None:
        super().__init__(pointer, kind)
        self.pointer, self.kind = pointer, kind


def entries(file: Path) -> Iterator[Entry]:
    """Yield the entries of a HAR file in their order, which is not always that of time.

    Raises:
        ConfigError: where it is no HAR file, with the JSON Pointer of what is wrong.
        MissingExtra: where ijson is not installed.
    """
    try:
        import ijson
    except ImportError:
        raise MissingExtra("cli.missing-extra", module="ijson", extra="conformance") from None
    place = 0
    try:
        with file.open("rb") as stream:
            for place, raw in enumerate(ijson.items(stream, "log.entries.item", use_float=True)):
                yield _entry(place, raw)
            place += 1
            stream.seek(0)
            if place == 1 and not _is_har(ijson, stream):
                raise ConfigError("traffic.bad-har", **_there(file, "/log/entries", "array"))
    except OSError as error:
        raise ConfigError("traffic.unreadable", file=str(file), why=str(error.strerror)) from None
    except _Wrong as error:
        pointer = f"/log/entries/{place}{error.pointer}"
        raise ConfigError("traffic.bad-har", **_there(file, pointer, error.kind)) from None
    except (ijson.JSONError, UnicodeDecodeError, RecursionError) as error:
        why = " ".join(str(error).split())[:120]
        raise ConfigError("traffic.not-har", file=str(file), why=why) from None


def _there(file: Path, pointer: str, kind: str) -> dict[str, str]:
    return {"file": str(file), "pointer": pointer, "kind": kind}


def _is_har(ijson: Any, stream: Any) -> bool:
    return any(
        prefix == "log.entries" and event == "start_array"
        for prefix, event, _ in ijson.parse(stream)
    )


def _of(kind: type, name: str) -> Callable[[Mapping[str, Any], str, str], Any]:
    def take(value: Mapping[str, Any], member: str, at: str) -> Any:
        found = value.get(member)
        if not isinstance(found, kind) or isinstance(found, bool):
            raise _Wrong(f"{at}/{member}", name)
        return found

    return take


_object, _text = _of(dict, "object"), _of(str, "string")


def _entry(place: int, raw: Any) -> Entry:
    if not isinstance(raw, dict):
        raise _Wrong("", "object")
    asked = _object(raw, "request", "")
    url = urlsplit(_text(asked, "url", "/request"))
    if not url.scheme or not url.hostname:
        raise _Wrong("/request/url", "absolute URL")
    port = f":{url.port}" if _port(url) else ""
    response, failure = _response(raw)
    return Entry(
        place,
        f"{url.scheme}://{url.hostname}{port}",
        _instant(raw),
        _request(asked, url.path or "/", url.query),
        response,
        failure,
    )


def _port(url: Any) -> bool:
    try:
        return url.port is not None
    except ValueError:
        raise _Wrong("/request/url", "absolute URL") from None


def _instant(raw: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(_text(raw, "startedDateTime", ""))
    except ValueError:
        raise _Wrong("/startedDateTime", "ISO 8601") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _request(asked: Mapping[str, Any], path: str, query: str) -> Request:
    method = _text(asked, "method", "/request").upper()
    body, truncated = _sent(asked)
    try:
        pairs = tuple(parse_qsl(query, keep_blank_values=True, max_num_fields=500))
    except ValueError:
        raise _Wrong("/request/url", "query of 500 parameters at most") from None
    return Request(method, path, pairs, _headers(asked, "/request"), body, truncated)


def _sent(asked: Mapping[str, Any]) -> tuple[bytes | None, bool]:
    """Return the body of a request, and whether it is known to have been longer."""
    posted = asked.get("postData")
    size = asked.get("bodySize")
    if posted is None:
        return None, isinstance(size, int) and size > 0
    if not isinstance(posted, dict):
        raise _Wrong("/request/postData", "object")
    text = posted.get("text")
    if isinstance(text, str) and (text or not posted.get("params")):
        raw = _decoded(text, posted.get("encoding"), "/request/postData/text")
    else:
        params = posted.get("params") or []
        if not isinstance(params, list) or not all(isinstance(p, dict) for p in params):
            raise _Wrong("/request/postData/params", "array of objects")
        pairs = [(str(p.get("name", "")), str(p.get("value", ""))) for p in params]
        raw = urlencode(pairs).encode("ascii")
    return (None, True) if len(raw) > KEPT else (raw or None, False)


def _decoded(text: str, encoding: Any, pointer: str) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _Wrong(pointer, "base64") from None


def _headers(message: Mapping[str, Any], at: str) -> Pairs:
    """Return the headers; the pseudo headers of HTTP/2 are part of the URL."""
    listed = message.get("headers", [])
    if not isinstance(listed, list):
        raise _Wrong(f"{at}/headers", "array")
    found = []
    for place, header in enumerate(listed):
        where = f"{at}/headers/{place}"
        if not isinstance(header, dict):
            raise _Wrong(where, "object")
        name, value = _text(header, "name", where), _text(header, "value", where)
        if not name.startswith(":"):
            found.append((name, value))
    return tuple(found)


def _response(raw: Mapping[str, Any]) -> tuple[Response | None, Failure | None]:
    came = raw.get("response")
    if came is None:
        return None, Failure("serving.no-answer")
    if not isinstance(came, dict):
        raise _Wrong("/response", "object")
    status = came.get("status")
    if not isinstance(status, int) or isinstance(status, bool):
        raise _Wrong("/response/status", "integer")
    if not 100 <= status <= 999:
        return None, Failure("serving.no-answer")
    headers = _headers(came, "/response")
    body, truncated = _came(came)
    return Response(status, headers, body, truncated, _seconds(raw)), None


def _came(came: Mapping[str, Any]) -> tuple[bytes, bool]:
    content = came.get("content") or {}
    if not isinstance(content, dict):
        raise _Wrong("/response/content", "object")
    text, size = content.get("text"), content.get("size")
    if not isinstance(text, str):
        return b"", isinstance(size, int) and size > 0
    raw = _decoded(text, content.get("encoding"), "/response/content/text")
    return raw[:KEPT], len(raw) > KEPT


def _seconds(raw: Mapping[str, Any]) -> float:
    """Return how long the answer took, where that is known."""
    time = raw.get("time")
    known = isinstance(time, (int, float)) and not isinstance(time, bool) and 0 < time < 1e9
    return timedelta(milliseconds=time).total_seconds() if known and time else 0.0
