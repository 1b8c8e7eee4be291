"""Which step of a semantic version was declared, and which one is called for."""

from __future__ import annotations

import re

__all__ = ["STEPS", "enough", "step"]

STEPS = ("none", "patch", "minor", "major")
_NUMBER = re.compile(r"^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?")


def step(old: str, new: str) -> str | None:
    """Return the step from one version to another; ``None`` where one of them is no version.

    Labels do not count: from ``1.0-alpha`` to ``1.0`` is no step. Below 1.0 a new minor version
    may break everything, as semantic versioning has it, and is a major step.
    """
    found = [_NUMBER.match(version) for version in (old, new)]
    if not all(found):
        return None
    before, after = (tuple(int(n or 0) for n in m.groups()) for m in found if m)
    if after <= before:
        return "none"
    if after[0] > before[0]:
        return "major"
    if after[1] > before[1]:
        return "major" if after[0] == 0 else "minor"
    return "minor" if after[0] == 0 else "patch"


def enough(declared: str | None, called_for: str) -> bool | None:
    """Say whether the declared step is as large as the one that is called for."""
    if declared is None:
        return None
    return STEPS.index(declared) >= STEPS.index(called_for)
