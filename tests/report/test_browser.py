"""The page in a browser: filters, languages, keyboard, and what it never does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobstd.conformance.report import html

from .browser import Browser, available, browser
from .samples import sample
from .test_machines import hostile

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not available(), reason="there is no chromium and chromedriver"),
]

TAB, ENTER, SPACE = "\ue004", "\ue007", " "


@pytest.fixture(scope="module")
def driver() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(driver: Browser, tmp_path: Path) -> Browser:
    path = tmp_path / "report.html"
    path.write_text(html.render(sample("non-conforming")), "utf-8")
    driver.open(path.as_uri())
    return driver


def shown(page: Browser) -> list[str]:
    ids: list[str] = page.run(
        "return [...document.querySelectorAll('.row')].filter(r => r.offsetParent).map(r => r.id)"
    )
    return ids


def select(page: Browser, name: str, value: str) -> None:
    page.run(
        "const [name, value] = arguments; const node = document.getElementById(name);"
        "node.value = value; node.dispatchEvent(new Event('change', {bubbles: true}))",
        name,
        value,
    )


def text(page: Browser, selector: str) -> str:
    words: str = page.run("return document.querySelector(arguments[0]).innerText", selector)
    return words


def test_everything_is_shown_first(page: Browser) -> None:
    assert len(shown(page)) == 21
    assert text(page, "#count") == "21 of 21 requirements shown"
    assert shown(page)[0] == "OCSS-GEN-01"


def test_filter_by_outcome(page: Browser) -> None:
    for name in ("passed", "inconclusive", "not-run", "warned"):
        page.click(f"input[value={name}]")
    assert len(shown(page)) == 11
    assert text(page, "#count") == "11 of 21 requirements shown"
    page.click("#reset")
    assert len(shown(page)) == 21


def test_filter_by_block_uses_the_outcome_there(page: Browser) -> None:
    select(page, "block", "passenger-journeys")
    for name in ("passed", "inconclusive", "not-run", "warned"):
        page.click(f"input[value={name}]")
    assert shown(page) == ["OCSS-GEN-01", "OCSS-SEARCH-18"]


def test_filter_by_level_and_words(page: Browser) -> None:
    select(page, "level", "SHOULD")
    assert set(shown(page)) == {
        "OCSS-GEN-05",
        "OCSS-SEARCH-10",
        "OCSS-PRICE-04",
        "OCSS-OP-03",
        "OCSS-LINK-02",
    }
    page.keys("#words", "iso 4217")
    assert shown(page) == ["OCSS-PRICE-04"]
    page.keys("#words", "zzz")
    assert shown(page) == []
    assert "No requirement fits" in text(page, "#none")


def test_the_language_switches(page: Browser) -> None:
    assert "it does not agree" in text(page, ".verdict")
    page.click("[data-speak=fr]")
    assert "ne s'accorde pas" in text(page, ".verdict")
    assert "does not agree" not in text(page, "body")
    assert page.run("return document.documentElement.lang") == "fr"
    assert page.run("return document.title").startswith("non conforme")
    assert text(page, "#count") == "21 exigences affichées sur 21"
    assert page.run("return document.querySelector('#level option').textContent") == "Tous"
    assert (
        page.run("return document.querySelector('[data-speak=fr]').getAttribute('aria-pressed')")
        == "true"
    )
    page.click("[data-speak=en]")
    assert "it does not agree" in text(page, ".verdict")


def test_links_open_what_they_point_at(page: Browser) -> None:
    page.run("location.hash = '#5b3521f2a63484db'")
    assert page.run("return document.getElementById('OCSS-SEARCH-12').firstElementChild.open")
    page.run("location.hash = '#x2'")
    assert page.run("return document.getElementById('x2').open")
    page.click("input[value=failed]")
    assert "OCSS-SEARCH-14" not in shown(page)
    page.run("location.hash = '#OCSS-SEARCH-14'")
    assert "OCSS-SEARCH-14" in shown(page)


def test_by_keyboard_alone(page: Browser) -> None:
    page.press(TAB)
    assert page.run("return document.activeElement.className") == "skip"
    assert page.run("return document.activeElement.getBoundingClientRect().left") >= 0
    seen = []
    for _ in range(60):
        page.press(TAB)
        seen.append(
            page.run("const a = document.activeElement; return a.id || a.name || a.tagName")
        )
        if seen[-1] == "SUMMARY":
            break
    assert [name for name in seen if name in ("outcome", "block", "level", "words", "reset")] == [
        *["outcome"] * 5, "block", "level", "words", "reset",
    ]  # fmt: skip
    assert page.run("return document.activeElement.parentElement.open")
    page.press(ENTER)
    assert not page.run("return document.activeElement.parentElement.open")


def test_a_chip_by_keyboard(page: Browser) -> None:
    page.run("document.querySelector('input[value=failed]').focus()")
    page.press(SPACE)
    assert len(shown(page)) == 10


def test_copy(page: Browser) -> None:
    page.run("document.execCommand = c => { window.copied = String(getSelection()); return true }")
    broken = "{value: {writeText: () => Promise.reject(1)}}"
    page.run(f"Object.defineProperty(navigator, 'clipboard', {broken})")
    page.click(".copy")
    page.cdp(
        "Runtime.evaluate", expression="new Promise(r => setTimeout(r, 200))", awaitPromise=True
    )
    assert page.run("return window.copied").startswith("curl -isS")
    assert text(page, "#status") == "Copied"


def test_open_and_close_all(page: Browser) -> None:
    page.click("#unfold")
    assert page.run("return [...document.querySelectorAll('.row > details')].every(d => d.open)")
    page.click("#fold")
    assert not page.run("return [...document.querySelectorAll('.row > details')].some(d => d.open)")


def test_everything_is_open_in_print(page: Browser) -> None:
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    assert page.run("return [...document.querySelectorAll('details')].every(d => d.open)")
    page.run("window.dispatchEvent(new Event('afterprint'))")
    assert not page.run("return [...document.querySelectorAll('details')].every(d => d.open)")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_is_wider_than_its_window(page: Browser, width: int) -> None:
    page.cdp(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=800,
        deviceScaleFactor=1,
        mobile=True,
    )
    try:
        page.click("#unfold")
        assert page.run("return document.documentElement.scrollWidth") <= width
    finally:
        page.cdp("Emulation.clearDeviceMetricsOverride")


def test_a_hostile_target_runs_nothing_and_nothing_is_fetched(
    driver: Browser, tmp_path: Path
) -> None:
    driver.log("performance")
    driver.log("browser")
    path = tmp_path / "hostile.html"
    path.write_text(html.render(hostile()), "utf-8")
    driver.open(path.as_uri())
    assert len(shown(driver)) == 21
    sent = [json.loads(entry["message"])["message"] for entry in driver.log("performance")]
    urls = {
        m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"
    }
    assert {url for url in urls if not url.startswith("data:")} <= {path.as_uri()}
    assert driver.log("browser") == []


def test_names_and_roles_for_screen_readers(page: Browser) -> None:
    nodes = page.cdp("Accessibility.getFullAXTree")["nodes"]
    named = {
        (n["role"]["value"], n.get("name", {}).get("value", ""))
        for n in nodes
        if not n.get("ignored")
    }
    roles = {role for role, _ in named}
    assert {"banner", "main", "contentinfo", "search", "status", "searchbox", "table"} <= roles
    for role, name in named:
        if role in ("button", "combobox", "searchbox", "checkbox", "link", "region"):
            assert name.strip(), role
    assert ("checkbox", "failed 11") in named
    assert not any("✗" in name for role, name in named if role == "checkbox")
