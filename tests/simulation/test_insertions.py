"""The insertion document of a project: ordered, made by the worker, opened as whoever reads it would."""

from datetime import date
from math import dist
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override

from gis_core import tasks
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Job
from layers.printing.annotations import AnnotationDrawing
from layers.printing.order import Annotation
from layers.printing.paper import layout
from simulation.models import Project, ProjectDocument
from simulation.services.documents import DOCUMENTS
from simulation.services.drawing import read_volumes
from simulation.services.insertions import KIND
from simulation.services.places import place_of
from simulation.services.plans import Sheet, measures_of, metres, plans_of, works_of
from simulation.tasks import make_insertion
from tests import factories
from tests.gis_core.test_jobs import Silent
from tests.photos import photo
from tests.policy.simulations import sent_picture
from tests.printing.conftest import is_path, objects
from tests.simulation.conftest import Town, X, Y, building, multi, volume
from tests.simulation.grounds import box, setback
from tests.simulation.test_projects import colleague, keep

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}
HOUSE = box(2, 6, 12, 16)
ORDER = {"letter": "A", "paper": "A4", "photo": "", "day": "2026-06-21", "hour": "15:00"}
GABLE = volume(HOUSE, 3, ridge=5.5, roof="gable", ridge_azimuth=0, levels=1)


def order(town: Town, project: dict[str, Any], client: Client | None = None, **more: str) -> Any:
    address = f"/simulations/{project['id']}/insertion/"
    return (client or town.client).post(address, ORDER | more, headers=HTML)


def made(town: Town, monkeypatch: pytest.MonkeyPatch, **more: str) -> tuple[ProjectDocument, Any]:
    """A document and the file, opened."""
    town.zone("UB", box(-100, -100, 100, 100))
    town.keep("UB", setback(3, "limiteLaterale"))
    project = keep(town, variants=[{"letter": "A", "title": "Plain-pied", "volumes": [GABLE]}])
    assert order(town, project, **more).status_code == 302
    job = worked(monkeypatch)
    assert (job.state, job.message) == ("done", "")
    with factories.as_owner():
        row = ProjectDocument.objects.get()
    return row, pdfium.PdfDocument(DOCUMENTS.path_in(row.project_id, row.name).read_bytes())


def worked(monkeypatch: pytest.MonkeyPatch) -> Job:
    with factories.as_worker():
        job = Job.objects.get(kind=KIND)
        monkeypatch.setattr(tasks.jobs, "ProgressWriter", Silent)
        tasks.run(job, make_insertion)
        job.refresh_from_db()
    return job


def text_of(document: Any) -> str:
    return " ".join(page.get_textpage().get_text_range() for page in document).replace("\u00a0", " ")


def test_one_file_holds_figures_rules_shadows_and_the_plan(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    row, document = made(town, monkeypatch)
    text = text_of(document)
    assert (row.title, row.added_by) == ("Insertion, variante A, version 1 du projet", town.user)
    for words in ("Maison", "Non respecté", "égout 3,00 m, faîtage 5,50 m", "21 juin", "1 : 250"):
        assert words in text
    assert "l’instructeur décide" in text


def test_neighbours_read_in_it_how_much_sun_they_lose(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _row, document = made(town, monkeypatch)
    text = text_of(document)
    for words in ("Heures de soleil que perdent les voisins", "4 h ou plus", "21 décembre", "jusqu’à", "Jardin"):
        assert words in text


def keep_picture(town: Town, project: dict[str, Any], **more: Any) -> Any:
    sent = {"file": SimpleUploadedFile("vue.png", sent_picture()), "variant": "A", **more}
    address = f"/api/v1/simulations/{project['id']}/pictures"
    return town.client.post(address, sent, headers={"accept": "application/json"})


def test_a_view_is_kept_with_the_photo_the_sun_and_their_dates(town: Town) -> None:
    photo("ville", title="Ville 2024", acquired_date=date(2024, 6, 12))
    project = keep(town, variants=[{"letter": "A", "volumes": [GABLE]}])
    answer = keep_picture(town, project, photo="ville", at="2026-12-21T12:00:00+01:00")
    assert answer.status_code == 201, answer.content
    assert answer.json()["title"] == "Vue 3D, variante A, Ville 2024 (juin 2024), soleil du 21/12/2026 12:00"
    assert b"".join(town.client.get(answer.json()["url"]).streaming_content).startswith(b"\x89PNG")


def test_what_is_no_view_of_the_project_is_refused_and_no_file_stays(town: Town) -> None:
    project = keep(town, variants=[{"letter": "A", "volumes": [GABLE]}])
    pdf_sent = SimpleUploadedFile("vue.png", b"%PDF-1.4 rien")
    for more in ({"variant": "B"}, {"photo": "inconnue"}, {"file": pdf_sent}, {"at": "hier"}):
        answer = keep_picture(town, project, **more)
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not list(DOCUMENTS.root().glob(f"{project['id']}/*"))


def test_the_insertion_document_shows_the_views_that_are_chosen(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.zone("UB", box(-100, -100, 100, 100))
    project = keep(town, variants=[{"letter": "A", "volumes": [GABLE]}])
    first, _second = (keep_picture(town, project).json() for _time in range(2))
    page = town.client.get(f"/simulations/{project['id']}/", headers=HTML).content.decode()
    assert page.count('name="pictures"') == 2
    assert order(town, project, pictures=str(first["id"])).status_code == 302
    assert worked(monkeypatch).state == "done"
    with factories.as_owner():
        made = ProjectDocument.objects.get(media_type="application/pdf")
    document = pdfium.PdfDocument(DOCUMENTS.path_in(made.project_id, made.name).read_bytes())
    assert text_of(document).count("Vue 3D, variante A") == 1
    assert order(town, project, pictures="999999").status_code == 400


def test_the_plan_measures_what_was_drawn_to_the_centimetre(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    _row, document = made(town, monkeypatch)
    page = document[len(document) - 1]
    boxes = [bounds(found, matrix) for found, matrix in objects(page) if is_path(found)]
    side = 10_000 / 250
    assert any(abs(wide - side) < 0.05 and abs(high - side) < 0.05 for wide, high in boxes)
    text = page.get_textpage().get_text_range()
    assert all(length in text for length in ("10,00", "2,00", "8,00", "6,00", "14,00"))


def bounds(found: Any, matrix: Any) -> tuple[float, float]:
    """Width and height of a path on the page, in millimetres."""
    from tests.printing.conftest import Opened

    drawn = Opened.path(None, found, matrix)  # type: ignore[arg-type]
    wide, high = np.ptp(drawn.points, axis=0)
    return float(wide), float(high)


def test_lengths_that_are_written_are_those_of_the_ground(town: Town) -> None:
    rights = rights_of(town.user)
    with acting_as(rights):
        place = place_of([town.plot.idu], town.document.approved_date, rights)
        (annotation,) = measures_of(read_volumes([GABLE]), place)
    for line, mark in zip(annotation.lines, annotation.marks, strict=True):
        assert float(mark.text.replace(",", ".")) == pytest.approx(dist(line[0], line[-1]), abs=0.005)
    assert {mark.text for mark in annotation.marks} == {"10,00", "2,00", "8,00", "6,00", "14,00"}


def test_lengths_are_rounded_to_the_centimetre() -> None:
    with override("fr"):
        assert [metres(one) for one in (5.99992, 10.947, 4.0)] == ["6,00", "10,95", "4,00"]


def test_the_shadow_lies_on_the_photo(town: Town) -> None:
    photo("ville")
    with factories.as_owner():
        project = Project.objects.get(pk=keep(town, variants=[{"letter": "A", "volumes": [GABLE]}])["id"])
    rights = rights_of(town.user)
    with acting_as(rights):
        place = place_of(project.idus, town.document.approved_date, rights)
        from simulation.services.sunlight import at_hour

        shade = box(X + 12, Y + 6, X + 18, Y + 16)
        sheet = Sheet(paper="A4", photo="ville", shadow=shade, at=at_hour(town.document.approved_date, 15))
        plan, seen = plans_of(project, project.variants[0], place, sheet, rights)
    assert (plan.photo, seen.photo) == (None, "ville")
    assert seen.annotations[0].kind == "shade"
    assert "measure" not in {one.kind for one in seen.annotations}


def test_who_sees_no_buildings_gets_none_that_goes(town: Town) -> None:
    gone = building(box(14, 20, 18, 24))
    variant = {"volumes": [GABLE], "lines": [], "demolished": [gone.pk]}
    kinds = [
        {one.kind for one in works_of(variant, read_volumes([GABLE]), sees_buildings=sees)} for sees in (True, False)
    ]
    assert ["removed" in one for one in kinds] == [True, False]


def test_an_area_with_a_court_is_not_filled_there() -> None:
    outer, court = box(0, 0, 10, 10), box(4, 4, 6, 6)
    rings = tuple(tuple((x, y) for x, y in one.exterior.coords) for one in (outer, court))
    sheet = layout("A4", "landscape")
    drawing = AnnotationDrawing((Annotation(kind="volume", lines=rings),), (-5, -5, 15, 15), 200, sheet.map)
    (shape,) = drawing.geometries(drawing.annotations[0])
    assert shape.area == 96


def test_who_reads_a_project_reads_its_documents_and_orders_none(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    row, _document = made(town, monkeypatch)
    reader = colleague(town)
    answer = reader.get(f"/simulations/{row.project_id}/documents/{row.pk}/")
    assert answer.getvalue()[:5] == b"%PDF-"
    assert f"documents/{row.pk}/" in reader.get(f"/simulations/{row.project_id}/", headers=HTML).content.decode()
    assert order(town, {"id": row.project_id}, reader).status_code == 403


def test_a_stranger_has_neither(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    row, _document = made(town, monkeypatch)
    with factories.as_owner():
        other = factories.member(factories.commune("45999"))
    stranger = colleague(town, Role.PERMIT_INSTRUCTOR, other)
    assert stranger.get(f"/simulations/{row.project_id}/documents/{row.pk}/", headers=HTML).status_code == 404
    assert order(town, {"id": row.project_id}, stranger).status_code == 404


def test_photos_of_the_ground_alone_are_offered(town: Town) -> None:
    photo("ici", title="Ici", geom=multi(box(-50, -50, 50, 50)))
    photo("la-bas", title="Là-bas", geom=multi(box(5_000, 5_000, 5_100, 5_100)))
    page = town.client.get(f"/simulations/{keep(town)['id']}/", headers=HTML).content.decode()
    assert ('<option value="ici" selected>' in page, "la-bas" in page) == (True, False)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"letter": "B"}, "Choisissez une variante"),
        ({"paper": "A0"}, "Choisissez un format"),
        ({"photo": "ailleurs"}, "Choisissez une photo"),
        ({"day": "hier"}, "le jour et l’heure"),
        ({"hour": "25:00"}, "le jour et l’heure"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(town: Town, given: dict[str, str], says: str) -> None:
    project = keep(town)
    answer = order(town, project, **given)
    assert (answer.status_code, says in answer.content.decode()) == (400, True)
    assert not Job.objects.filter(kind=KIND).exists()


def test_a_project_that_changed_meanwhile_is_made_as_it_is(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    project = keep(town)
    order(town, project)
    with factories.as_owner():
        Project.objects.update(
            variants=[{"letter": "A", "title": "", "notes": "", "volumes": [], "lines": [], "demolished": []}]
        )
    job = worked(monkeypatch)
    assert (job.state, "aucun volume" in job.message) == ("failed", True)
    assert not ProjectDocument.objects.exists()
