"""Which backups this version restores: what a manifest says of the versions that made it, held against what is here."""

import re
from pathlib import Path
from typing import Any

from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import BIN
from gis_core.version import VERSION

# Of the archive: 3 says which migrations its database holds.
FORMAT = 3
# The first version whose database the migrations of this one lead to the present.
OLDEST = "0.2.0"
POSTGRESQL = int(BIN.parent.name)
UNTOUCHED = "Rien n'a été touché."
SAME_OR_LATER = "rétablissez-la avec cette version ou une plus récente (UPGRADING.md)"


def our_migrations(root: Path = ROOT) -> set[str]:
    """The migrations of a version's own apps, as `app.0001_name`; of this one's, unless another's code is named."""
    files = [*root.glob("*/migrations/0*.py"), *root.glob("*/*/migrations/0*.py")]
    return {f"{_app(path)}.{path.stem}" for path in files}


def of_our_apps(applied: list[tuple[str, str]]) -> list[str]:
    """Those of the applied migrations (app, name) that our apps have, whoever knows them, as `app.0001_name`."""
    apps = {name.partition(".")[0] for name in our_migrations()}
    return sorted(f"{app}.{name}" for app, name in applied if app in apps)


def check_version(source: Path, manifest: dict[str, Any]) -> None:
    """Raise OperationFailedError, with what to do, where this version cannot read what another one saved."""
    if reason := _reason(manifest):
        raise OperationFailedError(f"{source} {reason} {UNTOUCHED}")


def _reason(manifest: dict[str, Any]) -> str:
    """Why not, as the rest of a French sentence; nothing where it can be read."""
    made_by, made_in = numbers_of(manifest.get("version")), manifest.get("format")
    if not made_by or not isinstance(made_in, int):
        return "ne dit pas de quelle version d'Arpent elle vient : prenez une autre sauvegarde."
    other_format = "" if made_in == FORMAT else f" (format {made_in}, ici {FORMAT})"
    whose = f"a été faite par Arpent {manifest['version']}{other_format}"
    if made_by > numbers_of(VERSION) or made_in > FORMAT:
        return f"{whose}, plus récent que celui-ci ({VERSION}) : {SAME_OR_LATER}."
    if made_by < numbers_of(OLDEST) or made_in < FORMAT:
        return (
            f"{whose}. Arpent {VERSION} ne rétablit que les sauvegardes faites depuis la version {OLDEST} :"
            " rétablissez celle-ci avec la version qui l'a faite (UPGRADING.md)."
        )
    if (postgresql := numbers_of(manifest.get("postgresql"))[:1]) > (POSTGRESQL,):
        return (
            f"vient de PostgreSQL {postgresql[0]}, plus récent que celui d'ici ({POSTGRESQL}), qui ne la lirait pas :"
            f" rétablissez-la sur une machine qui a PostgreSQL {postgresql[0]}."
        )
    if unknown := sorted(set(manifest.get("migrations", ())) - our_migrations()):
        return (
            f"{whose}, et sa base a des migrations que celui-ci ({VERSION}) ne connaît pas ({len(unknown)}, dont"
            f" {unknown[-1]}) : {SAME_OR_LATER}."
        )
    return ""


def numbers_of(version: object) -> tuple[int, ...]:
    """The numbers that a version begins with; none where it begins with none."""
    first = re.match(r"\d+(\.\d+)*", version) if isinstance(version, str) else None
    return tuple(map(int, first[0].split("."))) if first else ()


def _app(migration: Path) -> str:
    return migration.parent.parent.name
