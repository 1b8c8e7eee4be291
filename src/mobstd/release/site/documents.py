"""The pages for the three readers, as they are packaged; in English."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path

from mobstd.canon.root import packaged

__all__ = ["READERS", "Document", "documents"]

READERS = ("operator", "platform", "maintainer")
"""Whom a page of their own is written for."""

_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s#:]+)(?P<fragment>#[^)\s]*)?\)")
_SOURCE = "Source"


@dataclass(frozen=True)
class Document:
    """A page in Markdown.

    Attributes:
        path: its place in the site, without a suffix.
        text: the page; what it links to and is not in the site is linked to at the source.
        below: the paths of the pages that stand below it in the navigation.
    """

    path: str
    text: str
    below: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What it is called: its first heading, without marks."""
        return self.text.partition("\n")[0].lstrip("# ").replace("`", "")


def documents() -> list[Document]:
    """Return the packaged pages; none where mobstd was installed without them."""
    folder = packaged().folder / "docs"
    texts = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in sorted(folder.rglob("*.md"))
    }
    if "index.md" not in texts:
        return []
    source = _source()
    below = _below(texts)
    return [
        Document(_place(name), _linked(text, name, folder, source), below.get(name, ()))
        for name, text in texts.items()
    ]


def _place(name: str) -> str:
    return f"docs/{name.removesuffix('.md')}"


def _below(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return what stands below a page: what lies in the folder that it is the entry of."""
    found: dict[str, list[str]] = {}
    first = [f"{reader}.md" for reader in READERS]
    for name in [*first, *(name for name in texts if name not in first)]:
        folder, _, file = name.rpartition("/")
        entry = f"{folder}/README.md" if f"{folder}/README.md" in texts else f"{folder}.md"
        parent = entry if folder and entry in texts and file != "README.md" else "index.md"
        if name in texts and name != "index.md":
            found.setdefault(parent, []).append(_place(name))
    return {name: tuple(every) for name, every in found.items()}


def _source() -> str:
    """Return where the source of mobstd is, as its metadata says."""
    urls = (line.partition(",") for line in metadata("mobstd").get_all("Project-URL") or ())
    known = {name.strip(): url.strip() for name, _, url in urls}
    return f"{known[_SOURCE]}/blob/main" if _SOURCE in known else ""


def _linked(text: str, name: str, folder: Path, source: str) -> str:
    """Return a page whose links to what is beside the docs lead to the source."""
    here = posixpath.dirname(name)

    def linked(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", here, match["target"]))
        inside = target.startswith("docs/") and (folder / target.removeprefix("docs/")).is_file()
        return match[0] if inside else f"]({source}/{target}{match['fragment'] or ''})"

    return "".join(_outside(text, linked))


def _outside(text: str, linked: Callable[[re.Match[str]], str]) -> Iterator[str]:
    """Yield a text with its links replaced, code as it is."""
    end = 0
    for block in _FENCED.finditer(text):
        yield _LINK.sub(linked, text[end : block.start()])
        yield block[0]
        end = block.end()
    yield _LINK.sub(linked, text[end:])
