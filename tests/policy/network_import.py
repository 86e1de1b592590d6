"""Imports of networks of two members, for the table of who gets what."""

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Member
from layers.intake.models import FileImport
from tests import factories


def network_import(owner: Member) -> FileImport:
    """One that was read, and could be forgotten."""
    with factories.as_owner():
        return FileImport.objects.create(
            source="network", title="Réseau", owner=owner, folder=f"essai-{owner.pk}", state="refused"
        )


def form(route: str, method: str, member: str) -> dict[str, object] | None:
    """What a valid request of these pages holds."""
    if method != "POST":
        return None
    if route == "reseaux/importer/":
        file = SimpleUploadedFile("conduites.geojson", b'{"type": "FeatureCollection", "features": []}')
        return {"member": member, "format": "auto", "file": file}
    return {"action": "forget"} if route == "reseaux/importer/<int:import_id>/" else None


def arguments(route: str, number: int) -> dict[str, int]:
    """What the addresses of these pages name."""
    return {"import_id": number} if route.startswith("reseaux/importer/") else {}
