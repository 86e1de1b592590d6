"""Regular files of the quarantine folder, opened without following links."""

import os
import stat
from typing import BinaryIO

from .trouble import Trouble


def regular(name: str) -> BinaryIO:
    """The file for reading; raises Trouble for a link, a folder, a pipe."""
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Trouble("cannot_open", reason=os.strerror(error.errno or 0)) from error
    opened = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        opened.close()
        raise Trouble("not_a_file")
    return opened


def head_of(name: str, length: int) -> bytes:
    """Its first bytes."""
    with regular(name) as opened:
        return opened.read(length)
