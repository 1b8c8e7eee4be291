"""Signed URLs: known answers, and every way to be refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.errors import ConfigError
from mobstd.judging.exchange import Request
from mobstd.rdex.v1_2 import Keys, NotAccepted, Signing, signature, verified
from mobstd.transport.address import request_target

PLAIN = (
    "https://www.operator.com/rdexapi/journeys.json?timestamp=1326359986&apikey=operator_public_key"
)
SEARCH = (
    "https://www.operator.com/rdexapi/journeys.json"
    "?timestamp=1448445283&apikey=operator_public_key"
    "&p%5Bdriver%5D%5Bstate%5D=1&p%5Bpassenger%5D%5Bstate%5D=0"
    "&p%5Bfrom%5D%5Blatitude%5D=45.128038&p%5Bfrom%5D%5Blongitude%5D=5.587706"
    "&p%5Bto%5D%5Blatitude%5D=45.172348&p%5Bto%5D%5Blongitude%5D=5.62839"
    "&p%5Boutward%5D%5Bmindate%5D=2015-12-14&p%5Boutward%5D%5Bmaxdate%5D=2015-12-14"
)
VECTORS = {
    PLAIN: "0cad5084df2b0de33a3137efca6f318ce97bef887574a46164eacbabace9f488",
    SEARCH: "5d7a0909bfe215d53f18a9d026be4cda6136359c50ebb2c6407a97fe1f9dd6bc",
}
KEYS = {"operator_public_key": "operator_private_key"}


@pytest.mark.parametrize("url", VECTORS)
def test_known_answers(url: str) -> None:
    assert signature(url, "operator_private_key") == VECTORS[url]
    stamp = float(url.partition("timestamp=")[2][:10])
    signed = f"{url}&signature={VECTORS[url]}"
    assert verified(signed, KEYS, now=stamp + 3600) == "operator_public_key"


def test_a_client_signs_the_url_that_it_sends() -> None:
    keys = Keys("operator_public_key", "operator_private_key")
    signing = Signing(keys, "https://www.operator.com", lambda: 1448445283.7)
    pairs = tuple(
        (pair.partition("=")[0].replace("%5B", "[").replace("%5D", "]"), pair.partition("=")[2])
        for pair in SEARCH.partition("?")[2].split("&")[2:]
    )
    request = signing(Request("GET", "/rdexapi/journeys.json", pairs))
    url = "https://www.operator.com" + request_target(request).decode()
    assert url == f"{SEARCH}&signature={VECTORS[SEARCH]}"


@given(st.text(max_size=20), st.text(min_size=1, max_size=20))
def test_what_is_signed_is_accepted(value: str, private: str) -> None:
    value, private = (text.encode("utf-8", "replace").decode() for text in (value, private))
    signing = Signing(Keys("me", private), "http://a", lambda: 1000)
    request = signing(Request("GET", "/x", (("p[a]", value),)))
    url = "http://a" + request_target(request).decode()
    assert verified(url, {"me": private}, now=1000) == "me"
    with pytest.raises(NotAccepted):
        verified(url, {"me": private + "x"}, now=1000)


def refused(url: str, **options: Any) -> str:
    with pytest.raises(NotAccepted) as caught:
        verified(url, KEYS, now=options.pop("now", 1326359986), **options)
    return caught.value.name


def test_refusals_by_name() -> None:
    signed = f"{PLAIN}&signature={VECTORS[PLAIN]}"
    assert refused(PLAIN) == "signature_mismatch"
    assert refused(signed + "0") == "signature_mismatch"
    assert refused(signed.replace("https", "http")) == "signature_mismatch"
    assert refused(signed + f"&signature={VECTORS[PLAIN]}") == "signature_mismatch"
    assert refused(signed + "&p=1") == "signature_mismatch"
    assert refused(signed.replace("operator_public_key", "somebody")) == "access_denied"
    assert refused("https://www.operator.com/x") == "access_denied"
    assert refused(signed + "&apikey=operator_public_key") == "access_denied"
    assert refused(signed, now=1326359986 + 3601) == "timestamp_too_skewed"
    assert refused(signed, now=1326359986 - 3601) == "timestamp_too_skewed"
    assert verified(signed, KEYS, now=1326359986 - 60, window=60)


def test_a_timestamp_that_is_none() -> None:
    for stamp in ("", "soon", "1326359986.5", "١٣٢٦", "9" * 400, "-1"):
        url = PLAIN.replace("1326359986", stamp)
        assert refused(f"{url}&signature={signature(url, KEYS['operator_public_key'])}") == (
            "timestamp_too_skewed"
        )


def test_the_private_key_is_never_shown() -> None:
    keys = Keys("public", "s3cret")
    assert "s3cret" not in repr(keys) + repr(Signing(keys, "http://a"))
    for pair in (("", "x"), ("x", "")):
        with pytest.raises(ConfigError):
            Keys(*pair)
