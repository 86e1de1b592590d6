"""`./arpent audit [FOLDER]`: the libraries of both locks against security advisories that lie in files; no network.

The advisories are those of OSV (https://osv.dev), which gathers the ones of PyPI and npm: the folder holds its archives
(`PyPI/all.zip`, `npm/all.zip`) or their JSON files, fetched by whoever has a network. Without them nothing is compared,
and that is said.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from gis_core.operations.bill_of_materials import Component, components
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say

ECOSYSTEMS = {"PyPI": "pypi", "npm": "npm"}
NOT_DONE = 3
OLD = timedelta(days=30)
NO_ADVISORIES = (
    "L’audit des dépendances N’A PAS ÉTÉ FAIT : aucun avis de sécurité n’est donné. Sur une machine reliée à Internet,"
    " prenez PyPI/all.zip et npm/all.zip d’OSV (osv-vulnerabilities, https://osv.dev), puis :"
    " ./arpent audit DOSSIER"
)


def run(folder: Path | None) -> int:
    """0 where no library has a known fault, 1 where one has, 3 where nothing was compared."""
    if folder is None:
        say(NO_ADVISORIES)
        return NOT_DONE
    libraries = components()
    by_name = {(one.ecosystem, one.name): one for one in libraries}
    faults, latest, ecosystems = [], "", set[str]()
    for advisory in read_advisories(folder):
        latest = max(latest, str(advisory.get("modified", "")))
        for affected in advisory.get("affected", ()):
            package = affected.get("package", {})
            ecosystem = ECOSYSTEMS.get(package.get("ecosystem", ""), "")
            ecosystems.add(ecosystem)
            library = by_name.get((ecosystem, str(package.get("name", "")).lower()))
            if library and not advisory.get("withdrawn") and is_affected(library.version, affected):
                faults.append(describe(library, advisory))
    if absent := [name for name, ours in ECOSYSTEMS.items() if ours not in ecosystems]:
        say(f"L’audit N’A PAS ÉTÉ FAIT : {folder} n’a pas d’avis pour {' ni '.join(absent)}.")
        return NOT_DONE
    say(report(libraries, faults, latest))
    return 1 if faults else 0


def read_advisories(folder: Path) -> Iterator[Mapping[str, Any]]:
    """All advisories in archives and files below a folder. Raises OperationFailedError."""
    if not folder.is_dir():
        raise OperationFailedError(f"{folder} n’est pas un dossier : donnez celui des avis d’OSV.")
    for path in sorted(folder.rglob("*")):
        try:
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield _one_advisory(archive.read(name))
            elif path.suffix == ".json":
                yield _one_advisory(path.read_bytes())
        # An archive with a password, or compressed in a way that is not known, raises the last two.
        except (OSError, ValueError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise OperationFailedError(f"{path} ne peut pas être lu ({error}) : prenez-le de nouveau.") from error


def _one_advisory(text: bytes) -> Mapping[str, Any]:
    advisory = json.loads(text)
    if not isinstance(advisory, dict):
        raise ValueError("ce n’est pas un avis d’OSV")
    return advisory


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Whether OSV's `affected` names this version: in its list, or in one of its ranges."""
    if version in affected.get("versions", ()):
        return True
    return any(
        in_range(version, one.get("events", ()))
        for one in affected.get("ranges", ())
        if one.get("type") in ("SEMVER", "ECOSYSTEM")
    )


def in_range(version: str, events: Sequence[Mapping[str, str]]) -> bool:
    """Whether a version lies after an `introduced` and before the `fixed` that follows; unclear counts as affected."""
    try:
        ours = Version(version)
        steps = sorted((Version(value), kind) for event in events for kind, value in event.items() if kind != "limit")
    except InvalidVersion:
        return True
    inside = False
    for at, kind in steps:
        if kind == "introduced" and ours >= at:
            inside = True
        if (kind == "fixed" and ours >= at) or (kind == "last_affected" and ours > at):
            inside = False
    return inside


def describe(library: Component, advisory: Mapping[str, Any]) -> str:
    where = "dans le produit" if library.runs else "pour construire et essayer seulement"
    summary = " ".join(str(advisory.get("summary") or advisory.get("details", "")).split())[:120]
    return f"  {library.name} {library.version} ({where}) : {advisory.get('id')} {summary}"


def report(libraries: Sequence[Component], faults: Iterable[str], latest: str) -> str:
    """What was compared with what, the faults, and whether the advisories are old."""
    lines = sorted(set(faults))
    head = f"{len(libraries)} bibliothèques comparées aux avis d’OSV, dont le dernier est du {latest[:10]} :"
    said = [head, *lines] if lines else [f"{head} aucune faute connue."]
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(latest)
    except ValueError:
        age = OLD
    if age >= OLD:
        said.append("Ces avis sont anciens : prenez-en de nouveaux avant de publier.")
    return "\n".join(said)
