"""The forms that people read: the terminal and the page."""

from __future__ import annotations

import io
import re
import sys
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

import pytest

from mobstd.conformance.report import html, terminal
from mobstd.conformance.report.progress import Progress, progress

from .samples import NAMES, SECRET, sample
from .test_machines import hostile

LANGS = ("en", "fr")


@pytest.mark.parametrize("rich", [True, False])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_terminal_of_80_columns(name: str, lang: str, rich: bool) -> None:
    text = terminal.render(sample(name), lang, width=80, rich=rich)
    long = [line for line in text.splitlines() if len(line) > 80 and "curl " not in line]
    assert not long
    assert "\x1b" not in text
    assert "\n\n\n" not in text
    assert not re.search(r"\b(report|gate)\.[a-z]", text)
    assert SECRET not in text


@pytest.mark.parametrize("rich", [True, False])
def test_what_a_person_needs_is_there(rich: bool) -> None:
    text = terminal.render(
        sample("non-conforming"), width=100, rich=rich, written={"html": "out/report.html"}
    )
    for words in (
        "driver-journeys      non-conforming   16 of 19 requirements exercised",
        "Failed (11)",
        "OCSS-SEARCH-12 MUST  The pick-up point lies",
        "expected  <= 2 km",
        "received  20.3 km",
        "at        /response/body/3/passengerPickupLat",
        "curl -isS",
        "because of OCSS-SEARCH-12, OCSS-SEARCH-14",
        "Warnings (2)",
        "What would unlock more",
        "it does not agree with the draft of July 2022, as mobstd reads it.",
        "288 requests in 6.4 s, seed 0",
        "out/report.html",
    ):
        assert words in text
    assert text.index("driver-journeys") < text.index("Failed") < text.index("Warnings")


def test_rich_and_plain_say_the_same() -> None:
    for name in NAMES:
        painted = terminal.render(sample(name), width=1000)
        plain = terminal.render(sample(name), width=1000, rich=False)
        assert painted.split() == plain.split()


def test_a_command_is_never_broken() -> None:
    report = sample("non-conforming")
    lines = [line.strip() for line in terminal.render(report, width=40).splitlines()]
    curls = {
        f["curl"].splitlines()[0]
        for r in report["requirements"]
        for f in r["findings"][:1]
        if r["outcome"] == "failed"
    }
    assert curls <= set(lines)


def test_colours_only_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" in terminal.render(sample("conforming"), colour=True)

    class Screen(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    terminal.show(sample("conforming"), stream=screen)
    assert "\x1b" not in screen.getvalue()
    monkeypatch.delenv("NO_COLOR")
    terminal.show(sample("conforming"), stream=screen)
    assert "\x1b[" in screen.getvalue()
    pipe = io.StringIO()
    terminal.show(sample("conforming"), stream=pipe)
    assert "\x1b" not in pipe.getvalue()


def test_a_terminal_that_cannot_write_it() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    terminal.show(sample("non-conforming"), "fr", stream=screen)
    screen.seek(0)
    assert "Non conforme" in screen.read()


@pytest.mark.parametrize("rich", [True, False])
def test_hostile_text_at_a_terminal(rich: bool) -> None:
    text = terminal.render(hostile(), colour=False, rich=rich)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert "[bold]" not in terminal.render(hostile())


def test_markup_of_rich_is_not_read() -> None:
    report = sample("non-conforming")
    for row in report["requirements"]:
        for finding in row["findings"]:
            finding["received"] = "[red]x[/red] :smile:"
    assert "[red]x[/red] :smile:" in terminal.render(report)


def test_without_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    monkeypatch.setitem(sys.modules, "rich.console", None)
    assert "Failed (11)" in terminal.render(sample("non-conforming"))


def test_failing_preflight_comes_first() -> None:
    report = sample("inconclusive") | {"stopped_by": "preflight"}
    report["preflight"][2] |= {"ok": False, "blame": "configuration"}
    text = terminal.render(report, "fr", width=100)
    assert "✗ identification  la clé du profil est acceptée (cela tient à la configuration)" in text
    assert "l'exécution s'est arrêtée là" in text
    assert "Pas encore établi" not in text, "what was never tried needs no list"


def test_a_few_open_requirements_are_told_with_their_titles() -> None:
    report = sample("conforming")
    row = report["requirements"][0] | {"outcome": "inconclusive", "reason": "no-data"}
    others = [r for r in report["requirements"][1:] if r["outcome"] != "inconclusive"]
    text = terminal.render(report | {"requirements": [row, *others]}, width=100)
    assert f"    {row['id']}  {row['title']['en']}" in text
    lacking = {"code": "unlock.variety", "params": {}, "en": "This is noise.", "fr": "Du bruit."}
    report["blocks"][0]["unlock"] = [{"message": lacking, "requirements": [row["id"]]}]
    assert "noise" not in terminal.render(report | {"requirements": [row, *others]})


def test_a_warning_says_whose_reading_it_is_and_what_it_comes_from() -> None:
    report = sample("non-conforming")
    row = next(r for r in report["requirements"] if r["outcome"] == "warned")
    row |= {"origin": "reading", "because": ["OCSS-LINK-01"]}
    text = terminal.render(report, width=100)
    assert f"{row['id']} {row['level']}, as mobstd reads it" in text
    assert "because of OCSS-LINK-01" in text


def test_a_comparison_has_both_commands() -> None:
    report = sample("non-conforming")
    row = next(r for r in report["requirements"] if r["findings"] and r["outcome"] == "failed")
    row["findings"][0]["curl"] = "curl one\ncurl two\ncurl three"
    text = terminal.render(report)
    assert [word in text for word in ("curl one", "curl two", "curl three")] == [True, True, False]


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("non-conforming", 0, "The gate is open all the same (exit code 0)."),
        ("conforming", 1, "The gate is closed (exit code 1)."),
        ("conforming", 0, None),
    ],
)
def test_a_gate_that_differs_from_the_verdict_is_told(
    name: str, code: int, said: str | None
) -> None:
    report = sample(name)
    report["gate"]["exit_code"] = code
    text = terminal.render(report, width=100)
    assert said in text if said else "gate" not in text


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_shows_after_a_while_and_is_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("mobstd.conformance.report.progress.PATIENCE", 0.0)
    monkeypatch.setattr("mobstd.conformance.report.progress.PAUSE", 0.0)
    screen = Screen()
    with progress("fr", screen) as bar:
        bar.phase("explore", 4)
        bar.advance()
        bar.advance()
        assert (
            bar.line() == "████████████░░░░░░░░░░░░ recherche de données 2/4, 2 requêtes jusqu'ici"
        )
    assert screen.getvalue().endswith("\r\x1b[2K")
    assert all(len(part) <= 79 for part in screen.getvalue().split("\r\x1b[2K"))


def test_progress_is_for_terminals_only_and_for_long_runs() -> None:
    quick, pipe = Screen(), io.StringIO()
    for stream in (quick, pipe):
        bar = Progress(stream=stream)
        bar.phase("pairs", 3)
        bar.advance()
        bar.close()
        assert stream.getvalue() == ""


def test_a_phase_that_nobody_named() -> None:
    bar = Progress(stream=io.StringIO())
    bar.phase("tea", 0)
    bar.advance()
    assert " tea 1/0" in bar.line()


class Page(HTMLParser):
    """Collects what a page is made of."""

    VOID = ("meta", "link", "input", "br", "hr", "img")

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.stack: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.stack or self.stack[-1] not in ("script", "style"):
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def page(report: dict[str, Any], lang: str = "en") -> Page:
    parsed = Page()
    parsed.feed(html.render(report, lang))
    parsed.close()
    assert parsed.stack == []
    return parsed


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_whole(name: str, lang: str) -> None:
    parsed = page(sample(name), lang)
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = {a["href"][1:] for a in parsed.all("a")}
    assert links <= set(ids)
    assert parsed.all("html") == [{"lang": lang, "data-lang": lang}]
    for attrs in [attrs for _, attrs in parsed.tags]:
        for name_ in ("aria-labelledby", "data-copy"):
            assert attrs.get(name_, "") in ("", *ids)


def test_the_page_asks_nobody_for_anything() -> None:
    for report in (sample("non-conforming"), hostile()):
        text = html.render(report)
        parsed = page(report)
        for tag, attrs in parsed.tags:
            assert "src" not in attrs
            assert "style" not in attrs
            assert not any(name.startswith("on") for name in attrs)
            if "href" in attrs:
                assert attrs["href"].startswith(("#", "data:")), tag
        assert "@import" not in text
        assert "url(" not in text
        policy = next(m["content"] for m in parsed.all("meta") if m.get("http-equiv"))
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert len(parsed.all("script")) == 1


def test_hostile_text_stays_text() -> None:
    parsed = page(hostile())
    assert len(parsed.all("script")) == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e]", html.render(hostile()))
    assert "<script>alert(1)</script>" in "".join(page(sample("non-conforming")).text)


def test_both_languages_are_in_the_page() -> None:
    parsed = page(sample("non-conforming"))
    words = "".join(parsed.text)
    assert "it does not agree with the draft of July 2022" in words
    assert "ne s'accorde pas avec le projet de juillet 2022" in words
    english = sum(attrs.get("lang") == "en" for tag, attrs in parsed.tags if tag != "html")
    french = sum(attrs.get("lang") == "fr" for _, attrs in parsed.tags)
    assert english == french > 100


def test_every_control_has_a_name() -> None:
    parsed = page(sample("non-conforming"))
    text = html.render(sample("non-conforming"))
    for control in (*parsed.all("select"), *parsed.all("input")):
        pattern = rf"<label[^>]*>(?:(?!</label>).)*{control.get('id') or control['value']}"
        assert re.search(pattern, text, re.DOTALL)
    for tag in ("header", "main", "footer", "h1"):
        assert len(parsed.all(tag)) == 1
    assert any(attrs.get("aria-live") == "polite" for _, attrs in parsed.tags)


def test_the_excerpt_marks_the_line() -> None:
    text = html.render(sample("non-conforming"))
    marked = re.findall(r"<mark>(.*?)</mark>", text)
    assert {"&#34;currency&#34;: &#34;€&#34;", "&#34;passengerPickupLat&#34;: 48.3,"} <= {
        line.strip() for line in marked
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(theme: int) -> None:
    css = files("mobstd.output").joinpath("frame.css").read_text("utf-8")
    block = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[theme]
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    pairs = [(c, g) for c in ("text", "quiet", "link") for g in ("ground", "raised")]
    pairs += [(c, f"{c}-soft") for c in ("bad", "good", "warn", "open")]
    pairs += [("text", f"{c}-soft") for c in ("bad", "good", "warn", "open")]
    pairs += [(c, "ground") for c in ("bad", "good", "warn", "focus")]
    pairs += [("text", "mark")]
    poor = {
        (c, g): round(contrast(colour[c], colour[g]), 2)
        for c, g in pairs
        if contrast(colour[c], colour[g]) < 4.5
    }
    assert poor == {}
