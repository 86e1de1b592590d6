"""A link in a delivered folder is never followed, whoever imports it: the report names it."""

from pathlib import Path

import pytest

from gis_core.members.rights import SYSTEM, acting_as
from layers.intake.reference_source import Order, get_source
from tests import factories

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
