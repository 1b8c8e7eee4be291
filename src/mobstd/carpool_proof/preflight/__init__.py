"""Journeys judged before they are sent: what the registry will refuse, accept, or decide by more.

verdict     reasons, and what they add up to
arrival     when a journey reaches the registry
sources     files of every form, compressed or not, as numbered documents
sieve       lines of which it is sure, quickly, that nothing is wrong with the document by itself
loading     one pass over the sources: schema and what a document says by itself, spilled to disk
alone       what a journey decides by itself under one profile
piles       rows on disk, in a sequence or in piles
spill       what is known of journeys on disk, together where it is of one person
groups      what takes more than one journey: days, couples, overlaps, operators, identities
judging     all reasons of each journey, in the order of the sources, under one profile
history     journeys of the days before, from a file or a database
summary     counts by rule, day and operator
outputs     accepted, refused and undecided journeys, and reasons, as files
page        the summary as a web page
command     ``mobstd preflight``
stages      the passes of a run as the workers of a PySpark job do them
spark       such a job

Memory is bounded by a person's journeys; everything else is read once or lies on disk.
"""
