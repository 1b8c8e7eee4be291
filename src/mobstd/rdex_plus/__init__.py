"""RDEX+ 2.0, the carpooling standard of 2021 that came before OCSS."""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(
    name="rdex-plus",
    package="mobstd.rdex_plus",
    rules="mobstd.rdex_plus.rules:RULES",
    references={"2.0": "mobstd.rdex_plus.reference:build"},
)
