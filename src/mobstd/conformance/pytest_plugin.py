"""``pytest --mobstd-profile mobstd.toml``: one test for each requirement, from one run.

Without one of its options the plugin registers nothing but these options, and imports nothing of
mobstd. With one it runs the engine once (or reads a report that is there), before tests start;
under pytest-xdist the controller does it and hands the report to its workers.

A failed row fails with its findings and their curl lines. A warning passes with a pytest warning
(:class:`MobstdWarning`, for filters). An inconclusive row and one that was not run are skipped
with the reason. ``mobstd::verdict`` fails where the run as a whole does not conform, so that
skipped rows never make a green build.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mobstd.conformance.report.view import Row

__all__ = ["MobstdWarning"]

OPTIONS = ("mobstd_profile", "mobstd_url", "mobstd_report")
MARK = "mobstd: a requirement of a mobility standard, judged by mobstd"
HANDED = "mobstd_report"


class MobstdWarning(UserWarning):
    """A requirement that is not binding was not followed."""


class NotConforming(Exception):
    """What a failed item raises; pytest shows its text as it is."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; nothing else happens without one of them."""
    group = parser.getgroup("mobstd", "mobility standards (mobstd)")
    add = group.addoption
    add("--mobstd-profile", metavar="FILE", help="judge the target of this profile (mobstd.toml)")
    add("--mobstd-url", metavar="URL", help="judge this URL or module:app")
    add("--mobstd-standard", metavar="NAME@VERSION", help="by which standard, with --mobstd-url")
    add("--mobstd-report", metavar="FILE", help="read this JSON report instead of judging")
    add("--mobstd-quick", action="store_true", help="send 40 requests at most")
    add("--mobstd-baseline", metavar="FILE", help="findings that are accepted for a while")
    add("--mobstd-lang", metavar="LANG", help="en or fr")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that exclude each other, before anything is collected."""
    if not _wanted(config):
        return
    config.addinivalue_line("markers", MARK)
    option = config.getoption
    if option("mobstd_report") and (option("mobstd_profile") or option("mobstd_url")):
        raise pytest.UsageError(_text("plugin.both", config))
    if option("mobstd_url") and not (option("mobstd_standard") or option("mobstd_profile")):
        raise pytest.UsageError(_text("plugin.no-standard", config))


def _wanted(config: pytest.Config) -> bool:
    return any(config.getoption(name, None) for name in OPTIONS)


def _lang(config: pytest.Config) -> str:
    from mobstd.messages import language

    return language(config.getoption("mobstd_lang", None))


def _text(code: str, config: pytest.Config) -> str:
    from mobstd.messages import render

    return render(code, {}, _lang(config))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _report(config: pytest.Config) -> dict[str, Any]:
    """Return the report of this session; the engine runs the first time only."""
    known = getattr(config, "_mobstd_report", None)
    if known is None:
        handed = getattr(config, "workerinput", {}).get(HANDED)
        known = json.loads(handed) if handed else _made(config)
        config._mobstd_report = known  # type: ignore[attr-defined]
    return dict(known)


def _made(config: pytest.Config) -> dict[str, Any]:
    from mobstd.errors import MobstdError

    try:
        if config.getoption("mobstd_report"):
            from mobstd.conformance.report.contract import read

            return read(config.getoption("mobstd_report"))
        return judged(
            profile=config.getoption("mobstd_profile"),
            target=config.getoption("mobstd_url"),
            standard=config.getoption("mobstd_standard"),
            quick=config.getoption("mobstd_quick"),
            baseline=config.getoption("mobstd_baseline"),
        )
    except MobstdError as error:
        raise pytest.UsageError(f"mobstd: {error.text(_lang(config))}") from None


def judged(
    *,
    profile: str | None = None,
    target: str | None = None,
    standard: str | None = None,
    quick: bool = False,
    baseline: str | None = None,
) -> dict[str, Any]:
    """Run the engine as ``mobstd check`` does, and return the report."""
    from mobstd.conformance import baseline as baselines
    from mobstd.conformance import run as engine
    from mobstd.conformance.profile import load
    from mobstd.conformance.setup import hook_of
    from mobstd.conformance.target import opened, pace

    loaded = load(profile, overrides={"target": target, "standard": standard})
    headers, secrets = engine.credentials(loaded)
    with opened(loaded.target) as sender, hook_of(loaded.setup, allowed=False) as hook:
        options = engine.Options(
            quick=quick,
            credentials=headers,
            secrets={**secrets, **(hook.secrets if hook else {})},
            hook=hook,
            rate=pace(loaded.target, loaded.rate),
            baseline=baselines.load(baseline) if baseline else None,
        )
        return engine.check(sender, loaded, options)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the report to a worker of pytest-xdist."""
    if _wanted(node.config):
        node.workerinput[HANDED] = json.dumps(_report(node.config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add one item for each requirement; ``-k`` and ``-m`` select among them as usual."""
    if _wanted(config):
        node = Requirements.from_parent(session, name="mobstd", path=Path(config.rootpath))
        items.extend(node.collect())


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is judged by what."""
    if not _wanted(config) or _is_worker(config):
        return []
    from mobstd.conformance.report.view import heading

    return [f"mobstd: {heading(_report(config), _lang(config))}"]


class Requirements(pytest.Collector):
    """The requirements of a report."""

    def __init__(self, *, name: str, parent: pytest.Session, path: Path, **options: Any) -> None:
        super().__init__(name=name, parent=parent, path=path, nodeid="mobstd", **options)

    def collect(self) -> Iterator[pytest.Item]:
        """Yield an item for the verdict and one for each requirement."""
        from mobstd.conformance.report.view import rows

        report = _report(self.config)
        yield Verdict.from_parent(self, name="verdict", report=report)
        for row in rows(report):
            yield Requirement.from_parent(self, name=row.id, report=report, row=row)


class _Item(pytest.Item):
    def __init__(self, *, report: Mapping[str, Any], **options: Any) -> None:
        super().__init__(**options)
        self.report = report
        self.lang = _lang(self.config)
        self.add_marker("mobstd")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show the account of a row, without the traceback that nobody needs."""
        if isinstance(excinfo.value, NotConforming):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class Verdict(_Item):
    """The verdict of the run, after the baseline."""

    def runtest(self) -> None:
        """Fail where the gate is closed."""
        gate = self.report["gate"]
        if not gate["passed"]:
            from mobstd.conformance.report.view import refused, sentence, visible, word

            lines = [sentence(self.report, self.lang)]
            lines += [visible(text) for text in refused(self.report, self.lang)]
            if self.report["stopped_by"]:
                lines.append(word("stopped", self.report["stopped_by"], self.lang))
            lines += [reason[self.lang] for reason in gate.get("reasons", ())]
            raise NotConforming("\n".join(lines))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what pytest shows for the item."""
        return self.path, None, "mobstd::verdict"


class Requirement(_Item):
    """One requirement."""

    def __init__(self, *, row: Row, **options: Any) -> None:
        super().__init__(**options)
        self.row = row
        self.extra_keyword_matches |= {row.level, row.outcome, *row.blocks, row.id.split("-")[1]}
        self.user_properties += [("level", row.level), ("title", row.title(self.lang))]

    def runtest(self) -> None:
        """Fail, warn or skip as the report says."""
        from mobstd.conformance.report.view import account, reason, visible, word

        row, lang = self.row, self.lang
        baseline = self.report["gate"].get("baseline") or {}
        accepted = baseline.get("accepted", ())
        title = visible(row.title(lang))
        if row.outcome == "failed":
            if self._all_accepted(accepted):
                pytest.skip(word("says", "accepted", lang))
            raise NotConforming(
                f"{row.id} {row.level} {title}\n\n{account(row, row.findings, lang)}"
            )
        if row.outcome == "warned":
            text = f"{row.id} {title}\n{account(row, row.findings, lang)}"
            warnings.warn(MobstdWarning(text), stacklevel=1)
        elif row.outcome != "passed":
            why = reason(row.entry, lang)
            pytest.skip(f"{word('outcome', row.outcome, lang)}: {visible(why)}")

    def _all_accepted(self, accepted: Any) -> bool:
        """Say whether the baseline accepts what made this row fail, or the rows under it."""
        from mobstd.conformance.report.view import rows

        names = {self.row.id, *self.row.because}
        errors = [
            finding["fingerprint"]
            for row in rows(self.report)
            if row.id in names
            for finding in row.findings
            if finding["severity"] == "error"
        ]
        return bool(errors) and set(errors) <= set(accepted)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return what pytest shows for the item."""
        return self.path, None, f"mobstd::{self.row.id}"
