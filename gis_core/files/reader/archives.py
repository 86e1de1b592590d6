"""What a delivered file holds: an archive is unpacked into quarantine, each of its datasets in a folder of its own."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gis_core.files.reader.child import names
from gis_core.files.reader.problems import Problem, ReadRefused
from gis_core.files.reader.rasters import Pixels


@dataclass(frozen=True, slots=True)
class Part:
    """One dataset: its name in quarantine, its layer's name when it is the only one (its path in the archive)."""

    name: str
    label: str


@dataclass(slots=True)
class Unpacking:
    """Writes down what the child reads out of an archive: never more than allowed, never outside `root`.

    `first` is the number of the first folder to make; folder 0 of the child is `beside`, that of the delivered file.
    """

    root: Path
    beside: str
    first: int
    limit: int
    unpacked_bytes: int = 0
    folders: dict[int, str] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def take(self, answer: Mapping[str, Any], blob: Pixels) -> None:
        """One frame of the child, distrusted: bytes of a file, or the list of the datasets."""
        if "parts" in answer:
            self.parts = [self._part(*part) for part in answer["parts"]]
            return
        self.unpacked_bytes += len(blob)
        if self.unpacked_bytes > self.limit:
            raise ReadRefused(Problem("file_too_large", {"limit": self.limit}))
        path = self.root / self._folder(int(answer["folder"])) / _plain(answer["file"])
        with path.open("ab") as opened:
            opened.write(blob.data)
        path.chmod(0o644)

    def undo(self) -> None:
        """Remove what an archive that is refused had given before."""
        for folder in self.folders.values():
            shutil.rmtree(self.root / folder, ignore_errors=True)

    def _part(self, folder: Any, file: Any, label: Any) -> Part:
        name = f"{self._folder(int(folder))}/{_plain(file)}"
        if not names.QUARANTINED.fullmatch(name):
            raise ValueError("not a name of the quarantine")
        return Part(name, str(label)[:300])

    def _folder(self, number: int) -> str:
        if number == 0:
            return self.beside
        if number not in self.folders:
            self.folders[number] = str(self.first + len(self.folders))
            made = self.root / self.folders[number]
            made.mkdir()
            made.chmod(0o755)
        return self.folders[number]


def _plain(file: Any) -> str:
    plain = names.plain(str(file))
    if plain != file:
        raise ValueError("not a plain name")
    return plain
