"""What no schema says of subscriptions: what lists show, and what calls leave behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange
from mobstd.judging.pointer import MISSING, find, get
from mobstd.judging.rule import Edit, ItemFilter, RunRule, Trouble
from mobstd.mobility_aid.acts import Act, acts
from mobstd.mobility_aid.events import told

__all__ = ["RULES"]

Item = Mapping[str, Any]
Judged = Iterator[tuple[Exchange, Sequence[Trouble]]]

CONFLICT = 409
LIVING = ("draft", "submitted", "granted")
"""States in which somebody has an aid, or may still get it."""

LASTING = ("granted", "withdrawn", "revoked", "expired")
"""States in which hardly anything happens any more."""

KEPT = (
    *("aid", "subject", "consent", "answers", "documents", "decision", "checks"),
    *("createdAt", "updatedAt", "history"),
)
"""What changes by nothing but an act that is taken; of the state another row speaks."""


def _asked_for(
    name: str, code: str, others: tuple[str, ...], lasting: tuple[str, ...] = ()
) -> ItemFilter:
    """Return the filter of a list by the member of this name.

    Args:
        name: of the member, and of the parameter.
        code: of the message about what was not asked for.
        others: values that can be asked for instead.
        lasting: values that hardly change, where others do; of several that are asked for one is
            enough then.
    """

    def match(item: Item, query: Mapping[str, str], _: Context) -> bool | None:
        wanted = query.get(name)
        return wanted is None or item[name] in wanted.split(",")

    def edges(item: Item, _: Mapping[str, Any], __: Context) -> Iterator[Edit]:
        own = item[name]
        other = next(one for one in others if one != own)
        yield Edit({name: other}, inside=False)
        if not lasting or own in lasting:
            yield Edit({name: own}, inside=True)
        if own in lasting:
            yield Edit({name: [other, own]}, inside=True)

    return ItemFilter(code, (name,), match, edges, reads=(name,), when_asked=True)


def _limits(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-SUB-03: who has an aid as often as one gets it is told which subscription they have."""
    limits = _published(exchanges)
    has: dict[tuple[Any, Any], dict[str, Any]] = {}
    whose: dict[str, tuple[Any, Any]] = {}
    for act in acts(exchanges):
        who = (get(act.sent, "/subject"), get(act.sent, "/aid"))
        if act.begins and act.refused:
            living = [key for key, state in has.get(who, {}).items() if state in LIVING]
            reached = len(living) >= limits.get(who[1], len(living) + 1)
            if act.exchange.status == CONFLICT and act.key not in whose and reached:
                yield act.exchange, _named(act, has[who])
        elif act.shown is not None:
            if act.begins and MISSING not in who:
                whose[act.key] = who
            if act.key in whose:
                has.setdefault(whose[act.key], {})[act.key] = act.shown.get("state")


def _published(exchanges: Sequence[Exchange]) -> dict[Any, int]:
    """Return how often one gets each aid, where that is limited."""
    pages = (x for x in exchanges if x.operation == "listTerms" and x.accepted)
    terms = (one for x in pages for _, one in find(x.body, "/terms/*"))
    told = ((get(one, "/aid"), get(one, "/limit")) for one in terms)
    return {aid: limit for aid, limit in told if isinstance(aid, str) and isinstance(limit, int)}


def _named(act: Act, has: Item) -> list[Trouble]:
    existing = get(act.answer, "/existing")
    if existing is MISSING:
        return [Trouble("existing-unnamed", expected=next(iter(has)))]
    wrong = existing not in has
    return [Trouble("existing-of-other", "/existing", received=existing)] if wrong else []


def _failures(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-ERR-05: between two reads, calls that were refused changed nothing.

    What changes where nothing was asked in between is no matter of what was refused.
    """
    before: dict[str, Act] = {}
    refused: set[str] = set()
    restless: set[str] = set()
    pairs: list[tuple[Act, Act]] = []
    for act in acts(exchanges):
        if act.refused:
            refused.update({act.key, str(get(act.answer, "/existing"))})
        elif not act.reads or act.shown is None:
            before.pop(act.key, None)
        else:
            first = before.get(act.key)
            if first is not None and act.key in refused:
                pairs.append((first, act))
            elif first is not None:
                restless.update(_differing(first, act, context))
            before[act.key] = act
            refused.discard(act.key)
    for first, then in pairs:
        if get(first.shown, "/state") == get(then.shown, "/state"):
            changed = [name for name in _differing(first, then, context) if name not in restless]
            yield then.exchange, [Trouble("changed-by-refused", f"/{name}") for name in changed]


def _differing(first: Act, then: Act, context: Context) -> list[str]:
    """Return the members that two answers show otherwise, and that the schema accepts in both."""
    wrong = [context.refused(act.exchange) for act in (first, then)]
    return [
        name
        for name in KEPT
        if get(first.shown, f"/{name}") != get(then.shown, f"/{name}")
        if not any(one.touches(f"/{name}", frozenset()) for one in wrong)
    ]


def _updates(exchanges: Sequence[Exchange], context: Context) -> Judged:
    """AID-SUB-10: an answer that is null is taken back, another one is there: told and read."""
    patched: dict[str, Item] = {}
    for act in acts(exchanges):
        if act.refused:
            continue
        patch = get(act.sent, "/answers") if act.updates else patched.pop(act.key, None)
        if act.shown is None or not isinstance(patch, dict) or not (act.updates or act.reads):
            patched.pop(act.key, None)
            continue
        if act.updates:
            patched[act.key] = patch
        yield act.exchange, list(_unmerged(act, patch, context))


def _unmerged(act: Act, patch: Item, context: Context) -> Iterator[Trouble]:
    wrong = context.refused(act.exchange)
    for name, value in patch.items():
        at, now = f"/answers/{name}", get(act.shown, f"/answers/{name}")
        if wrong.touches(at, frozenset()):
            continue
        if value is None and now is not MISSING:
            yield Trouble("not-taken-back", at, received=now)
        elif value is not None and now is MISSING:
            yield Trouble("not-put-in", at, expected=value)


RULES: Mapping[str, ItemFilter | RunRule] = {
    "list-aid": _asked_for("aid", "other-aid", ("mobstd-no-aid", "mobstd-none")),
    "list-state": _asked_for("state", "other-state", ("expired", "revoked"), LASTING),
    "limit-names": RunRule(_limits),
    "refused-changes-nothing": RunRule(_failures),
    "updates-merge": RunRule(_updates),
    "changes-told": RunRule(told),
}
"""Rules of subscriptions, by name."""
