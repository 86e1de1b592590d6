"""What an installation consists of: files, folders, links and commands, each printed by a dry run or done once.

A file that is there as it should be is left alone: an installation that was cut short goes on where it was.
"""

import errno
import grp
import os
import pwd
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gis_core.operations.failure import OperationFailedError

# Lines of a failed command that are repeated.
LAST_LINES = 15
LEAST_BYTES = 2**16


@dataclass(frozen=True)
class File:
    """A whole file, put under its name at once. `masked` is what a dry run prints of a secret."""

    path: Path
    content: str
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"
    masked: str = ""

    def describe(self) -> str:
        text = self.masked or self.content
        lines = "".join(f"    {line}\n" for line in text.splitlines())
        return f"fichier {self.path} ({self.mode:04o} {self.owner}:{self.group})\n{lines}".rstrip()

    def apply(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f".{self.path.name}.part")
        # What is in the way could be a link of somebody else's.
        unfinished.unlink(missing_ok=True)
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(self.content)
                file.flush()
                os.fsync(file.fileno())
            give(unfinished, self.owner, self.group, self.mode)
            unfinished.rename(self.path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


@dataclass(frozen=True)
class Folder:
    """A folder with its owner."""

    path: Path
    mode: int = 0o755
    owner: str = "root"
    group: str = "root"

    def describe(self) -> str:
        return f"dossier {self.path} ({self.mode:04o} {self.owner}:{self.group})"

    def apply(self) -> None:
        if not self.path.is_dir():
            self.path.mkdir(parents=True)
        give(self.path, self.owner, self.group, self.mode)


@dataclass(frozen=True)
class Link:
    """A link that leads to its target from one moment to the next."""

    path: Path
    target: str

    def describe(self) -> str:
        return f"lien {self.path} → {self.target}"

    def apply(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f".{self.path.name}.part")
        unfinished.unlink(missing_ok=True)
        unfinished.symlink_to(self.target)
        unfinished.rename(self.path)


@dataclass(frozen=True)
class Command:
    """A command, unless it has nothing to do any more. Its output is the operator's where it is `printed`.

    `writes` is where: not every program says that its disk is full.
    """

    arguments: Sequence[str]
    failure: str
    unless: Callable[[], bool] = lambda: False
    env: Mapping[str, str] = field(default_factory=dict)
    printed: bool = False
    writes: Path | None = None
    good: Sequence[int] = (0,)

    def describe(self) -> str:
        return "commande " + " ".join(
            [*(f"{name}={value}" for name, value in self.env.items()), shlex.join(self.arguments)]
        )

    def apply(self) -> None:
        if self.unless():
            return
        result = subprocess.run(
            self.arguments,
            env={**os.environ, **self.env},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=None if self.printed else subprocess.PIPE,
            stderr=None if self.printed else subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode not in self.good:
            said = "\n".join((result.stdout or "").splitlines()[-LAST_LINES:])
            full = "No space left" in said or "disque est plein" in said or is_full(self.writes)
            raise OperationFailedError(FULL if full else self.failure, said)


Item = File | Folder | Link | Command
FULL = "Le disque est plein : libérez de la place, puis relancez la même commande, qui reprend où elle en était."


@dataclass(frozen=True)
class Stage:
    """Some items under one title."""

    title: str
    items: Sequence[Item]

    def describe(self) -> str:
        return "\n".join([f"# {self.title}", *(item.describe() for item in self.items)])

    def apply(self) -> None:
        """Do what is not done yet. Raises OperationFailedError, which says what to do."""
        for item in self.items:
            try:
                item.apply()
            except OSError as error:
                if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                    raise OperationFailedError(
                        f"{self.title} : {error.filename or ''} {FULL}".replace("  ", " ")
                    ) from error
                raise OperationFailedError(
                    f"{self.title} : impossible d’écrire {error.filename} ({error.strerror})."
                ) from error


def is_full(folder: Path | None) -> bool:
    """Whether nothing can be written there any more."""
    return folder is not None and folder.exists() and shutil.disk_usage(folder).free < LEAST_BYTES


def give(path: Path, owner: str, group: str, mode: int) -> None:
    """To an account and its group, by name; only root gives away."""
    if os.geteuid() == 0:
        os.chown(path, pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid, follow_symlinks=False)
    path.chmod(mode)
