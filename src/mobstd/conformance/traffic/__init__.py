"""Judges traffic that others made: who calls, and who answers.

ledger      what was seen of one caller, in bounded memory
hearing     all callers of a role, or who answers them, told apart and judged
account     the report on that
live        reports on what comes in, every few seconds and at the end
command     a command that is run against what is served
har         exchanges of a HAR file, one at a time
recordings  exchanges of a HAR file or a recording, routed to operations
"""
