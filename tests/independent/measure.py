"""Measure mobstd on an operator that knows nothing of it: ``python -m independent.measure``.

Run from ``tests/``. ``--over-http`` serves it with uvicorn; names choose faults and styles.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.server
import logging
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.standard import find
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.judging.catalogue import catalogue
from mobstd.transport import AsgiSender

from .cleanroom import NOW, Operator, app
from .faults import FAULTS
from .styles import STYLES

STANDARD = "ocss@1.0-alpha"
KEY = "s3cret-key"
USUAL = ("OCSS-PRICE-02", "OCSS-REG-13")
"""Rows that warn of any operator: some journeys have no price, some trips no slots."""


def umbrellas() -> set[str]:
    rows = catalogue(find(STANDARD, ()), "operator").rows.values()
    return {row.id for row in rows if row.covers}


def judged(
    faults: tuple[str, ...] = (),
    style: tuple[str, ...] = (),
    *,
    seed: int = 0,
    over_http: bool = False,
    **options: Any,
) -> dict[str, Any]:
    """Return the report on an operator with these faults and styles."""
    about = [FAULTS[f] for f in faults] + [STYLES[s] for s in style]
    profile: dict[str, Any] = {}
    for one in about:
        profile |= one.profile
    keyed = any(one.setting == "key" for one in about)
    Operator.key = KEY if keyed else None
    world = options.pop("world", {})
    served = app(faults, style, **world)
    if keyed:
        options["credentials"] = (("X-API-Key", KEY),)
    options.setdefault("now", datetime.fromtimestamp(NOW, UTC))
    options.setdefault("with_fuzz", False)
    options.setdefault("sleep", lambda seconds: None)
    base = next((s.base for s in map(STYLES.get, style) if s and s.base), "")
    wire = next((s for s in style if STYLES[s].wire), "")
    with sender(served, base, over_http or bool(wire), wire) as found:
        return check(found, Profile("test:app", STANDARD, **profile), Options(seed=seed, **options))


@contextlib.contextmanager
def sender(served: Any, base: str, over_http: bool, wire: str) -> Iterator[Any]:
    logging.disable(logging.ERROR)
    try:
        with _sender(served, base, over_http, wire) as found:
            yield found
    finally:
        logging.disable(logging.NOTSET)


@contextlib.contextmanager
def _sender(served: Any, base: str, over_http: bool, wire: str) -> Iterator[Any]:
    from mobstd.transport.http import Sender

    if not over_http:
        inside = AsgiSender(served, f"http://app.localhost{base}")
        try:
            yield inside
        finally:
            inside.close()
        return
    with one_by_one(served) if wire == "http10" else uvicorned(served, wire) as origin:
        outside = Sender(origin + base)
        try:
            yield outside
        finally:
            outside.close()


@contextlib.contextmanager
def uvicorned(served: Any, wire: str) -> Iterator[str]:
    import uvicorn

    config = uvicorn.Config(
        served,
        host="::1" if wire == "loopback6" else "127.0.0.1",
        port=0,
        log_level="critical",
        lifespan="off",
        date_header=wire != "undated",
        server_header=wire != "undated",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(5)


@contextlib.contextmanager
def one_by_one(served: Any) -> Iterator[str]:
    """Serve with HTTP/1.0, one connection for each answer, one answer at a time."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            headers = [(k.lower().encode(), v.encode()) for k, v in self.headers.items()]
            scope = {
                "type": "http",
                "method": "GET",
                "path": path,
                "query_string": query.encode(),
                "headers": headers,
            }
            sent: list[Any] = []

            async def receive() -> Any:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Any) -> None:
                sent.append(message)

            asyncio.run(served(scope, receive, send))
            self.send_response(sent[0]["status"])
            for name, value in sent[0]["headers"]:
                self.send_header(name.decode(), value.decode())
            self.end_headers()
            for message in sent[1:]:
                self.wfile.write(message.get("body", b""))

        def log_message(self, *about: Any) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def red(report: dict[str, Any], severity: str | None = None) -> dict[str, list[str]]:
    """Return the findings by row, as one line each."""
    out: dict[str, list[str]] = {}
    for row in report["requirements"]:
        for found in row["findings"]:
            if severity in (None, found["severity"]):
                line = f"{found['operation']} {found['message']['en']} {found['pointer']}"
                out.setdefault(row["id"], []).append(f"[{found['severity']}] {line}")
    return out


def idle_core(report: dict[str, Any]) -> list[str]:
    return [
        f"{block['id']}:{row['id']}={row['outcome']}"
        for block in report["blocks"]
        for row in block["core"]
        if row["outcome"] not in ("passed", "failed", "warned")
    ]


def one(job: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    kind, name, options = job
    clock = time.perf_counter()
    if kind == "fault":
        report = judged((name,), **options)
    else:
        report = judged((), (name,) if name else (), **options)
    return {
        "kind": kind,
        "name": name,
        "verdict": report["verdict"],
        "exit": report["gate"]["exit_code"],
        "requests": report["requests"],
        "red": red(report),
        "errors": sorted(red(report, "error")),
        "core": idle_core(report),
        "seconds": time.perf_counter() - clock,
        "stopped": report["stopped_by"],
    }


def fault_line(result: dict[str, Any], over: set[str]) -> tuple[str, str]:
    fault = FAULTS[result["name"]]
    found = set(result["red"]) - (set(USUAL) - set(fault.rows))
    right = found & set(fault.rows)
    aside = sorted(set(result["errors"]) - set(fault.rows) - over)
    if fault.equivalent:
        state = "flagged!" if result["errors"] else "equivalent"
    elif right:
        state = "collateral" if aside else "killed"
        if not set(result["errors"]) & set(fault.rows):
            state += "-w"
    elif found:
        state = "blamed-other"
    else:
        state = "survived"
    rows = " ".join(sorted(r.removeprefix("OCSS-") for r in right))
    beside = " ".join(r.removeprefix("OCSS-") for r in aside)
    text = f"{state:13} {result['name']:24} {result['verdict']:15} {result['exit']} {rows}"
    return state, text + (f"  ALSO {beside}" if beside else "")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--over-http", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fuzz", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", choices=("faults", "styles"))
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    options = {
        "seed": chosen.seed,
        "over_http": chosen.over_http,
        "with_fuzz": chosen.fuzz,
    }
    wanted = chosen.names
    jobs = [("style", "", options)] if not wanted else []
    if chosen.only != "faults":
        jobs += [("style", n, options) for n in STYLES if not wanted or n in wanted]
    if chosen.only != "styles":
        jobs += [("fault", n, options) for n in FAULTS if not wanted or n in wanted]
    over = umbrellas()
    states: dict[str, list[str]] = {}
    styles = {"clean": 0, "warned": 0, "flagged": 0}
    seconds = requests = 0.0
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for result in pool.map(one, jobs):
            seconds += result["seconds"]
            requests = max(requests, result["requests"])
            if result["kind"] == "fault":
                state, text = fault_line(result, over)
                states.setdefault(state, []).append(result["name"])
                loud = state not in ("killed", "killed-w", "equivalent")
            else:
                expected = {*USUAL, *(STYLES[result["name"]].warns if result["name"] else ())}
                odd = sorted(set(result["red"]) - expected)
                thin = result["name"] and STYLES[result["name"]].thin
                state = "flagged" if result["errors"] else "warned" if odd else "clean"
                styles[state] += 1
                text = f"{state:13} style {result['name'] or '-':18} {result['verdict']:15} "
                text += f"{result['exit']} {result['requests']} " + " ".join(odd)
                if result["core"]:
                    text += f"  IDLE {result['core']}"
                loud = bool(odd) or (bool(result["core"]) and not thin)
            print(text, f"({result['seconds']:.1f} s)", result["stopped"] or "", flush=True)
            if loud or chosen.verbose:
                for row, lines in result["red"].items():
                    for line in lines[:3]:
                        print(f"        {row} {line}"[:260])
    print(f"\nstyles: {styles}; at most {requests:.0f} requests; {seconds:.0f} s")
    for state, names in sorted(states.items()):
        print(f"{state}: {len(names)}")
        if not state.startswith(("killed", "equivalent")) or "collateral" in state:
            print("   ", " ".join(names))


if __name__ == "__main__":
    sys.exit(main())
