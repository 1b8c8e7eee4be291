"""Media types and ranges of them: which one of two versions covers which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

__all__ = ["concrete", "covering", "normal", "paired"]

_TRIED = (
    "application/json", "application/xml", "application/octet-stream", "text/plain", "text/csv",
    "image/png", "multipart/form-data",
)  # fmt: skip
_PLAIN = "charset=utf-8"
"""What a type without it means as well."""


def normal(media: str) -> str:
    """Return a media type in lower case, without spaces and without what goes without saying."""
    kind, *parameters = media.lower().replace(" ", "").split(";")
    return ";".join([kind, *sorted(p for p in parameters if p and p != _PLAIN)])


def covering(media: str, known: Iterable[str]) -> str | None:
    """Return the closest of the known types and ranges that has all that one has, if any."""
    wide = [other for other in known if _covers(other, media)]
    return max(wide, key=lambda other: (-other.count("*"), len(other)), default=None)


def concrete(media: str, known: Iterable[str]) -> str | None:
    """Return a media type that one has and none of the known ones; ``None`` if none is found."""
    known = list(known)
    example = media.replace("*/*", "application/*").replace("*", "x-example")
    tried = (*_TRIED, example) if "*" in media else (media,)
    return next((t for t in tried if _covers(media, t) and covering(t, known) is None), None)


def paired(old: Iterable[str], new: Iterable[str]) -> Iterator[tuple[str | None, str | None]]:
    """Yield the types that meet in two versions; one that nothing covers stands with ``None``."""
    old, new = list(old), list(new)
    seen = set()
    for media in old:
        seen.add((media, covering(media, new)))
        yield media, covering(media, new)
    for media in new:
        met = covering(media, old), media
        if met not in seen:
            yield met


def _covers(wide: str, narrow: str) -> bool:
    (kind, *asked), (other, *given) = wide.split(";"), narrow.split(";")
    first, _, second = kind.partition("/")
    one, _, two = other.partition("/")
    return first in ("*", one) and second in ("*", two) and set(asked) <= set(given)
