"""A released version: made of a draft, frozen, signed where a key is given, verified.

* ``draft``: the draft as the version that it becomes, in a folder of its own
* ``sequel``: the next draft, which begins as a version is
* ``comparison``: what changed since the last version, as ``mobstd schemas diff`` has it
* ``files``: what is handed out of a version
* ``table``: flat schemas as Frictionless table schemas
* ``notes``: changelog and migration notes
* ``plan``: all of it together, before anything is written
* ``lock``: hashes of what was released, and whether they hold
* ``signature``: Ed25519 over the list of files
* ``index``: which versions there are, with their dates
* ``stage``: where a version stands with its group
"""
