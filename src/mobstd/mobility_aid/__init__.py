"""Mobility aids as data, and what they mean for a person: a proposal by mobstd.

evaluation   what one aid means for a person
together     several aids: exclusions, caps, never more than the price
truth        three values, with reasons and with what is missing
facts        what is known of a situation, and what follows from it
conditions   whether a condition holds
territory    whether a place lies in a territory; places: what follows from a commune
standing     whether an aid can be had on a day: status, dates, budget, quota
amounts      what a formula comes to; sums: sums that are not fully known
benefits     what one benefit comes to; ceilings: what keeps it down
dependence   which aids are computed from which
registry     the criteria, and what is official about places
importing    aids read from what others publish; exporting: written back; command: `aids`
search       what a search for aids means; reference: a catalogue that serves it
funder       a funder that takes subscriptions; subscribing: acts that survive a lost answer
feed         what a feed of changes says beside the list; counting: how many aids of a place
timestamps   time stamps of RFC 3161, read; proving: rules of evidence
subscriptions   rules of them; acts: what a run asked of them; events: whether they tell it;
             decided: what was decided, kept; holding: documents, held as they were sent
identifiers  SIREN and SIRET; rules: what the schema of an aid cannot say
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from mobstd.canon.plug import Plug

if TYPE_CHECKING:
    from mobstd.mobility_aid.evaluation import Missing, Outcome, evaluate
    from mobstd.mobility_aid.together import Together, evaluate_all

__all__ = ["PLUG", "Missing", "Outcome", "Together", "evaluate", "evaluate_all"]

PLUG = Plug(
    name="mobility-aid",
    package="mobstd.mobility_aid",
    rules="mobstd.mobility_aid.rules:RULES",
    derivations="mobstd.mobility_aid.boundaries:DERIVATIONS",
    references={
        "0.1": "mobstd.mobility_aid.reference:build",
        "0.1/funder": "mobstd.mobility_aid.funder:build",
    },
    seeds={"0.1": "mobstd.mobility_aid.reference.stock:at_hand"},
    commands="mobstd.mobility_aid.command:COMMANDS",
)

_HOMES = {
    "Missing": "evaluation",
    "Outcome": "evaluation",
    "evaluate": "evaluation",
    "Together": "together",
    "evaluate_all": "together",
}


def __getattr__(name: str) -> Any:
    """Load what evaluates when it is asked for: every command of mobstd reads ``PLUG``."""
    if name in _HOMES:
        return getattr(import_module(f"mobstd.mobility_aid.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
