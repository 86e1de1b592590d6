"""A database that was restored beside the present one takes its place, and gives it back where what follows fails."""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ASIDE, Place, open_folder, read_plain, replace_file
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.restore import UNTOUCHED

# renameat2(2).
AT_CWD, RENAME_EXCHANGE = -100, 2
MOST_ORDERS_BYTES = 1_000_000


@contextmanager
def exchanged(cluster: Cluster, copy: Place, aside: str) -> Iterator[Path | None]:
    """The copy in the place of the present database; when the block fails, everything is where it was."""
    real = cluster.data
    # Both have it in turn: a copy by this name is whole, and no later trial erases what it has.
    other = real.with_name(real.name + aside)
    had_one, in_place = real.exists(), False
    try:
        with opened_folder(copy.data) as folder:
            os.rename(copy.cluster.name, other, src_dir_fd=folder)
        order_to_go_on(other, copy.cluster, real)
        exchange(other, real) if had_one else other.rename(real)
        in_place = True
        yield other if had_one else None
    except BaseException as error:
        if in_place:
            Cluster(cluster.place).stop()
            exchange(other, real) if had_one else real.rename(other)
        shutil.rmtree(other, ignore_errors=True)
        if isinstance(error, OperationFailedError):
            error.message += f" {UNTOUCHED}"
        raise


@contextmanager
def opened_folder(path: Path) -> Iterator[int]:
    """A descriptor of a folder for the length of a block, as by `open_folder`."""
    folder = open_folder(path)
    try:
        yield folder
    finally:
        os.close(folder)


def order_to_go_on(copy: Path, made_at: Path, real: Path) -> None:
    """PostgreSQL's orders in a copy that was restored at one path and starts at another: to go on, as the real one."""
    orders = copy / "postgresql.auto.conf"
    text = read_plain(orders, MOST_ORDERS_BYTES).decode().replace(str(made_at), str(real))
    # The last line of a setting wins; pgBackRest writes none where the copy is to stop.
    replace_file(orders, f"{text}recovery_target_action = 'promote'\n", 0o600)


def exchange(one: Path, other: Path) -> None:
    """Two folders beside each other change places at once: there is no moment without either. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(AT_CWD, os.fsencode(one), AT_CWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return
    if ctypes.get_errno() not in {errno.EINVAL, errno.ENOSYS}:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    # A file system that cannot: one after the other; killed meanwhile, the third name is one that is never erased.
    third = other.with_name(f"{one.name}-2" if ASIDE in one.name else f"{other.name}-2")
    other.rename(third)
    try:
        one.rename(other)
    except OSError:
        third.rename(other)
        raise
    third.rename(one)
