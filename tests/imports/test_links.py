"""A link in a delivered folder is never followed, whoever imports it: the report names it."""

from pathlib import Path

import pytest
from django.core.management import CommandError

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.reference_source import Order, get_source
from tests import factories
from tests.imports.test_import_layer import run
from tests.imports.test_import_loss import command

pytestmark = pytest.mark.django_db
FITTING = {
    "majic": "REVPROP.450",
    "etalab": "cadastre-parcelles.json",
    "ban": "adresses-45.csv",
    "edigeo": "edigeo-450010000AB01.tar.bz2",
    "communes": "communes-45.geojson",
    "plu": "45901_PLU_20200115/ZONE_URBA.shp",
    "sup": "AC1_ASSIETTE_SUP_S_045.shp",
    "risks": "pprn_45ddt20180001_zonereglementaire_s.shp",
}


@pytest.mark.parametrize("source", FITTING)
def test_a_link_is_named_and_not_followed(tmp_path: Path, source: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("secret")
    link = tmp_path / "delivery" / FITTING[source]
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere / "secret")
    (tmp_path / "delivery" / "folder").symlink_to(elsewhere)
    with factories.as_worker(), acting_as(SYSTEM):
        report = get_source(source).run(Order(paths=[tmp_path / "delivery"]))
    named = {Path(file.name).name for file in report.files if file.problem and file.problem.code == "link"}
    assert named == {link.name, "folder"}
    assert report.loaded == 0


def test_a_link_that_a_command_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cadastre.json").write_text("{}")
    (tmp_path / "lien.json").symlink_to(tmp_path / "cadastre.json")
    code, said = command("etalab", tmp_path / "lien.json")
    assert (code, "est un lien" in said) == (2, True)


def test_a_link_does_not_become_a_layer(tmp_path: Path) -> None:
    (tmp_path / "couche.geojson").write_text("{}")
    (tmp_path / "lien.geojson").symlink_to(tmp_path / "couche.geojson")
    with pytest.raises(CommandError, match="est un lien"):
        run(tmp_path / "lien.geojson", "--new", "--title", "x", "--theme", "essai")
