"""GET /api/v1/heights/: a point, a line, a polygon; whose models are read, where, and what is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from pyproj import Transformer

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import User
from layers.catalogue.models import Layer, Photo
from layers.heights import reading
from orthophoto.services import making
from tests import factories
from tests.orthophoto.heights import NORTH, SIDE, WEST, plane, published, write_sheet

URL = "/api/v1/heights/"
POINT = (WEST + 100.25, NORTH - 200.75)


@pytest.fixture(autouse=True)
def platform(settings: Any, tmp_path: Path, db: None) -> Iterator[None]:
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    yield
    making.close_readers()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "livraison"
    folder.mkdir()
    write_sheet(folder / "a_MNT.tif")
    write_sheet(folder / "b_MNT.tif", column=1)
    return folder


def show(folder: Path, **changes: Any) -> Photo:
    with factories.as_worker(), acting_as(SYSTEM):
        return published(folder, **changes)


def flat(tmp_path: Path, name: str, height: float) -> Path:
    folder = tmp_path / name
    folder.mkdir()
    write_sheet(folder / f"{name}.tif", heights=np.full((SIDE, SIDE), height))
    return folder


def ask(client: Client | None = None, **given: Any) -> dict[str, Any]:
    answer = (client or Client()).get(URL, given)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    return body


def refused(client: Client | None = None, **given: Any) -> tuple[int, str, str]:
    answer = (client or Client()).get(URL, given)
    body = answer.json()
    return answer.status_code, body["detail"], body.get("parameter", "")


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def here(point: tuple[float, float] = POINT) -> str:
    return f"{point[0]},{point[1]}"


def test_a_point_has_its_altitude_and_the_campaign_it_comes_from(folder: Path) -> None:
    show(folder, vertical_crs=5720)
    answer = ask(point=here())
    assert answer["height"] == pytest.approx(plane(*POINT), abs=0.001)
    assert answer["model"] == "ground"
    assert {name: answer["campaign"][name] for name in ("slug", "acquired", "resolution_m", "vertical_crs")} == {
        "slug": "mnt", "acquired": "2025-03", "resolution_m": 0.5, "vertical_crs": 5720,
    }  # fmt: skip


def test_a_point_is_asked_for_in_degrees_too(folder: Path) -> None:
    show(folder)
    longitude, latitude = Transformer.from_crs(2154, 4326, always_xy=True).transform(*POINT)
    assert ask(point=f"{longitude},{latitude}", crs=4326)["height"] == pytest.approx(plane(*POINT), abs=0.002)


def test_what_stands_at_a_point_is_the_surface_less_the_ground(folder: Path, tmp_path: Path) -> None:
    show(folder)
    show(flat(tmp_path, "mns", 110), slug="mns", kind="surface")
    assert ask(point=here())["above_ground"] == pytest.approx(110 - plane(*POINT), abs=0.002)
    show(flat(tmp_path, "mnh", 7), slug="mnh", kind="height")
    assert ask(point=here())["above_ground"] == 7
    assert ask(point=here(), model="height")["height"] == 7


def test_the_newest_model_answers(folder: Path, tmp_path: Path) -> None:
    show(folder)
    show(flat(tmp_path, "neuf", 50), slug="neuf", acquired_date=date(2026, 3, 1))
    answer = ask(point=here())
    assert (answer["height"], answer["campaign"]["slug"]) == (50, "neuf")


def test_an_older_model_fills_the_holes_of_the_newest(folder: Path, tmp_path: Path) -> None:
    show(folder)
    holed = tmp_path / "trou"
    holed.mkdir()
    heights = np.full((SIDE, SIDE), 50.0)
    heights[380:420, 180:220] = -9999
    write_sheet(holed / "trou.tif", heights=heights)
    show(holed, slug="trou", acquired_date=date(2026, 3, 1))
    assert ask(point=here())["campaign"]["slug"] == "mnt"


def test_a_profile_crosses_two_sheets_and_knows_its_length_along_the_ground(folder: Path) -> None:
    show(folder)
    west, east = WEST + 200, WEST + 400
    answer = ask(line=f"LINESTRING({west} {NORTH - 100}, {east} {NORTH - 100})")
    rows = answer["profile"]
    assert (rows[0][0], rows[-1][0], len(rows)) == (0, 200, 401)
    assert [row[1] for row in (rows[0], rows[200], rows[-1])] == pytest.approx(
        [plane(x, NORTH - 100) for x in (west, WEST + 300, east)], abs=0.002
    )
    assert answer["ground_length_m"] == pytest.approx(200 * np.hypot(1, 0.02), abs=0.001)


def test_the_corners_of_a_line_are_in_its_profile(folder: Path) -> None:
    show(folder)
    corner = (WEST + 33.3, NORTH - 44.4)
    answer = ask(line=f"LINESTRING({WEST + 10} {NORTH - 10}, {corner[0]} {corner[1]}, {WEST + 90} {NORTH - 10})")
    assert [*corner] in [row[2:] for row in answer["profile"]]


def test_a_long_line_has_some_thousands_of_points(folder: Path) -> None:
    show(folder)
    answer = ask(line=f"LINESTRING({WEST} {NORTH - 1}, {WEST + 15000} {NORTH - 1})")
    assert len(answer["profile"]) <= 4_002
    assert answer["profile"][-1][1] is None


def test_a_polygon_has_its_figures_and_volumes(folder: Path) -> None:
    show(folder)
    west, south, east, north = WEST + 10, NORTH - 60, WEST + 60, NORTH - 10
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    middle = plane(WEST + 35, NORTH - 35)
    answer = ask(polygon=f"POLYGON(({ring}))", plane=round(middle, 3))
    assert answer["mean"] == pytest.approx(middle, abs=0.002)
    assert answer["area_m2"] == 2500
    assert answer["volume"]["above_m3"] == pytest.approx(answer["volume"]["below_m3"], abs=3)


def test_where_nothing_is_published_it_is_said(folder: Path) -> None:
    show(folder)
    status, detail, _parameter = refused(point="500000,6500000")
    assert (status, "Aucune altitude" in detail) == (404, True)
    assert refused(point=here(), model="surface")[0] == 404


def test_a_member_s_model_is_not_for_others(folder: Path) -> None:
    with factories.as_owner():
        ours, theirs = factories.member(), factories.member()
        mine, stranger = factories.user(ours, "reader"), factories.user(theirs, "gis_administrator")
    show(folder, owner=ours, visibility=Layer.Visibility.OWNER)
    assert ask(signed_in(mine), point=here())["height"] is not None
    for client in (Client(), signed_in(stranger)):
        assert refused(client, point=here())[0] == 404


def test_a_model_shared_on_communes_ends_with_them(folder: Path) -> None:
    with factories.as_owner():
        ours = factories.member()
        partner = factories.member(factories.commune("45901", geom=factories.square(WEST - 250, NORTH - 300, 300)))
        reader = factories.user(partner, "reader")
    show(folder, owner=ours, visibility=Layer.Visibility.MEMBERS, shared_with=[partner.pk], within_communes=True)
    client = signed_in(reader)
    assert ask(client, point=here((WEST + 20.0, NORTH - 20.0)))["height"] is not None
    assert ask(client, point=here())["height"] is None
    rows = ask(client, line=f"LINESTRING({WEST + 40} {NORTH - 20}, {WEST + 60} {NORTH - 20})")["profile"]
    assert {row[0] <= 10 for row in rows if row[1] is not None} == {True}
    ring = (
        f"{WEST} {NORTH - 100}, {WEST + 100} {NORTH - 100}, {WEST + 100} {NORTH}, {WEST} {NORTH}, {WEST} {NORTH - 100}"
    )
    assert ask(client, polygon=f"POLYGON(({ring}))")["known"] == pytest.approx(0.5, abs=0.01)


def test_where_the_newest_ends_for_somebody_an_older_one_answers(folder: Path, tmp_path: Path) -> None:
    with factories.as_owner():
        ours = factories.member()
        partner = factories.member(factories.commune("45901", geom=factories.square(WEST - 250, NORTH - 300, 300)))
        reader = factories.user(partner, "reader")
    show(folder)
    show(
        flat(tmp_path, "neuf", 50), slug="neuf", acquired_date=date(2026, 3, 1), owner=ours,
        visibility=Layer.Visibility.MEMBERS, shared_with=[partner.pk], within_communes=True,
    )  # fmt: skip
    client = signed_in(reader)
    inside, across = (
        f"LINESTRING({WEST + 20} {NORTH - 20}, {WEST + 20 + length} {NORTH - 20})" for length in (20, 100)
    )
    assert ask(client, line=inside)["campaign"]["slug"] == "neuf"
    assert ask(client, line=across)["campaign"]["slug"] == "mnt"


@pytest.mark.parametrize("in_place", [False, True], ids=["another file", "the same file, written anew"])
def test_a_file_replaced_under_its_path_is_read_anew(
    folder: Path, settings: Any, tmp_path: Path, in_place: bool
) -> None:
    photo = show(folder)
    other = show(flat(tmp_path, "autre", 50), slug="autre", acquired_date=date(2024, 3, 1))
    assert ask(point=here())["height"] == pytest.approx(plane(*POINT), abs=0.001)
    (content,) = (file.read_bytes() for file in files_of(settings, other) if "overview" not in file.name)
    for file in files_of(settings, photo):
        if in_place:
            file.write_bytes(content)
        else:
            put = file.with_suffix(".new")
            put.write_bytes(content)
            put.replace(file)
    assert ask(point=here())["height"] == 50


def files_of(settings: Any, photo: Photo) -> list[Path]:
    return sorted(Path(settings.FILES_DIR, photo.folder).glob("*.tif"))


@pytest.mark.parametrize("left", [0, 400], ids=["gone", "damaged"])
def test_a_model_that_cannot_be_read_says_so(
    folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    photo = show(folder)
    # Another process is asked than the one that built them, which has them open.
    monkeypatch.setattr(reading, "opened", reading.Opened())
    for file in Path(settings.FILES_DIR, photo.folder).glob("*.tif"):
        file.write_bytes(file.read_bytes()[:left]) if left else file.unlink()
    status, detail, _parameter = refused(point=here())
    assert (status, "MNT 2025" in detail, "manque ou est abîmé" in detail) == (503, True, True)


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({}, "point"),
        ({"point": "1,2,3"}, "point"),
        ({"point": "nan,1"}, "point"),
        ({"point": "1,2", "line": "LINESTRING(0 0,1 1)"}, "line"),
        ({"line": "POINT(1 1)"}, "line"),
        ({"line": "LINESTRING(660000 6760000, 660000 6760000)"}, "line"),
        ({"line": "LINESTRING(660000 6760000, 690000 6760000)"}, "line"),
        ({"line": "LINESTRING(" + ",".join(f"{660000 + i} 6760000" for i in range(301)) + ")"}, "line"),
        ({"polygon": "POLYGON((0 0, 1"}, "polygon"),
        (
            {"polygon": "POLYGON((660000 6750000,660100 6750100,660100 6750000,660000 6750100,660000 6750000))"},
            "polygon",
        ),
        (
            {"polygon": "POLYGON((660000 6750000,670000 6750000,670000 6760000,660000 6760000,660000 6750000))"},
            "polygon",
        ),
        (
            {"polygon": "POLYGON((660000 6740000,681000 6740000,681000 6740001,660000 6740001,660000 6740000))"},
            "polygon",
        ),
        ({"point": "2.3,48.8"}, "crs"),
        ({"point": "660000,6750000", "crs": "4326"}, "crs"),
        ({"point": "660000,6750000", "crs": "27572"}, "crs"),
        ({"point": "660000,6750000", "model": "photo"}, "model"),
        ({"polygon": "POLYGON((660000 6750000,660010 6750000,660010 6750010,660000 6750000))", "plane": "x"}, "plane"),
    ],
)
def test_what_cannot_be_answered_is_refused_at_its_parameter(given: dict[str, str], parameter: str) -> None:
    status, detail, at = refused(**given)
    assert (status, at) == (400, parameter)
    assert detail


def test_only_reading_is_offered() -> None:
    assert Client().post(URL).status_code == 405


def test_photos_are_not_lists_of_heights(folder: Path) -> None:
    show(folder)
    (photo,) = Client().get("/api/v1/photos/").json()["results"]
    assert photo["kind"] == "ground"
    with acting_as(SYSTEM):
        assert not Photo.objects.pictures().exists()
