"""A delivery of sections as a Shapefile of our own."""

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyogrio.raw
import shapely
from shapely.geometry import LineString

from networks.roads.models import RoadSection
from tests import factories
from tests.networks.roads.test_road_imports import bring


def test_a_shapefile_has_short_names_and_accents_without_cpg(db: None, tmp_path: Path) -> None:
    member = factories.member(factories.commune("45234"))
    names = ["ID", "NATURE", "SENS", "Numéro", "CL_ADMIN", "NOM_1_G", "RESTR_H", "INSEECOM_G", "ETAT"]
    row = ["T1", "Route à 1 chaussée", "Sens inverse", "D12", "Départementale", "Rue du Château", "3.5", "45234",
           "En service"]  # fmt: skip
    path = tmp_path / "TRONCON_DE_ROUTE.shp"
    write_raw(path, names, [row], [LineString([(617000, 6717000), (617100, 6717000)])])
    path.with_suffix(".cpg").unlink(missing_ok=True)
    bring(member, *sorted(tmp_path.iterdir()))
    assert bring(member, *sorted(tmp_path.iterdir()))["counts"]["same"] == 1
    one = RoadSection.objects.get(reference="T1")
    assert (one.route, one.status, one.manager, one.traffic_way) == ("D12", "03", "03", "backward")
    assert (one.name_left, one.max_height_m, one.insee_left, one.nature) == (
        "Rue du Château", 3.5, "45234", "1chaussee")  # fmt: skip


def write_raw(path: Path, names: list[str], rows: list[list[str]], lines: list[Any], kind: str = "LineString") -> None:
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb(np.array(lines, object)),
        field_data=[np.array([row[place] for row in rows], object) for place in range(len(names))],
        fields=names,
        geometry_type=kind,
        crs="EPSG:2154",
        encoding="latin1",
    )
