"""Wrong ways of the reference catalogue: what no edit of an exchange can express."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.reference.shelf import Wanted, key_of
from mobstd.serving.answers import Refuse

__all__ = ["BEHAVIOURS"]


def _place_alone(publisher: Publisher) -> None:
    """Finds the aids of the place itself alone."""
    publisher.covering = lambda place: [place]


def _without_the_country(publisher: Publisher) -> None:
    """Forgets the aids of the country."""
    publisher.covering = lambda place: [
        one for one in covering(place) if one == place or not one.startswith("country")
    ]


def _keeps_the_excluded(publisher: Publisher) -> None:
    """Finds what excludes the place."""
    publisher.excluding = False


def _first_is_gone(publisher: Publisher) -> None:
    """Does not find the first aid that it lists."""
    one = publisher.alone

    def alone(id_: str) -> str:
        first = publisher.shelf.search(Wanted(limit=1))[:1]
        if [key for key, _ in first] == [key_of(id_)]:
            raise Refuse(404, "There is no aid of this id.")
        return one(id_)

    publisher.alone = alone


def _anything_is_there(publisher: Publisher) -> None:
    """Answers an id that nobody published with the first aid."""
    one = publisher.alone

    def alone(id_: str) -> str:
        try:
            return one(id_)
        except Refuse:
            return publisher.shelf.search(Wanted(limit=1))[0][1]

    publisher.alone = alone


BEHAVIOURS: Mapping[str, Callable[[Publisher], None]] = {
    "place-alone": _place_alone,
    "without-the-country": _without_the_country,
    "keeps-the-excluded": _keeps_the_excluded,
    "first-is-gone": _first_is_gone,
    "anything-is-there": _anything_is_there,
}
"""Each by its name: those of places are of AID-CAT-05, those of aids read alone of AID-CAT-01."""
