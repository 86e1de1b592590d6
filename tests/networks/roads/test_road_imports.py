"""Sections of BD TOPO into a member's roads, and again the year after."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.intake.findings import from_json
from networks.roads.importers.departments import department_in
from networks.roads.importers.staging import Scope
from networks.roads.models import RoadNode, RoadSection
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.referring import place_of, reference_at
from networks.roads.services.reporting import lines
from tests import factories

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
FOLDER = SHARED / "routes_bdtopo"
REAL = FOLDER / "bdtopo_v3_troncon_de_route_marseille10.gpkg"
WITHOUT_DBF = FOLDER / "bdtopo_v3_12174"

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the folder of real data is not here")


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("13210"))


def bring(member: Member, *paths: Path, what: Any = "sections", write: bool = True, **more: Any) -> dict[str, Any]:
    order = Order(what=what, paths=paths, write=write, **more)
    with translation.override("fr"), factories.as_worker(), acting_as(SYSTEM):
        done = bring_in(member, order, lambda _share, _words: None)
        return done.report | {"findings": list(done.findings), "lines": list(lines(done.report))}


ONE, TWO, THREE = "TRONROUT0000000040976959", "TRONROUT0000000224431789", "TRONROUT0000000224431292"
FEW = f"(insee_commune_gauche in ('13208', '13211') or rowid < 150 or cleabs in ('{ONE}', '{TWO}', '{THREE}'))"


def changed_file(tmp_path: Path, *statements: str, name: str = "troncons.gpkg", keep: str = FEW) -> Path:
    """A few rows of the real file, changed."""
    path = tmp_path / name
    shutil.copy(REAL, path)
    path.chmod(0o644)
    with closing(sqlite3.connect(path)) as base:
        for (trigger,) in base.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            base.execute(f'drop trigger "{trigger}"')
        base.execute(f"delete from troncon_de_route where not ({keep}) or etat_de_l_objet <> 'En service'")
        for statement in statements:
            base.execute(statement)
        base.commit()
    return path


@pytest.fixture
def few(tmp_path: Path) -> Path:
    return changed_file(tmp_path, name="avant.gpkg")


def size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        return int(base.execute("select count(*) from troncon_de_route").fetchone()[0])


def geometry_column() -> str:
    with closing(sqlite3.connect(REAL)) as base:
        return str(base.execute("select column_name from gpkg_geometry_columns").fetchone()[0])


def test_real_sections_come_in_with_all_that_they_say(member: Member) -> None:
    report = bring(member, REAL)
    assert (report["counts"]["read"], report["counts"]["new"], report["counts"]["unbuilt"]) == (2936, 2935, 1)
    assert RoadSection.objects.count() == 2935
    one = RoadSection.objects.get(reference="TRONROUT0000000040976959")
    assert one.source == "BD TOPO"
    motorway = RoadSection.objects.filter(route="A50")
    assert {(one.status, one.manager, one.manager_name) for one in motorway} == {("01", "01", "DIR Méditerranée")}
    assert RoadSection.objects.filter(max_height_m=4.6).count() == 28
    assert set(RoadSection.objects.values_list("traffic_way", flat=True)) == {"both", "forward", "backward", "none"}
    assert RoadSection.objects.filter(level=-1).count() == 21
    assert not RoadSection.objects.filter(speed_kmh__isnull=False).exists()
    assert sum("finit où il commence" in one.message for one in report["findings"]) == 7


def test_sections_share_nodes_as_drawn_ones_do(member: Member) -> None:
    bring(member, REAL)
    with factories.as_owner():
        ids = set(RoadNode.objects.values_list("pk", flat=True))
        ends = {pk for row in RoadSection.objects.values_list("start_node_id", "end_node_id") for pk in row}
    assert ids == ends
    assert len(ids) < 2935
    before = len(ids)
    with factories.as_worker():
        RoadSection.objects.filter(reference__endswith="1").delete()
        assert RoadNode.objects.count() < before


def test_the_same_file_again_changes_nothing(member: Member) -> None:
    bring(member, REAL)
    versions = dict(RoadSection.objects.values_list("pk", "version"))
    report = bring(member, REAL, replace=True)
    assert {name: report["counts"][name] for name in ("new", "changed", "same", "gone")} == {
        "new": 0, "changed": 0, "same": 2935, "gone": 0}  # fmt: skip
    assert dict(RoadSection.objects.values_list("pk", "version")) == versions


def section(reference: str) -> RoadSection:
    return RoadSection.objects.get(reference=reference)


def change(reference: str, **values: Any) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(reference=reference).update(**values)


def test_what_our_people_recorded_is_kept_and_what_the_source_changed_is_taken(
    member: Member, tmp_path: Path, few: Path
) -> None:
    bring(member, few)
    before = section(ONE)
    change(ONE, surface="bb", condition="2", winter="1", traffic=4200, name_left="Rue corrigée", lanes=3)
    after = changed_file(
        tmp_path,
        f"update troncon_de_route set largeur_de_chaussee = 6.5, nombre_de_voies = 4 where cleabs = '{ONE}'",
        f"update troncon_de_route set cleabs = 'NEUF' where cleabs = '{TWO}'",
    )
    report = bring(member, after)
    now = section(ONE)
    assert (now.pk, now.surface, now.condition, now.winter, now.traffic) == (before.pk, "bb", "2", "1", 4200)
    assert (now.width_m, now.name_left, now.lanes) == (6.5, "Rue corrigée", 4)
    counts = report["counts"]
    assert (counts["new"], counts["changed"], counts["gone"]) == (1, 1, 1)
    assert report["overwritten"] == [ONE]
    assert RoadSection.objects.filter(reference=TWO).exists()
    assert bring(member, after, replace=True)["counts"]["removed"] == 1
    assert not RoadSection.objects.filter(reference=TWO).exists()


def test_nothing_is_written_before_somebody_says_so(member: Member, few: Path) -> None:
    report = bring(member, few, write=False)
    assert report["counts"]["new"] == size(few)
    assert f"Tronçons à ajouter : {size(few)}" in report["lines"]
    assert not RoadSection.objects.exists()
    assert not RoadNode.objects.exists()


def test_a_part_of_a_delivery_comes_in_and_nothing_outside_goes(member: Member, few: Path) -> None:
    bring(member, few)
    report = bring(member, few, scope=Scope(communes=frozenset({"13208"})), replace=True)
    assert report["counts"]["elsewhere"] == size(few) - 20
    assert report["counts"]["gone"] == 0
    assert RoadSection.objects.count() == size(few)


def test_a_line_drawn_anew_moves_and_its_nodes_follow(member: Member, tmp_path: Path, few: Path) -> None:
    bring(member, few)
    before = section(ONE)
    name = geometry_column()
    path = changed_file(
        tmp_path,
        f"update troncon_de_route set {name} = (select o.{name} from troncon_de_route o where o.cleabs = '{TWO}')"
        f" where cleabs = '{ONE}'",
    )
    report = bring(member, path)
    now = section(ONE)
    assert (now.pk, report["counts"]["changed"]) == (before.pk, 1)
    assert now.geom.equals_exact(section(TWO).geom, 0.5)
    assert (now.start_node_id, now.end_node_id) == (section(TWO).start_node_id, section(TWO).end_node_id)
    with factories.as_owner():
        ids = set(RoadNode.objects.values_list("pk", flat=True))
    assert {pk for row in RoadSection.objects.values_list("start_node_id", "end_node_id") for pk in row} == ids


def test_a_line_turned_round_here_stays_so(member: Member, tmp_path: Path, few: Path) -> None:
    bring(member, few)
    one = RoadSection.objects.filter(traffic_way="forward").exclude(name_left=None).order_by("pk")[0]
    turned = one.geom.clone()
    turned.reverse()
    with factories.as_worker():
        RoadSection.objects.filter(pk=one.pk).update(geom=turned)
    assert RoadSection.objects.get(pk=one.pk).traffic_way == "backward"
    assert bring(member, few)["counts"]["changed"] == 0
    after = changed_file(
        tmp_path, f"update troncon_de_route set insee_commune_gauche = '13299' where cleabs = '{one.reference}'"
    )
    bring(member, after)
    now = RoadSection.objects.get(pk=one.pk)
    assert (now.insee_right, now.traffic_way, now.geom.equals_exact(turned)) == ("13299", "backward", True)


def test_sections_that_another_member_keeps_are_left_to_it(member: Member, few: Path) -> None:
    bring(member, few, scope=Scope(communes=frozenset({"13208"})))
    other = factories.member(factories.commune("13211"))
    report = bring(other, few)
    assert report["counts"]["held"] == 20
    assert RoadSection.objects.count() == size(few)


def test_bad_rows_are_told_and_the_good_ones_come_in(member: Member, tmp_path: Path) -> None:
    path = changed_file(
        tmp_path,
        f"update troncon_de_route set cleabs = '{ONE}' where cleabs = '{TWO}'",
        f"update troncon_de_route set {geometry_column()} = null where cleabs = '{THREE}'",
    )
    report = bring(member, path)
    words = [one.message for one in report["findings"] if one.severity == "error"]
    assert any(ONE in one and "deux fois" in one for one in words)
    assert any(THREE in one and "géométrie" in one for one in words)
    assert report["counts"]["new"] == size(path) - 2
    with pytest.raises(Invalid):
        bring(member, path, strict=True)


def test_a_shapefile_without_its_dbf_says_what_is_missing(member: Member) -> None:
    paths = sorted(WITHOUT_DBF.glob("TRONCON_DE_ROUTE.*"))
    with pytest.raises(Invalid) as refused:
        bring(member, *paths)
    assert ".dbf" in from_json(refused.value.extra["report"]["findings"])[0].message


def marked(member: Member, tmp_path: Path) -> None:
    """The real motorway with markers (PR 3 to 7) that grow eastwards, in a file of markers."""
    drawn = [one.geom for one in RoadSection.objects.filter(route="A50", traffic_way="forward")]
    places = sorted(place for line in drawn for place in line.coords)
    picked = [places[round(rank * (len(places) - 1) / 4)] for rank in range(5)]
    path = tmp_path / "pr.csv"
    rows = [f"A50;{number};{x:.2f};{y:.2f}" for number, (x, y) in enumerate(picked, 3)]
    path.write_text("\n".join(["route;pr;x;y", *rows]))
    bring(member, path, what="markers")


def eastwards(one: RoadSection) -> bool:
    return (one.geom.coords[-1][0] > one.geom.coords[0][0]) == (one.traffic_way == "forward")


def test_the_carriageways_of_a_real_motorway_are_told_apart(member: Member, tmp_path: Path) -> None:
    bring(member, REAL)
    marked(member, tmp_path)
    motorway = list(RoadSection.objects.filter(route="A50"))
    assert {(one.carriageway, eastwards(one)) for one in motorway} == {("D", True), ("G", False)}
    assert set(RoadSection.objects.exclude(route="A50").values_list("carriageway", flat=True)) == {"U"}
    assert {one.department for one in motorway} == {"13"}


def test_references_of_a_real_motorway_come_back_within_a_metre_on_both_sides(member: Member, tmp_path: Path) -> None:
    bring(member, REAL)
    marked(member, tmp_path)
    seen = set()
    for one in RoadSection.objects.filter(route="A50"):
        for share in (0.2, 0.5, 0.8):
            place = one.geom.interpolate_normalized(share)
            with factories.as_role("arpent_web"):
                try:
                    there = reference_at(place.x, place.y)
                except NotFound:
                    continue
                back = place_of(there.reference)
            if there.section == one.pk:
                assert there.reference.side == one.carriageway
                assert ((back.x - place.x) ** 2 + (back.y - place.y) ** 2) ** 0.5 < 1
                seen.add(one.carriageway)
    assert seen == {"D", "G"}


def test_a_side_set_by_hand_stays_at_the_next_import(member: Member, tmp_path: Path) -> None:
    bring(member, REAL)
    marked(member, tmp_path)
    first, second = RoadSection.objects.filter(route="A50", carriageway="G").order_by("pk")[:2]
    change(first.reference or "", carriageway="U")
    change(second.reference or "", carriageway="D")
    report = bring(member, REAL)
    now = {one.pk: one.carriageway for one in RoadSection.objects.filter(route="A50")}
    assert (now[first.pk], now[second.pk]) == ("U", "D")
    assert report["counts"].get("sided", 0) == 0
    assert sorted(now.values()).count("U") == 1


def test_a_section_that_has_no_number_any_more_is_single_again(member: Member, tmp_path: Path) -> None:
    bring(member, REAL)
    marked(member, tmp_path)
    one = RoadSection.objects.filter(route="A50", carriageway="G")[0]
    path = changed_file(tmp_path, f"update troncon_de_route set cpx_numero = null where cleabs = '{one.reference}'",
                        keep=f"cleabs = '{one.reference}'")  # fmt: skip
    bring(member, path)
    assert (section(one.reference or "").route, section(one.reference or "").carriageway) == (None, "U")


def test_the_manager_says_the_departement_of_a_section_along_a_boundary() -> None:
    assert department_in("Loiret", "28229", "45299") == "45"
    assert department_in("Département d'Eure-et-Loir", "45299", "28229") == "28"
    assert department_in("DIR Centre-Ouest", "45299", None) == "45"
    assert department_in("", None, "97411") == "974"
    assert department_in("Corse-du-Sud") == "2A"
