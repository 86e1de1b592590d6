"""What is wrong with a file or a feature: a stable code and its parameters; the parent finds the words."""

import errno
import os
from typing import Any

REASON_CHARACTERS = 300


class Trouble(Exception):  # noqa: N818
    """Something in the file stops its reading, or that of one feature."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def broken_at(row: int, reason: object) -> Trouble:
    """What a library says when it cannot go on at a row: the file's fault, unless the machine refused it a thread."""
    if os.strerror(errno.EAGAIN) in str(reason):
        return Trouble("no_thread")
    return Trouble("damaged_at", row=row, reason=str(reason)[:REASON_CHARACTERS])
