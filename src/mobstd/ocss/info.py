"""What a service says of itself at ``/api/info``, from 2.0 on: read off its document and itself."""

from __future__ import annotations

from mobstd.canon.openapi import operations
from mobstd.ocss.editions import PROPOSAL
from mobstd.ocss.generated.v2_0_proposal.models import ApiInfo
from mobstd.serving.routes import method_of

__all__ = ["info_of"]


def info_of(service: object, role: str, *, base_url: str | None = None) -> ApiInfo:
    """Return what a service has of its role: an operation is there where its method is.

    Args:
        service: what the server kit serves.
        role: ``operator`` or ``maas``.
        base_url: where it is reached, where it knows.
    """
    told = [
        {
            "method": operation.method,
            "path": operation.path,
            "status": "NOT_IMPLEMENTED" if method_of(service, operation) is None else "IMPLEMENTED",
        }
        for operation in operations(PROPOSAL.version, role).values()
    ]
    base = {} if base_url is None else {"baseUrl": base_url}
    return ApiInfo.read({"version": PROPOSAL.number, **base, "endpoints": told})
