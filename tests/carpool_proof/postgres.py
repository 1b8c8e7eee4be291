"""A PostgreSQL for tests: the one that runs here, or one that is started for them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

__all__ = ["server"]

HERE = "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def server() -> Iterator[str | None]:
    """Yield the URL of a server, ``None`` where there is none and none can be started."""
    url = os.environ.get("MOBSTD_POSTGRES", HERE)
    with suppress(psycopg.Error):
        psycopg.connect(url, connect_timeout=5).close()
        yield url
        return
    yield from _started()


def _started() -> Iterator[str | None]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    tool = shutil.which("pg_ctl") or (str(found[-1]) if found else None)
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    if tool is None or (os.geteuid() == 0 and not any(p.pw_name == user for p in pwd.getpwall())):
        yield None
        return
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        as_user = {"user": user} if os.geteuid() == 0 else {}
        if as_user:
            shutil.chown(folder, user)

        def run(*words: str) -> None:
            subprocess.run(
                [tool, "-D", f"{folder}/data", *words],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                **as_user,  # type: ignore[call-overload]
            )

        run("initdb", "-o", "-A trust -U postgres -E UTF8 --no-sync")
        run("-w", "-l", f"{folder}/log", "-o", f"-k {folder} -h '' -F", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run("-w", "-m", "immediate", "stop")
