"""What the reader refuses: a code for programs, a message for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gis_core.errors import Invalid, TryAgain, Unavailable
from gis_core.files.reader.messages import describe_problem


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file (`index` None) or one of its features (`index` from 1) cannot be read."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    index: int | None = None
    identifier: str | None = None

    @property
    def message(self) -> str:
        """The reason in the current language."""
        return describe_problem(self.code, self.params)


class ReadRefused(Invalid):
    """The file as a whole cannot be read. `file` is the name of the one that was asked for, "" where none has one."""

    def __init__(self, problem: Problem, file: str = "") -> None:
        super().__init__(problem.message, code=problem.code)
        self.problem = problem
        self.file = file


class ReaderUnavailable(Unavailable):
    """Files cannot be opened safely on this machine, so they are not opened at all."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(describe_problem(code, params), code=code)
        self.code = code


class ReaderKilled(TryAgain):
    """The reader was killed, or refused a thread, by the system or by somebody: this says nothing of the file."""

    def __init__(self, code: str) -> None:
        super().__init__(describe_problem(code, {}), code=code)
        self.code = code

    def __reduce__(self) -> tuple[type["ReaderKilled"], tuple[str]]:
        return type(self), (self.code,)
