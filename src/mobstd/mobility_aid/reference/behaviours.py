"""Wrong searches of the reference catalogue: what no edit of an exchange can express."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mobstd.mobility_aid.members import covering
from mobstd.mobility_aid.reference.service import Publisher

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


BEHAVIOURS: Mapping[str, Callable[[Publisher], None]] = {
    "place-alone": _place_alone,
    "without-the-country": _without_the_country,
    "keeps-the-excluded": _keeps_the_excluded,
}
"""Each by its name; all of them are of AID-CAT-05."""
