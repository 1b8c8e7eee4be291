"""The fenced blocks of a Markdown page, and how each is run.

The line before a block says what is done with it::

    <!-- test -->                  it is run; `console` blocks are compared with what comes out
    <!-- file: operator.py -->     it is written to a file that later blocks of the page use
    <!-- not tested: why -->       it is left alone

In a ``console`` block a line that begins with ``$`` is a command, with its continuation lines
(``>``); the rest is what it writes, where ``...`` stands for any text, also in several lines. A
command that ends with ``&`` stays until the page ends; it is waited for until it has written what
the block says. Ports 8000 to 8099 are replaced by free ones.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

__all__ = ["Block", "Page", "blocks"]

TIMEOUT = 120.0

_BLOCK = re.compile(
    r"^(?:<!--[ ](?P<mark>test|file:[ ]*(?P<file>\S+)|not[ ]tested:[^>]+)[ ]-->\n)?"
    r"^```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)
_PORT = re.compile(r"\b80[0-9]{2}\b")


@dataclass(frozen=True)
class Block:
    """A fenced block; ``mark`` is ``test``, ``file`` or ``not tested``; empty: nothing is said."""

    language: str
    text: str
    line: int
    mark: str
    file: str = ""


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page, in order."""
    for match in _BLOCK.finditer(page):
        mark = (match["mark"] or "").partition(":")[0]
        line = page[: match.start("text")].count("\n") + 1
        yield Block(match["language"], match["text"], line, mark, match["file"] or "")


@dataclass
class Page:
    """Runs the blocks of one page in one folder."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    ports: dict[str, str] = field(default_factory=dict)
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, block: Block) -> None:
        """Run one block.

        Raises:
            AssertionError: where what comes out is not what the page says.
        """
        text = _PORT.sub(self._port, block.text)
        if block.mark == "file":
            path = self.folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        elif block.language == "python":
            self._python(text, block.line)
        else:
            for command, expected in _commands(text):
                self._console(command, expected)

    def _port(self, match: re.Match[str]) -> str:
        if match[0] not in self.ports:
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                self.ports[match[0]] = str(listener.getsockname()[1])
        return self.ports[match[0]]

    def _python(self, text: str, line: int) -> None:
        code = compile("\n" * (line - 1) + text, "<page>", "exec")
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            exec(code, self.names)
        finally:
            os.chdir(before)

    def _console(self, command: str, expected: str) -> None:
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "LANG": "en_GB.UTF-8"}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        stays = command.rstrip().endswith("&")
        process = subprocess.Popen(
            ["sh", "-c", command.rstrip().removesuffix("&")],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.running.append(process)
        assert process.stdout is not None
        if stays:
            seen = _until(process.stdout, expected)
        else:
            seen, _ = process.communicate(timeout=TIMEOUT)
            self.running.remove(process)
        assert _pattern(expected).fullmatch(seen), f"$ {command}\n{seen}\n-- expected:\n{expected}"

    def close(self) -> None:
        """End what still runs."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=TIMEOUT)
        self.running.clear()


def _until(stream: IO[str], expected: str) -> str:
    """Read until what was expected has come, or the stream or the time ends."""
    seen, deadline = "", time.monotonic() + TIMEOUT
    while not _pattern(expected).fullmatch(seen) and time.monotonic() < deadline:
        line = stream.readline()
        if not line:
            break
        seen += line
    return seen


def _commands(text: str) -> Iterator[tuple[str, str]]:
    command, expected = "", ""
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            if command:
                yield command, expected
            command, expected = line[2:], ""
        elif line.startswith("> ") and command and not expected:
            command += line[2:]
        else:
            expected += line
    if command:
        yield command, expected


def _pattern(expected: str) -> re.Pattern[str]:
    """Return the pattern of an output; ``...`` alone on a line stands for any lines, or none."""
    found = ""
    for line in expected.splitlines():
        if line.strip() == "...":
            found += r"(?:.*\n)*?"
        else:
            found += ".*?".join(map(re.escape, line.rstrip().split("..."))) + r"[ ]*\n"
    return re.compile(found)
