"""Aids of Mon Compte Mobilité as those of mobility-aid, and back, with what is lost by name.

    from mobstd.mob.mapping import aid_from_incentive

    mapped = aid_from_incentive(incentive, territory=territory, funder=funder)
    print(mapped.document)
    for loss in mapped.losses:
        print(loss.pointer, loss.text("en"))

aids        an incentive as an aid
incentives  an aid as an incentive
modes       the words for modes on both sides

Every function is pure: JSON values in, JSON values out. Nothing is filled in silently.
"""

from __future__ import annotations

from mobstd.judging.mapping import Loss, Mapped
from mobstd.mob.mapping.aids import aid_from_incentive
from mobstd.mob.mapping.incentives import incentive_from_aid
from mobstd.mob.mapping.modes import MODES, WORDS

__all__ = ["MODES", "WORDS", "Loss", "Mapped", "aid_from_incentive", "incentive_from_aid"]
