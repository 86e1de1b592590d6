"""What commands that import end with; a dry run ends with what the run would end with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Loaded, and nothing was refused; loaded with refusals; nothing loaded; refused because of what would go."""

    LOADED = 0
    REFUSALS = 1
    NOTHING = 2
    LOSS = 3


def exit_code_of(*, loaded: int = 1, refused: int) -> ExitCode:
    """How an import ended, from how many rows came in and how many did not."""
    if not loaded:
        return ExitCode.NOTHING
    return ExitCode.REFUSALS if refused else ExitCode.LOADED
