"""What an API asks of whoever calls: alternatives of what is demanded, and where that is got."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["demanded", "sources"]

_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}
"""What Swagger 2 calls the flows."""
_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def demanded(
    operation: Mapping[str, Any], document: Mapping[str, Any]
) -> frozenset[frozenset[str]]:
    """Return the alternatives, each with its schemes and scopes; empty: anybody may call."""
    said = operation.get("security", document.get("security"))
    known = _schemes(document)
    return frozenset(
        frozenset(
            demand
            for name, scopes in _mapping(alternative).items()
            for demand in _demands(_kind(name, known), scopes)
        )
        for alternative in (said if isinstance(said, list) else ())
    )


def sources(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return from where credentials are got, by what demands them; only where a document says."""
    known = _schemes(document)
    found: dict[str, list[Any]] = {}
    for name, scheme in known.items():
        said = _source(_mapping(scheme))
        if said:
            found.setdefault(_kind(name, known), []).append(said)
    return {kind: sorted(said, key=str) for kind, said in found.items()}


def _source(scheme: Mapping[str, Any]) -> dict[str, Any]:
    if "openIdConnectUrl" in scheme:
        return {"openIdConnectUrl": scheme["openIdConnectUrl"]}
    flows = dict(_mapping(scheme.get("flows")))
    if "flow" in scheme:
        flows[_FLOWS.get(str(scheme["flow"]), str(scheme["flow"]))] = scheme
    return {
        name: {word: flow[word] for word in _URLS if word in _mapping(flow)}
        for name, flow in flows.items()
    }


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    known = _mapping(_mapping(document.get("components")).get("securitySchemes"))
    return {**known, **_mapping(document.get("securityDefinitions"))}


def _demands(kind: str, scopes: Any) -> list[str]:
    listed = scopes if isinstance(scopes, list) else []
    return [kind, *(f"{kind} scope {scope}" for scope in listed)]


def _kind(name: str, known: Mapping[str, Any]) -> str:
    """Return what a scheme is on the wire, whatever it is called."""
    scheme = known.get(name)
    if not isinstance(scheme, Mapping):
        return name
    kind = str(scheme.get("type", ""))
    if kind == "apiKey":
        return f"apiKey in {scheme.get('in')} {str(scheme.get('name')).lower()}"
    if kind in ("basic", "http"):
        return f"http {str(scheme.get('scheme', 'basic')).lower()}"
    return kind or name
