"""What this version writes for the machine, units and the proxy's configuration, beside what stands there.

An upgrade writes it with the version that it starts, be it the former; `./arpent doctor` says where it differs.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from gis_core.operations.installation.answers import Answers, read_answers
from gis_core.operations.installation.install import AGAIN, SYSTEMD, front, service_items, unit_files, wrapper
from gis_core.operations.installation.items import Command, File, Folder, Stage
from gis_core.operations.installation.layout import Layout
from gis_core.operations.installation.refusals import check_root
from gis_core.operations.progress import say

# Amid an upgrade it says why nothing answers.
CHANGING = ("503.html", "503.json")


@dataclass(frozen=True)
class MachineFiles:
    """What belongs to this version on an installed machine."""

    layout: Layout
    answers: Answers

    @classmethod
    def read(cls, layout: Layout) -> "MachineFiles":
        """By the answers that were given. Raises OperationFailedError where there are none, or they suit no more."""
        return cls(layout, read_answers(layout.answers))

    def files(self) -> list[File]:
        """Those with a content of their own; the pages of refusals only where nothing else says what they say."""
        items = [*front(self.layout, self.answers), *service_items(self.layout, self.answers)]
        files = [item for item in items if isinstance(item, File) and item.path.name not in CHANGING]
        return [*files, wrapper(self.layout, self.answers)]

    def differing(self) -> list[File]:
        """Those that are not there as this version writes them."""
        return [file for file in self.files() if not has_content(file.path, file.content)]

    def apply(self) -> None:
        """Write what differs, and have systemd read its units anew. Raises OperationFailedError."""
        folders = [item for item in front(self.layout, self.answers) if isinstance(item, Folder)]
        gone = [item for item in service_items(self.layout, self.answers) if isinstance(item, Command)]
        changed = self.differing()
        names = [file.path.name for file in unit_files(self.layout, self.answers) if "[Install]" in file.content]
        of_units = [file for file in changed if file.path.parent == self.layout.units]
        reload = [["daemon-reload"], ["enable", *names]] if of_units and SYSTEMD.is_dir() else []
        commands = [Command(["systemctl", *arguments], AGAIN) for arguments in reload]
        Stage("Unités et serveur frontal", [*gone, *folders, *changed, *commands]).apply()


def has_content(path: Path, content: str) -> bool:
    try:
        return path.read_text() == content
    except (OSError, UnicodeDecodeError):
        return False


def run(*, dry_run: bool, layout: Layout | None = None) -> int:
    """`./arpent install --services`: this version's units and its proxy's configuration, and nothing else."""
    check_root()
    os.umask(0o022)
    ours = MachineFiles.read(layout or Layout())
    differing = ours.differing()
    if not dry_run:
        ours.apply()
    for file in differing:
        say(f"{'diffère' if dry_run else 'écrit'} : {file.path}")
    return 0
