"""What valid requests about simulations hold."""

import json
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gis_core.database import clock as database_clock
from gis_core.models import Member, SharedLink
from gis_core.tokens.authentication import digest
from layers.planning.models import Document, Zone
from simulation.models import Project, ProjectDocument, ProjectVersion
from simulation.services.documents import DOCUMENTS
from tests import factories
from tests.documents import pdf

IDURBA, ZONE = "45901_PLU_20200115", "UB"
PAGES = "regles/<slug:slug>/<str:idurba>/"
API = "api/v1/simulations/"
PDF = pdf()
VARIANT: dict[str, Any] = {"title": "", "notes": "", "volumes": [], "lines": [], "demolished": []}
RING = [[1.9, 47.8], [1.9001, 47.8], [1.9001, 47.8001], [1.9, 47.8]]
COLLECTION = {
    "type": "FeatureCollection",
    "features": [{"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [RING]}}],
}


def zone_of(document: Document) -> None:
    """A zone far from the parcel of the world."""
    with factories.as_owner():
        shape = factories.square(650_000, 6_750_000)
        Zone.objects.create(document=document, libelle=ZONE, typezone="U", idurba=IDURBA, geom=shape)


def arguments() -> dict[str, Any]:
    return {"idurba": IDURBA, "zone": ZONE}


def project_of(owner: Member, insee: str) -> tuple[Project, SharedLink, str, int]:
    """A project of a member in its first version, a link to it with its secret, the id of its document."""
    secret = f"secret-{owner.slug}"
    with factories.as_owner():
        idu = f"{insee}000AB0001"
        whole = dict.fromkeys(("name", "base", "ridge", "ridge_azimuth", "levels"))
        variant = {**VARIANT, "letter": "A", "volumes": [whole | one for one in project([idu])["volumes"]]}
        content = {"name": "Abri", "parcels": [idu], "permit": "", "variants": [variant]}
        made = Project.objects.create(
            owner=owner, name="Abri", insee=insee, idus=[idu], variants=content["variants"], geom=factories.square()
        )
        ProjectVersion.objects.create(project=made, number=1, content=content)
        document = document_of(made)
        path = DOCUMENTS.path_in(made.pk, document.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(PDF)
        link = SharedLink.objects.create(
            owner=owner, about_kind="simulation", about_id=made.pk, digest=digest(secret),
            expires_at=database_clock.now() + timedelta(days=1),
        )  # fmt: skip
    return made, link, secret, document.pk


def document_of(project: Project) -> ProjectDocument:
    return ProjectDocument.objects.create(
        project=project, title="Plan", media_type="application/pdf", size_bytes=len(PDF), sha256="0" * 64
    )


def project_arguments(rows: dict[str, Any], whose: str, missing: int) -> dict[str, Any]:
    made, link, secret, document = rows.get(f"simulation {whose}", (None, None, "faux", missing))
    return {
        "project_id": made.pk if made else missing,
        "link_id": link.pk if link else missing,
        "document_id": document,
        "letter": "A",
        "secret": secret,
    }


def body(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """What valid requests about projects send; None for other routes."""
    if method == "POST" and route == f"{API}<int:project_id>/pictures":
        return {"data": {"file": SimpleUploadedFile("vue.png", sent_picture()), "variant": "A"}}
    if not route.startswith(API) or method in ("GET", "HEAD") or ("project_id" not in route and route != API):
        return form_of_pages(route, method)
    content = {"name": "Abri", "parcels": [given["idu"]], "variants": [{**VARIANT, "letter": "A"}]}
    sent = VARIANT if "variants" in route else content | ({"member": given["member"]} if route == API else {})
    data = {"data": sent} if method in ("PUT", "POST") and "restore" not in route else {}
    return {**data, "content_type": "application/json", "HTTP_IF_MATCH": "*"}


def sent_picture() -> bytes:
    target = BytesIO()
    Image.new("RGB", (8, 8), "green").save(target, "PNG")
    return target.getvalue()


def form_of_pages(route: str, method: str) -> dict[str, Any] | None:
    if method != "POST":
        return None
    file = SimpleUploadedFile("projet.geojson", json.dumps(COLLECTION).encode())
    forms = {
        "simulations/<int:project_id>/partage/": {"members": []},
        "simulations/<int:project_id>/insertion/": {"letter": "A", "day": "2026-06-21"},
        "simulations/<int:project_id>/liens/": {"last_date": database_clock.today().isoformat()},
        "simulations/<int:project_id>/documents/": {"file": SimpleUploadedFile("plan.pdf", PDF)},
        f"{API}footprints": {"file": file},
    }
    return {"data": forms[route]} if route in forms else None


def form(route: str, method: str) -> dict[str, Any] | None:
    """What valid requests to the pages of rules hold; None for other routes."""
    if method != "POST" or not route.startswith(PAGES):
        return None
    rules = [{"catContrainte": "CES", "ratioMax": 0.3}]
    file = SimpleUploadedFile("regles.json", json.dumps(rules).encode())
    return {"file": file, "zone": ZONE} if route == PAGES else {"side_min": "3"}


def project(parcels: Sequence[str]) -> dict[str, Any]:
    """A shed on the parcel of the world, tried by a rule that is sent."""
    x, y = factories.ORIGIN
    ring = [[x + 10, y + 10], [x + 20, y + 10], [x + 20, y + 20], [x + 10, y + 20], [x + 10, y + 10]]
    volume = {"footprint": {"type": "Polygon", "coordinates": [ring]}, "base": None, "eaves": 3, "roof": "flat"}
    return {"parcels": list(parcels), "volumes": [volume], "rules": [{"catContrainte": "CES", "ratioMax": 0.3}]}
