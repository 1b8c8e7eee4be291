"""What the log may say: never a header, a body, or the value of a parameter."""

from __future__ import annotations

import logging

from mobstd.judging.exchange import Request, Response

__all__ = ["logger", "note"]

logger = logging.getLogger("mobstd")


def note(request: Request, response: Response, host: str) -> None:
    """Write one line about an exchange, at level DEBUG."""
    if logger.isEnabledFor(logging.DEBUG):
        names = "&".join(dict.fromkeys(name for name, _ in request.query))
        logger.debug(
            "%s %s%s%s -> %d, %d bytes in %.0f ms",
            request.method,
            host,
            request.path,
            f"?{names}" if names else "",
            response.status,
            len(response.body),
            response.elapsed * 1000,
        )
