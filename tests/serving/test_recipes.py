"""The recipes of docs/how-to/serve.md that the pages cannot run by themselves."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from mobstd.serving import below

SETTINGS = """
SECRET_KEY = "not-a-secret"
ROOT_URLCONF = "project.urls"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = []
INSTALLED_APPS = []
"""
URLS = """
from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("hello", lambda request: JsonResponse({"hello": "world"}))]
"""


@pytest.fixture
def recipes(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    page = (checkout / "docs" / "how-to" / "serve.md").read_text("utf-8")
    for name, text in re.findall(r"<!-- file: (\S+) -->\n```python\n(.*?)^```", page, re.M | re.S):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.filterwarnings("ignore")
def test_beside_django(recipes: Path, monkeypatch: pytest.MonkeyPatch, ask: Any) -> None:
    pytest.importorskip("django")
    (recipes / "project" / "__init__.py").touch()
    (recipes / "project" / "settings.py").write_text(SETTINGS)
    (recipes / "project" / "urls.py").write_text(URLS)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "project.settings")
    from project.asgi import application  # type: ignore[import-not-found]

    assert ask(application, "/hello").json() == {"hello": "world"}
    assert ask(application, "/ocss/status").status_code == 200
    assert ask(application, "/ocss/driver_journeys").status_code == 400
    assert ask(application, "/ocss/nothing").json() == {"error": "There is nothing at this path."}


def test_inside_fastapi(recipes: Path, ask: Any) -> None:
    for name in ("carpool", "with_fastapi"):
        sys.modules.pop(name, None)
    from with_fastapi import site  # type: ignore[import-not-found]

    assert ask(site, "/hello").json() == {"hello": "world"}
    query = "departureLat=45.1915&departureLng=5.7145&arrivalLat=45.3659&arrivalLng=5.5906"
    found = ask(site, f"/ocss/driver_journeys?{query}&departureDate=1904283000").json()
    assert [journey["id"] for journey in found] == ["1"]
    assert ask(site, "/ocss/passenger_journeys").status_code == 404


def test_below_a_prefix_below_a_prefix(ask: Any) -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        text = f"{scope['root_path']} {scope['path']}"
        await send({"type": "http.response.body", "body": text.encode()})

    async def outer(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    both = below("a", below("/b/", inner, outer), outer)
    assert ask(both, "/a/b/c").text == "/a/b /a/b/c"
    assert ask(both, "/a/c").status_code == 404
    assert ask(both, "/b").status_code == 404
