"""The columns of both layouts of the table of the directory, and the words in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mobstd.mobility_aid.importing.places import plain

__all__ = ["LAYOUTS", "LEVELS", "MODES", "REQUIRED", "WORDS", "Layout"]

_PARTS = [
    "id",
    "title",
    "description",
    "place",
    "code",
    "level",
    "funder",
    "conditions",
    "method",
    "amount",
    "minimum",
    "modes",
    "documents",
    "info",
    "contact",
    "duration",
    "end",
    "subscribable",
    "link",
    "source",
]
REQUIRED = ("id", "title", "description", "place", "level", "funder", "conditions", "amount")
"""What no aid can be without."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout.

    Attributes:
        version: the version of the table schema.
        columns: the name of the column of each part that it has.
    """

    version: str
    columns: Mapping[str, str]

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that a file of it can't be without."""
        return tuple(self.columns[part] for part in REQUIRED)


def _layout(version: str, names: str) -> Layout:
    pairs = zip(_PARTS, names.split(), strict=True)
    return Layout(version, {part: name for part, name in pairs if name != "-"})


LAYOUTS: Mapping[str, Layout] = {
    "table-0.1": _layout(
        "0.1.0",
        "id nom description territoire territoire_insee type_financeur financeur "
        "condition_obtention modalite_versement montant montant_minimum mode_transport "
        "justificatifs info contact duree_validite date_fin_validite - lien_souscription source",
    ),
    "table-0.2": _layout(
        "0.2.0",
        "id title description territoryName - incentiveType funderName conditions paymentMethod "
        "allocatedAmount minAmount transportList attachments additionalInfos contact "
        "validityDuration validityDate isMCMStaff subscriptionLink source",
    ),
}
"""Both layouts by the name of their format."""

LEVELS = {
    "Aide nationale": "national",
    "Aide de mon territoire": "territory",
    "Aide de mon employeur": "employer",
    "AideNationale": "national",
    "AideTerritoire": "territory",
    "AideEmployeur": "employer",
}
WORDS = {
    "bike": "Vélo",
    "e-bike": "VAE",
    "folding-bike": "Vélo pliant",
    "cargo-bike": "Vélo cargo",
    "adapted-bike": "Vélo adapté",
    "public-transport": "Transports en commun",
    "carpool": "Covoiturage",
    "carsharing": "Autopartage",
    "shared-mobility": "Libre-service",
    "car": "Voiture",
}
"""The words for modes; the table has no list of them, and these are those of its example rows."""

MODES = {
    **{plain(word): mode for mode, word in WORDS.items()},
    "transportscommun": "public-transport",
    "libreservice": "shared-mobility",
}
"""Modes by their words; a word that stands for several modes, such as ``electrique``, is none."""
