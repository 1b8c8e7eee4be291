"""Makes a target act as its users do: by a URL or a command that the profile names."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from mobstd.errors import TransportError
from mobstd.judging.exchange import Request

__all__ = ["Trigger", "trigger"]

LONGEST = 60.0
"""Seconds that a trigger may take to do what it is asked for."""


@dataclass(frozen=True)
class Trigger:
    """What makes the target act.

    Attributes:
        send: gets what is to be done; returns why it could not be told, ``None`` where it was.
        wait: seconds to wait for what the target then calls.
    """

    send: Callable[[Mapping[str, Any]], str | None]
    wait: float


def trigger(how: str | Sequence[str], wait: float) -> Trigger:
    """Return the trigger that a profile names: a URL to post to, or a command.

    Both get the same JSON document, the command on its standard input.
    """
    return Trigger(_posting(how) if isinstance(how, str) else _running(how), wait)


def _posting(url: str) -> Callable[[Mapping[str, Any]], str | None]:
    from mobstd.transport.http import Sender

    split = urlsplit(url)

    def send(wanted: Mapping[str, Any]) -> str | None:
        headers = (("Content-Type", "application/json"),)
        target = (split.path or "/") + (f"?{split.query}" if split.query else "")
        sender = Sender(f"{split.scheme}://{split.netloc}", timeout=LONGEST)
        try:
            response = sender.send(Request("POST", target, (), headers, _said(wanted)))
        except TransportError as error:
            return str(error)
        finally:
            sender.close()
        return None if 200 <= response.status < 300 else f"HTTP {response.status}"

    return send


def _running(words: Sequence[str]) -> Callable[[Mapping[str, Any]], str | None]:
    def send(wanted: Mapping[str, Any]) -> str | None:
        try:
            done = subprocess.run(
                list(words), input=_said(wanted), timeout=LONGEST, capture_output=True, check=False
            )
        except subprocess.TimeoutExpired:
            return f"> {LONGEST:.0f} s"
        except (OSError, ValueError) as error:
            return getattr(error, "strerror", None) or str(error)
        if done.returncode == 0:
            return None
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return " ".join([f"exit {done.returncode}", *said])[:300]

    return send


def _said(wanted: Mapping[str, Any]) -> bytes:
    return json.dumps(wanted, ensure_ascii=False).encode()
