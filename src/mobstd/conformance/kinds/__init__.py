"""The kinds of checks that send something; ``conformance/README.md`` says what each means.

Each is a ``Probe``: ``cost`` says before the run how many requests it would send for one
operation, ``run`` sends them and says what it saw. What it sends is recorded and judged by the
passive kinds as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from mobstd.conformance.kinds import (
    accepting,
    access,
    announcing,
    believing,
    boundary,
    bringing,
    complete,
    correcting,
    defaults,
    excluding,
    keeping,
    listing,
    making,
    moving,
    parameters,
    parties,
    rejection,
    relations,
    repeating,
    showing,
    signing,
    states,
    telling,
    unfit,
    unprompted,
    varying,
)
from mobstd.conformance.kinds.probe import Probe

__all__ = ["PROBES", "Probe"]

PROBES: Mapping[str, Probe] = {
    "required-parameter": parameters.REQUIRED,
    "bad-parameter": parameters.BAD,
    "good-parameter": parameters.GOOD,
    "empty": parameters.EMPTY,
    "boundary": boundary.BOUNDARY,
    "default-equals": defaults.DEFAULTS,
    "superset": relations.SUPERSET,
    "subset": relations.SUBSET,
    "stable": relations.STABLE,
    "swapped": relations.SWAPPED,
    "token-subset": relations.TOKENS,
    "at-most": relations.COUNTED,
    "complete": complete.COMPLETE,
    "credentials": access.CREDENTIALS,
    "key-header": access.KEY_HEADER,
    "public": access.PUBLIC,
    "implements": access.IMPLEMENTS,
    "declared": access.DECLARED,
    "not-declared": access.NOT_DECLARED,
    "returned": making.RETURNED,
    "accept": accepting.ACCEPT,
    "vary": varying.VARY,
    "correct": correcting.CORRECT,
    "listed": correcting.LISTED,
    "repeat": repeating.REPEAT,
    "stranger": excluding.STRANGER,
    "outdated": excluding.OUTDATED,
    "unfit": unfit.UNFIT,
    "made-from": listing.MADE_FROM,
    "read-back": keeping.READ_BACK,
    "begun": states.BEGUN,
    "state-kept": states.STATE_KEPT,
    "unchanged": keeping.UNCHANGED,
    "transition": moving.TRANSITION,
    "reject": rejection.REJECT,
    "accept-change": accepting.ACCEPT_CHANGE,
    "unknown": moving.UNKNOWN,
    "other-party": parties.PARTY,
    "called": announcing.CALLED,
    "announced": announcing.ANNOUNCED,
    "shown": showing.SHOWN,
    "whole": showing.WHOLE,
    "acted": announcing.ACTED,
    "by-itself": unprompted.BY_ITSELF,
    "signed": signing.SIGNED,
    "brought": bringing.BROUGHT,
    "follows": bringing.FOLLOWS,
    "taken": telling.TAKEN,
    "reached": telling.REACHED,
    "told": telling.TOLD,
    "retold": telling.RETOLD,
    "token": believing.TOKEN,
}
