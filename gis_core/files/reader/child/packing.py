"""What every unpacking asks: how much comes out, where a member leads, what is an archive."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from .trouble import Trouble

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
TAR_MAGIC = slice(257, 262)
TAR = b"ustar"
# Far beyond the 19 of a real file of addresses; below the floor nobody is harmed.
RATIO = 200
RATIO_FLOOR = 64 << 20
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")


@dataclass(slots=True)
class Meter:
    """Counts what comes out of an archive of `packed` bytes."""

    packed: int
    limit: int
    total: int = 0
    too_large: str = "file_too_large"

    def add(self, count: int) -> None:
        """Raise Trouble when it is more than anybody may deliver."""
        self.total += count
        if self.total > self.limit:
            raise Trouble(self.too_large, limit=self.limit)
        if self.total > RATIO_FLOOR and self.total > RATIO * self.packed:
            raise Trouble("archive_bomb", ratio=RATIO)


def check_path(name: str) -> PurePosixPath:
    """A path that stays below the archive; nothing is written under it, but nobody honest sends another."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name[:3] or "\0" in name:
        raise Trouble("archive_path", name=name[:200].replace("\0", "\\0"))
    return path


def is_hidden(path: PurePosixPath) -> bool:
    """What macOS and others add to archives."""
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)
