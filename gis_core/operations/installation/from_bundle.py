"""`./arpent install --bundle`: a signed bundle is what is installed, on a machine that needs no internet then."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gis_core.operations import bundle, signature
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.items import File
from gis_core.operations.installation.layout import Layout
from gis_core.operations.installation.refusals import check_root
from gis_core.operations.progress import step

KEYS = "release-keys"
UNTOUCHED = "Rien n’a été changé."


@dataclass(frozen=True)
class Packed:
    """A bundle, its file or itself unpacked, and the file of the public keys that may have signed it."""

    source: Path
    keys: Path | None = None
    unsigned: bool = False


def kept_keys(given: Path | None, layout: Layout) -> list[File]:
    """The public keys that were given stay for later upgrades, after those that the administrator had there."""
    if given is None or not given.is_file():
        return []
    path = layout.versions / KEYS
    present = path.read_text().splitlines() if path.is_file() else []
    added = [line for line in given.read_text().splitlines() if line not in present]
    return [File(path, "".join(f"{line}\n" for line in [*present, *added]))]


@contextmanager
def unpacked(packed: Packed, layout: Layout) -> Iterator[Layout]:
    """The layout with the code of a bundle, its signature and every file checked, for as long as it is installed from.

    Raises OperationFailedError; nothing of the machine was changed then.
    """
    check_root()
    keys = [packed.keys] if packed.keys else [signature.KEYS, layout.versions / KEYS]
    # Where only root writes, on the disk of the versions.
    scratch = next(folder for folder in layout.versions.parents if folder.is_dir())
    with bundle.open_bundle(packed.source, keys, scratch, unsigned=packed.unsigned) as (folder, facts):
        check_facts(facts, layout)
        with step("Paquet d’Arpent"):
            bundle.unpack_version(folder, folder / "code")
        yield replace(layout, source=folder / "code")


def check_facts(facts: bundle.Facts, layout: Layout) -> None:
    """The bundle is this version, for this machine, on which no other one is. Raises OperationFailedError."""
    machine, debian = bundle.this_machine()
    if (facts.machine, facts.debian) != (machine, debian):
        raise OperationFailedError(
            f"Ce paquet est fait pour Debian {facts.debian} sur {facts.machine}, cette machine est Debian {debian} sur"
            f" {machine} : prenez celui qui est fait pour elle. {UNTOUCHED}"
        )
    if facts.version != layout.version:
        raise OperationFailedError(
            f"Ce paquet est Arpent {facts.version}, et la commande est celle d’Arpent {layout.version} : déballez le"
            f" paquet et lancez ./install dans son dossier. {UNTOUCHED}"
        )
    if layout.current.is_symlink() and (present := str(layout.current.readlink())) != facts.version:
        raise OperationFailedError(
            f"Arpent {present} est déjà installé ici : passez à {facts.version} par {layout.current}/arpent upgrade"
            f" (docs/how-to/mettre-a-jour.md). {UNTOUCHED}"
        )
