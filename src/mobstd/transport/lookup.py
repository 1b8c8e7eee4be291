"""Host names to addresses, within a time limit that ``getaddrinfo`` itself does not know."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from typing import Any

__all__ = ["look_up"]


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of a host, in the order to try them.

    Raises:
        TimeoutError: where the resolver took longer than ``seconds``.
        OSError: where the name has no address.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    found: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def work() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.put(error)
        except UnicodeError as error:
            found.put(socket.gaierror(socket.EAI_NONAME, str(error)))

    threading.Thread(target=work, daemon=True, name="mobstd-lookup").start()
    try:
        result = found.get(timeout=max(seconds, 0))
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(result, OSError):
        raise result
    return list(dict.fromkeys(str(entry[4][0]) for entry in result))
