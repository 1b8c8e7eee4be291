"""The rules, one module per topic; each has its ``RULES``."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mobstd.release.lint.rule import Rule

__all__ = ["rules"]


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its id."""
    topics = sorted(module.name for module in iter_modules(__path__))
    every = [rule for topic in topics for rule in import_module(f"{__name__}.{topic}").RULES]
    return {rule.id: rule for rule in sorted(every, key=lambda rule: rule.id)}
