"""Where an upgrade is: one file beside the versions, written before each step, so that an interrupted one is known."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from gis_core.operations.environment import ROOT, open_lock
from gis_core.operations.failure import OperationFailedError

CURRENT, FORMER = "current", "former"
FILE, LOCK = "upgrade.json", "upgrade.lock"
# In their order. From `open` on there is no way back: people use the new version.
STEPS = {
    "maintenance": "annonce aux utilisateurs",
    "stop": "arrêt des services",
    "copy": "copie de la base, pour revenir",
    "migrate": "mise à jour de la base",
    "switch": "passage à la nouvelle version",
    "start": "démarrage",
    "smoke": "essais de la nouvelle version",
    "open": "ouverture aux utilisateurs",
}
ORDER = tuple(STEPS)


@dataclass(frozen=True)
class State:
    """An upgrade that has begun: from which version to which, of which data folder, and the step that was begun last.

    `services` is who starts and stops Arpent (`site_control`), `port` where it answers. `reason` is why it goes back,
    empty as long as it goes on.
    """

    former: str
    target: str
    data: str
    services: str
    port: int
    step: str
    reason: str = ""

    def has_begun(self, step: str) -> bool:
        return ORDER.index(self.step) >= ORDER.index(step)


@dataclass(frozen=True)
class Home:
    """The folder of the versions: each in a folder of its own name, `current` a link to the one in use.

    While an upgrade goes on, `former` leads to the version that it left: systemd ends it with that one's code.
    """

    folder: Path

    @property
    def link(self) -> Path:
        return self.folder / CURRENT

    @property
    def current(self) -> str:
        """The version in use."""
        return str(self.link.readlink())

    def version(self, name: str) -> Path:
        return self.folder / name

    def switch(self, version: str) -> None:
        """The link leads to this version, at once and for good."""
        self._lead(CURRENT, version)
        sync_folder(self.folder)

    def _lead(self, name: str, version: str) -> None:
        new = self.folder / f".{name}.new"
        new.unlink(missing_ok=True)
        new.symlink_to(version)
        new.replace(self.folder / name)

    def read(self) -> State | None:
        """The upgrade that has begun and not ended; None where there is none."""
        try:
            state = State(**json.loads((self.folder / FILE).read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise OperationFailedError(
                f"{self.folder / FILE}, qui dit où en est une mise à jour, ne se lit pas : écrivez à qui vous aide avec"
                " ./arpent support-bundle, et ne démarrez rien avant."
            ) from error
        return state

    def write(self, state: State) -> None:
        """On the disk before the step is begun."""
        self._lead(FORMER, state.former)
        partial = self.folder / f".{FILE}.part"
        with partial.open("w") as file:
            json.dump(asdict(state), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(0o644)
        partial.replace(self.folder / FILE)
        sync_folder(self.folder)

    def forget(self) -> None:
        """It has ended, one way or the other."""
        (self.folder / FILE).unlink(missing_ok=True)
        (self.folder / FORMER).unlink(missing_ok=True)
        sync_folder(self.folder)

    def is_upgrading(self) -> bool:
        """Whether the program that upgrades is alive; the kernel frees its lock when it dies."""
        try:
            descriptor = os.open(self.folder / LOCK, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One upgrade at a time. Raises OperationFailedError where another one is under way."""
        lock = open_lock(self.folder / LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if lock is None:
            raise OperationFailedError("Une mise à jour est déjà en cours ici : attendez sa fin.")
        try:
            # Whoever starts Arpent, under its own system user, asks whether it is held.
            os.fchmod(lock, 0o644)
            yield
        finally:
            os.close(lock)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def home_of(root: Path = ROOT) -> Home | None:
    """The folder of the versions that this code is one of; None for a clone, or where it is not the one in use."""
    home = Home(root.parent)
    return home if home.link.is_symlink() and home.link.resolve() == root else None


def refuse_unfinished() -> None:
    """Arpent does not start in the middle of an upgrade that was interrupted: its database may be half-way.

    Raises OperationFailedError, which says where it was.
    """
    home = home_of() or Home(ROOT.parent)
    state = home.read()
    if state is None or home.is_upgrading():
        return
    raise OperationFailedError(
        f"La mise à jour vers Arpent {state.target} s'est interrompue (étape « {STEPS[state.step]} ») : lancez"
        f" {home.folder}/{state.former}/arpent upgrade --resume, qui remet Arpent en service."
    )
