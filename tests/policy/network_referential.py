"""Imports of roads of two members, read and yet to be loaded, for the table of who gets what."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Job, Member
from networks.roads.services.importing import KIND
from tests import factories

TABLE = b"route;pr;x;y\nD1;1;617000;6717000\n"
PAGE = "voirie/importer/<int:road_job>/"


def road_import(owner: Member) -> int:
    """The job of one whose files are there."""
    folder = Path(settings.INBOX_DIR) / f"voirie-{owner.pk}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pr.csv").write_bytes(TABLE)
    parameters = {"folder": folder.name, "files": ["pr.csv"], "what": "markers", "write": False}
    with factories.as_owner():
        return Job.objects.create(kind=KIND, title="PR", owner=owner, state=Job.State.DONE, parameters=parameters).pk


def form(route: str, method: str, member: str) -> dict[str, Any] | None:
    """What a valid request of these pages holds."""
    if method != "POST":
        return None
    if route == "voirie/importer/":
        return {"member": member, "what": "markers", "file": SimpleUploadedFile("pr.csv", TABLE)}
    return {"action": "load"} if route == PAGE else None
