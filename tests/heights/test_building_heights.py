"""Buildings of the plan get heights from published models: by whom, where, from which, and again."""

from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from gis_core import tasks
from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job
from layers.cadastre.building_heights import Measured, measure_buildings, work
from layers.cadastre.models import Building
from layers.catalogue.models import Layer, Photo
from layers.catalogue.services import revise_photo
from orthophoto.models import Campaign
from orthophoto.services import making
from orthophoto.services.publication import publish, unpublish_photo
from tests import factories
from tests.orthophoto.heights import NORTH, SIDE, WEST, published, write_sheet

pytestmark = pytest.mark.django_db
INSEE = "45999"


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield
    making.close_readers()


def building(x: float, insee: str = INSEE) -> int:
    """A square of 10 m, x metres from the west of the sheets."""
    with factories.as_worker():
        shape = Polygon.from_bbox((WEST + x, NORTH - 60, WEST + x + 10, NORTH - 50))
        return Building.objects.create(insee=insee, kind="01", geom=MultiPolygon(shape, srid=2154)).pk


def show(tmp_path: Path, name: str, heights: Any, **changes: Any) -> Photo:
    folder = tmp_path / name
    folder.mkdir()
    write_sheet(folder / f"{name}.tif", heights=np.broadcast_to(heights, (SIDE, SIDE)))
    with factories.as_worker(), acting_as(SYSTEM):
        return published(folder, slug=name, title=name, **changes)


def ground(tmp_path: Path, **changes: Any) -> Photo:
    return show(tmp_path, "sol", 100.0, kind=Photo.Kind.GROUND, **changes)


def surface(tmp_path: Path, name: str = "dessus", roof: float = 107.0, **changes: Any) -> Photo:
    """A roof over the western half of the sheet."""
    heights = np.where(np.arange(SIDE) < SIDE / 2, roof, 100.0)
    return show(tmp_path, name, heights, kind=Photo.Kind.SURFACE, **changes)


def measure(photo: Photo, insee: frozenset[str] | None = None) -> Measured:
    with factories.as_worker(), acting_as(SYSTEM):
        return measure_buildings(photo.slug, insee, progress=lambda _share, _message: None)


def heights_of(pk: int) -> tuple[float | None, float | None, float | None, str, date | None]:
    row = Building.objects.get(pk=pk)
    return row.ground_m, row.eaves_m, row.ridge_m, row.heights_source, row.heights_date


def test_a_building_gets_its_heights_and_where_they_come_from(tmp_path: Path) -> None:
    pk, beyond = building(50), building(200)
    ground(tmp_path)
    assert measure(surface(tmp_path)) == Measured(known=1, unknown=1)
    assert heights_of(pk) == (100, 7, 7, "dessus", date(2025, 3, 1))
    assert heights_of(beyond) == (100, None, None, "", None)


def test_heights_above_the_ground_serve_as_a_surface_does(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    measure(show(tmp_path, "hauteurs", 5.0, kind=Photo.Kind.HEIGHT))
    assert heights_of(pk)[:3] == (100, 5, 5)


def test_the_newest_surface_counts_from_whichever_campaign_it_is_started(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    old = surface(tmp_path, "ancien", 104.0, acquired_date=date(2015, 1, 1))
    surface(tmp_path, "recent", 108.0)
    measure(old)
    assert heights_of(pk)[2:4] == (8, "recent")


def test_an_older_surface_fills_the_holes_of_the_newest(tmp_path: Path) -> None:
    pk = building(50)
    sol = ground(tmp_path)
    surface(tmp_path, "ancien", 104.0, acquired_date=date(2015, 1, 1))
    holes = np.where(np.arange(SIDE) < SIDE / 2, -9999.0, 100.0)
    show(tmp_path, "troue", holes, kind=Photo.Kind.SURFACE)
    measure(sol)
    assert heights_of(pk)[2:4] == (4, "ancien")


def test_what_is_not_known_any_more_goes(tmp_path: Path) -> None:
    pk = building(50)
    sol = ground(tmp_path)
    first = surface(tmp_path)
    measure(first)
    with factories.as_worker(), acting_as(SYSTEM):
        first.delete()
        show(tmp_path, "ras", 100.0, kind=Photo.Kind.SURFACE)
    measure(sol)
    assert heights_of(pk)[2:] == (None, "", None)


def take_back(photo: Photo) -> None:
    with factories.as_worker(), acting_as(SYSTEM):
        unpublish_photo(Campaign.objects.get(slug=photo.slug), SYSTEM)


def says_taken_back(pk: int) -> bool:
    properties = Client().get(f"/api/v1/layers/buildings/features/{pk}/").json()["properties"]
    return any("modèle retiré" in one["display"] for one in properties if one["name"] == "heights_source")


@pytest.mark.parametrize("taken_back", ["surface", "ground"])
def test_heights_of_a_model_that_is_taken_back_stay_and_say_so(tmp_path: Path, taken_back: str) -> None:
    pk = building(50)
    models = {"ground": ground(tmp_path), "surface": surface(tmp_path)}
    measure(models["surface"])
    assert not says_taken_back(pk)
    take_back(models[taken_back])
    assert heights_of(pk) == (100, 7, 7, "dessus", date(2025, 3, 1))
    assert says_taken_back(pk)


def test_heights_of_a_model_kept_to_some_since_say_so(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    photo = surface(tmp_path)
    measure(photo)
    with factories.as_worker(), acting_as(SYSTEM):
        revise_photo(photo.slug, {"visibility": Layer.Visibility.SIGNED_IN})
    assert says_taken_back(pk)


def test_measured_again_they_are_those_of_another_model(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    surface(tmp_path, "ancien", 104.0, acquired_date=date(2015, 1, 1))
    recent = surface(tmp_path)
    measure(recent)
    take_back(recent)
    measure(recent)
    assert heights_of(pk)[2:4] == (4, "ancien")
    assert not says_taken_back(pk)


def test_measured_again_without_another_model_they_go(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    photo = surface(tmp_path)
    measure(photo)
    take_back(photo)
    with factories.as_worker():
        call_command("measure_buildings", photo.slug, stdout=StringIO())
    assert heights_of(pk) == (None, None, None, "", None)
    with pytest.raises(Invalid, match="n’est plus publié"):
        measure(photo)


def test_a_model_that_has_its_edge_elsewhere_now_leaves_no_heights_of_its_own_beyond(tmp_path: Path) -> None:
    pk = building(50)
    ground(tmp_path)
    photo = surface(tmp_path)
    measure(photo)
    with factories.as_worker(), acting_as(SYSTEM):
        beyond = MultiPolygon(Polygon.from_bbox((WEST + 100, NORTH - 300, WEST + 300, NORTH)), srid=2154)
        Photo.objects.filter(pk=photo.pk).update(geom=beyond)
    measure(photo)
    assert heights_of(pk)[2:] == (None, "", None)


def test_only_the_buildings_of_the_communes_are_measured(tmp_path: Path) -> None:
    mine, other = building(50), building(70, "45998")
    ground(tmp_path)
    measure(surface(tmp_path), frozenset({INSEE}))
    assert heights_of(mine)[2] == 7
    assert heights_of(other)[2] is None


def test_a_model_that_some_alone_may_read_measures_nothing(tmp_path: Path) -> None:
    building(50)
    ground(tmp_path)
    with pytest.raises(Invalid, match="pour tous"):
        measure(surface(tmp_path, visibility=Layer.Visibility.SIGNED_IN))


def test_a_ground_without_surface_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="surface"):
        measure(ground(tmp_path))


def test_the_layer_has_another_version_once_its_buildings_are_measured(tmp_path: Path) -> None:
    building(50)
    ground(tmp_path)
    before = layer_version()
    measure(surface(tmp_path))
    assert layer_version() > before


def layer_version() -> int:
    with acting_as(SYSTEM):
        return Layer.objects.get(slug="buildings").version


def test_the_command_measures_and_says_how_many(tmp_path: Path) -> None:
    building(50)
    ground(tmp_path)
    surface(tmp_path)
    output = StringIO()
    with factories.as_worker():
        call_command("measure_buildings", "dessus", stdout=output)
        with pytest.raises(CommandError):
            call_command("measure_buildings", "nulle-part")
    assert "connue : 1" in output.getvalue()


def test_the_button_of_the_campaign_starts_the_job_of_its_member_s_communes(tmp_path: Path) -> None:
    commune = factories.commune(INSEE, geom=factories.square(WEST, NORTH - 300, 300))
    member = factories.member(commune)
    administrator = factories.user(member, Role.GIS_ADMINISTRATOR)
    mine, other = building(50), building(70, "45998")
    ground(tmp_path)
    surface(tmp_path)
    with factories.as_worker(), acting_as(SYSTEM):
        Campaign.objects.filter(slug="dessus").update(owner=member)
    client = Client()
    client.force_login(administrator)
    assert client.post(reverse("campaign_measure", args=["dessus"])).status_code == 302
    (job,) = jobs()
    assert (job.owner_id, job.started_by_id) == (member.pk, administrator.pk)
    run(job)
    assert (heights_of(mine)[2], heights_of(other)[2]) == (7, None)
    assert "connue : 1" in client.get(reverse("campaign", args=["dessus"])).content.decode()


def test_the_page_of_a_campaign_taken_back_offers_to_measure_again_while_buildings_have_its_heights(
    tmp_path: Path,
) -> None:
    administrator = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    pk, client = building(50), Client()
    client.force_login(administrator)
    ground(tmp_path)
    photo = surface(tmp_path)
    measure(photo)
    take_back(photo)
    page = client.get(reverse("campaign", args=["dessus"])).content.decode()
    assert "Ce modèle est retiré" in page
    assert 'data-action="measure"' in page
    client.post(reverse("campaign_measure", args=["dessus"]))
    run(jobs()[0])
    assert heights_of(pk)[2] is None
    assert 'data-action="measure"' not in client.get(reverse("campaign", args=["dessus"])).content.decode()


def jobs() -> list[Job]:
    with acting_as(SYSTEM):
        return list(Job.objects.filter(kind="measure_buildings").select_related("owner", "started_by"))


def run(job: Job) -> None:
    with factories.as_worker():
        tasks.run(job, work)
    (job,) = jobs()
    assert job.state == Job.State.DONE, job.message


def test_publishing_a_surface_has_the_buildings_measured(tmp_path: Path) -> None:
    administrator = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    ground(tmp_path)
    surface(tmp_path)
    assert not jobs()
    with factories.as_worker(), acting_as(SYSTEM):
        Campaign.objects.filter(slug="dessus").update(started_by=administrator)
        publish(Campaign.objects.get(slug="dessus"), SYSTEM)
    assert [job.parameters for job in jobs()] == [{"photo": "dessus"}]
