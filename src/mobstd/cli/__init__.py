"""The command line: ``mobstd VERB ...``. One module per verb here, and no logic in it.

A module has ``add(subparsers)``: it registers its verb on an argparse subparsers object and sets
``func``, which takes the parsed arguments and returns the exit code::

    def add(subparsers: Subparsers) -> None:
        parser = subparsers.add_parser("explain", help=say("cli.explain.summary"))
        parser.add_argument("id", metavar=say("cli.explain.id"), help=say("cli.explain.id.help"))
        parser.set_defaults(func=run)

Only the module of the chosen verb is imported, so it may import what it needs when it runs. The
summaries are in ``VERBS``, so that ``mobstd --help`` imports none. A standard contributes verbs by
``Plug.commands``; ``schemas`` is a folder of verbs. The options ``--lang`` and ``--root`` belong to
every verb and stand anywhere; a verb finds them as ``args.lang`` and ``args.roots``. Results go to
stdout, talk to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

__all__ = ["VERBS", "main"]

VERBS = {
    "init": "cli.init.summary",
    "standards": "cli.standards.summary",
    "explain": "cli.explain.summary",
    "check": "cli.check.summary",
    "replay": "cli.replay.summary",
    "report": "cli.report.summary",
    "validate": "cli.validate.summary",
    "serve": "cli.serve.summary",
    "judge": "cli.judge.summary",
    "watch": "cli.watch.summary",
    "generate": "cli.generate.summary",
    "bundle": "cli.bundle.summary",
    "schemas": "cli.schemas.summary",
    "demo": "cli.demo.summary",
}
"""Every verb of mobstd itself, with the message code of its summary."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0: conforming, or done. 1: a MUST failed, a document was refused, a file is stale. 2: wrong
    usage or configuration. 3: inconclusive, unreachable, interrupted. 4: a fault of mobstd.
    """
    from mobstd.cli.dispatch import dispatch
    from mobstd.cli.failing import explained

    before = os.environ.get("MOBSTD_LANG")
    try:
        return explained(dispatch, sys.argv[1:] if argv is None else list(argv))
    finally:
        if before is None:
            os.environ.pop("MOBSTD_LANG", None)
        else:
            os.environ["MOBSTD_LANG"] = before
