"""Rules in the language Publicodes, as conditions and amounts of an aid; nothing is executed.

syntax       expressions as trees
model        rules by name, and what a name means where it stands
logic        conditions as data: all of, one of, not, with what cannot be said left visible
terms        quantities: numbers with units, criteria, and cases of them
reading      rules as conditions and quantities
amounts      rules as amounts
vocabulary   which criterion of ours a question of theirs is
"""

from __future__ import annotations
