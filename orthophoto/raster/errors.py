"""What can go wrong while pixels are written."""

import errno
from typing import Any


class SheetCorrupt(Exception):  # noqa: N818
    """A written image is not what it should be: `code` says how, `params` where. It is never given its name."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params


class DiskFull(OSError):  # noqa: N818
    """The disk has no room for what is being written; nothing of it is left behind."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(errno.ENOSPC, f"{needed} bytes are needed and {free} are free")
        self.needed = needed
        self.free = free
