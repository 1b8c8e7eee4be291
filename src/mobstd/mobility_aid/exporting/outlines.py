"""Outlines of places, from files of those who keep them: joined by type and official code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson, parse_json

__all__ = ["Outlines", "outlines_of"]

Outlines = Mapping[str, Mapping[str, Any]]
"""The geometry of a place by ``type:code``."""

TYPES = ("commune", "epci", "aom", "department", "region", "country")
LARGEST = 200 << 20
"""Bytes of a file; the communes of France at 50 metres have some 50 MB."""

_CODES = ("code", "insee", "code_insee", "siren", "code_siren")
"""The properties of a feature that may hold its code, the first that is there."""

_AREAS = {"Polygon": 2, "MultiPolygon": 3}
"""How deep the positions of a geometry lie."""


def outlines_of(named: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return the outlines of files, each named as ``TYPE=FILE``: its features are of that type.

    A code alone would be a guess: 75 is a department and a region.

    Raises:
        ConfigError: for a type that is none, a file that can't be read or is no collection of
            features, a feature without a code or an outline, and a code that stands there twice.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for one in named:
        kind, _, file = one.partition("=")
        if kind not in TYPES or not file:
            raise ConfigError("aids.outlines.named", value=one, known=", ".join(TYPES))
        for place, (code, geometry) in enumerate(_features(file), 1):
            name = f"{kind}:{code}"
            if code is None or geometry is None or name in found:
                raise ConfigError(
                    "aids.outlines.feature", file=file, number=place, what=code or "-"
                )
            found[name] = geometry
    return found


def _features(file: str) -> Iterator[tuple[str | None, Mapping[str, Any] | None]]:
    try:
        if Path(file).stat().st_size > LARGEST:
            raise ConfigError("aids.outlines.large", file=file, most=LARGEST >> 20)
        stated = parse_json(Path(file).read_bytes())
    except OSError as error:
        raise ConfigError("aids.unreadable-file", file=file, why=error.strerror) from None
    except NotJson:
        stated = None
    features = stated.get("features") if isinstance(stated, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise ConfigError("aids.outlines.none", file=file)
    for one in features:
        yield _code(one.get("properties")), _area(one.get("geometry"))


def _code(properties: Any) -> str | None:
    if not isinstance(properties, dict):
        return None
    return next((c for name in _CODES if isinstance(c := properties.get(name), str) and c), None)


def _area(geometry: Any) -> Mapping[str, Any] | None:
    """Return an outline: a polygon or several, in degrees; ``None`` where it is none."""
    if not isinstance(geometry, dict) or str(geometry.get("type")) not in _AREAS:
        return None
    parts: Any = [geometry.get("coordinates")]
    for _ in range(_AREAS[geometry["type"]]):
        if not all(isinstance(one, list) and one for one in parts):
            return None
        parts = [part for one in parts for part in one]
    if not all(map(_is_position, parts)):
        return None
    return {name: geometry[name] for name in ("type", "coordinates")}


def _is_position(value: Any) -> bool:
    if not isinstance(value, list) or len(value) < 2:
        return False
    right = all(isinstance(n, (int, float)) and not isinstance(n, bool) for n in value)
    return right and abs(value[0]) <= 180 and abs(value[1]) <= 90
