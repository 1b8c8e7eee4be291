"""The page of the reference catalogue in a browser: keyboard, languages, a phone, no way out."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from tests.report.browser import Browser, available, browser

from mobstd.mobility_aid.reference import build
from mobstd.serving.hosting import hosted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not available(), reason="there is no chromium and chromedriver"),
]

TAB, ENTER, DOWN = "\ue004", "\ue007", "\ue015"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Browser, str]]:
    with hosted(build(), "127.0.0.1", 0) as url, browser() as opened:
        yield opened, url


@pytest.fixture
def page(served: tuple[Browser, str]) -> Browser:
    driver, url = served
    driver.open(url)
    return driver


def text(page: Browser, selector: str) -> str:
    words: str = page.run("return document.querySelector(arguments[0]).innerText", selector)
    return words


def focused(page: Browser) -> str:
    name: str = page.run("return document.activeElement.id || document.activeElement.className")
    return name


def arrived(page: Browser) -> None:
    """Wait until what was sent is answered: a key does not wait for the page that it brings."""
    until = time.monotonic() + 30
    there = "document.querySelector('[data-arrive]') !== null"
    script = f"return document.readyState === 'complete' && {there}"
    while time.monotonic() < until and not page.run(script):
        time.sleep(0.05)


def asked_for(page: Browser) -> set[str]:
    messages = [json.loads(one["message"])["message"] for one in page.log("performance")]
    return {
        one["params"]["request"]["url"]
        for one in messages
        if one["method"] == "Network.requestWillBeSent"
    }


def test_the_keyboard_alone_is_enough(page: Browser) -> None:
    page.press(TAB)
    assert focused(page) == "skip"
    page.press(ENTER, TAB)
    assert focused(page) == "place"
    page.press(*"Bordeaux", TAB)
    assert focused(page) == "mode"
    page.press(DOWN, DOWN, DOWN, TAB)
    assert focused(page) == "price"
    page.press(*"1500", ENTER)
    arrived(page)
    assert focused(page) == "results"
    assert page.run("return document.title").startswith("for you: 0, it depends: 2")
    assert "€150 to €400" in text(page, "main")


def test_what_is_wrong_is_where_one_arrives(page: Browser) -> None:
    page.keys("#place", "Saint-Denis")
    page.click("#ask button")
    arrived(page)
    assert focused(page) == "alert"
    page.click(".alert a")
    assert focused(page) == "place"
    assert "Give the code of yours" in text(page, "#place-wrong")


def test_answers_and_the_language_stay(page: Browser) -> None:
    page.click("[data-speak=fr]")
    page.keys("#place", "33063")
    page.click("#ask button")
    arrived(page)
    assert page.run("return document.documentElement.lang") == "fr"
    assert text(page, "#results") == "Ce que nous avons trouvé"
    page.keys("[name='answer.person.age']", "30")
    page.click("section button[type=submit]")
    assert page.run("return document.querySelector(\"[name='answer.person.age']\").value") == "30"
    assert page.run("return document.getElementById('place').value") == "33063"
    page.click("[data-speak=en]")
    assert text(page, "#results") == "What we found"


def test_every_field_has_a_name_for_who_hears_it(page: Browser) -> None:
    page.keys("#place", "33063")
    page.click("#ask button")
    arrived(page)
    page.cdp("Accessibility.enable")
    nodes = page.cdp("Accessibility.getFullAXTree")["nodes"]
    fields = [
        node
        for node in nodes
        if node.get("role", {}).get("value") in ("textbox", "combobox", "button", "link")
    ]
    assert len(fields) > 6
    assert [node for node in fields if not node.get("name", {}).get("value", "").strip()] == []


def test_it_fits_a_phone(page: Browser) -> None:
    page.cdp(
        "Emulation.setDeviceMetricsOverride",
        width=360,
        height=740,
        deviceScaleFactor=2,
        mobile=True,
    )
    try:
        page.keys("#place", "33063")
        page.click("#ask button")
        arrived(page)
        width, seen = page.run("return [document.documentElement.scrollWidth, innerWidth]")
        assert width <= seen == 360
    finally:
        page.cdp("Emulation.clearDeviceMetricsOverride")


def test_no_request_leaves_it(served: tuple[Browser, str], page: Browser) -> None:
    page.keys("#place", "33063")
    page.click("#ask button")
    arrived(page)
    assert {one for one in asked_for(page) if one.startswith("http")} == {
        f"{served[1]}/",
        f"{served[1]}/?",
    }
