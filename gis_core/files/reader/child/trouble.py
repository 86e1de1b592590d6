"""What is wrong with a file or a feature: a stable code and its parameters; the parent finds the words."""

from typing import Any


class Trouble(Exception):  # noqa: N818
    """Something in the file stops its reading, or that of one feature."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
