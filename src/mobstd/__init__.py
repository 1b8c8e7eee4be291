"""mobstd makes shared mobility interoperable: standards as data, an SDK and a conformance suite.

Where to look::

    mobstd.errors        every exception, drawn as a tree
    mobstd.<standard>    models, clients and server interface of one standard
    mobstd.canon         reads ``schemas/`` and ``conformance/``
    mobstd.judging       requirements, exchanges, findings: the pure core
    mobstd.validation    documents against schemas and rules
    mobstd.serving       implement one class, get a conforming ASGI app
    mobstd.conformance   judges somebody's endpoint

Importing this module loads no pydantic, no HTTP library and no fuzzer.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mobstd.errors import MobstdError, MobstdWarning

__version__ = "0.1.0"

__all__ = ["MobstdError", "MobstdWarning", "__version__"]


def __getattr__(name: str) -> object:
    if name in ("MobstdError", "MobstdWarning"):
        from mobstd import errors

        return getattr(errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
