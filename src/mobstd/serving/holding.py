"""Requests and answers that are held until they are complete, so that they can be edited."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mobstd.judging.exchange import Pairs
from mobstd.judging.form import FORM, parse_form, to_form
from mobstd.serving.asgi import Message, Receive, Send

__all__ = ["Held", "Taken", "as_form", "as_json", "is_form", "lengthened"]

MAX_BODY = 1_000_000
"""Bytes of a request that are looked at; of a longer one nothing is edited."""


@dataclass(frozen=True)
class Taken:
    """The body of a request that was read already.

    Attributes:
        body: what may be edited; empty where the body is too long for it.
    """

    body: bytes
    _read: bytes
    _more: bool
    _receive: Receive

    @staticmethod
    async def of(receive: Receive) -> Taken:
        """Read a body, as far as it may be edited."""
        read, more = bytearray(), True
        while more and len(read) <= MAX_BODY:
            message = await receive()
            read += message.get("body", b"")
            more = message.get("more_body", False)
        long = more or len(read) > MAX_BODY
        return Taken(b"" if long else bytes(read), bytes(read), more, receive)

    def handed(self, body: bytes) -> Receive:
        """Return what hands out another body in its place, and then whatever comes after it."""
        given = body if self.body else self._read
        waiting = [{"type": "http.request", "body": given, "more_body": self._more}]

        async def hand_out() -> Message:
            return waiting.pop() if waiting else await self._receive()

        return hand_out


def is_form(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether headers tell of a body that is a form."""
    said = next((bytes(v) for k, v in headers if bytes(k).lower() == b"content-type"), b"")
    return said.partition(b";")[0].strip().lower() == FORM.encode()


def as_json(form: bytes) -> bytes:
    """Return a form as JSON, for edits; what can't be read is left as it is."""
    try:
        return json.dumps(parse_form(form)).encode()
    except ValueError:
        return form


def as_form(document: bytes) -> bytes:
    """Return an edited document as the form that it was; what is no object is left as it is."""
    value = json.loads(document)
    return to_form(value) if isinstance(value, dict) else document


def lengthened(headers: Iterable[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """Return headers that tell of a body of so many bytes."""
    kept = [(k, v) for k, v in headers if bytes(k).lower() != b"content-length"]
    return [*kept, (b"content-length", str(length).encode())]


class Held:
    """Holds an answer back until it is complete, and sends it edited."""

    def __init__(
        self, send: Send, edit: Callable[[int, Pairs, bytes], tuple[int, Pairs, bytes]]
    ) -> None:
        self._send = send
        self._edit = edit
        self._start: Message | None = None
        self._chunks: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        """Take one message of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body" or self._start is None:
            await self._send(message)
            return
        self._chunks.append(bytes(message.get("body", b"")))
        if message.get("more_body", False):
            return
        headers = tuple(
            (bytes(name).decode("latin-1"), bytes(value).decode("latin-1"))
            for name, value in self._start.get("headers", ())
        )
        status, headers, body = self._edit(self._start["status"], headers, b"".join(self._chunks))
        raw = [(n.encode("latin-1"), v.encode("latin-1", "replace")) for n, v in headers]
        await self._send({**self._start, "status": status, "headers": raw})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})
