"""Every way a command can fail, as one clear line, an advice and the right exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from mobstd.errors import ConfigError, MissingExtra, MobstdError, TransportError
from mobstd.messages import language, render

__all__ = ["explained"]

EXTRAS = {
    "conformance": ("hypothesis", "ijson", "jinja2", "pytest", "rich", "schemathesis"),
    "server": ("starlette", "uvicorn"),
    "codegen": ("datamodel_code_generator", "jinja2", "openapi_spec_validator", "ruff"),
    "evidence": ("rfc3161_client",),
    "sign": ("anyascii", "cryptography", "phonenumbers"),
    "bulk": ("pyarrow", "zstandard"),
}
"""The modules that each extra brings."""


def explained(function: Callable[[list[str]], int], argv: list[str]) -> int:
    """Return what ``function`` returns, or tell its failure on stderr and return its exit code."""
    _tolerate(sys.stdout)
    _tolerate(sys.stderr)
    try:
        code = function(argv)
        sys.stdout.flush()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except MobstdError as error:
        return _told(error)
    except KeyboardInterrupt:
        _line(render("cli.interrupted", {}, language()))
        return TransportError.exit_code
    except BrokenPipeError:
        _forget_stdout()
        return TransportError.exit_code
    except ModuleNotFoundError as error:
        missing = _missing_extra(error)
        return _told(missing) if missing else _fault(error)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return _told(ConfigError("cli.unreadable", file=str(error.filename or "-"), why=why))
    except Exception as error:
        return _fault(error)
    return code


def _told(error: MobstdError) -> int:
    _debug()
    message = render(error.code, error.params, language())
    _line(f"mobstd: {message}")
    advice = error.diagnostics(language())
    if advice:
        _line(advice)
    return error.exit_code


def _fault(error: Exception) -> int:
    params = {"kind": type(error).__name__, "reason": " ".join(str(error).split())[:300]}
    _line(f"mobstd: {render('cli.fault', params, language())}")
    if not _debug():
        _line(render("cli.fault.next", params, language()))
    return MobstdError.exit_code


def _debug() -> bool:
    wanted = os.environ.get("MOBSTD_DEBUG", "") not in ("", "0")
    if wanted:
        import traceback

        traceback.print_exc()
    return wanted


def _missing_extra(error: ModuleNotFoundError) -> MissingExtra | None:
    module = (error.name or "").partition(".")[0]
    extras = [extra for extra, modules in EXTRAS.items() if module in modules]
    if not extras:
        return None
    extra = extras[0] if len(extras) == 1 else "all"
    return MissingExtra("cli.missing-extra", module=module, extra=extra)


def _line(text: str) -> None:
    """Write a line to stderr, where there still is one."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        return


def _tolerate(stream: object) -> None:
    """Let a stream write an escape for what its encoding lacks, in place of a crash."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _forget_stdout() -> None:
    """Keep the interpreter from writing to a closed pipe when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
