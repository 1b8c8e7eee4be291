"""Invented operators and invented people, with names as real ones are written."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

__all__ = ["OPERATORS", "Item", "users"]

Item = dict[str, Any]

OPERATORS = ("covoit.example.org", "trajets.example.com", "mobi.example.net")
"""The domains of the operators; ``example.*`` belongs to nobody."""

_FIRST = {
    "F": "Maëlle Zoé Aïssatou Françoise Inès Noémie Solenn Thérèse Øydis Łucja Chloé Nối "
    "Anaïs Maider Ζωή Йоана Gül-Ayşe Héloïse Fatoumata Lucie",
    "M": "Loïc Gaël Idriss Benoît Jérôme Eñaut Mathéo Øystein Ömer Nuño Raphaël Yann Zoltán "
    "Владимир 健 Ștefan Björn Ibrahima Anthony François-Xavier",
    "O": "Camille Dominique Claude Sacha Éden Maxence Morgan Alix Lou Charlie",
}
_LAST = (
    *("Le Goff", "Bérenger", "d'Ormesson-Vial", "Etcheverry", "Müller", "Diallo", "N'Guyen"),
    *("Lefèvre", "Çelik", "Øster", "García-Núñez", "Kowalczyk", "Boulanger", "Père", "O'Brien"),
    *("Naïmi", "Schœn", "Lacroix", "Sağlam", "Hœrni"),
)
_ALIASES = (
    *("l'Écureuil 🚗", "covoit_42", "Petit-Prince", "MamieVroum", "東", "La Fée Électricité"),
    *("~zéphyr~", "№7"),
)


@cache
def users(operator: str, size: int) -> tuple[Item, ...]:
    """Return the people of an operator; together they show every set of optional members."""
    return tuple(_user(operator, number) for number in range(size))


def _user(operator: str, number: int) -> Item:
    random = Random(f"{operator} user {number}")
    gender = random.choice("FFFFMMMMMO")
    first, last = random.choice(_FIRST[gender].split()), random.choice(_LAST)
    named = random.random() < 0.85
    user: Item = {
        "id": f"u-{number + 1000}" if operator != OPERATORS[1] else str(70000 + number),
        "operator": operator,
        "alias": f"{first} {last[0]}." if named else f"{random.choice(_ALIASES)} {number}",
    }
    shown = number * 37 % 64
    if shown & 1:
        user["firstName"] = first
    if shown & 2:
        user["lastName"] = last
    if shown & 4:
        user["grade"] = random.randrange(1, 6)
    if shown & 8:
        user["picture"] = f"https://{operator}/people/{number + 1000}.jpg"
    if shown & 16:
        user["gender"] = gender
    if shown & 32:
        user["verifiedIdentity"] = random.random() < 0.7
    return user
