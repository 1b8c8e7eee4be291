"""The page of the reference catalogue: what is typed, what is shown, and what is never done."""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest

from mobstd.judging.exchange import Request
from mobstd.mobility_aid.reference import build
from mobstd.transport.asgi import AsgiSender

FORM = "application/x-www-form-urlencoded"
HERE = {"place": "Bordeaux", "mode": "e-bike", "price": "1500"}
KNOWN = {
    "answer.received": "none",
    "answer.person.age": "30",
    "answer.vehicle.condition": "new",
    "answer.household.referenceTaxIncomePerShare": "8000",
}


@cache
def app() -> Any:
    return build()


def asked(method: str, body: bytes | None = None, media: str = FORM, **more: str) -> Any:
    headers = (("Content-Type", media),) if body is not None else ()
    with AsgiSender(app()) as sender:
        return sender.send(Request(method, "/", (), (*headers, *more.items()), body))


def typed(fields: dict[str, str], **more: str) -> tuple[int, str]:
    found = asked("POST", urlencode(fields).encode(), **more)
    return found.status, found.body.decode()


def shown(page: str, lang: str = "en") -> str:
    """Return what a reader of a language reads, blanks made one."""
    other = "fr" if lang == "en" else "en"
    main = page[page.index("<main>") : page.index("</main>")]
    kept = re.sub(rf'<span lang="{other}">.*?</span>', "", main, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", kept).split())


def test_it_begins_with_a_form_in_the_language_of_the_browser() -> None:
    page = asked("GET").body.decode()
    assert '<html lang="en"' in page
    assert "Where do you live?" in shown(page)
    assert "What we found" not in shown(page)
    french = asked("GET", **{"Accept-Language": "de, fr-CH;q=0.9, en;q=0.8"}).body.decode()
    assert '<html lang="fr"' in french
    assert "Où habitez-vous" in shown(french, "fr")


def test_aids_come_with_amounts_and_why() -> None:
    status, page = typed({**HERE, **KNOWN})
    assert status == 200
    words = shown(page)
    assert "You can have it Prime vélo électrique de la métropole €200" in words
    assert "fits : age: at least 18 years" in words
    assert "It cannot be had together with another aid, which comes to more." in words
    assert "Together: €200" in words
    french = shown(page, "fr")
    assert "Vous y avez droit Prime vélo électrique de la métropole 200 €" in french
    assert "convient : âge : au moins 18 ans" in french
    assert "<title" in page
    assert "for you: 2, it depends: 0" in page


def test_what_was_typed_stays_and_what_tells_the_most_is_asked() -> None:
    status, page = typed({**HERE, "answer.person.age": "30", "lang": "fr"})
    assert status == 200
    assert '<html lang="fr"' in page
    assert re.search(r'name="place"[^>]*value="Bordeaux"', page)
    assert re.search(r'<option value="e-bike" selected', page)
    names = re.findall(r'name="(answer\.[^"]+)"', page)
    assert names[:2] == ["answer.person.age", "answer.received"]
    assert re.search(r'name="answer.person.age"[^>]*value="30"', page)
    for name in names:
        assert f'<label for="{name}">' in page
        assert f'id="{name}"' in page


def test_nobody_is_entitled_for_want_of_an_answer() -> None:
    assert "You can have it" not in shown(typed(HERE)[1])
    assert "It depends" in shown(typed(HERE)[1])


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"mode": "e-bike"}, "place", "Say where you live."),
        ({"place": "Nulle Part"}, "place", "No commune is called Nulle Part."),
        ({"place": "33000"}, "place", "not its postal code"),
        ({**HERE, "price": "dear"}, "price", "Give a sum of money"),
        ({**HERE, "answer.person.age": "old"}, "answer.person.age", "Give a number"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    fields: dict[str, str], name: str, words: str
) -> None:
    status, page = typed(fields)
    assert status == 422
    assert 'role="alert"' in page
    assert "Please correct what you typed - Mobility aids" in page
    assert f'<a href="#{name}">' in page
    field = re.search(rf'<input id="{re.escape(name)}"[^>]*>', page)
    assert field is not None
    assert 'aria-invalid="true"' in field[0]
    assert f'{name}-wrong"' in field[0]
    assert f'id="{name}-wrong"' in page
    assert words in shown(page)
    assert "What we found" not in shown(page)


def test_nothing_typed_is_taken_for_more_than_text() -> None:
    nasty = '"><script>alert(1)</script>{{ 7 * 7 }}'
    fields = {**HERE, "place": nasty, f"answer.{nasty}": nasty, "mode": nasty, "other": nasty}
    status, page = typed(fields)
    assert status == 422
    assert "<script>alert" not in page
    assert "49" not in shown(page)
    assert len(re.findall("<script>", page)) == 1


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"place=33063", "application/json", 415),
        (b"place=" + b"3" * 20_000, FORM, 413),
        (b"a=1&" * 200, FORM, 400),
        (b"place=%FF", FORM, 400),
        ("place=é".encode(), FORM, 400),
        (b"", FORM, 200),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, media: str, status: int) -> None:
    assert asked("POST", body, media).status == status


def test_no_request_leaves_it_and_nothing_is_kept() -> None:
    found = asked("POST", urlencode({**HERE, **KNOWN}).encode())
    headers = {name.lower(): value for name, value in found.headers}
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    page = found.body.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert policy[1].endswith("form-action 'self'")
    loaded = re.findall(r'(?:src|action|<link[^>]*href)="([^"]*)"', page)
    assert [one for one in loaded if one not in ("?", "data:,")] == []
    assert asked("GET").body.decode().count('value="Bordeaux"') == 0


def test_the_rest_of_the_catalogue_is_where_it_was() -> None:
    assert asked("HEAD").body == b""
    assert asked("DELETE").status in (404, 405)
    with AsgiSender(app()) as sender:
        assert sender.send(Request("GET", "/catalogue", (), (), None)).json["aids"] == 10


def test_aids_that_speak_for_themselves_are_asked_about() -> None:
    status, page = typed({"place": "33119", "mode": "bike", "answer.local.shop": "yes"})
    assert status == 200
    assert "Le vélo vient-il d'un commerce de la ville" in shown(page).replace("&#39;", "'")
    assert re.search(r'name="answer.local.shop".*?<option value="yes" selected', page, re.DOTALL)


@pytest.mark.parametrize(("lang", "words"), [("en", "1500.50"), ("fr", "1500,50")])
def test_beside_a_field_stands_what_it_takes_and_no_name_of_a_machine(
    lang: str, words: str
) -> None:
    _, page = typed({**HERE, "price": "dear", "lang": lang})
    assert words in shown(page, lang)
    assert "vehicle." not in shown(page, lang)
