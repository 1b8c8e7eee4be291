"""A standard that is only data is served from its examples, or from documents of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.root import at
from mobstd.canon.standard import Version, find
from mobstd.errors import ConfigError, UnknownName
from mobstd.serving.opening import curl, has_reference, implementation, role_of


@pytest.fixture(scope="module")
def bikes(checkout: Path) -> Version:
    return find("bikes@1.0", [at(checkout / "tests" / "toy")])


def test_lists_go_through_the_filters_of_the_catalogue(bikes: Version, ask: Any) -> None:
    app = implementation(bikes, "operator")
    near = ask(app, "/bikes?lat=45.19&lng=5.72").json()
    far = ask(app, "/bikes?lat=45.19&lng=5.72&radius=60").json()
    assert 0 < len(near) < len(far)
    assert ask(app, "/bikes?lat=45.19&lng=5.72&radius=2.0").json() == near
    assert ask(app, "/bikes?lat=45.19&lng=5.72&radius=60&limit=2").json() == far[:2]
    assert ask(app, "/bikes?lat=-45.19&lng=5.72").json() == []
    assert ask(app, "/bikes?lat=45.19").status_code == 400
    assert len(ask(app, "/stations").json()) == 6
    assert ask(app, "/health").status_code == 200


def test_documents_of_ones_own(bikes: Version, ask: Any, tmp_path: Path) -> None:
    example = bikes.folder / "examples" / "valid" / "bike" / "00.json"
    mine = {**json.loads(example.read_text()), "id": "mine"}
    file = tmp_path / "mine.ndjson"
    file.write_text(json.dumps(mine) + "\n")
    app = implementation(bikes, "operator", data=str(file))
    (found,) = ask(app, f"/bikes?lat={mine['lat']}&lng={mine['lng']}").json()
    assert found["id"] == "mine"
    file.write_text("3\n")
    with pytest.raises(ConfigError, match="fits none of: bike, station"):
        implementation(bikes, "operator", data=str(file))


def test_one_document_is_found_by_its_path(toy: Version, ask: Any) -> None:
    folder = toy.folder / "examples" / "valid" / "thing"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.json").write_text('{"id": "abc", "size": 1}')
    app = implementation(toy, "server")
    assert ask(app, "/things/abc").json() == {"id": "abc", "size": 1}
    assert ask(app, "/things/xyz").status_code == 404
    assert ask(app, "/things?near=1").json() == [{"id": "abc", "size": 1}]
    assert ask(app, "/ping").status_code == 204


def test_what_examples_cannot_do_is_said(bikes: Version) -> None:
    assert not has_reference(bikes)
    with pytest.raises(ConfigError, match="count"):
        implementation(bikes, "operator", count=3)


def test_roles(bikes: Version) -> None:
    assert role_of(bikes, None) == role_of(bikes, "operator") == "operator"
    with pytest.raises(UnknownName, match="operator"):
        role_of(bikes, "platform")


def test_a_curl_line_that_works(bikes: Version, ask: Any) -> None:
    app = implementation(bikes, "operator", api_keys=["k"])
    line = curl(app, bikes, "operator", "http://test", "$KEY")
    assert line.startswith("curl -s 'http://test/bikes?")
    target = line.split("'")[1].removeprefix("http://test")
    assert ask(app, target).status_code == 200


def test_the_reference_of_a_standard_with_faults(ask: Any) -> None:
    from mobstd.serving.faults import select

    version = find("ocss@1.0-alpha")
    assert has_reference(version)
    names = ["OCSS-AUTH-01/no-key@getDriverJourneys", "OCSS-PRICE-05"]
    app = implementation(
        version, "operator", variants=select(version, names), api_keys=["k"], count=60, now=0
    )
    line = curl(app, version, "operator", "http://test", "$KEY")
    assert line.startswith('curl -s -H "X-API-Key: $KEY" ')
    target = line.split("'")[1].removeprefix("http://test")
    assert ask(app, target).status_code == 200
    assert ask(app, target.replace("driver", "passenger")).status_code == 401
