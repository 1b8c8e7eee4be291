"""Bridges: a partner that speaks another standard, shown as one that speaks the wanted one."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from mobstd.canon.plug import plugs, resolve
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError, UnknownName
from mobstd.serving.asgi import Asgi

__all__ = ["bridge", "settings"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_SECRET = re.compile(r"(?<!public_)key|token|secret|password")


def bridge(version: Version, source: str) -> Callable[..., Asgi]:
    """Return what builds the bridge to a partner, given as ``standard=URL``.

    Raises:
        ConfigError: where the source is written in another way.
        UnknownName: where no plug has such a bridge; the message lists those that there are.
    """
    name, _, url = source.partition("=")
    if not name or not url:
        raise ConfigError("serving.bad-source")
    known = {
        other: reference
        for plug in plugs().values()
        for (served, other), reference in (plug.bridges or {}).items()
        if served == str(version)
    }
    if name not in known:
        raise UnknownName(
            "serving.no-bridge", wanted=name, version=str(version), known=", ".join(known) or "-"
        )
    return partial(resolve(known[name]), url)


def settings(
    given: Iterable[str], environment: Mapping[str, str] = os.environ
) -> Mapping[str, str]:
    """Return the settings that stand in ``name=value`` texts; ``${VAR}`` is a variable's value.

    Raises:
        ConfigError: for another form, a variable that is not set, or a secret in the clear.
    """
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.replace("-", "_")
        variable = _VARIABLE.fullmatch(value)
        if not name.isidentifier() or not equals:
            raise ConfigError("serving.bad-setting")
        if variable is None and _SECRET.search(name):
            raise ConfigError("serving.secret-in-the-clear", name=name)
        if variable is not None:
            value = environment.get(variable[1], "")
            if not value:
                raise ConfigError("serving.no-key", name=variable[1])
        found[name] = value
    return found
