"""What keeps a file from being written, by a code that the parent has words for."""

from typing import Any


class Trouble(Exception):  # noqa: N818
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
