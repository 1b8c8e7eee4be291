"""``mobstd check`` against every bad behaviour: the right exit code, in bounded time and memory.

Those that cost most or hang are checked by the real command in a process of its own, the others in
this one. What decides the code: 3 where no answer could be read, so that nothing was judged; 2
where the URL or the key is wrong; 1 where answers were read and break a requirement, be it only
that a body is JSON (OCSS-GEN-06).
"""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.report.contract import problems
from mobstd.conformance.report.terminal import render
from mobstd.conformance.run import Options, check
from mobstd.transport import Sender

from .server import BEHAVIOURS, Hostile

STANDARD = "ocss@1.0-alpha"
SECONDS, MEGABYTES = 20, 400

UNREADABLE = {
    # What could not be reached, or not be read to its end: nothing is known of the target.
    "bad-chunk": "not HTTP.* Check the port",
    "bad-length": "not HTTP",
    "garbage": "not HTTP",
    "two-lengths": "not HTTP",
    "hang-up": "closed the connection.* Look at the logs",
    "reset": "closed the connection",
    "reset-at-once": "closed the connection",
    "short-body": "broke off.* Look at the logs",
    "long-header": "headers .* too long",
    "many-headers": "headers .* too long",
    "not-gzip": "cannot be decompressed",
    "truncated-gzip": "cannot be decompressed",
    "unknown-encoding": "cannot be decompressed .snappy",
    "gzip-bomb-nested": "cannot be decompressed",
    "silent": "did not finish its answer within .* allow more time with --timeout",
    "slow-drip": "did not finish its answer",
    "slow-headers": "did not finish its answer",
    "endless-continue": "did not finish its answer",
    "redirect-loop": "points in circles.* Check the base path",
    "tls-self-signed": "certificate .* not accepted .self-signed.* SSL_CERT_FILE",
    "tls-expired": "certificate .* not accepted",
    "tls-missing": "no TLS .* speaks https",
    # What is larger than mobstd reads. 100,000 items are not judged either: no search that sets
    # count=60 may bring them, but an answer that is cut cannot be judged fairly.
    "endless": "larger than what mobstd reads.* Check with curl",
    "endless-unframed": "larger than what mobstd reads",
    "huge": "larger than what mobstd reads",
    "gzip-bomb": "larger than what mobstd reads",
    "many-items": "larger than what mobstd reads",
    # Rightly told to wait, or for too long: to be tried again later.
    "retry-after-seconds": "429.* Try again later",
    "retry-after-year": "429.* Try again later",
    "retry-after-digits": "429.* Try again later",
}
CONFIGURATION = {
    "wrong-base-path": "Nothing of the standard .* Check the base path",
    "redirect-elsewhere": "points to http://127.0.0.2:.* use it as base URL",
    "redirect-file": "points to .* not the base URL's origin",
}
NON_CONFORMING = {
    # No JSON: the one thing that can be judged, and enough.
    "html": "not sent as the documented media type",
    "html-as-json": "No answer is JSON.* Check the base path",
    "empty": "No answer is JSON",
    "infinity": "NaN or Infinity",
    "nan": "NaN or Infinity",
    "invalid-utf8": "UTF-8",
    "utf-16": "UTF-8",
    "nesting": "nested",
    "nesting-inside": "nested",
    "long-body": "not JSON",
    "trailing": "not JSON",
    "truncated": "not JSON",
    # Readable JSON with wrong content: the same journey whatever was asked for.
    "bom": "OCSS-SEARCH-12",
    "control-characters": "OCSS-OP-01",
    "digits": "OCSS-SEARCH-12",
    "duplicate-keys": "OCSS-SCHEMA-01",
    "exponent": "OCSS-SEARCH-12",
    "extreme": "OCSS-SEARCH-12",
    "lone-surrogate": "OCSS-SEARCH-12",
    "long-string": "OCSS-SEARCH-19",
    "overflow": "OCSS-SEARCH-12",
    "not-an-array": "OCSS-SEARCH-16",
    # Statuses that the document forbids.
    "error-500": "error of the server .500.* Look at the logs",
    "html-502": "error of the server .502",
    "odd-status": "OCSS-GEN-05",
    # 429 is fine; a Retry-After that is no number of seconds is not (OCSS-RATE-02).
    "retry-after-date": "OCSS-RATE-02",
    "retry-after-negative": "OCSS-RATE-02",
    "retry-after-nonsense": "OCSS-RATE-02",
}
EXPECTED = {
    **dict.fromkeys(UNREADABLE, 3),
    **dict.fromkeys(CONFIGURATION, 2),
    **dict.fromkeys(NON_CONFORMING, 1),
}
WORDS = {**UNREADABLE, **CONFIGURATION, **NON_CONFORMING}

AS_A_COMMAND = (
    "silent",
    "slow-drip",
    "long-string",
    "huge",
    "endless",
    "gzip-bomb",
    "gzip-bomb-nested",
    "many-items",
    "nesting-inside",
    "control-characters",
    "html",
    "redirect-elsewhere",
    "tls-self-signed",
    "wrong-base-path",
)
"""Checked in a process of their own, the slow ones first."""


@dataclass(frozen=True)
class Seen:
    """What a check returned, said and wrote."""

    code: int
    said: str
    report: dict[str, Any]
    seconds: float = 0.0
    megabytes: float = 0.0


MEASURED = """
import pathlib, resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
pathlib.Path(sys.argv[1]).write_text(str(peak))
sys.exit(code)
"""
"""Runs a command and writes its peak of memory: a child of a large process inherits its peak."""


def command(url: str, folder: Path, *more: str, env: dict[str, str] | None = None) -> Seen:
    """Run the command in a process of its own and measure it."""
    file = folder / "report.json"
    argv = [sys.executable, "-m", "mobstd", "check", url, "--standard", STANDARD]
    argv += ["--timeout", "2", "--json", str(file), *more]
    started, used = time.monotonic(), folder / "used"
    with (folder / "said").open("w+b") as said:
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, str(used), *argv],
            stdout=said,
            stderr=said,
            env={**os.environ, **(env or {})},
            cwd=folder,
            check=False,
        )
        said.seek(0)
        text = said.read().decode()
    seconds = time.monotonic() - started
    report = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return Seen(done.returncode, text, report, seconds, int(used.read_text()) / 1024)


def in_process(url: str, **options: Any) -> Seen:
    """Check in this process, with what the command does around the engine left out."""
    with Sender(url, timeout=2.0, redirects=5) as sender:
        options = {"quick": True, "with_fuzz": False, **options}
        report = check(sender, Profile(url, STANDARD), Options(**options))
    return Seen(report["gate"]["exit_code"], render(report, width=200), report)


def checked(name: str, folder: Path) -> Seen:
    with Hostile(name) as url:
        if name in AS_A_COMMAND:
            folder.mkdir()
            return command(url, folder, "--quick", "--no-fuzz")
        return in_process(url, sleep=lambda seconds: None)


def _usable(name: str) -> bool:
    return not BEHAVIOURS[name].needs_openssl or shutil.which("openssl") is not None


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Seen]]]:
    """Every behaviour, checked three at a time."""
    folder = tmp_path_factory.mktemp("hostile")
    order = sorted(EXPECTED, key=lambda n: (n not in AS_A_COMMAND, n))
    with ThreadPoolExecutor(3) as pool:
        yield {n: pool.submit(checked, n, folder / n) for n in order if _usable(n)}


@pytest.fixture(params=sorted(EXPECTED))
def seen(request: pytest.FixtureRequest, every: dict[str, Future[Seen]]) -> tuple[str, Seen]:
    if request.param not in every:
        pytest.skip("no openssl command")
    return request.param, every[request.param].result()


def test_every_behaviour_has_its_verdict() -> None:
    assert set(EXPECTED) == set(BEHAVIOURS)


def test_exit_code_and_advice(seen: tuple[str, Seen]) -> None:
    name, got = seen
    assert got.code == EXPECTED[name], got.said
    assert re.search(WORDS[name], " ".join(got.said.split())), got.said
    assert "Traceback" not in got.said
    assert "\x1b" not in got.said
    assert list(problems(got.report)) == []
    assert got.report["gate"]["exit_code"] == EXPECTED[name]
    assert got.report["stopped_by"] != "internal-error"
    assert got.seconds <= SECONDS
    assert got.megabytes <= MEGABYTES


def test_partial_results_are_kept_when_the_target_falls_silent(tmp_path: Path) -> None:
    with Hostile("silent", after=30) as url:
        got = command(url, tmp_path, "--no-fuzz")
    assert got.report["stopped_by"] == "unreachable"
    assert got.report["requests"] == 33
    assert any(row["outcome"] == "passed" for row in got.report["requirements"])
    assert list(problems(got.report)) == []
    assert "The target does not answer." in got.said
    # The honest server answers [] to everything, wrong requests included: that stays found.
    failed = {r["id"] for r in got.report["requirements"] if r["outcome"] == "failed"}
    assert got.code == (1 if failed else 3)


@pytest.mark.parametrize("name", ["endless", "long-string", "nesting"])
def test_a_target_that_turns_bad_under_way(name: str, tmp_path: Path) -> None:
    with Hostile(name, after=25) as url:
        got = command(url, tmp_path, "--max-requests", "120", "--no-fuzz")
    assert got.code == 1
    assert got.report["stopped_by"] == {"nesting": None}.get(name, "volume")
    assert got.seconds <= SECONDS
    assert got.megabytes <= MEGABYTES
    assert list(problems(got.report)) == []


@pytest.mark.parametrize("after", [0, 3])
def test_credentials_do_not_follow_a_redirect_to_another_host(after: int, tmp_path: Path) -> None:
    server = Hostile("redirect-elsewhere", after=after)
    key = "a-key-that-nobody-may-see"
    with server as url:
        more = ("--header-env", "X-API-Key=OUR_KEY", "--quick")
        got = command(url, tmp_path, *more, env={"OUR_KEY": key})
    assert any(key.encode() in request for request in server.requests)
    assert server.requests_elsewhere == []
    assert key not in got.said + json.dumps(got.report)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    got = in_process(f"http://127.0.0.1:{port}")
    assert got.code == 3
    assert "refuses connections. Check the port" in got.said


def test_a_host_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*args: Any, **named: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    got = in_process("http://nowhere.example")
    assert got.code == 3
    assert "has no address. Check its spelling" in got.said
    assert got.report["preflight"][0]["blame"] == "configuration"


class Guarded(http.server.BaseHTTPRequestHandler):
    """Answers 401 to everybody."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def guarded() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guarded) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("credentials", "advice"),
    [
        ((), "asks for credentials .* --header-env"),
        ((("X-API-Key", "wrong"),), "credentials are refused .* Check the header name and the key"),
    ],
)
def test_a_key_that_is_missing_or_refused(credentials: Any, advice: str) -> None:
    with guarded() as url:
        got = in_process(url, credentials=credentials)
    assert got.code == 2
    assert re.search(advice, got.said)


Command = Callable[..., Any]


def test_unknown_standards_and_versions_are_listed(mobstd: Command) -> None:
    for name in ("nothing@1.0", "ocss", "ocss@9.9", "ocss@"):
        got = mobstd("check", "http://127.0.0.1:9", "--standard", name)
        assert got.code == 2
        assert STANDARD in got.err
        assert "Traceback" not in got.err


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--role", "nobody"), "operator"),
        (("--block", "nothing"), "driver-journeys"),
        (("--only", "OCSS-SEARCH-99"), "OCSS-SEARCH-99"),
        (("--area", "Atlantis"), "Atlantis"),
        (("--header-env", "X-API-Key=NOT_SET_ANYWHERE"), "NOT_SET_ANYWHERE"),
        (("--header-env", "X-API-Key"), "X-API-Key"),
        (("--json", "/dev/null/report.json"), "/dev/null/report.json"),
        (("--now", "yesterday"), "yesterday"),
        (("--rate", "fast"), "fast"),
        (("--hint", "getDriverJourneys"), "getDriverJourneys"),
    ],
)
def test_wrong_options(mobstd: Command, more: tuple[str, ...], words: str) -> None:
    with Hostile("not-an-array") as url:
        got = mobstd("check", url, "--standard", STANDARD, *more)
    assert got.code == 2
    assert words in got.err
    assert "Traceback" not in got.err


def test_a_broken_profile_names_key_and_line(mobstd: Command, tmp_path: Path) -> None:
    file = tmp_path / "mobstd.toml"
    file.write_text(f'target = "http://127.0.0.1:9"\nstandard = "{STANDARD}"\ntargte = "x"\n')
    got = mobstd("check", "--profile", str(file))
    assert got.code == 2
    assert "targte" in got.err
    assert "3" in got.err


def test_a_secret_that_is_not_set_is_named(mobstd: Command, tmp_path: Path) -> None:
    file = tmp_path / "mobstd.toml"
    file.write_text(
        f'target = "http://127.0.0.1:9"\nstandard = "{STANDARD}"\n'
        '[auth]\nkind = "header"\nheader = "X-API-Key"\nsecret = "${NOT_SET_ANYWHERE}"\n'
    )
    got = mobstd("check", "--profile", str(file))
    assert got.code == 2
    assert "NOT_SET_ANYWHERE" in got.err
