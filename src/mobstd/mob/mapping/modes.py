"""The words for modes: seven here, many more there."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MODES", "WORDS"]

MODES: Mapping[str, str] = {
    "transportsCommun": "public-transport",
    "velo": "bike",
    "voiture": "car",
    "libreService": "shared-mobility",
    "electrique": "other",
    "autopartage": "carsharing",
    "covoiturage": "carpool",
}
"""The mode that a word stands for; ``electrique`` does not say what is electric."""

WORDS: Mapping[str, str] = {
    **dict.fromkeys(("bike", "cargo-bike", "folding-bike", "adapted-bike"), "velo"),
    **dict.fromkeys(
        (
            "e-bike",
            "e-cargo-bike",
            "e-folding-bike",
            "e-adapted-bike",
            "bike-conversion-kit",
            "e-car",
            "e-two-wheeler",
            "e-scooter",
            "light-quadricycle",
        ),
        "electrique",
    ),
    **dict.fromkeys(
        ("public-transport", "train", "coach", "on-demand-transport", "ferry"), "transportsCommun"
    ),
    **dict.fromkeys(("car", "van", "car-retrofit"), "voiture"),
    "carpool": "covoiturage",
    "carsharing": "autopartage",
    "shared-mobility": "libreService",
}
"""The word for a mode; walking, several modes and what is none of these have no word."""
