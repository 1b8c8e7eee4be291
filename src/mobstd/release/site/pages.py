"""Pages as HTML, made from dossiers by templates; whatever a standard says is escaped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from mobstd.errors import MissingExtra
from mobstd.messages import render
from mobstd.release.site.badges import KINDS, kill_rate
from mobstd.release.site.documents import READERS
from mobstd.release.site.dossier import Dossier
from mobstd.release.site.downloads import Download, folder_of
from mobstd.release.site.members import MOST, members

__all__ = ["Page", "Subject", "home", "pages", "place"]

PARTS = (
    "requirements",
    "operations",
    "schemas",
    "ambiguities",
    "vectors",
    "changes",
    "downloads",
)
"""The pages of a version beside its own, in the order of the navigation."""


@dataclass(frozen=True)
class Page:
    """A page, and what the navigation has below it.

    Attributes:
        path: its place in the site of its language, without a suffix.
        html: its body; each heading stands at the top level and is plain text.
        below: the pages below, each with what it is called there.
    """

    path: str
    html: str
    below: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Subject:
    """What a site is about.

    Attributes:
        dossiers: its versions, by name and number.
        downloads: what is handed out, by version.
        documents: whether the pages for the three readers are beside it.
        judging: whether the page is there on which a document is judged in the browser.
    """

    dossiers: Sequence[Dossier]
    downloads: Mapping[str, Sequence[Download]] = field(default_factory=dict)
    documents: bool = False
    judging: bool = False

    @property
    def names(self) -> Mapping[str, Sequence[Dossier]]:
        """The dossiers by the name of their standard."""
        found: dict[str, list[Dossier]] = {}
        for one in self.dossiers:
            found.setdefault(one.version.name, []).append(one)
        return found


def place(one: Dossier, part: str = "index") -> str:
    """Return the path of a page of a version."""
    return f"standards/{one.version.name}/{one.version.version}/{part}"


def home(subject: Subject, lang: str) -> Page:
    """Return the first page."""
    names = [(name, f"standards/{name}/index") for name in subject.names]
    below = (*names, *([("docs", "docs/index")] if subject.documents and lang == "en" else []))
    below = tuple((render("site.docs", {}, lang) if at == "docs" else at, to) for at, to in below)
    return _Writer(subject, lang).page("index", "home", below)


def pages(subject: Subject, lang: str) -> Iterator[Page]:
    """Yield every page of the standards, in one language.

    Raises:
        MissingExtra: without jinja2.
    """
    writer = _Writer(subject, lang)
    for name, every in subject.names.items():
        below = tuple((str(one.version), place(one)) for one in reversed(every))
        yield writer.page(f"standards/{name}/index", "standard", below, name=name, every=every)
        for one in every:
            parts = [part for part in PARTS if _there(subject, one, part)]
            below = tuple(
                (render(f"site.part.{part}", {}, lang), place(one, part)) for part in parts
            )
            yield writer.page(place(one), "version", below, one=one, parts=parts)
            for part in parts:
                yield writer.page(place(one, part), part, one=one, parts=parts)


def _there(subject: Subject, one: Dossier, part: str) -> bool:
    """Say whether there is something to show on a page."""
    shown: Mapping[str, Any] = {
        "requirements": one.rows,
        "operations": any(one.operations.values()),
        "schemas": one.schemas,
        "ambiguities": one.ambiguities,
        "vectors": one.vectors,
        "changes": one.before is not None,
        "downloads": subject.downloads.get(str(one.version)),
    }
    return bool(shown[part])


class _Writer:
    """The templates in one language."""

    def __init__(self, subject: Subject, lang: str) -> None:
        try:
            from jinja2 import Environment, FunctionLoader, StrictUndefined
        except ImportError:
            raise MissingExtra("site.extra") from None
        environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            loader=FunctionLoader(_template),
        )
        environment.globals |= {
            "subject": subject,
            "lang": lang,
            "other": "fr" if lang == "en" else "en",
            "say": lambda code, **params: render(code, params, lang),
            "t": lambda texts: _text(texts, lang),
            "members": members,
            "most": MOST,
            "folder_of": folder_of,
            "kill_rate": kill_rate,
            "badges": KINDS,
            "readers": READERS,
            "params": _params,
            "anchor": _anchor,
        }
        environment.filters |= {"json": _json, "size": lambda count: _size(count, lang)}
        self._environment = environment
        self._lang = lang

    def page(
        self, path: str, template: str, below: tuple[tuple[str, str], ...] = (), **params: Any
    ) -> Page:
        """Return the page at a path; ``root`` leads from it to the top of the site."""
        depth = path.count("/") + (self._lang != "en")
        made = self._environment.get_template(f"{template}.html.j2")
        return Page(path, made.render(root="../" * depth, path=path, **params), below)


def _template(name: str) -> str | None:
    path = files(__package__) / "templates" / name
    return path.read_text("utf-8") if path.is_file() else None


def _text(texts: Any, lang: str) -> str:
    if isinstance(texts, Mapping):
        return str(texts.get(lang) or texts.get("en") or "")
    return str(texts)


def _json(value: Any, most: int = 0) -> str:
    """Return a value as indented JSON; of one that is too long, its beginning."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return text if not most or len(text) <= most else f"{text[:most]}…"


def _params(check: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a check, as JSON where they are no plain text."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in check.items()
        if name not in ("kind", "message")
    }


def _anchor(heading: str) -> str:
    """Return the name that a heading gets in the address of its page."""
    return re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")


def _size(count: int, lang: str) -> str:
    """Return a number of bytes for people."""
    unit = "B" if lang == "en" else "o"
    if count < 1000:
        return f"{count} {unit}"
    return f"{count / 1000:.0f} k{unit}" if count < 1e6 else f"{count / 1e6:.1f} M{unit}"
