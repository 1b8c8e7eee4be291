"""What a browser makes of a page: its title and language, what it loads, where it leads."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}
SHOWN = ("stylesheet", "icon", "shortcut icon", "preload", "prefetch", "manifest")


@dataclass
class Seen(HTMLParser):
    """What stands in a page."""

    lang: str = ""
    title: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)
    handlers: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [name for name in known if name.startswith("on")]
        if tag == "html":
            self.lang = known.get("lang", "")
        if "id" in known:
            self.ids.add(known["id"])
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag == "link" and known.get("rel") in SHOWN:
            self.loads.append(known["href"])
        elif tag == "link":
            self.links.append(known["href"])
        if tag == "form" and "action" in known:
            self.links.append(known["action"])
        if tag in LOADED and LOADED[tag] in known:
            self.loads.append(known[LOADED[tag]])
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "title" and not self.title:
            self.title = data.strip()
        self.text.append(data)


def seen(html: str) -> Seen:
    found = Seen()
    found.feed(html)
    found.close()
    return found


def broken(files: Mapping[str, bytes], pages: Mapping[str, Seen], base: str = "") -> Iterator[str]:
    """Yield the links that lead nowhere in a site."""
    for name, page in pages.items():
        for link in (*page.links, *page.loads):
            whole = f"{base}{link.removeprefix(base)}" if base and link.startswith(base) else link
            parts = urlsplit(whole.removeprefix(base) if base else whole)
            if parts.scheme in ("https", "http", "mailto", "data"):
                continue
            here = "" if base and whole.startswith(base) else posixpath.dirname(name)
            target = posixpath.normpath(posixpath.join(here, unquote(parts.path)))
            target = name if not parts.path else target
            if parts.path.endswith("/") or target == ".":
                target = posixpath.normpath(posixpath.join(target, "index.html"))
            if target not in files or parts.scheme:
                yield f"{name}: {link}"
            elif parts.fragment and target in pages:
                known = pages[target].ids | {"", "top"}
                if unquote(parts.fragment) not in known:
                    yield f"{name}: {link}"
