"""The recipes of docs/how-to/serve.md that the pages cannot run by themselves."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobstd.serving import below

SETTINGS = """
SECRET_KEY = "not-a-secret"
ROOT_URLCONF = "project.urls"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = []
INSTALLED_APPS = ["rides"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "rides.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
URLS = """
from django.http import JsonResponse
from django.urls import path

urlpatterns = [path("hello", lambda request: JsonResponse({"hello": "world"}))]
"""
MODELS = """
from django.db import models


class Ride(models.Model):
    pickup_at = models.DateTimeField()
    alias = models.CharField(max_length=50)
"""
CARPOOL = """
from datetime import timedelta

from django.db import connection
from rides.models import Ride

from mobstd.ocss.v1_0 import DriverJourney, DriverJourneysQuery, OperatorService, User


class Carpool(OperatorService):
    async def get_driver_journeys(self, query: DriverJourneysQuery) -> list[DriverJourney]:
        margin = timedelta(seconds=query.time_delta)
        when = (query.departure_date - margin, query.departure_date + margin)
        return [_journey(ride, query) async for ride in Ride.objects.filter(pickup_at__range=when)]

    def get_status(self) -> None:
        Ride.objects.exists()  # the ORM's blocking ways are fine in a thread,
        connection.close()  # which has a connection of its own


def _journey(ride, query):
    return DriverJourney(
        id=str(ride.pk),
        operator="carpool.example.org",
        driver=User(id="7", operator="carpool.example.org", alias=ride.alias),
        type="PLANNED",
        passenger_pickup_date=ride.pickup_at,
        passenger_pickup_lat=query.departure_lat,
        passenger_pickup_lng=query.departure_lng,
        passenger_drop_lat=query.arrival_lat,
        passenger_drop_lng=query.arrival_lng,
        duration=1620,
        web_url="https://carpool.example.org/journeys/1",
    )
"""
QUERY = "departureLat=45.1915&departureLng=5.7145&arrivalLat=45.3659&arrivalLng=5.5906"


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
def test_beside_django_with_its_models(
    recipes: Path, monkeypatch: pytest.MonkeyPatch, ask: Any
) -> None:
    for package in ("project", "rides"):
        (recipes / package).mkdir(exist_ok=True)
        (recipes / package / "__init__.py").touch()
    (recipes / "project" / "settings.py").write_text(SETTINGS)
    (recipes / "project" / "urls.py").write_text(URLS)
    (recipes / "rides" / "models.py").write_text(MODELS)
    (recipes / "carpool.py").write_text(CARPOOL)
    monkeypatch.chdir(recipes)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "project.settings")
    sys.modules.pop("carpool", None)
    from project.asgi import application  # type: ignore[import-not-found]

    at = datetime(2030, 5, 6, 7, 30, tzinfo=UTC)
    _table_with_one_ride(at)
    assert ask(application, "/hello").json() == {"hello": "world"}
    assert ask(application, "/ocss/status").status_code == 200
    assert ask(application, "/ocss/driver_journeys").status_code == 400
    assert ask(application, "/ocss/nothing").json() == {"error": "There is nothing at this path."}
    search = f"/ocss/driver_journeys?{QUERY}&departureDate="
    (found,) = ask(application, f"{search}{int(at.timestamp()) + 900}").json()
    assert found["driver"]["alias"] == "Maëlle B."
    assert ask(application, f"{search}{int(at.timestamp()) + 901}").json() == []


def _table_with_one_ride(at: datetime) -> None:
    from django.db import connection  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from rides.models import Ride  # type: ignore[import-not-found]

    with connection.schema_editor() as editor:
        editor.create_model(Ride)
    Ride.objects.create(pickup_at=at, alias="Maëlle B.")
    connection.close()


def test_inside_fastapi(recipes: Path, ask: Any) -> None:
    for name in ("carpool", "with_fastapi"):
        sys.modules.pop(name, None)
    from with_fastapi import site  # type: ignore[import-not-found]

    assert ask(site, "/hello").json() == {"hello": "world"}
    found = ask(site, f"/ocss/driver_journeys?{QUERY}&departureDate=1904283000").json()
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
