"""Web pages that ask nobody for anything: no request leaves them, no script but theirs runs.

A page is a template, ``page.html.j2``, that fills the frame of this room, with ``page.css`` and
``page.js`` of its own where it has them. It is in both languages: one shows, and a button shows the
other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

from mobstd import __version__
from mobstd.errors import MissingExtra
from mobstd.messages import LANGUAGES, render

__all__ = ["Page"]

_FRAME = "frame.html.j2"


class Page:
    """The template of a package's page.

    Args:
        package: where its files are.
        words: names that the template knows, beside ``say(code, **params)`` for a message and
            ``both(texts)`` for texts by language, each in both languages. The page is given
            ``title``, by language, when it is rendered.
        filters: filters that the template knows.
        sends: whether a form of the page goes to where the page came from; nothing leaves it
            otherwise.

    Raises:
        MissingExtra: without jinja2.
    """

    def __init__(
        self,
        package: str,
        words: Mapping[str, Any],
        filters: Mapping[str, Callable[..., Any]] | None = None,
        *,
        sends: bool = False,
    ) -> None:
        try:
            from jinja2 import DictLoader, Environment, StrictUndefined
        except ImportError:
            raise MissingExtra("output.needs-jinja") from None
        from markupsafe import Markup

        css, js = (
            _file(__package__, f"frame.{kind}") + _file(package, f"page.{kind}")
            for kind in ("css", "js")
        )
        page = "page.html.j2"
        environment = Environment(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            keep_trailing_newline=True,
            loader=DictLoader({_FRAME: _file(__package__, _FRAME), page: _file(package, page)}),
        )
        environment.filters |= filters or {}
        environment.globals |= {
            "frame": _FRAME,
            "css": Markup(css),
            "js": Markup(js),
            "css_hash": _hash(css),
            "js_hash": _hash(js),
            "version": __version__,
            "form_action": Markup("'self'" if sends else "'none'"),
            "text": lambda code, lang, **params: render(code, params, lang),
            "texts": _texts,
            "say": lambda code, **params: _both(_texts(code, **params)),
            "both": _both,
            **words,
        }
        self._template = environment.get_template(page)

    def render(self, lang: str, **params: Any) -> str:
        """Return the page; ``lang`` shows first."""
        page: str = self._template.render(lang=lang if lang in LANGUAGES else "en", **params)
        return page


def _texts(code: str, **params: Any) -> dict[str, str]:
    """Return a message by language; so may parameters be."""
    return {
        lang: render(
            code, {k: v[lang] if isinstance(v, Mapping) else v for k, v in params.items()}, lang
        )
        for lang in LANGUAGES
    }


def _both(texts: Mapping[str, str]) -> Any:
    from markupsafe import Markup

    spans = (Markup('<span lang="{}">{}</span>').format(lang, texts[lang]) for lang in LANGUAGES)
    return Markup("").join(spans)


def _file(package: str, name: str) -> str:
    path = files(package).joinpath(name)
    return path.read_text("utf-8") if path.is_file() else ""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
