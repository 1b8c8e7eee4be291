"""RDEX 1.2, the legacy exchange of carpool ads that is still live, and a bridge out of it.

v1_2        what users import: clients, searches, models, signatures, a server
client      the generated clients, signed, and read as answers really come
search      a search in words
signature   signed URLs, made and verified
refusals    refusals by their names, as exceptions
wording     refusals as a server writes them
door        the app of a legacy server, with its signatures
bridge      ads as OCSS journeys and trips, and the other way round
reference   a legacy operator on invented journeys
"""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(
    name="rdex",
    package="mobstd.rdex",
    rules="mobstd.rdex.rules:RULES",
    references={"1.2": "mobstd.rdex.reference:build"},
    bridges={
        ("ocss@1.0-alpha", "rdex"): "mobstd.rdex.bridge.opening:ocss_from_rdex",
        ("rdex@1.2", "ocss"): "mobstd.rdex.bridge.opening:rdex_from_ocss",
    },
)
