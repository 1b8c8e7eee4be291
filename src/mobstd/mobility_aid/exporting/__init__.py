<<<<<<< HEAD
"""Aids written as others publish them."""
=======
"""Aids written as others publish them.

table  the table of the directory of aids: the rows that aids were imported from
"""
>>>>>>> aidtables
