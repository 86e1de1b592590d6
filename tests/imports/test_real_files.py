"""Files as they come in real life: imported completely, or refused with a sentence that says what to do."""

from dataclasses import replace
from pathlib import Path

import pytest

from gis_core.members.rights import Role
from layers.intake.models import FileImport
from layers.intake.services.deliveries import layer_of
from tests import factories
from tests.imports.conftest import Desk, desk_of, rows_of

pytestmark = pytest.mark.django_db
TOWN = "montpellier_opendata/VilleMTP_MTP_"


@pytest.fixture
def agency(desk: Desk, tmp_path: Path) -> Desk:
    """Its rows may lie anywhere."""
    return desk_of(factories.member(), tmp_path, Role.AGENCY_ADMINISTRATOR)


def delivered(agency: Desk, path: Path) -> FileImport:
    """The only layer of a file, published as the wizard proposes it; companions come along."""
    same = [one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix in COMPANIONS]
    delivery = agency.deliver(path, *same)
    choices = agency.choices(delivery)
    assert choices.layer is not None
    choices = replace(choices, layer=replace(choices.layer, visibility="signed_in"))
    made = agency.order(delivery, "create", choices)
    assert made.state == "ready", made.message
    return agency.apply(made)


COMPANIONS = (".dbf", ".shx", ".prj", ".cpg", ".dat", ".map", ".id")


@pytest.mark.parametrize(
    ("name", "rows", "refused"),
    [
        (f"{TOWN}OuvragesArt/VilleMTP_MTP_OuvragesArt.zip", 67, 0),
        (f"{TOWN}OuvragesArt/VilleMTP_MTP_OuvragesArt.geojson", 67, 0),
        (f"{TOWN}Signalisation/VilleMTP_MTP_Signalisation.csv", 369, 4),
        (f"{TOWN}Signalisation/VilleMTP_MTP_Signalisation.ods", 369, 4),
        ("encoding/shp_utf8/PRESCRIPTION_PCT.shp", 59, 0),
        ("encoding/tab_utf8/PRESCRIPTION_PCT.tab", 59, 0),
    ],
)
def test_a_real_file_is_imported_completely(
    agency: Desk, shared_data: Path, name: str, rows: int, refused: int
) -> None:
    made = delivered(agency, shared_data / name)
    assert made.report is not None
    assert (made.report["rows"], made.report["refused"]) == (rows, refused)
    assert len(rows_of(made.layer, "id")) == rows


def test_accents_of_an_old_table_are_right(agency: Desk, shared_data: Path) -> None:
    made = delivered(agency, shared_data / f"{TOWN}OuvragesArt/VilleMTP_MTP_OuvragesArt.zip")
    assert made.layer is not None
    texts = " ".join(str(value) for row in rows_of(made.layer, *names_of(made)) for value in row)
    assert "é" in texts
    assert "Ã" not in texts


def names_of(made: FileImport) -> list[str]:
    assert made.layer is not None
    return [column["name"] for column in made.layer.columns]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken/archives/utf8.zip", "aucun fichier"),
        ("broken/gdal_shp/buggymultipoly.shp", "abîmé"),
        ("broken/geojson/geojsonhint_bad/featurecollection-type-case.geojson", "FeatureCollection"),
        (f"{TOWN}Signalisation/VilleMTP_MTP_Signalisation.xls", ".xlsx"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words(agency: Desk, shared_data: Path, name: str, said: str) -> None:
    path = shared_data / name
    same = [one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix in COMPANIONS]
    delivery = agency.deliver(path, *same)
    assert delivery.state == "refused"
    assert said in delivery.message


def test_a_file_in_another_system_than_it_says_is_told(agency: Desk, shared_data: Path) -> None:
    delivery = agency.deliver(shared_data / f"{TOWN}Signalisation/VilleMTP_MTP_Signalisation.geojson")
    reference = layer_of(delivery, 1)[1]["reference"]
    assert (reference["fits"], reference["seems"]) == (False, 2154)
