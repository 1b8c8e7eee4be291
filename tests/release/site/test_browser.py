"""The site in a real browser: search, links, keyboard, a telephone, and what axe says of it."""

from __future__ import annotations

import functools
import json
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.report.browser import Browser, available, browser

from .standards import NAME

TAB, ENTER = "\ue004", "\ue007"
AXE = find_spec("axe_playwright_python")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not available(), reason="there is no chromium and chromedriver"),
]

ROW = "SHAREDBENCHES-PLACE-01"
VERSION = f"standards/{NAME}/1.1-draft"
PARTS = ("requirements", "operations", "schemas", "vectors", "changes", "downloads")
KINDS = ["index", f"standards/{NAME}/index", *(f"{VERSION}/{p}" for p in ("index", *PARTS))]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture(scope="module")
def page() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def telephone() -> Iterator[Browser]:
    with browser(360, 740) as opened:
        opened.cdp(
            "Emulation.setDeviceMetricsOverride",
            width=360, height=740, deviceScaleFactor=1, mobile=True,
        )  # fmt: skip
        yield opened


def until(page: Browser, script: str, *args: Any) -> Any:
    end = time.monotonic() + 60
    while not (found := page.run(script, *args)):
        assert time.monotonic() < end, script
        time.sleep(0.2)
    return found


@pytest.mark.parametrize("lang", ["", "fr/"])
def test_a_requirement_is_found_by_its_id(page: Browser, address: str, lang: str) -> None:
    page.open(f"{address}/{lang}index.html")
    page.keys(".sidebar-search", f"{ROW}{ENTER}")
    links = until(
        page,
        "const found = [...document.querySelectorAll('#search-results li a')].map(a => a.href);"
        "return found.length > 1 && found",
    )
    place = f"{address}/{lang}standards/{NAME}"
    assert {to.partition("?")[0].partition("#")[0] for to in links[:2]} == {
        f"{place}/{number}/requirements.html" for number in ("1.0-draft", "1.1-draft")
    }
    assert links[0].endswith(f"#{ROW.lower()}")
    page.open(links[0])
    shown = page.run("return document.querySelector(':target h3').innerText")
    assert shown.startswith(ROW)


def test_nothing_of_a_hostile_standard_runs(page: Browser, address: str) -> None:
    page.log("browser")
    for kind in KINDS:
        page.open(f"{address}/{kind}.html")
    page.open(f"{address}/search.html?q=script+alert")
    until(page, "return document.querySelector('#search-results').innerText.length > 20")
    assert page.run("return document.querySelectorAll('article img').length") == 0
    assert [entry for entry in page.log("browser") if entry["level"] == "SEVERE"] == []


def test_only_the_site_is_asked(page: Browser, address: str) -> None:
    page.log("performance")
    for path in ("index.html", f"fr/{VERSION}/requirements.html", "search.html?q=bench"):
        page.open(f"{address}/{path}")
    sent = [json.loads(entry["message"])["message"] for entry in page.log("performance")]
    asked = {
        m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"
    }
    assert any("mobstd.css" in url for url in asked)
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


def test_each_page_leads_to_the_same_in_the_other_language(page: Browser, address: str) -> None:
    for kind in KINDS[::3]:
        page.open(f"{address}/{kind}.html")
        page.click(".around a[hreflang=fr]")
        assert page.run("return location.pathname") == f"/fr/{kind}.html"
        assert page.run("return document.documentElement.lang") == "fr"
        page.click(".around a[hreflang=en]")
        assert page.run("return location.pathname") == f"/{kind}.html"


@pytest.mark.skipif(AXE is None, reason="axe is not installed")
@pytest.mark.parametrize("kind", [*KINDS, f"fr/{VERSION}/requirements", "search"])
def test_axe_finds_nothing_serious(page: Browser, address: str, kind: str) -> None:
    assert serious(page, f"{address}/{kind}.html") == []


@pytest.mark.skipif(AXE is None, reason="axe is not installed")
def test_axe_finds_nothing_serious_in_the_dark(address: str) -> None:
    with browser(dark=True) as night:
        for kind in ("index", f"{VERSION}/requirements", f"{VERSION}/schemas"):
            assert serious(night, f"{address}/{kind}.html") == []
        assert night.run("return matchMedia('(prefers-color-scheme: dark)').matches")


def serious(page: Browser, url: str) -> list[str]:
    """Return what axe finds serious in a page, with all of it unfolded."""
    assert AXE is not None
    assert AXE.origin is not None
    source = (Path(AXE.origin).parent / "axe.min.js").read_text("utf-8")
    page.open(url)
    page.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.run(source + ";window.axe = axe")
    page.run(
        "window.found = null;"
        "axe.run({resultTypes: ['violations']}).then(r => { window.found = r.violations })"
    )
    until(page, "return window.found !== null")
    bad: list[str] = page.run(
        "return window.found.filter(v => ['serious', 'critical'].includes(v.impact))"
        ".map(v => v.id + ' ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | '))"
    )
    return bad


@pytest.mark.parametrize("kind", [*KINDS, "search"])
def test_a_telephone_scrolls_in_one_direction(telephone: Browser, address: str, kind: str) -> None:
    telephone.open(f"{address}/{kind}.html")
    telephone.run("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert telephone.run("return document.documentElement.scrollWidth") <= 360


def test_the_menu_opens_on_a_telephone_by_keyboard(telephone: Browser, address: str) -> None:
    telephone.open(f"{address}/{VERSION}/index.html")
    hidden = "return document.querySelector('.sidebar-drawer').getBoundingClientRect().right"
    assert telephone.run(hidden) <= 0
    for _ in range(6):
        telephone.press(TAB)
        if telephone.run("return document.activeElement.id") == "__navigation":
            break
    assert telephone.run("return document.activeElement.id") == "__navigation"
    telephone.press(" ")
    until(telephone, f"{hidden} > 200")
    for _ in range(6):
        telephone.press(TAB)
    assert telephone.run("return !!document.activeElement.closest('.sidebar-drawer')")


def test_what_is_closed_on_a_telephone_is_not_reached(telephone: Browser, address: str) -> None:
    telephone.open(f"{address}/{VERSION}/requirements.html")
    reached = []
    for _ in range(12):
        telephone.press(TAB)
        reached.append(
            telephone.run("return !!document.activeElement.closest('.sidebar-drawer, .toc-drawer')")
        )
    assert not any(reached)


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(
    page: Browser, address: str
) -> None:
    page.open(f"{address}/{VERSION}/requirements.html")
    places = []
    for _ in range(40):
        page.press(TAB)
        places.append(
            page.run(
                "const a = document.activeElement, s = getComputedStyle(a);"
                "return [a.tagName, a.innerText || a.ariaLabel || a.name || '',"
                "s.outlineStyle !== 'none' || s.boxShadow !== 'none',"
                "!!a.closest('article'), a.className]"
            )
        )
    words = [place[1].strip() for place in places]
    assert "Skip to content" in words
    assert "Français" in words
    unseen = [place for place in places if not place[2] and place[0] in ("A", "BUTTON", "SUMMARY")]
    assert unseen == []
    assert any(place[3] for place in places)
