"""Files of assets, as towns and departments publish them, come in with a mapping that is kept."""

import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.management import CommandError, call_command

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.models import FileImport, ImportMapping
from networks.roads.models import RoadAsset, RoadStretch
from tests import factories
from tests.findings import findings_of
from tests.networks.roads.road_assets import counts_of, loaded, looked_at

NAME = "VilleMTP_MTP_Signalisation"
LIGHTS = {"fixed": {"kind": "signal"}, "columns": {"comment": "CAR_LIEU", "installed_date": "CAR_ANNEE"}}


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    made = factories.member(factories.commune("45901"))
    with acting_as(SYSTEM):
        yield made


@pytest.fixture
def published(shared_data: Path) -> Path:
    return shared_data / "montpellier_opendata" / NAME


@pytest.fixture
def surveyed(shared_data: Path) -> Path:
    return shared_data / "routes_panneaux_pano"


def rows_of(member: Member) -> dict[str, list[Any]]:
    """By name: what was read of each, as every format should tell it, from west to east."""
    found: dict[str, list[Any]] = {}
    for one in sorted(RoadAsset.objects.filter(owner=member), key=lambda one: one.geom.x):
        more = {name: value for name, value in one.more.items() if not name.startswith("POINT_")}
        written = (float(one.more.get("POINT_X", 0)), float(one.more.get("POINT_Y", 0)))
        told = (one.kind, one.installed_date, more, (one.geom.x, one.geom.y), written)
        found.setdefault(one.comment or "", []).append(told)
    return found


def workbook(published: Path, folder: Path) -> Path:
    """The data set as XLSX, which the town does not publish: made of its ODS."""
    made = folder / f"{NAME}.xlsx"
    told, _index, _geometry, columns = pyogrio.raw.read(published / f"{NAME}.ods", read_geometry=False)
    pyogrio.raw.write(made, geometry=None, field_data=columns, fields=told["fields"], driver="XLSX")
    return made


@pytest.fixture
def shapes(member: Member, published: Path) -> dict[str, Any]:
    """What the Shapefile says: code page 0x57, no .cpg."""
    made = loaded(looked_at(member, published / f"{NAME}.zip"), LIGHTS)
    assert counts_of(made) == {
        "created": 373,
        "updated": 0,
        "same": 0,
        "kept": 0,
        "both": 0,
        "by_place": 0,
        "refused": 0,
    }
    found = rows_of(member)
    with factories.as_worker():
        RoadAsset.objects.all().delete()
    return found


@pytest.mark.parametrize("format", ["geojson", "kml", "csv", "ods", "xlsx"])
def test_every_format_of_a_data_set_gives_the_same_rows(
    member: Member, shapes: dict[str, Any], published: Path, tmp_path: Path, format: str
) -> None:
    file = workbook(published, tmp_path) if format == "xlsx" else published / f"{NAME}.{format}"
    made = loaded(looked_at(member, file), LIGHTS)
    found = rows_of(member)
    # Four rows of the tables have no coordinates: they are told by name, not guessed.
    nowhere = 4 if format in ("csv", "ods", "xlsx") else 0
    assert (sum(map(len, found.values())), made.report["refused"]) == (373 - nowhere, nowhere)
    assert len([one for one in findings_of(made) if "(0, 0)" in one["message"]]) == nowhere
    # Of eight crossings that moved, the town forgot the columns: a table has these alone, the others what is drawn.
    place = 4 if nowhere else 3
    for name, told in found.items():
        for kind, installed, more, (x, y), _written in told:
            assert any(
                (kind, installed, more) == one[:3] and max(abs(x - one[place][0]), abs(y - one[place][1])) < 0.01
                for one in shapes[name]
            ), name


def test_a_file_sent_again_changes_nothing_and_one_with_changes_changes_those(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text("Id;Code;Etat;X;Y\n1;B14-50;Bon;620000,5;6720000\n2;AB4;Mauvais;620010;6720000\n", "utf-8")
    assert loaded(looked_at(member, file)).report["created"] == 2
    first = RoadAsset.objects.get(reference="1")
    assert (first.kind, first.code, first.inscription, first.state, first.geom.x) == (
        "sign",
        "B14",
        "50",
        "2",
        620000.5,
    )
    assert counts_of(loaded(looked_at(member, file))) == {
        "created": 0,
        "updated": 0,
        "same": 2,
        "kept": 0,
        "both": 0,
        "by_place": 0,
        "refused": 0,
    }
    file.write_text("Id;Code;Etat;X;Y\n1;B14-30;Bon;620000,5;6720000\n2;AB4;Mauvais;620010;6720000\n", "utf-8")
    assert counts_of(loaded(looked_at(member, file))) == {
        "created": 0,
        "updated": 1,
        "same": 1,
        "kept": 0,
        "both": 0,
        "by_place": 0,
        "refused": 0,
    }
    first.refresh_from_db()
    assert (first.inscription, first.version) == ("30", 2)


def test_the_mapping_is_kept_for_the_next_file_of_the_same_shape(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "releve-2025.csv"
    file.write_text("Truc;Machin;X;Y\n7;usé;620000;6720000\n", "utf-8")
    change = {"fixed": {"kind": "lighting"}, "columns": {"reference": "Truc", "state": "Machin"},
              "values": {"state": {"usé": "3"}}}  # fmt: skip
    loaded(looked_at(member, file), change, name="Éclairage")
    assert ImportMapping.objects.get(owner=member).name == "Éclairage"
    following = tmp_path / "releve-2026.csv"
    following.write_text("Truc;Machin;X;Y\n8;usé;620020;6720000\n", "utf-8")
    made = looked_at(member, following)
    assert made.choices["mapping_name"] == "Éclairage"
    loaded(made)
    found = RoadAsset.objects.get(reference="8")
    assert (found.kind, found.state) == ("lighting", "3")


def sheet(folder: Path, name: str, kind: str, x: int) -> Path:
    """A workbook with the sheet that Excel calls “Feuil1”."""
    fields = [np.array([kind], object), np.array([620000.5 + x]), np.array([6720000.5])]
    pyogrio.raw.write(folder / name, geometry=None, field_data=fields, fields=["Objet", "X", "Y"], driver="XLSX",
                      layer="Feuil1")  # fmt: skip
    return folder / name


def of_kinds(made: FileImport, **kinds: str) -> FileImport:
    """Loaded with one kind for all of each file."""
    for key, told in made.choices["readings"].items():
        told["fixed"] = {"kind": next(kind for name, kind in kinds.items() if key.startswith(f"{name}."))}
    with factories.as_worker():
        made.save()
    return loaded(made)


def test_sheets_of_one_name_in_two_workbooks_are_read_each_in_its_own_way(member: Member, tmp_path: Path) -> None:
    made = looked_at(member, sheet(tmp_path, "bancs.xlsx", "a", 0), sheet(tmp_path, "lampes.xlsx", "b", 9))
    of_kinds(made, bancs="furniture", lampes="lighting")
    assert dict(RoadAsset.objects.values_list("more__Objet", "kind")) == {"a": "furniture", "b": "lighting"}


def test_a_mapping_without_a_name_is_called_after_its_file(member: Member, tmp_path: Path) -> None:
    loaded(looked_at(member, sheet(tmp_path, "bancs.xlsx", "a", 0)))
    assert ImportMapping.objects.get().name == "bancs"


def test_a_mapping_of_other_fields_is_not_overwritten(member: Member, tmp_path: Path) -> None:
    for number, field in enumerate(("Truc", "Machin")):
        file = tmp_path / "releve.csv"
        file.write_text(f"{field};X;Y\n7;{620000 + number};6720000\n", "utf-8")
        loaded(looked_at(member, file, folder=field), name="Éclairage")
    kept = {one.name: one.fields[0] for one in ImportMapping.objects.all()}
    assert kept == {"Éclairage": "Truc", "Éclairage 2": "Machin"}


def test_signs_of_a_real_survey_come_in_with_their_panels(member: Member, surveyed: Path) -> None:
    made = loaded(looked_at(member, surveyed / "pano.dataset.source.csv"))
    assert made.report["created"] == 1015
    signs = {one.reference: one for one in RoadAsset.objects.all()}
    assert (signs["363"].code, signs["363"].panels) == ("B6a1", "M9z, EB10, E31")
    assert (signs["362"].code, signs["362"].inscription, signs["362"].panels) == ("B14", "30km/h", "B13 3,5t")
    assert (signs["268"].state, signs["363"].kind, signs["363"].family) == ("4", "sign", "prohibition")
    assert signs["132"].more["ROAD"] == "95637 - ALL DU PRACTICE"
    known = Counter(one.code for one in signs.values())
    assert known["AB4"] == 123
    assert any("DV43d" in one["message"] for one in findings_of(made))


@pytest.mark.parametrize("format", ["csv", "geojson"])
def test_codes_written_as_json_are_read(member: Member, surveyed: Path, format: str) -> None:
    loaded(looked_at(member, surveyed / f"pano.dataset.valide.{format}"))
    signs = {one.reference: one for one in RoadAsset.objects.all()}
    assert (signs["953"].code, signs["953"].inscription, signs["953"].orientation) == ("B14", "30", 247)
    assert len(signs) == 10
    assert any((one.code, one.panels) == ("A13a", "M9d") for one in signs.values())


def test_rows_without_a_place_and_references_given_twice_are_told_one_by_one(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text("Id;Code;X;Y\n1;B14;620000;6720000\n2;B1;;\n1;AB4;620010;6720000\n3;???;620020;6720000\n", "utf-8")
    made = loaded(looked_at(member, file))
    assert (made.report["created"], made.report["refused"]) == (2, 2)
    told = {one["row"]: one["message"] for one in findings_of(made)}
    assert "2" in told[2]
    assert "déjà" in told[3]
    assert RoadAsset.objects.get(reference="1").code == "B14"


def test_a_shapefile_without_its_dbf_is_told_and_writes_nothing(
    member: Member, published: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(published / f"{NAME}.zip") as whole, zipfile.ZipFile(tmp_path / "sans.zip", "w") as part:
        for name in whole.namelist():
            if not name.endswith(".dbf"):
                part.writestr(name, whole.read(name))
    with pytest.raises(Invalid) as refused:
        loaded(looked_at(member, tmp_path / "sans.zip"))
    assert "dbf" in refused.value.message
    assert not RoadAsset.objects.exists()


def test_a_table_with_its_first_line_alone_is_told_as_such(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text("Id;Code;X;Y\n", "utf-8")
    with pytest.raises(Invalid, match=r"^« panneaux » ne contient aucune ligne"):
        loaded(looked_at(member, file))


def test_accented_field_names_without_cpg_are_read(member: Member, tmp_path: Path) -> None:
    names = ["Numéro", "État", "Matériau"]
    pyogrio.raw.write(
        tmp_path / "bornes.shp",
        geometry=shapely.to_wkb([shapely.Point(620000, 6720000)]),
        field_data=[np.array([text], object) for text in ("é1", "Très bon", "Béton armé")],
        fields=names,
        geometry_type="Point",
        crs="EPSG:2154",
        driver="ESRI Shapefile",
        encoding="cp1252",
    )
    (tmp_path / "bornes.cpg").unlink()
    made = loaded(looked_at(member, *sorted(tmp_path.glob("bornes.*"))))
    found = RoadAsset.objects.get()
    assert (found.reference, found.state, found.material, found.kind) == ("é1", "1", "Béton armé", "marker")
    assert made.report["created"] == 1


def test_lines_become_stretches(member: Member, tmp_path: Path) -> None:
    file = tmp_path / "glissieres.csv"
    file.write_text('Id;Hauteur;WKT\n1;0,75;"LINESTRING(620000 6720000, 620050 6720000)"\n', "utf-8")
    loaded(looked_at(member, file))
    found = RoadStretch.objects.get()
    assert (found.reference, found.kind, found.height_m, found.geom.length) == ("1", "barrier", 0.75, 50)


def test_the_command_imports_and_says_what_it_did(
    member: Member, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with factories.as_worker(), pytest.raises(SystemExit) as refused:
        call_command(
        "import_road_assets", str(published / f"{NAME}.csv"), member=member.slug, kind="signal",
        column=["comment=CAR_LIEU"], outside=True,
    )  # fmt: skip
    # Four rows have no place.
    assert refused.value.code == 1
    assert RoadAsset.objects.filter(kind="signal").count() == 369
    said = capsys.readouterr().out
    assert "369" in said
    assert "369 sont hors du territoire, 369 n’ont pas de route proche." in said
    with pytest.raises(CommandError):
        call_command("import_road_assets", "absent.csv", member=member.slug)


def test_the_command_asks_to_confirm_a_file_of_elsewhere(member: Member, published: Path) -> None:
    with factories.as_worker(), pytest.raises(CommandError, match="369 sur 369"):
        call_command("import_road_assets", str(published / f"{NAME}.csv"), member=member.slug, kind="signal")
    assert not RoadAsset.objects.exists()


@pytest.mark.parametrize(
    ("word", "code"),
    [("Bon état", "2"), ("H.S.", "5"), ("en mauvais état", "4"), ("très bon état", "1"), ("NEUF", "1")],
)
def test_conditions_are_known_as_people_write_them(member: Member, tmp_path: Path, word: str, code: str) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text(f"Id;Etat;X;Y\n1;{word};620000;6720000\n", "utf-8")
    loaded(looked_at(member, file))
    assert RoadAsset.objects.get().state == code


def test_the_day_of_a_survey_is_recognised_and_remarks_of_the_field_are_not_published(
    member: Member, tmp_path: Path
) -> None:
    file = tmp_path / "panneaux.csv"
    file.write_text("Id;Date de relevé;Remarque;X;Y\n1;12/03/2025;Chez Mme Noël;620000;6720000\n", "utf-8")
    loaded(looked_at(member, file))
    found = RoadAsset.objects.get()
    assert (str(found.updated_date), found.comment, found.more) == ("2025-03-12", None, {"Remarque": "Chez Mme Noël"})
