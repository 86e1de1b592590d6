"""What an operator is told when an operation cannot go on."""

FULL = "Le disque est plein : libérez de la place, puis relancez la même commande."
# What PostgreSQL's programs and the system's say of it, in the locale that ours give them.
SAID_WHEN_FULL = "No space left"


class OperationFailedError(Exception):
    """One clear French sentence and what to do; `detail` holds raw output worth reading, if any."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        if detail:
            self.add_note(detail)
