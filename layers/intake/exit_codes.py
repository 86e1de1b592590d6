"""What commands that import end with; a dry run ends with what the run would end with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Loaded, and nothing was refused; loaded with refusals; nothing loaded; refused because of what would go."""

    LOADED = 0
    REFUSALS = 1
    NOTHING = 2
    LOSS = 3
