"""Requests for works on roads of two members, their orders and detours, and what a valid request about them holds."""

from datetime import date, timedelta
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gis_core.letters.kinds import kind_of
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Letter, Member, User
from networks.roads.models import RoadSection
from networks.roadworks.kinds import ABOUT, TRAFFIC
from networks.roadworks.models import Work, WorkOrder, WorkOrderFile, WorkPiece, WorkRequest
from networks.roadworks.services import orders
from networks.roadworks.services.request_documents import DOCUMENTS
from tests import factories

Form = dict[str, Any]
REQUESTS = "voirie/demandes/"
ONE = f"{REQUESTS}<int:request_id>/"
DETOUR = "voirie/travaux/<int:work_id>/deviation/"
API = "api/v1/networks/works/detour"
MISSING = 999_999_999


def this_day() -> date:
    """The day in Paris when it is asked: a suite that runs past midnight has two of them."""
    return timezone.localdate()


PDF = b"%PDF-1.4 essai"


def things(ours: Member, theirs: Member, technician: User, stranger: User) -> dict[str, Any]:
    """A request with a piece and a draft, works that close a road with a way around, a published order, of each."""
    made: dict[str, Any] = {}
    for whose, member, person in (("own", ours, technician), ("other", theirs, stranger)):
        insee = str(member.territories.values_list("commune_id", flat=True).order_by("commune_id").first())
        with factories.as_owner():
            work = closed_road(member)
            one = WorkRequest.objects.create(
                owner=member, insee=insee, form="14024", kind="circulation", received_date=this_day(),
                place="rue Haute",
                description="Fouille", starts_on=this_day(), ends_on=this_day(), applicant_name="Jeanne", work=work,
            )  # fmt: skip
            piece = WorkPiece.objects.create(
                request=one, title="Plan", media_type="application/pdf", size_bytes=len(PDF), sha256="0" * 64
            )
            order = WorkOrder.objects.create(
                owner=member, number=f"VOI-{whose}", title="Arrêté", kind=TRAFFIC, insee=insee, communes=[insee],
                place="rue Haute", starts_on=this_day(), ends_on=this_day() + timedelta(days=30), letter_id=-work.pk,
                over_at=timezone.now() + timedelta(days=31), sha256="0" * 64,
            )  # fmt: skip
            WorkOrderFile.objects.create(order=order, pdf=PDF)
        DOCUMENTS.path_of(piece).parent.mkdir(parents=True, exist_ok=True)
        DOCUMENTS.path_of(piece).write_bytes(PDF)
        made[f"road letter {whose}"] = draft(one, person)
        made[f"road request {whose}"], made[f"road piece {whose}"] = one.pk, piece.pk
        made[f"road work {whose}"], made[f"road order {whose}"] = work.pk, order.pk
    return made


def draft(one: WorkRequest, person: User) -> int:
    """A draft, by whoever of the member may; else made as the owner of the tables."""
    rights = rights_of(person)
    if orders.may_decide(one.owner_id, rights):
        with acting_as(rights):
            return orders.begin(one, kind_of(TRAFFIC), rights).pk
    with factories.as_owner():
        return Letter.objects.create(
            owner=one.owner, insee=one.insee, about_kind=ABOUT, about_key=str(one.pk), kind=TRAFFIC, nominative=True,
            title="Arrêté", body="x",
        ).pk  # fmt: skip


def closed_road(member: Member) -> Work:
    """A stretch between two crossings, with one way around it."""
    x, y = factories.ORIGIN[0] + 9_000, factories.ORIGIN[1] + member.pk * 900
    for places in ([(0, 0), (200, 0)], [(0, 0), (0, 90), (200, 90), (200, 0)]):
        line = LineString([(x + east, y + north) for east, north in places], srid=2154)
        RoadSection.objects.create(owner=member, geom=line, nature="1chaussee", status="05")
    stretch = MultiLineString(LineString([(x, y), (x + 200, y)], srid=2154), srid=2154)
    return Work.objects.create(
        owner=member,
        title="Fouille",
        state="draft",
        measure="closed",
        starts_on=this_day(),
        ends_on=this_day(),
        geom=stretch,
    )


def arguments(rows: dict[str, Any], whose: str, route: str) -> dict[str, Any]:
    """What stands in the addresses of requests and orders."""
    names = {"request_id": "request", "piece_id": "piece", "order_id": "order", "work_id": "work"}
    found = {argument: rows.get(f"road {name} {whose}", MISSING) for argument, name in names.items()}
    if route.startswith(REQUESTS):
        found["letter_id"] = rows.get(f"road letter {whose}", MISSING)
    return found if route.startswith((REQUESTS, "travaux/arretes/", DETOUR, API)) else {}


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body; None where the route needs none."""
    typed: dict[str, Any] = {
        "form": "14024", "kind": "circulation", "received_date": this_day(), "insee": "45901", "place": "rue Haute",
        "description": "Fouille", "starts_on": this_day(), "ends_on": this_day(), "applicant_name": "Jeanne",
        "member": given["member"],
    }  # fmt: skip
    words = {"title": "Objet", "body": "Texte", "recipient": "", "signatory": "", "version": 1, "action": "save"}
    made: dict[tuple[str, str], Form] = {
        (f"{REQUESTS}nouvelle/", "POST"): {
            name: value.isoformat() if isinstance(value, date) else value for name, value in typed.items()
        },
        (ONE, "POST"): {"do": "accept", "version": 1},
        (f"{ONE}pieces/", "POST"): {"file": SimpleUploadedFile("plan.jpg", b"\xff\xd8\xff rien")},
        (f"{ONE}courriers/<int:letter_id>/", "POST"): words,
        (DETOUR, "POST"): {"do": "keep", "gauge": "cars"},
    }
    return made.get((route, method))


def body(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """A JSON body, as the keywords of the test client."""
    if (route, method) == (API, "POST"):
        return {"data": {"work": given["work_id"]}, "content_type": "application/json"}
    return None
