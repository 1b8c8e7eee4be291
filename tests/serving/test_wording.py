"""A service may word the bodies of refusals itself."""

from __future__ import annotations

from typing import Any

from mobstd.serving import Limit, Refuse, app


class Shop:
    """Refuses in its own words."""

    answer: Any = None

    def refusal(self, status: int, code: str, text: str, field: str) -> Any:
        return None if code == "too-many" else {"code": code, "field": field, "said": bool(text)}

    async def list_things(self, query: dict[str, Any]) -> Any:
        if self.answer:
            raise self.answer
        return []


def test_every_refusal_is_worded_by_the_service(toy: Any, ask: Any) -> None:
    shop = Shop()
    served = app(shop, toy, "server")
    for target, method, code, field in (
        ("/nothing", "GET", "unknown-path", ""),
        ("/things", "DELETE", "unknown-method", ""),
        ("/things", "GET", "missing-parameter", "near"),
        ("/things?near=here", "GET", "not-number", "near"),
    ):
        got = ask(served, target, method).json()
        assert got == {"code": code, "field": field, "said": True}
    shop.answer = Refuse(404, "none")
    assert ask(served, "/things?near=1").json()["code"] == "refused"
    shop.answer = ValueError("secret")
    got = ask(served, "/things?near=1")
    assert (got.status_code, got.json()["code"]) == (500, "failed")
    assert "secret" not in got.text


def test_what_it_does_not_word_is_left_to_the_schema(toy: Any, ask: Any) -> None:
    served = app(Shop(), toy, "server", limit=Limit(requests=1, seconds=60))
    ask(served, "/things")
    got = ask(served, "/things")
    assert (got.status_code, got.text) == (429, "")
