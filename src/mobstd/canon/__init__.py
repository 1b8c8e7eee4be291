"""Reads the data of standards: roots, versions, schemas, OpenAPI documents, catalogues.

* ``root``: where ``schemas/`` and ``conformance/`` are: packaged, checkout, or ``--root``
* ``plug``: what a standard adds in Python, found by entry point
* ``contracts``: the contracts, and the data of a standard held to them
* ``standard``: ``name@version`` to a folder
* ``files``: JSON and YAML from disk
* ``plain``: as plain values, within bounds
* ``formats``: one table of formats for every validator
* ``validator``: judges one document against one schema
* ``schemas``: the schemas of a version, with a frozen offline ``$ref`` registry
* ``openapi``: operations of a role; bundling
"""
