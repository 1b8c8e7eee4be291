"""``--from``: which bridges there are, and what they are told."""

from __future__ import annotations

from typing import Any

import pytest

from mobstd.errors import ConfigError, UnknownName
from mobstd.serving.bridging import bridge, settings


def test_settings_come_as_text_or_from_the_environment() -> None:
    given = ["zone=UTC", "public_key=me", "reach=", "private-key=${KEY}", "url=a=b"]
    assert settings(given, {"KEY": "s3cret"}) == {
        "zone": "UTC",
        "public_key": "me",
        "reach": "",
        "private_key": "s3cret",
        "url": "a=b",
    }


@pytest.mark.parametrize(
    "text",
    ["zone", "=UTC", "two words=1", "key=s3cret", "private_key=s3cret", "private_key=${NOT_SET}"],
)
def test_settings_that_are_none(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings([text], {})
    assert "s3cret" not in str(caught.value) + caught.value.text("fr")


def test_a_standard_without_bridges(toy: Any) -> None:
    for source in ("other", "=http://x", "other="):
        with pytest.raises(ConfigError):
            bridge(toy, source)
    with pytest.raises(UnknownName, match="other"):
        bridge(toy, "other=http://127.0.0.1:1")
