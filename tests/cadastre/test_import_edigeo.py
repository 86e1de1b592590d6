"""The cadastral plan: sheets come in one by one, whole or not at all, and know what changed."""

import io
import json
import os
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry
from django.core.management import call_command
from django.db import connection
from shapely import MultiPolygon

from benchmarks.plan_sheets import archive_sheet
from gis_core.models import Commune, HistoryEvent
from layers.cadastre.models import Building, NamedPlace, Parcel, PlanRoad, PlanRoadArea, Section, Sheet, Water
from layers.catalogue.models import Layer
from tests import factories
from tests.cadastre.plans import packed, sheet, square, unpacked

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data")) / "cadastre_edigeo"


def imported(*arguments: Any, report: Path | None = None) -> tuple[int, dict[str, Any]]:
    """The exit code of the command and its report."""
    path = report or Path(os.environ["PYTEST_REPORT"])
    path.unlink(missing_ok=True)
    code = 0
    with factories.as_worker():
        try:
            call_command("import_edigeo", *map(str, arguments), "--report", str(path))
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, json.loads(path.read_text())


@pytest.fixture(autouse=True)
def _report(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_REPORT", str(tmp_path_factory.mktemp("report") / "report.json"))


def problems(report: dict[str, Any]) -> dict[str, str]:
    """The code of the problem of each file that was refused."""
    return {file["file"]: file["problem"]["code"] for file in report["files"] if file["problem"]}


def imports() -> int:
    with factories.as_owner():
        return HistoryEvent.objects.filter(kind="import", table__startswith="cadastre_").count()


def test_a_sheet_fills_its_tables(tmp_path: Path) -> None:
    code, report = imported(packed(tmp_path, sheet()))
    assert (code, report["loaded"], report["refused"]) == (0, 10, 0)
    models = (Sheet, Section, Parcel, Building, NamedPlace, Water, PlanRoad, PlanRoadArea)
    assert [model.objects.count() for model in models] == [1, 1, 2, 2, 1, 1, 1, 1]
    assert Commune.objects.get(insee="45901").name == "ESSAI"


def test_a_parcel_has_what_the_plan_says(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet(areas_m2={"0001": 9876})))
    parcel = Parcel.objects.get(idu="45901000AB0001")
    assert (parcel.label, parcel.area_m2, parcel.surveyed, parcel.sheet) == ("AB 1", 9876, False, "45901000AB01")
    assert (str(parcel.created_date), str(parcel.updated_date)) == ("2005-02-03", "2024-01-05")
    assert parcel.geom.equals(GEOSGeometry(square(1).wkt))


def test_the_parcels_of_a_sheet_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain select id from cadastre_parcel where sheet = %s", ["45901000AB01"])
        plan = " ".join(line for (line,) in cursor.fetchall())
    assert "parcel_sheet" in plan


def test_a_sheet_has_its_scale_quality_and_edition(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet()))
    made = Sheet.objects.get()
    assert (made.idu, made.section, made.number) == ("45901000AB01", "AB", "01")
    assert (made.scale, made.quality, str(made.edition_date)) == (1000, "01", "1961-01-01")


def test_the_words_of_a_name_are_put_together(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet()))
    assert PlanRoad.objects.get().name == "Rue de la Forge"
    assert NamedPlace.objects.get().name == "LES PRÉS"


def test_a_hole_stays_a_hole_and_parts_stay_parts(tmp_path: Path) -> None:
    ring = square(1).difference(square(1, 20))
    parts = MultiPolygon([square(2, 10), square(3, 10)])
    imported(packed(tmp_path, sheet(parcels={"0001": ring, "0002": parts, "0003": square(1, 20)})))
    areas = {parcel.number: round(parcel.geom.area) for parcel in Parcel.objects.all()}
    assert areas == {"0001": 6400, "0002": 12800, "0003": 3600}
    assert Parcel.objects.get(number="0002").geom.num_geom == 2


def test_unpacked_files_are_a_sheet_too(tmp_path: Path) -> None:
    unpacked(tmp_path, sheet())
    code, report = imported(tmp_path)
    assert (code, report["loaded"]) == (0, 10)


def test_an_archive_of_a_department_holds_archives_of_sheets(tmp_path: Path) -> None:
    path = tmp_path / "dep45.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for made in (sheet(), sheet("901000AC01", 5, 6)):
            archive.writestr(f"45901/edigeo-45{made.idu}.tar.bz2", archive_sheet(made.files()))
    code, report = imported(path)
    assert (code, Sheet.objects.count(), Parcel.objects.count()) == (0, 2, 4)
    assert report["files"][0]["file"].startswith("dep45.zip/45901/edigeo-45901000AB01.tar.bz2/")


def test_the_commune_that_every_sheet_repeats_is_there_once(tmp_path: Path) -> None:
    packed(tmp_path, sheet())
    packed(tmp_path, sheet("901000AC01", 5, 6))
    imported(tmp_path)
    assert Commune.objects.filter(insee="45901").count() == 1


def test_a_commune_that_is_known_keeps_its_name(tmp_path: Path) -> None:
    factories.commune("45901", "Essai-sur-Loire")
    imported(packed(tmp_path, sheet()))
    assert Commune.objects.get(insee="45901").name == "Essai-sur-Loire"


def test_the_same_sheet_again_writes_nothing(tmp_path: Path) -> None:
    path = packed(tmp_path, sheet())
    imported(path)
    ids = [set(model.objects.values_list("id", flat=True)) for model in (Parcel, Building, Water)]
    events = imports()
    _code, report = imported(path)
    assert [set(model.objects.values_list("id", flat=True)) for model in (Parcel, Building, Water)] == ids
    # The one event is that of the layers, which are announced.
    assert imports() == events + 1
    assert report["difference"] == {
        **{"born": 0, "gone": 0, "changed": 0, "unchanged": 2},
        "listed": {"born": [], "gone": [], "changed": []},
    }


def test_each_sheet_is_one_event(tmp_path: Path) -> None:
    packed(tmp_path, sheet())
    packed(tmp_path, sheet("901000AC01", 5, 6))
    imported(tmp_path)
    with factories.as_owner():
        told = [event.detail.get("sheet") for event in HistoryEvent.objects.filter(kind="import").order_by("id")]
    assert told == ["45901000AB01", "45901000AC01", None]


def test_the_next_vintage_says_what_was_born_is_gone_and_changed(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet("901000AB01", 1, 2, 3)))
    kept = Parcel.objects.get(number="0003").pk
    shapes = {"0002": square(2), "0003": square(3, 5), "0004": square(1)}
    _code, report = imported(packed(tmp_path, sheet("901000AB01", 1, 2, 3, parcels=shapes)))
    (file,) = report["files"]
    for difference in (file["difference"], report["difference"]):
        assert [difference[what] for what in ("born", "gone", "changed", "unchanged")] == [1, 1, 1, 1]
        listed = {what: [one["identifier"][-4:] for one in some] for what, some in difference["listed"].items()}
        assert listed == {"born": ["0004"], "gone": ["0001"], "changed": ["0003"]}
    assert Parcel.objects.get(number="0003").pk == kept
    assert file["difference"]["listed"]["changed"][0]["code"] == "parcel_changed"


def test_a_sheet_replaces_its_own_rows_alone(tmp_path: Path) -> None:
    first, second = packed(tmp_path, sheet()), packed(tmp_path, sheet("901000AB02", 5, 6))
    imported(first, second)
    imported(packed(tmp_path, sheet("901000AB02", 6)))
    assert sorted(Parcel.objects.values_list("number", flat=True)) == ["0001", "0002", "0006"]
    assert Building.objects.count() == 3


def test_a_corrupted_sheet_is_named_and_the_others_load(tmp_path: Path) -> None:
    whole = archive_sheet(sheet().files())
    (tmp_path / "edigeo-45901000AA01.tar.bz2").write_bytes(whole[: len(whole) // 2])
    packed(tmp_path, sheet("901000AC01", 5, 6))
    code, report = imported(tmp_path)
    assert (code, Sheet.objects.get().idu) == (1, "45901000AC01")
    assert problems(report) == {"edigeo-45901000AA01.tar.bz2": "archive_damaged"}


@pytest.mark.parametrize("content", [b"", b"BOMT 12:EDAB01T1.VEC\r\nCSET 03:IRV\r\nEOM  00:\r\n"])
def test_a_file_of_the_sheet_without_any_object_is_read_and_told(tmp_path: Path, content: bytes) -> None:
    files = sheet().files()
    files["EDAB01T1.VEC"] = content
    path = tmp_path / "edigeo-45901000AB01.tar.bz2"
    path.write_bytes(archive_sheet(files))
    code, report = imported(path)
    assert (code, problems(report), report["loaded"]) == (0, {}, 8)
    assert not Parcel.objects.exists()
    assert any("EDAB01T1.VEC" in one["words"] for one in report["files"][0]["rows"]["remarks"])


def test_a_corrupted_sheet_leaves_what_the_base_held(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet()))
    files = sheet("901000AB01", 8, 9).files()
    files["EDAB01S1.VEC"] = files["EDAB01S1.VEC"][:-200]
    path = tmp_path / "edigeo-45901000AB01.tar.bz2"
    path.write_bytes(archive_sheet(files))
    code, report = imported(path)
    assert code == 2
    assert list(problems(report).values()) == ["edigeo_truncated"]
    assert "EDAB01S1.VEC" in report["files"][0]["problem"]["words"]
    assert sorted(Parcel.objects.values_list("number", flat=True)) == ["0001", "0002"]


def damaged(what: str) -> tuple[dict[str, bytes], str]:
    files = sheet().files()
    vectors = files["EDAB01T1.VEC"]
    match what:
        case "no vec":
            del files["EDAB01T1.VEC"]
            return files, "edigeo_missing_file"
        case "no thf":
            del files["E000AB01.THF"]
            return files, "edigeo_no_thf"
        case "lost point":
            files["EDAB01T1.VEC"] = re.sub(rb"(PTC[^\r]*\r\n)COR[^\r]*\r\n", rb"\1", vectors, count=1)
            return files, "edigeo_points"
        case "lost arc":
            files["EDAB01T1.VEC"] = re.sub(rb"(RIDSA\d\d:Arc)_", rb"\1-", vectors, count=1)
            return files, "edigeo_reference"
        case "overseas":
            files["EDAB01SE.GEO"] = files["EDAB01SE.GEO"].replace(b"LAMB93", b"RGR92UTM40S")
            return files, "edigeo_system"
    raise ValueError(what)


@pytest.mark.parametrize("what", ["no vec", "no thf", "lost point", "lost arc", "overseas"])
def test_a_damaged_sheet_says_what_is_wrong(tmp_path: Path, what: str) -> None:
    files, expected = damaged(what)
    (tmp_path / "edigeo-45901000AB01.tar.bz2").write_bytes(archive_sheet(files))
    packed(tmp_path, sheet("901000AC01", 5, 6))
    code, report = imported(tmp_path)
    assert list(problems(report).values()) == [expected]
    assert (code, Sheet.objects.get().idu) == (1, "45901000AC01")
    assert "%(" not in str(report)


def linked() -> tarfile.TarInfo:
    info = tarfile.TarInfo("EDAB01T9.VEC")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    ("info", "expected"), [(tarfile.TarInfo("../../out.VEC"), "archive_path"), (linked(), "archive_link")]
)
def test_a_dishonest_archive_is_named_and_the_others_load(tmp_path: Path, info: tarfile.TarInfo, expected: str) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:bz2") as archive:
        archive.addfile(info)
        for name, content in sheet().files().items():
            one = tarfile.TarInfo(name)
            one.size = len(content)
            archive.addfile(one, io.BytesIO(content))
    (tmp_path / "edigeo-45901000AB01.tar.bz2").write_bytes(made.getvalue())
    packed(tmp_path, sheet("901000AC01", 5, 6))
    _code, report = imported(tmp_path)
    assert problems(report) == {"edigeo-45901000AB01.tar.bz2": expected}
    assert Sheet.objects.get().idu == "45901000AC01"


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    below = unpacked(tmp_path / "plan", sheet())
    (below / "EDAB01T1.VEC").unlink()
    (below / "EDAB01T1.VEC").symlink_to("/etc/hostname")
    _code, report = imported(tmp_path / "plan")
    assert list(problems(report).values()) == ["edigeo_link"]


def test_what_is_not_a_sheet_is_told(tmp_path: Path) -> None:
    (tmp_path / "lettre.txt").write_text("Bonjour")
    code, report = imported(tmp_path / "lettre.txt")
    assert (code, problems(report)) == (2, {"lettre.txt": "edigeo_not_archive"})


def test_an_object_that_cannot_be_used_is_refused_alone(tmp_path: Path) -> None:
    files = sheet().files()
    files["EDAB01T1.VEC"] = files["EDAB01T1.VEC"].replace(b":901000AB0002", b":902000AB0002")
    path = tmp_path / "edigeo-45901000AB01.tar.bz2"
    path.write_bytes(archive_sheet(files))
    code, report = imported(path)
    assert (code, report["refused"], Parcel.objects.get().number) == (1, 1, "0001")
    assert report["files"][0]["rows"]["refused"][0]["code"] == "edigeo_other_commune"


def test_objects_of_the_file_are_reconciled_with_the_base(tmp_path: Path) -> None:
    _code, report = imported(packed(tmp_path, sheet()))
    told = {one["code"]: one["words"] for one in report["files"][0]["rows"]["remarks"]}
    assert "parcelles 2/2" in told["edigeo_reconciled"]


def test_a_sheet_without_its_department_is_found_by_its_place(tmp_path: Path) -> None:
    factories.commune("28901", geom=factories.square(*factories.ORIGIN, 4000))
    imported(packed(tmp_path, sheet(), name="feuille.tar.bz2"))
    assert Sheet.objects.get().insee == "28901"


def test_a_sheet_whose_department_nothing_tells_is_refused(tmp_path: Path) -> None:
    _code, report = imported(packed(tmp_path, sheet(), name="feuille.tar.bz2"))
    assert list(problems(report).values()) == ["edigeo_department"]


def test_only_the_communes_of_a_member_come_in(tmp_path: Path) -> None:
    member = factories.member(factories.commune("45901"))
    packed(tmp_path, sheet())
    packed(tmp_path, sheet("902000AB01", 5, 6))
    code, report = imported(tmp_path, "--member", member.slug)
    assert (code, list(problems(report).values())) == (1, ["outside_territory"])
    assert Sheet.objects.get().insee == "45901"


def test_rows_of_etalab_on_the_sheet_become_its_own(tmp_path: Path) -> None:
    with factories.as_owner():
        gone, kept = (
            Parcel.objects.create(
                idu=f"45901000AB000{number}",
                insee="45901",
                prefix="000",
                section="AB",
                number=f"000{number}",
                label=f"AB {number}",
                geom=GEOSGeometry(MultiPolygon([square(place)]).wkt, srid=2154),
            ).pk
            for number, place in ((7, 1), (2, 2))
        )
        for place in (1, 2, 9):
            geom = GEOSGeometry(MultiPolygon([square(place, 31)]).wkt, srid=2154)
            Building.objects.create(insee="45901", kind="01", geom=geom)
    imported(packed(tmp_path, sheet()))
    found = {parcel.pk for parcel in Parcel.objects.all()}
    assert (kept in found, gone in found, len(found)) == (True, False, 2)
    assert sorted(Building.objects.values_list("sheet", flat=True)) == ["", "45901000AB01", "45901000AB01"]


def test_sheets_that_were_not_delivered_stay_and_are_told(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet()))
    _code, report = imported(packed(tmp_path, sheet("901000AC01", 5, 6)))
    (remark,) = report["files"][-1]["rows"]["remarks"]
    assert (remark["code"], remark["identifier"]) == ("edigeo_sheet_stays", "45901000AB01")
    assert Sheet.objects.count() == 2


def test_the_layers_are_dated_and_announced(tmp_path: Path) -> None:
    with factories.as_owner():
        before = {layer.slug: layer.version for layer in Layer.objects.all()}
    imported(packed(tmp_path, sheet()))
    with factories.as_owner():
        layer = Layer.objects.get(slug="water")
    assert layer.version > before["water"]
    assert str(layer.source_date) == "2024-01-05"


def test_the_tables_that_stage_rows_are_gone_afterwards(tmp_path: Path) -> None:
    imported(packed(tmp_path, sheet()))
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where relpersistence = 't' and relname like 'plan\\_%%'")
        assert cursor.fetchone() == (0,)


# -- real sheets ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real data is not here")
@pytest.mark.parametrize(
    ("folder", "sheets", "parcels", "buildings"),
    [("13029", 1, 389, 239), ("25354", 4, 302, 191), ("38004", 2, 149, 104)],
)
def test_real_sheets_come_in_completely(folder: str, sheets: int, parcels: int, buildings: int) -> None:
    code, report = imported(REAL / folder)
    assert (code, report["refused"], report["repaired"]) == (0, 0, 0)
    assert (Sheet.objects.count(), Parcel.objects.count(), Building.objects.count()) == (sheets, parcels, buildings)
    assert Commune.objects.get().insee == folder
    again, _report = imported(REAL / folder)
    assert (again, Parcel.objects.count(), Building.objects.count()) == (0, parcels, buildings)


@pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real data is not here")
def test_parcels_of_a_real_sheet_cover_it_without_overlap() -> None:
    imported(REAL / "13029")
    with connection.cursor() as cursor:
        cursor.execute(
            "select sum(st_area(geom)), st_area(st_union(geom)), count(*) filter (where not st_isvalid(geom)),"
            " count(*) filter (where st_nrings(geom) > 1) from cadastre_parcel"
        )
        whole, union, invalid, holed = cursor.fetchone()
    assert abs(whole - union) < 1
    assert (invalid, holed) == (0, 6)


# -- beside Etalab ----------------------------------------------------------------------------------------------------


def as_etalab(folder: Path) -> Path:
    """The parcels of the base as Etalab publishes them: longitude and latitude, seven decimals."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select json_build_object('type', 'Feature', 'id', idu, 'geometry',"
            " st_asgeojson(st_transform(geom, 4326), 7)::json, 'properties', json_build_object('id', idu,"
            " 'commune', insee, 'prefixe', prefix, 'section', ltrim(section, '0'), 'numero', ltrim(number, '0'),"
            " 'contenance', area_m2, 'arpente', surveyed, 'created', created_date, 'updated', updated_date))::text"
            " from cadastre_parcel order by id"
        )
        features = [json.loads(text) for (text,) in cursor.fetchall()]
    path = folder / "cadastre-parcelles.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def parcels_in_words() -> list[tuple[Any, ...]]:
    names = ("pk", "idu", "insee", "prefix", "section", "number", "label", "area_m2", "surveyed")
    return list(Parcel.objects.order_by("idu").values_list(*names, "created_date", "updated_date"))


def test_etalab_gives_the_same_parcels(tmp_path: Path) -> None:
    plan = REAL / "25354" if REAL.is_dir() else packed(tmp_path, sheet())
    imported(plan)
    before, shapes = parcels_in_words(), {parcel.idu: parcel.geom for parcel in Parcel.objects.all()}
    with factories.as_worker():
        call_command("import_etalab", str(as_etalab(tmp_path)))
    assert parcels_in_words() == before
    assert all(
        parcel.geom.sym_difference(shapes[parcel.idu]).area < 0.02 * parcel.geom.length
        for parcel in Parcel.objects.all()
    )
    _code, report = imported(plan)
    assert [report["difference"][what] for what in ("born", "gone", "changed")] == [0, 0, 0]
    assert parcels_in_words() == before
