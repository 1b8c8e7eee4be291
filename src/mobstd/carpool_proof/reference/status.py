"""The status that an operator sees, from the three that the registry keeps."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from mobstd.carpool_proof.reference.clock import written

__all__ = ["COLUMNS", "SHOWN", "State", "shown_status"]

SHOWN = """CASE
  WHEN acquisition = 'canceled' THEN 'canceled'
  WHEN acquisition IN ('expired', 'terms_violation_error') THEN 'terms_violation_error'
  WHEN acquisition = 'failed' THEN 'acquisition_error'
  WHEN acquisition = 'processed' AND anomaly = 'passed' AND fraud = 'passed' THEN 'ok'
  WHEN fraud = 'failed' THEN 'fraud_error'
  WHEN anomaly = 'failed' THEN 'anomaly_error'
  ELSE 'pending' END"""
"""That status in SQL; the first that fits."""

COLUMNS = f"id, journey, received, {SHOWN}, terms, frauds, anomalies"


class State(NamedTuple):
    """A row of ``COLUMNS``."""

    id: int
    journey: str
    received: int
    status: str
    terms: str
    frauds: str
    anomalies: str


def shown_status(state: State) -> dict[str, Any]:
    """Return what a reader of a journey gets."""
    return {
        "status": state.status,
        "operator_journey_id": state.journey,
        "created_at": written(state.received),
        "journey_id": str(state.id),
        "fraud_error_labels": json.loads(state.frauds),
        "anomaly_error_details": json.loads(state.anomalies),
        "terms_violation_details": json.loads(state.terms),
    }
