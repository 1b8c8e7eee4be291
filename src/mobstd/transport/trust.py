"""Whom a connection trusts: certificate authorities, and the proxies that the environment names."""

from __future__ import annotations

import ssl
import urllib.request

from mobstd.errors import ConfigError
from mobstd.transport.address import Address

__all__ = ["environment_proxy", "tls_context"]


def tls_context(verify: bool | str | ssl.SSLContext) -> ssl.SSLContext:
    """Return the context of TLS connections.

    Args:
        verify: whether certificates are checked, against certifi and the system's store; or the
            path of a CA file that is trusted besides the system's; or a context as it is.

    Raises:
        ConfigError: for a CA file that cannot be used.
    """
    if isinstance(verify, ssl.SSLContext):
        return verify
    context = ssl.create_default_context()
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        context.load_verify_locations(_certifi() if verify is True else verify)
    except OSError as error:
        raise ConfigError("transport.ca-file", file=str(verify), reason=str(error)) from None
    return context


def environment_proxy(address: Address) -> str | None:
    """Return the proxy that the environment names for an address; none for this very machine."""
    if address.is_loopback or urllib.request.proxy_bypass(address.host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(address.scheme) or proxies.get("all")


def _certifi() -> str:
    import certifi

    return certifi.where()
