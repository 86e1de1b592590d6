"""An archive of files with their SHA-256: entries are written as they are read, and read back as they were written."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

MANIFEST: Final = "manifeste.json"
BLOCK: Final = 1 << 20
STORED_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".zip", ".docx", ".odt"})
LONGEST_NAME: Final = 120


@dataclass(slots=True)
class Entry:
    """A file of the archive: its size and SHA-256, once it is whole."""

    name: str
    size_bytes: int = 0
    sha256: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"file": self.name, "bytes": self.size_bytes, "sha256": self.sha256}


@dataclass(slots=True)
class Sink:
    """Where the bytes of one entry go."""

    file: IO[bytes]
    entry: Entry
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.entry.size_bytes += len(data)


class Archive:
    """A ZIP in the making; a later entry never replaces an earlier one."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.entries: list[Entry] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.zip.close()

    @contextmanager
    def open(self, name: str) -> Iterator[Sink]:
        """An entry to write; names are made safe and alone."""
        info = zipfile.ZipInfo(self.free_name(safe_name(name)), (1980, 1, 1, 0, 0, 0))
        suffix = Path(name).suffix.lower()
        info.compress_type = zipfile.ZIP_STORED if suffix in STORED_SUFFIXES else zipfile.ZIP_DEFLATED
        info.external_attr = 0o640 << 16
        entry = Entry(info.filename)
        with self.zip.open(info, "w", force_zip64=True) as file:
            sink = Sink(file, entry)
            yield sink
        entry.sha256 = sink.digest.hexdigest()
        self.entries.append(entry)

    def add(self, name: str, path: Path) -> Entry:
        """A file of the disk. Raises OSError."""
        with path.open("rb") as read, self.open(name) as sink:
            while block := read.read(BLOCK):
                sink.write(block)
        return sink.entry

    def add_text(self, name: str, text: str) -> Entry:
        with self.open(name) as sink:
            sink.write(text.encode())
        return sink.entry

    def add_json(self, name: str, value: Any) -> Entry:
        return self.add_text(name, json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")

    def free_name(self, name: str) -> str:
        taken = self.zip.NameToInfo
        stem, dot, suffix = name.rpartition(".")
        rank, free = 1, name
        while free in taken:
            rank += 1
            free = f"{stem}-{rank}{dot}{suffix}" if stem else f"{name}-{rank}"
        return free


def safe_name(name: str) -> str:
    """A name that stays inside the folder where it is unpacked, on any system: no `..`, no root, no odd letters."""
    parts = [safe_part(part) for part in name.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part) or "sans-nom"


def safe_part(part: str) -> str:
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LN" or letter in "-_. ()," else "_"
        for letter in unicodedata.normalize("NFC", part)
    )
    return kept.strip(" .")[-LONGEST_NAME:]


def digest_of(read: IO[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of what is read to its end."""
    digest, size = hashlib.sha256(), 0
    while block := read.read(BLOCK):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()
