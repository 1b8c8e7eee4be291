"""Generates models, clients and the service interface of a standard from its canon.

    names       wire names to Python names
    bundle      the canon's schemas as one document that the renderer reads
    plan        operations as the templates need them
    render      datamodel-code-generator, templates, ruff
    manifest    what was generated from what
    generate    all of it: version to files, without touching the disk
    checking    compares with the disk, or writes

``docs/decisions/0102-generation.md`` says why it is built like this.
"""
