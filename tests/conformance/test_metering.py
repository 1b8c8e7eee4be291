"""What comes again and again is cut as well, once all of it took too much."""

from __future__ import annotations

import pytest

from mobstd.conformance import metering
from mobstd.judging.exchange import Request, Response

ASKED = Request("GET", "/journeys")


class Script:
    """A target that answers a letter, again and again, a hundred kilobytes each time."""

    def __init__(self, letters: str) -> None:
        self.letters = list(letters)

    def send(self, request: Request) -> Response:
        return Response(200, body=self.letters.pop(0).encode() * 100_000)


@pytest.mark.parametrize(("letters", "whole"), [("abcdefgh", 4), ("aaaaaaaa", 7), ("abababab", 6)])
def test_what_was_there_before_counts_for_half(
    monkeypatch: pytest.MonkeyPatch, letters: str, whole: int
) -> None:
    monkeypatch.setattr(metering, "ALL_ANSWERS", 400_000)
    sender = metering.Metered(Script(letters))
    answers = [sender.send(ASKED) for _ in letters]
    assert [answer.truncated for answer in answers] == [n >= whole for n in range(8)]
    assert {len(a.body) for a in answers if a.truncated} == {metering.KEPT}


def test_small_answers_are_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "ALL_ANSWERS", 0)
    monkeypatch.setattr(metering, "KEPT", 200_000)
    assert not metering.Metered(Script("a")).send(ASKED).truncated
