"""Imports of assets in tests: files as people send them, jobs done at once."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.models import FileImport
from layers.intake.services import imports
from networks.roads.importers import asset_tables
from networks.roads.sources import ASSETS
from tests import factories


def quiet(_share: float | None, _words: str) -> None:
    """Nobody watches."""


def looked_at(member: Member, *files: Path, folder: str = "essai", headed: bool | None = None) -> FileImport:
    inbox = Path(settings.INBOX_DIR) / folder
    inbox.mkdir(parents=True, exist_ok=True)
    for one in files:
        shutil.copyfile(one, inbox / one.name)
    with factories.as_worker(), acting_as(SYSTEM):
        names = [one.name for one in files]
        made = imports.register(ASSETS, folder, names, member=member, choices={"headed": headed}, user=None)
        imports.read(made.pk, quiet)
        made.refresh_from_db()
    return made


def loaded(
    made: FileImport, change: Mapping[str, Any] | None = None, name: str = "", *, outside: bool = True
) -> FileImport:
    """With what is suggested, changed so; wherever it lies, but for `outside`."""
    with factories.as_worker(), acting_as(SYSTEM):
        for label, likely in made.choices["readings"].items():
            reading = likely | dict(change or {})
            reading["columns"] = likely["columns"] | dict((change or {}).get("columns", {}))
            made.choices["readings"][label] = asset_tables.ASSETS.mapping_from(reading).as_json()
        made.choices |= {"mapping_name": name, "outside": outside}
        made.save()
        imports.apply(made.pk, quiet)
        made.refresh_from_db()
    return made


def counts_of(made: FileImport) -> dict[str, int]:
    """How many rows are new, updated, the same …"""
    return {name: count for name, count in (made.report or {}).items() if isinstance(count, int)}
