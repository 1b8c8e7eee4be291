"""Which criterion of the registry a question of the model is, and what its answers are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["BASES", "VOCABULARY", "Term"]


@dataclass(frozen=True)
class Term:
    """A criterion that answers a question of theirs.

    Attributes:
        criterion: its name in the registry.
        kind: ``number``, ``money``, ``boolean``, ``choice`` or ``area``.
        unit: the unit of theirs that ours is in.
        answers: our answers by theirs, of a choice; of a boolean, what is true.
    """

    criterion: str
    kind: str
    unit: str = ""
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


VOCABULARY: Mapping[str, Term] = {
    "localisation . code insee": Term("residence.commune", "area"),
    "localisation . epci": Term("residence.epci", "area"),
    "localisation . département": Term("residence.department", "area"),
    "localisation . région": Term("residence.region", "area"),
    "localisation . pays": Term(
        "residence.country",
        "choice",
        answers={"France": ("FR",), "Monaco": ("MC",), "Luxembourg": ("LU",)},
    ),
    "localisation . ZFE": Term("residence.lowEmissionZone", "boolean"),
    "demandeur . âge": Term("person.age", "number", "an"),
    "demandeur . en situation de handicap": Term("person.disability", "boolean"),
    "demandeur . bénéficiaire du RSA": Term(
        "person.socialBenefit", "boolean", answers={"oui": ("rsa",)}
    ),
    "demandeur . bénéficiaire de l'AAH": Term(
        "person.socialBenefit", "boolean", answers={"oui": ("aah",)}
    ),
    "demandeur . statut": Term(
        "person.status",
        "choice",
        answers={
            "étudiant": ("student",),
            "apprenti": ("apprentice",),
            "demandeur d'emploi": ("job-seeker",),
            "salarié": ("employee",),
            "retraité": ("retired",),
            "reconversion": ("retraining",),
            "autre": ("self-employed", "other"),
        },
    ),
    "foyer . personnes": Term("household.size", "number", "personne"),
    "revenu fiscal de référence par part": Term(
        "household.referenceTaxIncomePerShare", "money", "€/an"
    ),
    "revenu fiscal de référence par part . revenu de référence": Term(
        "household.referenceTaxIncome", "money", "€/an"
    ),
    "revenu fiscal de référence par part . nombre de parts": Term("household.taxShares", "number"),
    "vélo . type": Term(
        "vehicle.category",
        "choice",
        answers={
            "mécanique simple": ("bike",),
            "électrique": ("e-bike",),
            "cargo": ("cargo-bike",),
            "cargo électrique": ("e-cargo-bike",),
            "pliant": ("folding-bike",),
            "pliant électrique": ("e-folding-bike",),
            "motorisation": ("bike-conversion-kit",),
            "adapté": ("adapted-bike", "e-adapted-bike"),
        },
    ),
    "vélo . état": Term(
        "vehicle.condition", "choice", answers={"neuf": ("new",), "occasion": ("second-hand",)}
    ),
    "vélo . fabriqué en france": Term("vehicle.madeIn", "boolean", answers={"oui": ("FR",)}),
    "vélo . prix": Term("vehicle.priceInclTax", "money", "€"),
    "vélo . prix . HT": Term("vehicle.priceExclTax", "money", "€"),
}
"""Questions of the model ``@betagouv/aides-velo`` that the registry asks too."""

BASES: Mapping[str, str] = {
    "vehicle.priceInclTax": "purchase-price-incl-tax",
    "vehicle.priceExclTax": "purchase-price-excl-tax",
}
"""The base of a percentage that a criterion is."""
