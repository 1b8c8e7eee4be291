"""What a default check costs, and what it finds beside bare schemathesis, in one run.

    python bench/check.py [--faults N]

First the default read-only check of the reference operator over HTTP on loopback (aims: at most
400 requests, at most 15 s). Then ``N`` faults, spread over the catalogue, each judged by mobstd and
by schemathesis with the same document and no further data: faults found, and per 1,000 requests.
"""

from __future__ import annotations

import argparse
import sys

from mobstd.canon.plug import plugs, resolve
from mobstd.canon.standard import find
from mobstd.conformance.matrix.__main__ import main as matrix
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.conformance.target import served
from mobstd.transport.http import Sender

STANDARD = "ocss@1.0-alpha"


def default_check() -> bool:
    version = find(STANDARD)
    build = resolve((plugs()[version.name].references or {})[version.version])
    with served(build()) as url, Sender(url) as sender:
        report = check(sender, Profile(url, STANDARD), Options())
    print(
        f"default check: {report['verdict']}, {report['requests']} requests (aim 400), "
        f"{report['duration_seconds']:.1f} s (aim 15)"
    )
    return report["verdict"] == "conforming" and report["requests"] <= 400


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=0, metavar="N")
    args = parser.parse_args()
    right = default_check()
    if args.faults:
        matrix(["--standard", STANDARD, "--with-schemathesis", str(args.faults)])
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
