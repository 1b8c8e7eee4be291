"""The frame of every page: closed, in both languages, escaped."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

import pytest

from mobstd.errors import MissingExtra
from mobstd.output.page import Page

TITLE = {"en": "A <title>", "fr": "Un <titre>"}
TEMPLATE = """{% extends frame %}
{% block main %}
{{ say("output.unwritable", file=name, why=why) }}
{{ both(title) }}
{{ loud("x") }}{{ "y" | twice }}
{% endblock %}
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "a_page_of_mine"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "page.html.j2").write_text(TEMPLATE)
    (folder / "page.css").write_text("main { color: #123456; }")
    monkeypatch.syspath_prepend(str(tmp_path))
    return folder.name


def rendered(package: str, lang: str = "en") -> str:
    page = Page(package, {"loud": str.upper}, {"twice": lambda text: text * 2})
    return page.render(lang, title=TITLE, name="<b>", why={"en": "full", "fr": "plein"})


def test_both_languages_are_there_and_one_shows(package: str) -> None:
    for lang, told in (("en", "A &lt;title&gt;"), ("fr", "Un &lt;titre&gt;")):
        html = rendered(package, lang)
        assert f'<html lang="{lang}" data-lang="{lang}">' in html
        assert f">{told}</title>" in html
        assert '<span lang="en">&lt;b&gt; cannot be written: full.</span>' in html
        assert '<span lang="fr">&lt;b&gt; ne peut pas être écrit : plein.</span>' in html
        assert "Xyy" in html
    assert rendered(package, "de") == rendered(package, "en")


def test_what_is_inline_is_what_the_policy_allows(package: str) -> None:
    html = rendered(package)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    for tag in ("style", "script"):
        [inline] = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert "#123456" in html
    assert not re.search(r"(https?:)?//[a-z]", html)
    assert "<b>" not in html


def test_without_jinja(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(MissingExtra, match=r"mobstd\[conformance\]"):
        rendered(package)
