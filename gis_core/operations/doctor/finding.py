"""What the doctor says of one thing that should be true."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from gis_core.operations.failure import OperationFailedError

State = Literal["ok", "warning", "failure", "unknown"]
# Exit codes of the monitoring plugins' convention (Nagios, Icinga, Centreon), worst first.
EXIT_CODES: dict[State, int] = {"failure": 2, "warning": 1, "unknown": 3, "ok": 0}


@dataclass(frozen=True)
class Finding:
    """One check: its name (stable, for monitoring), its state, what was measured, and what to do where it is not ok."""

    check: str
    state: State
    message: str
    remedy: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(check: str, message: str) -> Finding:
    return Finding(check, "ok", message)


def warning(check: str, message: str, remedy: str) -> Finding:
    return Finding(check, "warning", message, remedy)


def failure(check: str, message: str, remedy: str) -> Finding:
    return Finding(check, "failure", message, remedy)


def unknown(check: str, message: str, remedy: str = "") -> Finding:
    return Finding(check, "unknown", message, remedy)


def run_checks(checks: Iterable[tuple[str, Check]]) -> Iterator[Finding]:
    """What each check says; one that breaks is unknown, with why, and the others go on."""
    for name, check in checks:
        try:
            yield from check()
        except OperationFailedError as error:
            yield failure(name, error.message, error.detail)
        except Exception as error:
            yield unknown(name, f"Ce contrôle n'a pas pu aller au bout ({type(error).__name__} : {error}).")


def exit_code(findings: Iterable[Finding]) -> int:
    """2 with a failure, else 1 with a warning, else 3 where something could not be looked at, else 0."""
    states = {finding.state for finding in findings}
    return next((code for state, code in EXIT_CODES.items() if state in states), 0)
