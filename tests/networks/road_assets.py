"""Imports of assets in tests: files as people send them, jobs done at once."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from networks.roads.importers.asset_mapping import AssetReading
from networks.roads.models import AssetDelivery
from networks.roads.services import assets_importing as importing
from tests import factories


def quiet(_share: float | None, _words: str) -> None:
    """Nobody watches."""


def looked_at(member: Member, *files: Path, folder: str = "essai", headed: bool | None = None) -> AssetDelivery:
    inbox = Path(settings.INBOX_DIR) / folder
    inbox.mkdir(parents=True, exist_ok=True)
    for one in files:
        shutil.copyfile(one, inbox / one.name)
    with factories.as_worker(), acting_as(SYSTEM):
        made = importing.register(folder, [one.name for one in files], member=member, user=None)
        AssetDelivery.objects.filter(pk=made.pk).update(headed=headed)
        importing.read(made.pk, quiet)
        made.refresh_from_db()
    return made


def loaded(
    made: AssetDelivery, change: Mapping[str, Any] | None = None, name: str = "", *, outside: bool = True
) -> AssetDelivery:
    """With what is suggested, changed so; wherever it lies, but for `outside`."""
    with factories.as_worker(), acting_as(SYSTEM):
        for label, told in made.readings.items():
            reading = told | dict(change or {})
            reading["columns"] = told["columns"] | dict((change or {}).get("columns", {}))
            made.readings[label] = AssetReading.kept(reading).as_json()
        made.mapping_name = name
        made.outside = outside
        made.save()
        importing.load(made.pk, quiet)
        made.refresh_from_db()
    return made
