"""Which file a path names now. What is kept of a file is kept by its path and its stamp, never by its path alone:
under the same name another file may lie tomorrow, and be changed in place."""

from pathlib import Path

type Stamp = tuple[int, int, int]

MISSING: Stamp = (0, 0, 0)


def stamp_of(path: Path | str) -> Stamp:
    """Inode, size in bytes and time of the last change in nanoseconds; MISSING where there is no file."""
    try:
        now = Path(path).stat()
    except OSError:
        return MISSING
    return now.st_ino, now.st_size, now.st_mtime_ns
