"""OCSS, the carpooling standard drafted in France in 2022 after RDEX+."""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(
    name="ocss",
    package="mobstd.ocss",
    rules="mobstd.ocss.rules:RULES",
    references={
        "1.0-alpha": "mobstd.ocss.reference:build",
        "1.0-alpha/maas": "mobstd.ocss.reference.maas:build",
        "2.0-proposal": "mobstd.ocss.reference:build_proposal",
        "2.0-proposal/maas": "mobstd.ocss.reference.maas:build_proposal",
    },
)
