"""Links that lead to a journey: built, read, and by 2.0-proposal naming the journey."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from mobstd.canon.validator import validator
from mobstd.ocss.refusal import refused

__all__ = [
    "JOURNEY_PARAMETER",
    "deep_link",
    "journey_link",
    "journey_of_link",
    "link_parameters",
]

JOURNEY_PARAMETER = "journeyId"
"""What a link calls the id of the journey that it leads to, in 2.0-proposal."""


def deep_link(page: str, parameters: Mapping[str, str]) -> str:
    """Return the ``webUrl`` of a journey: a page of the operator, with these parameters added.

    The standard says that the link is a full URL with all that booking needs, and not how the
    parameters are called: that is the operator's affair (SD 3.2.3).

    Raises:
        RefusedDocument: where ``page`` is not an absolute URL of http or https.
    """
    parts = urlsplit(_full(page))
    query = "&".join(filter(None, (parts.query, urlencode(parameters))))
    return urlunsplit(parts._replace(query=query))


def link_parameters(web_url: str) -> dict[str, str]:
    """Return the parameters of a link; of one that is given twice, the last.

    Raises:
        RefusedDocument: where it is not an absolute URL of http or https.
    """
    return dict(parse_qsl(urlsplit(_full(web_url)).query, keep_blank_values=True))


def journey_link(page: str, journey_id: str) -> str:
    """Return the ``webUrl`` of a journey as 2.0-proposal has it: the link names the journey.

    So a MaaS finds what its traveller opened again in the news of the booking (issues 21 and 28).

    Raises:
        RefusedDocument: where ``page`` is not an absolute URL of http or https.
    """
    return deep_link(page, {JOURNEY_PARAMETER: journey_id})


def journey_of_link(web_url: str) -> str | None:
    """Return the id of the journey that a link names, or ``None`` where it names none.

    Raises:
        RefusedDocument: where it is not an absolute URL of http or https.
    """
    return link_parameters(web_url).get(JOURNEY_PARAMETER)


def _full(url: str) -> str:
    judge = validator({"type": "string", "format": "http-url"}, {})
    problem = next(judge.problems(url), None)
    if problem is not None:
        raise refused("getDriverJourneys", "/webUrl", (problem,))
    return url
