"""The page in a browser: what it says of documents, what it asks for, who can use it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.report.browser import Browser, available, browser

from mobstd.canon.standard import versions

from .axe import findings
from .page import write
from .probe import version

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not available(), reason="there is no chromium and chromedriver"),
]

TAB, ENTER = "\ue004", "\ue007"
PRICE = "?schema=ocss@1.0-alpha/price"
SLOW = 60


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    slow = {"slow": {"type": "string", "pattern": "^(a+)+$"}, "many": {"items": {"const": 1}}}
    write(folder, [*versions(), version(folder / "probe", slow)])
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/judge/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def driver() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


class Page:
    """The page, as a person uses it."""

    def __init__(self, driver: Browser, site: str) -> None:
        self.driver, self.site = driver, site

    def open(self, query: str = PRICE, lang: str = "en") -> Page:
        self.driver.open(f"{self.site}{'' if lang == 'en' else f'{lang}.html'}{query}")
        self.until("document.getElementById('schema').value !== ''")
        return self

    def until(self, script: str, seconds: float = SLOW) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.driver.run(f"return {script}"):
                return
            time.sleep(0.05)
        raise AssertionError(f"not within {seconds} s: {script}")

    def text(self, selector: str) -> str:
        words: str = self.driver.run(
            "return document.querySelector(arguments[0]).innerText", selector
        )
        return words

    def put(self, text: str) -> None:
        self.driver.run(
            "const d = document.getElementById('document'); d.value = arguments[0];"
            "d.dispatchEvent(new Event('input'))",
            text,
        )

    def choose(self, name: str, value: str) -> None:
        self.driver.run(
            "const s = document.getElementById(arguments[0]); s.value = arguments[1];"
            "s.dispatchEvent(new Event('change', {bubbles: true}))",
            name,
            value,
        )

    def file(self, path: Path) -> None:
        root = self.driver.cdp("DOM.getDocument")["root"]["nodeId"]
        node = self.driver.cdp("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
        self.driver.cdp("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
        self.until("!document.getElementById('chosen').hidden")

    def judged(self, text: str | None = None) -> str:
        """Return the verdict, after a click."""
        if text is not None:
            self.put(text)
        self.driver.run("document.getElementById('verdict').firstElementChild.textContent = ''")
        self.driver.click("#judge")
        self.until(
            "!document.querySelector('#verdict[aria-busy]')"
            " && document.querySelector('#verdict p').textContent !== ''"
        )
        return self.text("#verdict")


@pytest.fixture
def page(driver: Browser, site: str) -> Page:
    return Page(driver, site).open()


def test_the_examples_of_every_version_are_accepted(page: Page) -> None:
    for one in versions():
        page.choose("standard", str(one))
        page.until(f"document.getElementById('command').innerText.includes('{one}/')")
        page.driver.click("#example")
        assert page.judged() == "Accepted: the schema has nothing against it.", str(one)


def test_what_is_wrong_is_told_with_its_place(page: Page) -> None:
    assert page.judged('{\n"amount": "x",\n"type": "?"}').startswith("Refused")
    assert page.text("#remarks").split("\n") == [
        "refused", "line 2", "/amount", "type", "", '"x" is not of type number', "",
        "refused", "line 3", "/type", "enum", "", '"?" is none of: FREE, PAYING, UNKNOWN',
    ]  # fmt: skip
    page.driver.click("#remarks li:nth-child(2) .line")
    assert page.driver.run(
        "const d = document.activeElement; return d.value.slice(d.selectionStart, d.selectionEnd)"
    ) == ('"type": "?"}')


def test_an_answer_to_something_else_says_so(page: Page) -> None:
    note = "This is of what stood there before: judge again."
    assert note not in page.judged('{"amount": "x"}')
    page.put('{"amount": 1}')
    page.choose("schema", "car")
    assert page.text("#verdict").count(note) == 1
    assert page.judged() == "Accepted: the schema has nothing against it."


def test_in_french(driver: Browser, site: str) -> None:
    page = Page(driver, site).open(lang="fr")
    assert driver.run("return document.documentElement.lang") == "fr"
    assert page.judged('{"amount": "x"}') == "Refusé : le schéma ne l'accepte pas."
    assert '"x" n\'est pas de type number' in page.text("#remarks")
    assert page.judged("{") == "Refusé : le schéma ne l'accepte pas."
    assert "pas du JSON" in page.text("#remarks")
    assert driver.run("return document.getElementById('other').href").endswith(
        "/judge/index.html?schema=ocss@1.0-alpha/price"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ('{"a":\n1,}', "not JSON"),
        ('{"a": NaN}', "NaN and Infinity are not JSON"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
        ("[" * 5_000_000, "nested too deeply"),
        ('{"a": "\\ud800"}', "half of a character"),
    ],
    ids=["empty", "comma", "constant", "deep", "deeper", "surrogate"],
)
def test_what_is_no_document(page: Page, text: str, words: str) -> None:
    assert page.judged(text).startswith("Refused")
    assert words in page.text("#remarks")


def test_a_document_a_line(page: Page) -> None:
    assert page.judged('{"amount": 1}\n{"amount": "x"}\n{}') == "Refused: 1 of 3 documents."
    assert "line 2" in page.text("#remarks")
    page.choose("form", "each")
    assert page.judged('[{}, {"amount": "x"}]') == "Refused: 1 of 2 documents."
    assert "/1/amount" in page.text("#remarks")


def test_a_rounded_number_is_told(page: Page) -> None:
    verdict = page.judged('{"amount": 9007199254740993}')
    assert verdict.startswith("Accepted")
    assert "judged rounded: 1" in verdict
    assert "judged as 9007199254740992" in page.text("#remarks")


def test_what_cannot_be_told_is_left_open(page: Page) -> None:
    page.open("?schema=carpool-proof@3.3/journey&overlay=server")
    page.driver.click("#example")
    assert page.judged().startswith("Accepted")
    document = json.loads(page.driver.run("return document.getElementById('document').value"))
    document["driver"]["identity"]["phone_trunc"] = "06010203"
    assert page.judged(json.dumps(document)).startswith("Not decided")
    assert 'cannot tell whether "06010203"' in page.text("#remarks")
    assert page.text("#command").endswith("carpool-proof@3.3/journey --overlay server")


def test_a_file(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "prices.ndjson"
    path.write_text('{"amount": 1}\n{"amount": "x"}\n')
    page.file(path)
    assert page.judged() == "Refused: 1 of 2 documents."
    path = tmp_path / "latin.json"
    path.write_bytes(b'{"currency": "\xe9"}')
    page.file(path)
    assert page.judged().startswith("Refused")
    assert "not UTF-8" in page.text("#remarks")
    path = tmp_path / "prices.csv"
    path.write_text("amount,currency\n1,EUR\n")
    page.file(path)
    assert page.judged().startswith("Refused")
    assert "mobstd validate reads CSV" in page.text("#remarks")


def test_what_is_too_large(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    page.file(path)
    assert page.judged().startswith("Larger than 16 MiB")
    page.driver.run("document.getElementById('document').value = ' '.repeat(17 * 1024 * 1024)")
    page.driver.click("#remove")
    assert page.judged().startswith("Larger than 16 MiB")
    assert page.judged("{}").startswith("Accepted")


def test_what_takes_too_long_is_ended(page: Page) -> None:
    page.open("?schema=probe@1.0/slow")
    page.put(json.dumps("a" * 40 + "!"))
    page.driver.click("#judge")
    assert page.driver.run("return 1 + 1") == 2
    page.until("document.getElementById('verdict').innerText.includes('took longer than 10 s')")
    assert page.judged('"aaa"').startswith("Accepted")


def test_a_million_remarks(page: Page) -> None:
    page.open("?schema=probe@1.0/many")
    page.driver.run("document.getElementById('document').value = '[' + '2,'.repeat(1000000) + '2]'")
    verdict = page.judged()
    assert verdict.startswith(("Refused", "Not decided: it took longer"))
    assert page.judged("[1]").startswith("Accepted")


def test_the_address_chooses(page: Page) -> None:
    page.open("?schema=rdex-plus%402.0%2Fuser")
    assert page.text("#command") == "mobstd validate FILE --schema rdex-plus@2.0/user"
    page.choose("schema", "price")
    assert page.driver.run("return location.search") == "?schema=rdex-plus@2.0/price"
    page.open("?schema=<b>nothing@1.0/x")
    assert page.text("#verdict").startswith("There is no <b>nothing@1.0/x here.")


def test_nothing_leaves_it(driver: Browser, site: str) -> None:
    driver.log("performance")
    driver.log("browser")
    page = Page(driver, site).open()
    page.judged('{"amount": "https://example.org/secret"}')
    sent = [json.loads(entry["message"])["message"] for entry in driver.log("performance")]
    asked = [m["params"]["request"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert len(asked) > 5
    assert {one["method"] for one in asked} == {"GET"}
    assert all(one["url"].startswith((site, "data:")) for one in asked)
    assert not any("secret" in one["url"] for one in asked)
    assert driver.log("browser") == []
    driver.run(
        "const script = document.createElement('script'); script.textContent = 'window.ran = 1';"
        "document.body.append(script); document.body.setAttribute('onclick', 'window.ran = 2');"
        "document.body.click(); fetch('http://127.0.0.1:9/').catch(() => { window.refused = 1 })"
    )
    page.until("window.refused === 1")
    assert driver.run("return window.ran ?? null") is None
    violated = [entry["message"] for entry in driver.log("browser")]
    assert any("connect-src" in message for message in violated)


def test_by_keyboard_alone(page: Page) -> None:
    driver = page.driver
    seen = []
    driver.press(TAB)
    assert driver.run("return document.activeElement.className") == "skip"
    driver.press(ENTER)
    assert driver.run("return document.activeElement.id") == "document"
    driver.press(*'{"amount": "x"}')
    for _ in range(5):
        driver.press(TAB)
        seen.append(driver.run("return document.activeElement.id"))
        if seen[-1] == "judge":
            break
    assert seen == ["file", "judge"]
    driver.press(ENTER)
    page.until("document.querySelectorAll('#remarks li').length === 1")
    assert driver.run("return document.activeElement.id") == "judge"
    for _ in range(3):
        driver.press(TAB)
    assert driver.run("return document.activeElement.className") == "line"
    assert driver.run("return document.getElementById('verdict').getAttribute('role')") == "status"


@pytest.mark.parametrize("width", [320, 360])
def test_it_fits_a_phone(page: Page, width: int) -> None:
    page.driver.cdp(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=740,
        deviceScaleFactor=2,
        mobile=True,
    )
    try:
        page.open("?schema=carpool-proof@3.3/cee-registration&overlay=server", "fr")
        page.judged(json.dumps({"x" * 300: [["y" * 300]]}))
        assert page.driver.run("return [document.documentElement.scrollWidth, innerWidth]") == [
            width,
            width,
        ]
    finally:
        page.driver.cdp("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe(site: str, lang: str, dark: bool) -> None:
    with browser(dark=dark) as opened:
        page = Page(opened, site).open(lang=lang)
        assert findings(page.driver) == []
        page.judged('{"amount": 9007199254740993}')
        assert findings(page.driver) == []
        page.judged('{"amount": "x", "currency": 9007199254740993}')
        assert findings(page.driver) == []
