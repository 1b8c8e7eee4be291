"""A server that misbehaves on demand.

    with hostile("endless") as url:
        ...

Every path answers alike. `python -m tests.hostile.server NAME` serves one by hand.
"""

from __future__ import annotations

import functools
import gzip
import json
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from types import TracebackType

MEGABYTE = 1 << 20
HEAD_LIMIT = 1 << 16
HERE = "127.0.0.1"
ELSEWHERE = "127.0.0.2"

HTML = b"<!doctype html><title>Welcome</title><h1>It works!</h1><p>This is not the API.</p>"
JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"


class Stopped(Exception):
    """The server is shutting down."""


class Connection:
    """One accepted socket, with the head of the request that came over it."""

    def __init__(self, sock: socket.socket, server: Hostile) -> None:
        self.sock = sock
        self.server = server
        self.head = b""

    @property
    def target(self) -> str:
        parts = self.head.split(b" ", 2)
        return parts[1].decode("latin-1") if len(parts) > 1 else "/"

    def read_head(self) -> None:
        while b"\r\n\r\n" not in self.head and len(self.head) < HEAD_LIMIT:
            data = self.sock.recv(4096)
            if not data:
                raise Stopped
            self.head += data

    def send(self, data: bytes) -> None:
        if self.server.stopping.is_set():
            raise Stopped
        self.sock.sendall(data)

    def drip(self, data: Iterable[int]) -> None:
        for byte in data:
            self.send(bytes((byte,)))
            self.wait(self.server.drip_seconds)

    def wait(self, seconds: float | None = None) -> None:
        if self.server.stopping.wait(seconds):
            raise Stopped

    def start(self, status: str = "200 OK", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def respond(
        self, body: bytes, *headers: str, status: str = "200 OK", media_type: str = JSON_TYPE
    ) -> None:
        content = (f"Content-Type: {media_type}", f"Content-Length: {len(body)}")
        self.start(status, *content, *headers)
        self.send(body)

    def chunk(self, data: bytes) -> None:
        self.send(b"%x\r\n%b\r\n" % (len(data), data))

    def start_chunked(self, *headers: str) -> None:
        self.start("200 OK", f"Content-Type: {JSON_TYPE}", "Transfer-Encoding: chunked", *headers)

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Serve = Callable[[Connection], None]


@dataclass(frozen=True)
class Behaviour:
    """One way of being hostile."""

    name: str
    summary: str
    serve: Serve
    scheme: str = "http"
    certificate_days: int | None = None
    reads_request: bool = True

    @property
    def needs_openssl(self) -> bool:
        return self.certificate_days is not None


BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(
    summary: str,
    *,
    scheme: str = "http",
    certificate_days: int | None = None,
    reads_request: bool = True,
) -> Callable[[Serve], Serve]:
    """Register a function under its own name, with dashes."""

    def register(serve: Serve) -> Serve:
        name = serve.__name__.replace("_", "-")
        BEHAVIOURS[name] = Behaviour(name, summary, serve, scheme, certificate_days, reads_request)
        return serve

    return register


def body(
    name: str,
    summary: str,
    content: bytes | Callable[[], bytes],
    *headers: str,
    status: str = "200 OK",
    media_type: str = JSON_TYPE,
) -> None:
    """Register an answer that is only strange in its body, status or headers."""

    def serve(connection: Connection) -> None:
        data = content if isinstance(content, bytes) else content()
        connection.respond(data, *headers, status=status, media_type=media_type)

    BEHAVIOURS[name] = Behaviour(name, summary, serve)


class Hostile:
    """A context manager: serves one behaviour, gives its URL, keeps the requests it got."""

    def __init__(self, name: str, after: int = 0, drip_seconds: float = 1.0) -> None:
        self.behaviour = BEHAVIOURS[name]
        self.after = after
        self.drip_seconds = drip_seconds
        self.stopping = threading.Event()
        self.requests: list[bytes] = []
        self.requests_elsewhere: list[bytes] = []
        self._lock = threading.Lock()
        self._listeners: list[socket.socket] = []
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._context: ssl.SSLContext | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"{self.behaviour.scheme}://{HERE}:{self.port}"

    @property
    def url_elsewhere(self) -> str:
        return f"http://{ELSEWHERE}:{self.port}"

    def __enter__(self) -> str:
        if self.behaviour.certificate_days is not None:
            self._context = server_context(self.behaviour.certificate_days)
        here = self._listen(HERE, 0)
        self.port = here.getsockname()[1]
        self._spawn(self._accept, here, self.requests)
        with suppress(OSError):
            self._spawn(self._accept, self._listen(ELSEWHERE, self.port), self.requests_elsewhere)
        return self.url

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopping.set()
        with self._lock:
            for sock in [*self._listeners, *self._connections]:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join(timeout=5)
        for listener in self._listeners:
            listener.close()

    def _listen(self, host: str, port: int) -> socket.socket:
        listener = socket.create_server((host, port), backlog=64)
        self._listeners.append(listener)
        return listener

    def _spawn(self, run: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=run, args=args, daemon=True)
        with self._lock:
            self._threads = [known for known in self._threads if known.is_alive()]
            self._threads.append(thread)
            thread.start()

    def _accept(self, listener: socket.socket, requests: list[bytes]) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self._spawn(self._handle, sock, requests)

    def _handle(self, sock: socket.socket, requests: list[bytes]) -> None:
        if self._context is not None:
            sock = self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        with self._lock:
            self._connections.add(sock)
        try:
            self._talk(sock, requests)
        except (OSError, Stopped):
            pass
        finally:
            with self._lock:
                self._connections.discard(sock)
            sock.close()

    def _talk(self, sock: socket.socket, requests: list[bytes]) -> None:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        connection = Connection(sock, self)
        if self.behaviour.reads_request or self.after:
            connection.read_head()
        with self._lock:
            requests.append(connection.head)
            served = len(requests)
        if requests is self.requests_elsewhere or served <= self.after:
            connection.respond(b"[]")
        else:
            self.behaviour.serve(connection)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(1)
        while sock.recv(4096):
            pass


hostile = Hostile


# Not the API at all


body("html", "a web page", HTML, media_type=HTML_TYPE)
body("html-as-json", "a web page that says it is JSON", HTML)
body("html-502", "the error page of a proxy", HTML, status="502 Bad Gateway", media_type=HTML_TYPE)
body("wrong-base-path", "not found, everywhere", HTML, status="404 Not Found", media_type=HTML_TYPE)
body("empty", "nothing, said to be JSON", b"")
body("not-an-array", "an object around the list", b'{"journeys": []}')
body("odd-status", "a status that HTTP does not know", b"[]", status="999 Request Denied")
body("error-500", "an internal error, everywhere", b"", status="500 Internal Server Error")


# Too long, too slow


@behaviour("an array that never ends")
def endless(connection: Connection) -> None:
    connection.start_chunked()
    connection.chunk(b"[")
    item = b",".join([b'{"operator": "example.org"}'] * 1000) + b","
    while True:
        connection.chunk(item)


@behaviour("an array that never ends, without any framing")
def endless_unframed(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}")
    while True:
        connection.send(b'["again", ' * 1000)


@behaviour("interim answers that never lead to the final one")
def endless_continue(connection: Connection) -> None:
    while True:
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@behaviour("a body of 200 MB")
def huge(connection: Connection) -> None:
    megabyte = b"a" * MEGABYTE
    length = 200 * MEGABYTE + 4
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", f"Content-Length: {length}")
    connection.send(b'["')
    for _ in range(200):
        connection.send(megabyte)
    connection.send(b'"]')


@behaviour("one byte of the body per second")
def slow_drip(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: 100000")
    connection.drip(b"[" + b" " * 99_998 + b"]")


@behaviour("one byte of the headers per second")
def slow_headers(connection: Connection) -> None:
    connection.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 100_000)


@behaviour("a connection on which nothing ever comes")
def silent(connection: Connection) -> None:
    connection.wait()


# Redirects


@behaviour("a redirect to itself, for ever")
def redirect_loop(connection: Connection) -> None:
    connection.respond(b"", f"Location: {connection.target}", status="302 Found")


@behaviour("a redirect to another host")
def redirect_elsewhere(connection: Connection) -> None:
    location = connection.server.url_elsewhere + connection.target
    connection.respond(b"", f"Location: {location}", status="307 Temporary Redirect")


@behaviour("a redirect to a file of the machine that asks")
def redirect_file(connection: Connection) -> None:
    connection.respond(b"", "Location: file:///etc/hostname", status="302 Found")


# Framing


@behaviour("less than the announced length")
def short_body(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: 1000")
    connection.send(b"[]")


@behaviour("more than the announced length")
def long_body(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: 1")
    connection.send(b"[]")


@behaviour("a length that is not a number")
def bad_length(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: banana")
    connection.send(b"[]")


@behaviour("two lengths that disagree")
def two_lengths(connection: Connection) -> None:
    connection.start(
        "200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: 2", "Content-Length: 9"
    )
    connection.send(b"[]")


@behaviour("a chunk whose size is not a number")
def bad_chunk(connection: Connection) -> None:
    connection.start_chunked()
    connection.send(b"zz\r\n[]\r\n0\r\n\r\n")


@behaviour("a reset in the middle of the body")
def reset(connection: Connection) -> None:
    connection.start("200 OK", f"Content-Type: {JSON_TYPE}", "Content-Length: 1000")
    connection.send(b'[{"operator": ')
    connection.wait(0.1)
    connection.reset()


@behaviour("a reset as soon as the connection is there", reads_request=False)
def reset_at_once(connection: Connection) -> None:
    connection.reset()


@behaviour("an end without any answer")
def hang_up(connection: Connection) -> None:
    pass


@behaviour("bytes that are not HTTP")
def garbage(connection: Connection) -> None:
    connection.send(b"\x00\x01\xfe\xffSSH-2.0-OpenSSH_9.6\r\n\x80\x81" * 16)


@behaviour("100,000 headers")
def many_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n")
    for first in range(0, 100_000, 1000):
        connection.send(b"".join(b"X-H%d: v\r\n" % i for i in range(first, first + 1000)))
    connection.send(b"\r\n[]")


@behaviour("one header of 1 MB")
def long_header(connection: Connection) -> None:
    connection.respond(b"[]", f"X-Long: {'z' * MEGABYTE}")


# JSON


JOURNEY = {
    "id": "j1",
    "operator": "hostile.example.org",
    "driver": {"id": "u1", "operator": "hostile.example.org", "alias": "Ada"},
    "passengerPickupLat": 45.19,
    "passengerPickupLng": 5.72,
    "passengerDropLat": 45.28,
    "passengerDropLng": 5.88,
    "passengerPickupDate": 1_790_000_000,
    "driverDepartureDate": 1_790_000_000,
    "duration": 1800,
    "distance": 18000,
    "type": "PLANNED",
}


def journeys(**literals: str) -> bytes:
    """An array of one journey, where some members are these pieces of JSON text."""
    members = {name: json.dumps(value) for name, value in JOURNEY.items()} | literals
    return ("[{" + ", ".join(f'"{name}": {text}' for name, text in members.items()) + "}]").encode()


body("overflow", "a coordinate of 1e400", journeys(passengerPickupLat="1e400"))
body("extreme", "a coordinate of -1.8e308", journeys(passengerPickupLat="-1.7976931348623157e+308"))
body("digits", "an integer of 5,000 digits", journeys(duration="9" * 5000))
body("exponent", "a price with a gigantic exponent", journeys(distance="1e999999999"))
body("nan", "the literal NaN", journeys(passengerPickupLat="NaN"))
body(
    "infinity",
    "the literals Infinity and -Infinity",
    journeys(passengerPickupLat="Infinity", passengerPickupLng="-Infinity"),
)
body("nesting", "100,000 arrays in each other", b"[" * 100_000 + b"]" * 100_000)
body(
    "nesting-inside",
    "100,000 objects in each other, in an unknown member",
    journeys(extra='{"a":' * 100_000 + "0" + "}" * 100_000),
)
body("duplicate-keys", "the same member twice", journeys(**{"duration": '1800, "duration": "x"'}))
body("truncated", "JSON that stops halfway", journeys()[:100])
body("trailing", "something after the JSON", journeys() + b" <!-- served by nginx -->")
body("lone-surrogate", "half a character, escaped", journeys(id='"\\ud83d"'))
body(
    "control-characters",
    "escape sequences for the terminal and the page",
    journeys(operator='"\\u001b[2J\\u001b]0;owned\\u0007\\u0000<script>alert(1)</script>"'),
)
body("long-string", "a name of 5 MB", lambda: journeys(id=json.dumps("x" * 5 * MEGABYTE)))
body(
    "many-items",
    "100,000 wrong items",
    lambda: b"[" + b",".join([b'{"id": null}'] * 100_000) + b"]",
)


# Encodings


body("invalid-utf8", "bytes that are not UTF-8", journeys(id='"?"').replace(b"?", b"\xc3\x28\xff"))
body("utf-16", "JSON in UTF-16", journeys().decode().encode("utf-16"))
body("bom", "JSON after a byte order mark", b"\xef\xbb\xbf" + journeys())
body("not-gzip", "plain JSON that says it is compressed", b"[]", "Content-Encoding: gzip")
body("unknown-encoding", "an encoding that nobody knows", b"[]", "Content-Encoding: snappy")
body(
    "truncated-gzip",
    "a compressed body that stops halfway",
    lambda: gzip.compress(journeys() * 50)[:60],
    "Content-Encoding: gzip",
)


def bomb(gigabytes: int = 10) -> Iterator[bytes]:
    """A gzip stream of white space, about a thousandth of what comes out; without its trailer."""
    opening = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield opening.compress(b"[") + opening.flush(zlib.Z_FULL_FLUSH)
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    megabyte = block.compress(b" " * MEGABYTE) + block.flush(zlib.Z_FULL_FLUSH)
    for _ in range(gigabytes):
        yield megabyte * 1024


@functools.cache
def nested_bomb() -> bytes:
    return gzip.compress(b"".join(bomb()), compresslevel=9, mtime=0)


@behaviour("10 MB of gzip that become 10 GB")
def gzip_bomb(connection: Connection) -> None:
    connection.start_chunked("Content-Encoding: gzip")
    for piece in bomb():
        connection.chunk(piece)
    connection.send(b"0\r\n\r\n")


@behaviour("some KB of twice compressed gzip that become 10 GB")
def gzip_bomb_nested(connection: Connection) -> None:
    connection.respond(nested_bomb(), "Content-Encoding: gzip, gzip")


# Throttling


def too_many_requests(name: str, summary: str, wait: Callable[[], str]) -> None:
    def serve(connection: Connection) -> None:
        connection.respond(b"", f"Retry-After: {wait()}", status="429 Too Many Requests")

    BEHAVIOURS[name] = Behaviour(name, summary, serve)


too_many_requests("retry-after-seconds", "wait for one second", lambda: "1")
too_many_requests(
    "retry-after-date", "wait until a date", lambda: formatdate(time.time() + 2, usegmt=True)
)
too_many_requests("retry-after-year", "wait for a year", lambda: "31536000")
too_many_requests("retry-after-negative", "wait for less than nothing", lambda: "-5")
too_many_requests("retry-after-nonsense", "wait for a word", lambda: "soon")
too_many_requests("retry-after-digits", "wait for 5,000 digits of seconds", lambda: "9" * 5000)


# TLS


@behaviour("a certificate that nobody signed", scheme="https", certificate_days=30)
def tls_self_signed(connection: Connection) -> None:
    connection.respond(b"[]")


@behaviour("a certificate that has expired", scheme="https", certificate_days=-1)
def tls_expired(connection: Connection) -> None:
    connection.respond(b"[]")


@behaviour("plain HTTP where TLS is expected", scheme="https", reads_request=False)
def tls_missing(connection: Connection) -> None:
    connection.sock.recv(4096)
    connection.respond(b"[]", status="400 Bad Request")


@functools.cache
def server_context(days: int) -> ssl.SSLContext:
    openssl = shutil.which("openssl")
    if openssl is None:
        raise RuntimeError("a certificate needs the openssl command")
    with tempfile.TemporaryDirectory() as folder:
        key, request, certificate = (Path(folder) / name for name in ("key", "request", "cert"))
        new_key = ["-newkey", "rsa:2048", "-nodes", "-keyout", str(key)]
        subject = ["-subj", f"/CN={HERE}"]
        for command in (
            ["req", "-new", *new_key, *subject, "-out", str(request)],
            [
                "x509",
                "-req",
                "-in",
                str(request),
                "-signkey",
                str(key),
                "-days",
                str(days),
                "-out",
                str(certificate),
            ],
        ):
            subprocess.run([openssl, *command], check=True, capture_output=True, timeout=30)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return context


def main() -> None:
    names = sys.argv[1:]
    if len(names) != 1 or names[0] not in BEHAVIOURS:
        for name, known in sorted(BEHAVIOURS.items()):
            print(f"{name:22} {known.summary}")
        sys.exit(2)
    with hostile(names[0]) as url:
        print(url, flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


if __name__ == "__main__":
    main()
