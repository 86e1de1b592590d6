"""An import of BD TOPO or of markers is taken back: sections, nodes and markers are what they were, edits stay."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member
from gis_core.tasks import run
from layers.intake import tasks
from layers.intake.models import FileImport
from layers.intake.services.imports import register
from layers.intake.source_imports import Counts, revert_source_import
from networks.roads.models import RoadNode, RoadSection
from networks.roads.sources import SECTIONS
from tests import factories
from tests.networks.roads.test_road_imports import ONE, REAL, THREE, TWO, bring, changed_file
from tests.networks.roads.test_road_imports import few as few  # fixtures
from tests.networks.roads.test_road_imports import member as member

pytestmark = pytest.mark.skipif(not REAL.exists(), reason="the folder of real data is not here")


def content() -> dict[str, list[Any]]:
    """The rows of roads as they are, without their versions."""
    found = {}
    with factories.as_owner(), connection.cursor() as cursor:
        for table in ("road_section", "road_node", "road_marker"):
            cursor.execute(f"select to_jsonb(t) - 'version' from {table} t order by id")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def taken_back(report: dict[str, Any]) -> Counts:
    with factories.as_worker(), acting_as(SYSTEM):
        return revert_source_import(report["number"], by=None, rights=SYSTEM)


def edit(reference: str, **values: Any) -> None:
    with factories.as_owner():
        RoadSection.objects.filter(reference=reference).update(**values)


def test_a_first_delivery_leaves_neither_sections_nor_nodes(member: Member, few: Path) -> None:
    report = bring(member, few)
    taken_back(report)
    assert not RoadSection.objects.exists()
    assert not RoadNode.objects.exists()


def test_a_delivery_that_removes_and_changes_is_as_if_it_had_not_come(
    member: Member, few: Path, tmp_path: Path
) -> None:
    bring(member, few)
    before = content()
    later = changed_file(
        tmp_path,
        f"delete from troncon_de_route where cleabs = '{ONE}'",
        f"update troncon_de_route set largeur_de_chaussee = 17.5 where cleabs = '{TWO}'",
    )
    report = bring(member, later, replace=True)
    assert content() != before
    counts = taken_back(report)
    assert content() == before
    assert counts["edited"] == 0


def test_two_deliveries_in_a_row_are_taken_back_the_last_one_first(member: Member, few: Path, tmp_path: Path) -> None:
    bring(member, few)
    before = content()
    widths = [
        f"update troncon_de_route set largeur_de_chaussee = {width} where cleabs = '{TWO}'" for width in (17.5, 18.5)
    ]
    new = f"update troncon_de_route set cleabs = 'NEUF' where cleabs = '{THREE}'"
    first = bring(member, changed_file(tmp_path, widths[0], new, name="a.gpkg"), replace=True)
    between = content()
    gone = f"delete from troncon_de_route where cleabs = '{ONE}'"
    again = "update troncon_de_route set largeur_de_chaussee = 19 where cleabs = 'NEUF'"
    second = bring(member, changed_file(tmp_path, widths[1], new, again, gone, name="b.gpkg"), replace=True)
    assert taken_back(second)["edited"] == 0
    assert content() == between
    assert taken_back(first)["edited"] == 0
    assert content() == before


def test_a_section_that_came_back_since_stays(member: Member, few: Path, tmp_path: Path) -> None:
    """Removed by a delivery, then put back and changed by somebody."""
    bring(member, few)
    with factories.as_owner():
        former = RoadSection.objects.get(reference=ONE)
    report = bring(member, changed_file(tmp_path, f"delete from troncon_de_route where cleabs = '{ONE}'"), replace=True)
    with factories.as_owner():
        former.comment = "remis"
        former.save(force_insert=True)
    assert taken_back(report)["edited"] == 1
    assert RoadSection.objects.get(reference=ONE).comment == "remis"


def test_another_members_later_delivery_elsewhere_does_not_hinder(member: Member, few: Path, tmp_path: Path) -> None:
    """Nodes belong to nobody: two members' deliveries share the table, not the rows."""
    report = bring(member, few)
    other = factories.member(factories.commune("13211"))
    bring(other, changed_file(tmp_path, keep="rowid between 1000 and 1020", name="autre.gpkg"))
    taken_back(report)
    sections = RoadSection.objects.all()
    assert {one.owner_id for one in sections} == {other.pk}
    ends = {pk for one in sections for pk in (one.start_node_id, one.end_node_id)}
    assert set(RoadNode.objects.values_list("pk", flat=True)) == ends


def test_what_somebody_changed_since_stays(member: Member, few: Path, tmp_path: Path) -> None:
    bring(member, few)
    later = changed_file(
        tmp_path,
        f"update troncon_de_route set largeur_de_chaussee = 17.5 where cleabs in ('{TWO}', '{THREE}')",
    )
    report = bring(member, later)
    edit(TWO, comment="vu sur place")
    counts = taken_back(report)
    widths = dict(RoadSection.objects.filter(reference__in=[TWO, THREE]).values_list("reference", "width_m"))
    assert widths[TWO] == 17.5
    assert widths[THREE] != 17.5
    assert counts["edited"] == 1


def test_a_section_that_somebody_edited_since_it_came_keeps_its_nodes(member: Member, few: Path) -> None:
    report = bring(member, few)
    edit(ONE, comment="à garder")
    taken_back(report)
    kept = RoadSection.objects.get()
    assert set(RoadNode.objects.values_list("pk", flat=True)) == {kept.start_node_id, kept.end_node_id}


def test_the_command_says_the_number(member: Member, few: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with factories.as_worker():
        call_command("import_bdtopo", str(few), "--member", member.slug)
    assert "take_back_source" in capsys.readouterr().out


def test_the_page_takes_an_import_back(
    member: Member, few: Path, settings: Any, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
    settings.INBOX_DIR = tmp_path / "inbox"
    (settings.INBOX_DIR / "a").mkdir(parents=True)
    shutil.copy(few, settings.INBOX_DIR / "a" / few.name)
    user = factories.user(member, Role.NETWORK_TECHNICIAN)
    with factories.as_owner():
        made = register(SECTIONS, "a", [few.name], member=member, user=user)
        FileImport.objects.filter(pk=made.pk).update(state=FileImport.State.READY)
    client.force_login(user)
    address = f"/voirie/importer/{made.pk}/"
    assert client.post(address, {"action": "load"}).status_code == 302
    worked(latest_job(), tasks.apply_import)
    assert RoadSection.objects.exists()
    assert 'value="take_back"' in client.get(address).content.decode()
    assert client.post(address, {"action": "take_back"}).status_code == 302
    worked(latest_job(), tasks.revert_import)
    assert not RoadSection.objects.exists()
    page = client.get(address).content.decode()
    assert ('value="take_back"' in page, "Repris le" in page) == (False, True)


def test_an_import_that_the_command_takes_back_is_so_on_its_page(member: Member, few: Path) -> None:
    report = bring(member, few)
    with factories.as_owner():
        made = FileImport.objects.create(
            source=SECTIONS.slug, title="BD TOPO", owner=member, folder="a", state="applied", report=report["counts"],
            source_import_id=report["number"],
        )  # fmt: skip
    taken_back(report)
    with factories.as_owner():
        made.refresh_from_db()
    assert (made.state, made.reverted_at is not None) == (FileImport.State.REVERTED, True)


def latest_job() -> Job:
    with factories.as_owner():
        return Job.objects.latest("pk")


def worked(job: Job, work: Any) -> None:
    """A job after the worker took it."""
    with factories.as_worker(), acting_as(SYSTEM):
        run(Job.objects.select_related("owner", "started_by").get(pk=job.pk), work)
        assert Job.objects.get(pk=job.pk).state == Job.State.DONE
