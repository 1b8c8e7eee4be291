"""Outlines of places for GeoJSON: joined by type and code, refused where they are none."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from mobstd.cli import main
from mobstd.errors import ConfigError
from mobstd.mobility_aid.exporting import write
from mobstd.mobility_aid.exporting.outlines import outlines_of

from .documents import aid

RING = [[5.7, 45.1], [5.8, 45.1], [5.8, 45.2], [5.7, 45.1]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
ISLES = {"type": "MultiPolygon", "coordinates": [[RING], [RING]]}


def feature(code: Any, geometry: Any = SQUARE, name: str = "code") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: code, "nom": "x"}, "geometry": geometry}


def filed(path: Path, *features: Any) -> str:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return str(path)


def placed(*areas: tuple[str, str]) -> dict[str, Any]:
    include = [{"type": kind, "code": code} for kind, code in areas]
    return aid(territory={"basis": ["residence"], "include": include})


def test_places_get_their_outlines_by_type_and_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    aids = tmp_path / "aids.json"
    aids.write_text(
        json.dumps([placed(("region", "75"), ("department", "75"), ("epci", "243300316"))])
    )
    regions = filed(tmp_path / "regions.geojson", feature("75", ISLES), feature("11"))
    groups = filed(tmp_path / "epci.geojson", feature("243300316", name="siren"))
    named = ("--outlines", f"region={regions}", "--outlines", f"epci={groups}")
    assert main(["aids", "export", str(aids), "--to", "geojson", *named]) == 0
    said = capsys.readouterr()
    found = {one["id"]: one["geometry"] for one in json.loads(said.out)["features"]}
    assert found == {"region:75": ISLES, "department:75": None, "epci:243300316": SQUARE}
    assert "department:75: No outline of it is there." in said.err
    assert "region:75: No outline" not in said.err


def test_without_outlines_nothing_is_told_of_them() -> None:
    out = io.StringIO()
    told = [one.code for one in write([placed(("region", "75"))], out, "geojson")]
    assert "no-outline" not in told
    assert json.loads(out.getvalue())["features"][0]["geometry"] is None


@pytest.mark.parametrize(
    "features",
    [
        [feature(75)],
        [feature("")],
        [feature("75", None)],
        [feature("75", {"type": "Point", "coordinates": [5.7, 45.1]})],
        [feature("75", {"type": "Polygon", "coordinates": []})],
        [feature("75", {"type": "Polygon", "coordinates": [RING[0]]})],
        [feature("75", {"type": "Polygon", "coordinates": [[[5.7]]]})],
        [feature("75", {"type": "Polygon", "coordinates": [[["5.7", "45.1"]]]})],
        [feature("75", {"type": "Polygon", "coordinates": [[[652000, 6862000]]]})],
        [feature("75", {"type": "Polygon"})],
        [feature("75", {"type": ["Polygon"], "coordinates": [RING]})],
        [feature("75"), feature("75")],
        [{"type": "Feature", "properties": None, "geometry": SQUARE}],
        [None],
    ],
)
def test_what_is_no_outline_is_refused(tmp_path: Path, features: list[Any]) -> None:
    file = filed(tmp_path / "x.geojson", *features)
    with pytest.raises(ConfigError) as told:
        outlines_of([f"region={file}"])
    assert told.value.exit_code == 2
    assert file in told.value.text("fr")


def test_what_is_no_file_of_outlines_is_refused(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"features": 3}', "null"):
        file = tmp_path / "x.geojson"
        file.write_text(text)
        with pytest.raises(ConfigError):
            outlines_of([f"region={file}"])
    for named in ("region", "town=x", f"region={tmp_path / 'nothing'}", f"region={tmp_path}", "="):
        with pytest.raises(ConfigError):
            outlines_of([named])


def test_a_format_without_outlines_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as told:
        list(write([placed(("region", "75"))], io.StringIO(), "json-ld", outlines={}))
    assert "geojson" in told.value.text("en")
