"""Mon Compte Mobilité 1.21, the legacy interface of a platform of mobility aids.

v1_21      what users import: clients, models, filters
filtering  the filter of LoopBack, built from typed parts
refusals   rejections that are outages
stamps     time stamps, sorted and verified
incentives a file of its aids, read and written
mapping    its aids as those of mobility-aid, and the other way round
"""

from __future__ import annotations

from mobstd.canon.plug import Plug

__all__ = ["PLUG"]

PLUG = Plug(name="mob", package="mobstd.mob")
