"""Mobility aids, version 0.1, a proposal by mobstd: documents, and what they mean for a person.

    from mobstd.mobility_aid import evaluate, evaluate_all
    from mobstd.mobility_aid.v0_1 import Aid, Answers, Situation

    aid = Aid.from_json(text)
    situation = Situation(date="2026-11-28", answers=Answers.read({"residence.commune": "33119"}))
    outcome = evaluate(aid, situation)
    print(outcome.verdict, outcome.amount, outcome.missing)

Money is decimal text in the currency of its aid, distances are km, ages years. An aid is judged by
its JSON Schema (``mobstd validate FILE --schema mobility-aid@0.1/aid``, or ``computable-aid`` for
one that says all it says as data). Nobody has adopted this version. What is generated stands in
``mobstd.mobility_aid.generated``.
"""

from __future__ import annotations

from mobstd.mobility_aid.evaluation import Missing, Outcome, evaluate
from mobstd.mobility_aid.generated.v0_1 import STANDARD
from mobstd.mobility_aid.generated.v0_1.client import AsyncPublisherClient as AsyncClient
from mobstd.mobility_aid.generated.v0_1.client import PublisherClient as Client
from mobstd.mobility_aid.generated.v0_1.models import (
    Aid,
    AidPage,
    AmountCase,
    AmountDocument,
    Answers,
    Application,
    Area,
    Benefit,
    Budget,
    Catalogue,
    Change,
    ChangePage,
    ChangeRange,
    Channel,
    Combination,
    ComputableAid,
    ComputableAmount,
    Condition,
    Contact,
    Criterion,
    Eligibility,
    Evaluation,
    EvaluationRequest,
    Granted,
    Identifier,
    JointEvaluation,
    LegalReference,
    Limit,
    MissingAnswer,
    OriginalRecord,
    PageSize,
    Party,
    Payment,
    Problem,
    ProblemPlace,
    Provenance,
    Question,
    Quota,
    Reason,
    ReceivedAid,
    ResolvedArea,
    Situation,
    SourceReference,
    Span,
    SupportingDocument,
    Territory,
    TerritoryCount,
    TerritoryPage,
    Text,
    Validity,
)
from mobstd.mobility_aid.generated.v0_1.queries import (
    AidQuery,
    AidsQuery,
    ChangesQuery,
    EvaluateAidQuery,
    TerritoriesQuery,
)
from mobstd.mobility_aid.generated.v0_1.service import PUBLISHER_OPERATIONS, PublisherService
from mobstd.mobility_aid.together import Together, evaluate_all

__all__ = [
    "PUBLISHER_OPERATIONS",
    "STANDARD",
    "Aid",
    "AidPage",
    "AidQuery",
    "AidsQuery",
    "AmountCase",
    "AmountDocument",
    "Answers",
    "Application",
    "Area",
    "AsyncClient",
    "Benefit",
    "Budget",
    "Catalogue",
    "Change",
    "ChangePage",
    "ChangeRange",
    "ChangesQuery",
    "Channel",
    "Client",
    "Combination",
    "ComputableAid",
    "ComputableAmount",
    "Condition",
    "Contact",
    "Criterion",
    "Eligibility",
    "EvaluateAidQuery",
    "Evaluation",
    "EvaluationRequest",
    "Granted",
    "Identifier",
    "JointEvaluation",
    "LegalReference",
    "Limit",
    "Missing",
    "MissingAnswer",
    "OriginalRecord",
    "Outcome",
    "PageSize",
    "Party",
    "Payment",
    "Problem",
    "ProblemPlace",
    "Provenance",
    "PublisherService",
    "Question",
    "Quota",
    "Reason",
    "ReceivedAid",
    "ResolvedArea",
    "Situation",
    "SourceReference",
    "Span",
    "SupportingDocument",
    "TerritoriesQuery",
    "Territory",
    "TerritoryCount",
    "TerritoryPage",
    "Text",
    "Together",
    "Validity",
    "evaluate",
    "evaluate_all",
]
