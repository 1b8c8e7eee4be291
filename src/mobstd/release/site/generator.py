"""The one part that knows the generator: Sphinx, its theme Furo, and MyST for Markdown.

A page of ours goes in as Markdown whose headings are Markdown and whose rest is HTML as it stands:
the generator makes contents and search of the headings, and has no other say in the page. The
navigation is ours: the generator's own, with every page on every page, took most of its time.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mobstd import __version__
from mobstd.errors import CanonError, MissingExtra
from mobstd.messages import LANGUAGES, render
from mobstd.release.site.documents import Document
from mobstd.release.site.pages import Page

__all__ = ["Frame", "built", "markdown"]

SECONDS = 600
"""How long the generator may take for one language."""

_HEADING = re.compile(r"<h(?P<level>[1-6])>(?P<text>.*?)</h(?P=level)>")
_WRONG = re.compile(r"(Error|WARNING|ERROR|CRITICAL)\b.*: ")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_FRAME = {
    "menu": ('aria-label="{}"', "Toggle site navigation sidebar"),
    "contents": ('aria-label="{}"', "Toggle table of contents sidebar"),
    "colours": ('aria-label="{}"', "Toggle Light / Dark / Auto color theme"),
    "skip": ("{}", "Skip to content"),
    "top": ("<span>{}</span>", "Back to top"),
    "here": ("{}", "On this page"),
}
"""What the theme says in English alone, and how it stands there."""


@dataclass(frozen=True)
class Frame:
    """What stands around every page of a language.

    Attributes:
        lang: ``en`` or ``fr``.
        title: what the site is called.
        address: where it is going to be published; empty: not said.
        links: what leads out of the pages: where to, and what it is called.
    """

    lang: str
    title: str
    address: str = ""
    links: Sequence[tuple[str, str]] = ()


def built(frame: Frame, pages: Sequence[Page], documents: Sequence[Document], work: Path) -> Path:
    """Return the folder, below ``work``, with the pages of one language as a site.

    Raises:
        MissingExtra: without the extra ``site``.
        CanonError: where the generator fails.
    """
    for module in ("sphinx", "furo", "myst_parser"):
        if find_spec(module) is None:
            raise MissingExtra("site.extra")
    source, out = work / f"source-{frame.lang}", work / f"site-{frame.lang}"
    texts = {page.path: markdown(page) for page in pages}
    texts |= {one.path: one.text for one in documents}
    for path, text in texts.items():
        (source / f"{path}.md").parent.mkdir(parents=True, exist_ok=True)
        (source / f"{path}.md").write_text(text, "utf-8")
    with as_file(files(__package__) / "theme") as theme:
        shutil.copytree(theme, source / "_theme")
    titles = {one.path: one.title for one in documents}
    tree = {page.path: page.below for page in pages}
    tree |= {one.path: tuple((titles[path], path) for path in one.below) for one in documents}
    (source / "conf.py").write_text(_configured(frame, tree), "utf-8")
    _run(source, out, work / f"kept-{frame.lang}")
    shutil.rmtree(out / "_sources", ignore_errors=True)
    for name in (".buildinfo", "objects.inv"):
        (out / name).unlink(missing_ok=True)
    return out


def markdown(page: Page) -> str:
    """Return a page as the generator takes it."""
    parts, end = [], 0
    for heading in _HEADING.finditer(page.html):
        parts.append(_raw(page.html[end : heading.start()]))
        marks = "#" * int(heading["level"])
        parts.append(f"{marks} {_plain(unescape(heading['text']))}\n\n")
        end = heading.end()
    return "".join([*parts, _raw(page.html[end:])])


def _raw(html: str) -> str:
    """Return HTML in a fence that nothing in it can end."""
    kept = html.strip().replace("`", "&#96;")
    return f"```{{raw}} html\n{kept}\n```\n\n" if kept else ""


def _plain(text: str) -> str:
    """Return a text in which Markdown finds nothing."""
    line = " ".join(text.split())
    return _PUNCTUATION.sub(lambda mark: f"&#{ord(mark[0])};", line)


def _configured(frame: Frame, tree: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """Return ``conf.py``: values alone."""
    lang, up = frame.lang, "" if frame.lang == "en" else "../"
    other = next(one for one in LANGUAGES if one != lang)
    said: Mapping[str, Any] = {
        "project": frame.title,
        "html_title": frame.title,
        "html_short_title": frame.title,
        "html_baseurl": frame.address and frame.address + ("" if lang == "en" else f"{lang}/"),
        "language": lang,
        "extensions": ["myst_parser"],
        "suppress_warnings": ["misc.highlighting_failure", "myst.header", "toc.not_included"],
        "exclude_patterns": ["_theme"],
        "highlight_language": "none",
        "templates_path": ["_theme"],
        "html_static_path": ["_theme/static"],
        "html_css_files": ["mobstd.css"],
        "html_theme": "furo",
        "html_theme_options": {"top_of_page_buttons": []},
        "html_search_scorer": "_theme/scorer.js",
        "html_copy_source": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "html_permalinks_icon": "#",
        "html_sidebars": {"**": ["sidebar/brand.html", "sidebar/search.html", "around.html",
                                 "sidebar/scroll-start.html", "tree.html",
                                 "sidebar/scroll-end.html"]},
        "myst_heading_anchors": 3,
        "myst_enable_extensions": [],
        "html_context": {
            "links": [list(link) for link in frame.links],
            "other": other,
            "other_name": render("site.language", {}, other),
            "tree": tree,
            "made": render("site.frame.made", {"version": __version__}, lang),
            "up": up,
            "down": "" if other == "en" else f"{other}/",
            "navigation": _word("navigation", lang),
            "frame_words": [
                [form.format(old), form.format(_word(name, lang))]
                for name, (form, old) in _FRAME.items()
            ],
        },
    }  # fmt: skip
    values = json.dumps(said, ensure_ascii=False, indent=1)
    return f"import json\nglobals().update(json.loads({values!r}))\n"


def _word(name: str, lang: str) -> str:
    return render(f"site.frame.{name}", {}, lang)


def _run(source: Path, out: Path, kept: Path) -> None:
    """Run the generator; it reads and writes beside its source alone.

    Raises:
        CanonError: with what it says is wrong, where it fails or takes too long.
    """
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html"]
    command += ["-d", str(kept), str(source), str(out)]
    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0", "LC_ALL": "C.UTF-8"}
    environment = {**os.environ, **fixed, "TMPDIR": str(source.parent)}
    try:
        done = subprocess.run(
            command,
            cwd=source,
            env=environment,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CanonError("site.generator", why=type(error).__name__) from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").replace(f"{source}/", "").splitlines()
        wrong = [line.strip() for line in said if _WRONG.search(line)]
        why = wrong[0] if wrong else f"{done.returncode}"
        raise CanonError("site.generator", why=why[:400])
