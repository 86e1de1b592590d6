"""An import of reference data is taken back: the rows are again what they were, for every source."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member, ReplacedRow, SourceImport
from gis_core.tasks import run
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer
from layers.intake.reference_source import Order, get_source
from layers.intake.source_imports import UNDER_WAY, forget_old, keep_replaced_rows, set_current_import
from layers.intake.tasks import revert_import
from layers.planning.models import Document
from layers.planning.services import files
from tests import factories
from tests.cadastre.plans import packed, sheet
from tests.imports.test_import_loss import (
    address,
    addresses,
    command,
    first_features,
    many,
    many_easements,
    page,
    sent,
)
from tests.imports.test_import_loss import administrator as administrator  # fixtures
from tests.imports.test_import_loss import inbox as inbox
from tests.imports.workers import address as database_address
from tests.layers.test_imports import parcel
from tests.planning.conftest import Desk, Made, plan, risks
from tests.planning.conftest import desk as desk  # the fixture

pytestmark = pytest.mark.django_db
ETALAB = "cadastre_etalab/cadastre-91216-parcelles.json"
NBAT = "majic/synthetique_25354/REVNBAT.250"
PLAN = ("cadastre_sheet", "cadastre_section", "cadastre_parcel", "cadastre_building", "cadastre_namedplace")
MAJIC = ("owners_holding", "owners_premises", "owners_owner", "owners_birth", "owners_exemption")
PLU = ("planning_document", "planning_zone", "planning_prescription", "planning_information")
SUP = ("planning_easementset", "planning_easement", "planning_easementact", "planning_easementlink",
       "planning_easementgenerator", "planning_easementfootprint")  # fmt: skip
RISKS = ("planning_riskplan", "planning_riskzone")


def take_back(number: int | None = None) -> str:
    """Take an import back by the command, the latest where none is named; what it says."""
    said = StringIO()
    if number is None:
        number = latest()
    with factories.as_worker():
        call_command("take_back_source", str(number), stdout=said)
    return said.getvalue()


def latest() -> int:
    with factories.as_owner():
        return SourceImport.objects.latest("pk").pk


def content(*tables: str) -> dict[str, list[Any]]:
    """The rows of these tables as they are, keys included."""
    found = {}
    with factories.as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"select to_jsonb(t) from {table} t order by id")
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


def test_a_cadastre_is_as_before_the_import(shared_data: Path, tmp_path: Path) -> None:
    whole = shared_data / ETALAB
    assert command("etalab", whole)[0] == 0
    before = content("cadastre_parcel")
    partial = first_features(whole, 4000, tmp_path)
    gone = Parcel.objects.count() - 4000
    assert command("etalab", partial, "--accept-loss", gone)[0] == 0
    said = take_back()
    assert content("cadastre_parcel") == before
    assert str(gone) in said


def test_what_changed_is_as_before(shared_data: Path, tmp_path: Path) -> None:
    whole = shared_data / ETALAB
    assert command("etalab", whole)[0] == 0
    before = content("cadastre_parcel")
    changed = json.loads(whole.read_text())
    for feature in changed["features"][:7]:
        feature["properties"]["contenance"] = 1
    path = tmp_path / "autre.json"
    path.write_text(json.dumps(changed))
    assert command("etalab", path)[0] == 0
    assert content("cadastre_parcel") != before
    assert "7" in take_back()
    assert content("cadastre_parcel") == before


def parcels_date() -> date | None:
    with factories.as_worker(), acting_as(SYSTEM), transaction.atomic():
        return Layer.objects.get(slug="parcels").source_date


def test_the_first_import_leaves_nothing(shared_data: Path) -> None:
    before = parcels_date()
    assert command("etalab", shared_data / ETALAB)[0] == 0
    assert parcels_date() != before
    take_back()
    assert not Parcel.objects.exists()
    assert parcels_date() == before


def test_the_same_again_changes_nothing_and_is_no_import_to_take_back(shared_data: Path) -> None:
    assert command("etalab", shared_data / ETALAB)[0] == 0
    number = latest()
    code, said = command("etalab", shared_data / ETALAB)
    assert (code, latest()) == (0, number)
    assert "take_back_source" not in said


def test_the_command_says_the_number(shared_data: Path) -> None:
    _code, said = command("etalab", shared_data / ETALAB)
    assert f"take_back_source {latest()}" in said


def test_a_later_import_of_the_same_commune_is_taken_back_first(shared_data: Path, tmp_path: Path) -> None:
    command("etalab", shared_data / ETALAB)
    first = latest()
    known = Parcel.objects.count()
    command("etalab", first_features(shared_data / ETALAB, 100, tmp_path), "--accept-loss", known - 100)
    second = latest()
    with pytest.raises(CommandError) as refused:
        take_back(first)
    assert str(second) in str(refused.value)
    take_back(second)
    take_back(first)
    assert not Parcel.objects.exists()


def test_later_is_what_was_written_later(shared_data: Path, tmp_path: Path) -> None:
    """An import that began first and wrote last is taken back first."""
    whole = shared_data / ETALAB
    with factories.as_worker(), acting_as(SYSTEM), keep_replaced_rows("etalab", title="longue lecture") as long:
        command("etalab", whole)
        short = latest()
        set_current_import(str(long.pk))
        gone = Parcel.objects.count() - 100
        get_source("etalab").run(Order(paths=[first_features(whole, 100, tmp_path)], accepted_loss=gone))
    assert long.pk < short
    with pytest.raises(CommandError) as refused:
        take_back(short)
    assert "longue lecture" in str(refused.value)
    take_back(long.pk)
    take_back(short)
    assert not Parcel.objects.exists()


def test_an_import_that_is_under_way_is_not_taken_back(shared_data: Path) -> None:
    command("etalab", shared_data / ETALAB)
    with psycopg.connect(**database_address(str(connection.settings_dict["NAME"]))) as importing:
        importing.execute(f"select pg_advisory_lock({UNDER_WAY})", [str(latest())])
        with pytest.raises(CommandError) as refused:
            take_back()
    assert "en cours" in str(refused.value)
    take_back()
    assert not Parcel.objects.exists()


def listed() -> str:
    said = StringIO()
    with factories.as_worker():
        call_command("take_back_source", stdout=said)
    return said.getvalue()


def test_an_import_that_was_killed_before_it_wrote_is_not_listed(shared_data: Path) -> None:
    command("etalab", shared_data / ETALAB)
    with factories.as_owner():
        SourceImport.objects.create(source="etalab", title="tué avant d’écrire")
    assert len(listed().splitlines()) == 1


def test_what_is_kept_of_an_import_goes_whatever_became_of_it(shared_data: Path) -> None:
    command("etalab", shared_data / ETALAB)
    with factories.as_owner():
        SourceImport.objects.update(created_at="2020-01-01T00:00:00Z", state="taken_back")
    with factories.as_worker(), acting_as(SYSTEM):
        forget_old()
    with factories.as_owner():
        assert not ReplacedRow.objects.exists()


def test_an_import_is_taken_back_once(shared_data: Path) -> None:
    command("etalab", shared_data / ETALAB)
    take_back(latest())
    with pytest.raises(CommandError) as refused:
        take_back(latest())
    assert refused.value.returncode == 2


def test_what_was_kept_long_enough_goes(shared_data: Path) -> None:
    command("etalab", shared_data / ETALAB)
    with factories.as_owner():
        SourceImport.objects.update(created_at="2020-01-01T00:00:00Z")
    with factories.as_worker(), acting_as(SYSTEM):
        assert forget_old() == 1
    with pytest.raises(CommandError) as refused:
        take_back(latest())
    assert "30" in str(refused.value)
    assert Parcel.objects.exists()


def test_a_dry_run_and_a_refusal_keep_nothing(shared_data: Path, tmp_path: Path) -> None:
    command("etalab", shared_data / ETALAB)
    number = latest()
    command("etalab", first_features(shared_data / ETALAB, 100, tmp_path), "--dry-run")
    assert command("etalab", first_features(shared_data / ETALAB, 100, tmp_path))[0] == 3
    assert latest() == number


def test_addresses_are_as_before(tmp_path: Path) -> None:
    path = addresses(tmp_path, *numbered(1, 30))
    assert command("ban", path)[0] == 0
    before = content("cadastre_address")
    again = addresses(tmp_path, *numbered(25, 60))
    assert command("ban", again, "--accept-loss", 24)[0] == 0
    take_back()
    assert content("cadastre_address") == before


def numbered(first: int, beyond: int) -> list[str]:
    """Addresses of one road, with these numbers."""
    return [address(id=f"45234_0001_{number:05d}", numero=number) for number in range(first, beyond)]


def test_the_plan_is_as_before(tmp_path: Path) -> None:
    assert command("edigeo", packed(tmp_path, sheet("901000AB01", 1, 2, 3)))[0] == 0
    before = content(*PLAN)
    assert command("edigeo", packed(tmp_path, sheet("901000AB01", 1, 2)))[0] in (0, 1)
    assert content(*PLAN) != before
    take_back()
    assert content(*PLAN) == before


def test_a_year_of_owners_is_as_before(shared_data: Path, tmp_path: Path) -> None:
    assert command("majic", shared_data / NBAT)[0] in (0, 1)
    before = content(*MAJIC)
    lines = (shared_data / NBAT).read_bytes().splitlines(keepends=True)
    partial = tmp_path / "REVNBAT.250"
    partial.write_bytes(b"".join(lines[: len(lines) // 2]))
    refused, said = command("majic", partial)
    assert refused == 3
    accepted = said.split("--accept-loss ")[1].split()[0]
    assert command("majic", partial, "--accept-loss", accepted)[0] in (0, 1)
    assert content(*MAJIC) != before
    take_back()
    assert content(*MAJIC) == before


def communes(shared_data: Path) -> list[Path]:
    names = ("communes-45-loiret.geojson", "communes-45.cog.json", "epci-45.json")
    return [shared_data / "admin_loiret" / name for name in names]


def test_communes_and_territories_are_as_before(shared_data: Path, tmp_path: Path) -> None:
    files = communes(shared_data)
    assert command("communes", *files)[0] in (0, 1)
    before = content("gis_core_commune", "gis_core_territory", "gis_core_member")
    fewer = json.loads(files[2].read_text())
    fewer[0]["membres"] = fewer[0]["membres"][:-2]
    path = tmp_path / "epci-45.json"
    path.write_text(json.dumps(fewer))
    assert command("communes", *files[:2], path)[0] in (0, 1)
    assert content("gis_core_territory")["gis_core_territory"] != before["gis_core_territory"]
    take_back()
    assert content("gis_core_commune", "gis_core_territory", "gis_core_member") == before


def test_a_member_that_the_agency_corrected_since_stays_as_it_is(shared_data: Path, tmp_path: Path) -> None:
    files = communes(shared_data)
    command("communes", *files)
    renamed = json.loads(files[2].read_text())
    for one in renamed[:2]:
        one["nom"] += " (nouveau nom)"
    path = tmp_path / "epci-45.json"
    path.write_text(json.dumps(renamed))
    command("communes", *files[:2], path)
    first, second = (Member.objects.get(siren=one["code"]) for one in renamed[:2])
    with factories.as_owner():
        Member.objects.filter(pk=first.pk).update(slug="corrige")
    said = take_back()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.slug, first.name) == ("corrige", renamed[0]["nom"])
    assert second.name != renamed[1]["nom"]
    assert "laissés" in said


def commune_date() -> date | None:
    with factories.as_worker(), acting_as(SYSTEM), transaction.atomic():
        return Layer.objects.get(slug="communes").source_date


def test_a_layer_keeps_the_date_of_another_sources_later_import(shared_data: Path) -> None:
    """Communes come with the cadastre, with the plan and alone: one layer."""
    before = commune_date()
    command("etalab", shared_data / ETALAB)
    first = latest()
    command("communes", *communes(shared_data), "--date", "2026-01-01")
    take_back(first)
    assert commune_date() == date(2026, 1, 1)
    take_back()
    assert commune_date() == before


def zones(count: int) -> Made:
    return many(risks(), "ZONEREGLEMENTAIRE_S", count)


@pytest.mark.parametrize(
    ("source", "tables", "first", "second", "accepted"),
    [
        ("plu", PLU, many(plan(), "ZONE_URBA", 6), many(plan(), "ZONE_URBA", 4), ()),
        ("plu", PLU, plan("20200115"), plan("20220115"), ()),
        ("sup", SUP, many_easements(6), many_easements(4), ("--accept-loss", 6)),
        ("risks", RISKS, zones(6), zones(4), ()),
    ],
    ids=["plu", "plu-version", "sup", "risks"],
)
def test_planning_is_as_before(
    desk: Desk,
    tmp_path: Path,
    source: str,
    tables: tuple[str, ...],
    first: Made,
    second: Made,
    accepted: tuple[object, ...],
) -> None:
    assert command(source, first.written(tmp_path / "first"))[0] in (0, 1)
    before = content(*tables)
    assert command(source, second.written(tmp_path / "second"), *accepted)[0] in (0, 1)
    assert content(*tables) != before
    take_back()
    assert content(*tables) == before


def test_a_later_document_of_another_commune_does_not_hinder(desk: Desk, tmp_path: Path) -> None:
    command("plu", plan().written(tmp_path / "first"))
    first = latest()
    factories.commune("45999")
    other = plan(code="45999")
    other.tables["DOC_URBA_COM"][0]["INSEE"] = "45999"
    command("plu", other.written(tmp_path / "second"))
    assert Document.objects.count() == 2
    take_back(first)
    assert Document.objects.get().idurba.startswith("45999")


def test_written_pieces_come_back_with_their_document(desk: Desk, tmp_path: Path) -> None:
    command("plu", plan().written(tmp_path / "first"))
    folder = Document.objects.get().folder
    command("plu", plan().written(tmp_path / "second"))
    with factories.as_worker(), acting_as(SYSTEM):
        assert files.sweep() == 0
    take_back()
    assert Document.objects.get().folder == folder
    assert list((files.root() / folder).iterdir())


# -- in the browser ---------------------------------------------------------------------------------------------------


def worked_off(work: Any) -> Job:
    """The last job, after the worker took it."""
    with factories.as_worker(), acting_as(SYSTEM):
        job = Job.objects.select_related("owner", "started_by").latest("pk")
        run(job, work)
        return Job.objects.get(pk=job.pk)


def test_the_page_takes_an_import_back(administrator: Client) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(1, 18)))
    assert Parcel.objects.count() == 17
    assert 'value="take_back"' in page(administrator, job)
    assert administrator.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code == 302
    assert administrator.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code == 409
    assert worked_off(revert_import).state == "done"
    assert Parcel.objects.count() == 20
    shown = page(administrator, job)
    assert 'value="take_back"' not in shown
    assert "Objets de retour" in shown or "3" in shown


@pytest.mark.parametrize(("edited", "shown"), [(0, "sont redevenues"), (2, "reste tel quel")])
def test_the_page_says_whether_all_is_as_before(administrator: Client, edited: int, shown: str) -> None:
    job = sent(administrator, *map(parcel, range(1, 4)))
    counts = {"removed": 3, "back": 0, "restored": 0, "edited": edited}
    with factories.as_owner():
        SourceImport.objects.update(state="taken_back", counts=counts, taken_back_at="2026-02-03T10:00:00Z")
    said = page(administrator, job)
    assert [words for words in ("sont redevenues", "reste tel quel") if words in said] == [shown]


def test_the_page_says_which_import_is_to_be_taken_back_first(administrator: Client) -> None:
    first = sent(administrator, *map(parcel, range(1, 21)))
    sent(administrator, *map(parcel, range(1, 18)))
    administrator.post(f"/imports/{first.pk}/", {"action": "take_back"})
    assert worked_off(revert_import).state == "failed"
    assert Parcel.objects.count() == 17
    assert "plus récents" in page(administrator, first)


def test_an_import_of_another_is_not_named(administrator: Client) -> None:
    job = sent(administrator, *map(parcel, range(1, 21)))
    with factories.as_owner():
        mine = SourceImport.objects.get()
    with factories.as_worker(), acting_as(SYSTEM), keep_replaced_rows("etalab", title="secret"):
        Parcel.objects.update(area_m2=3)
    administrator.post(f"/imports/{job.pk}/", {"action": "take_back"})
    assert worked_off(revert_import).state == "failed"
    shown = page(administrator, job)
    assert "secret" not in shown
    assert "un autre import, demandez à l’agence" in shown
    with pytest.raises(CommandError) as refused:
        take_back(mine.pk)
    assert "secret" in str(refused.value)


def test_what_the_agency_imported_of_all_communes_it_alone_takes_back(administrator: Client, client: Client) -> None:
    with factories.as_owner():
        member = Member.objects.get()
    theirs = factories.user(member, Role.GIS_ADMINISTRATOR)
    agency = factories.user(factories.member(factories.commune()), Role.AGENCY_ADMINISTRATOR)
    client.force_login(agency)
    job = sent(client, *map(parcel, range(1, 21)), member=member.slug)
    client.force_login(theirs)
    shown = page(client, job)
    assert 'value="take_back"' not in shown
    assert "seule l’agence" in shown
    assert client.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code == 403
    client.force_login(agency)
    assert 'value="take_back"' in page(client, job)
    assert client.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code == 302
    assert worked_off(revert_import).state == "done"
    assert not Parcel.objects.exists()


def test_the_job_asks_again_whether_it_may_take_back(administrator: Client) -> None:
    job = sent(administrator, *map(parcel, range(1, 21)))
    administrator.post(f"/imports/{job.pk}/", {"action": "take_back"})
    with factories.as_owner():
        SourceImport.objects.update(all_communes=True)
    assert worked_off(revert_import).state == "failed"
    assert Parcel.objects.count() == 20


def test_who_may_not_import_may_not_take_back(administrator: Client, client: Client) -> None:
    job = sent(administrator, *map(parcel, range(1, 21)))
    with acting_as(SYSTEM):
        member = Job.objects.get(pk=job.pk).owner
    client.force_login(factories.user(member, Role.READER))
    assert client.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code in (403, 404)
    client.force_login(factories.user(factories.member(factories.commune()), Role.GIS_ADMINISTRATOR))
    assert client.post(f"/imports/{job.pk}/", {"action": "take_back"}).status_code == 404
    assert Parcel.objects.count() == 20


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_site_reads_nothing_of_what_is_kept(administrator: Client) -> None:
    """Owners may be among it: neither the table nor its functions are the site's."""
    sent(administrator, *map(parcel, range(1, 21)))
    for statement in (
        "select count(*) from gis_core_replacedrow",
        "select arpent.replaced_values('owners_owner', 'name')",
        "select arpent.take_back_rows(1, 'cadastre_parcel')",
    ):
        with factories.as_role("arpent_web"), pytest.raises(ProgrammingError), transaction.atomic():
            execute(statement)
