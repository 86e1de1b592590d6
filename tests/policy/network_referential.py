"""Imports of roads of two members, read and yet to be loaded, for the table of who gets what."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Member
from layers.intake.models import FileImport
from networks.roads.sources import MARKERS
from tests import factories

TABLE = b"route;pr;x;y\nD1;1;617000;6717000\n"
PAGE = "voirie/importer/<int:import_id>/"


def road_import(owner: Member) -> int:
    """One whose files are there."""
    folder = Path(settings.INBOX_DIR) / f"voirie-{owner.pk}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pr.csv").write_bytes(TABLE)
    given: dict[str, Any] = {"folder": folder.name, "files": [{"name": "pr.csv"}], "state": FileImport.State.READY}
    with factories.as_owner():
        return FileImport.objects.create(source=MARKERS.slug, title="PR", owner=owner, **given).pk


def arguments(whose: str, rows: dict[str, Any], missing: int) -> dict[str, Any]:
    """What stands in the addresses of these pages."""
    return {"import_id": rows.get(f"road import {whose}", missing)}


def form(route: str, method: str, member: str) -> dict[str, Any] | None:
    """What a valid request of these pages holds."""
    if method != "POST":
        return None
    if route == "voirie/importer/":
        return {"member": member, "what": "markers", "file": SimpleUploadedFile("pr.csv", TABLE)}
    return {"action": "load"} if route == PAGE else None
