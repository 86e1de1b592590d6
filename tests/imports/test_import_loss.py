"""What an import would take away is shown first, and asks; a file that was cut never takes the place of a good one."""

import gzip
import json
import shutil
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member, Territory
from gis_core.tasks import run
from layers.cadastre.models import Address, Building, Parcel
from layers.intake.import_loss import LossRefused, ScopeDifference, check_loss, describe_difference, parse_accepted_loss
from layers.intake.report import word_import_report
from layers.intake.services.imports import list_awaited_folders
from layers.intake.tasks import import_files
from layers.owners.models import Holding, Owner
from layers.planning.models import Easement, RiskZone, Zone
from tests import factories
from tests.cadastre.plans import packed, sheet
from tests.cadastre.test_import_ban import line as address
from tests.cadastre.test_import_ban import written as addresses
from tests.layers.test_imports import parcel, written
from tests.owners import deliveries as majic
from tests.planning.conftest import Desk, Made, box, easements, plan, risks
from tests.planning.conftest import desk as desk  # the fixture

pytestmark = pytest.mark.django_db
ETALAB = "cadastre_etalab/cadastre-91216-parcelles.json"
NBAT = "majic/synthetique_25354/REVNBAT.250"


def command(source: str, *arguments: Any) -> tuple[int, str]:
    """The exit code of an import's command, and what it says."""
    said, code = StringIO(), 0
    with factories.as_worker():
        try:
            call_command(f"import_{source}", *map(str, arguments), stdout=said)
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        except CommandError as error:
            return error.returncode, f"{said.getvalue()}{error}"
    return code, said.getvalue()


def first_features(path: Path, count: int, folder: Path, name: str = "partiel.json") -> Path:
    """A file with the first features of another, whole in itself."""
    collection = json.loads(path.read_text())
    collection["features"] = collection["features"][:count]
    made = folder / name
    made.write_text(json.dumps(collection))
    return made


# -- the rule ---------------------------------------------------------------------------------------------------------


def scope(known: int, gone: int, name: str = "objets") -> ScopeDifference:
    return ScopeDifference(scope=name, known=known, gone=gone)


@pytest.mark.parametrize(
    ("known", "gone", "asks"),
    [(0, 0, False), (5, 5, False), (6, 6, True), (100, 5, False), (100, 6, True), (1000, 50, False), (1000, 51, True)],
)
def test_more_than_a_twentieth_and_more_than_five_is_asked_for(known: int, gone: int, asks: bool) -> None:
    assert scope(known, gone).is_loss is asks


def test_only_the_very_number_lets_a_loss_pass() -> None:
    differences = [scope(100, 60), scope(100, 3)]
    check_loss(differences, 63)
    for accepted in (None, 0, 60, 62, 64, 10_000):
        with pytest.raises(LossRefused) as refused:
            check_loss(differences, accepted)
        assert refused.value.loss["gone"] == 63


def test_many_small_losses_together_are_one() -> None:
    differences = [scope(20, 5, f"feuille {number}") for number in range(40)]
    with pytest.raises(LossRefused) as refused:
        check_loss(differences, None)
    assert refused.value.loss["gone"] == 200


def test_a_difference_lists_the_worst_scopes_first_and_stops_somewhere() -> None:
    told = describe_difference([scope(100, number, str(number)) for number in range(80)])
    assert (told["scopes"][0]["scope"], len(told["scopes"]), told["more_scopes"]) == ("79", 50, 30)


@pytest.mark.parametrize("typed", ["", "beaucoup", "-3", "4,2", "٣", "9" * 5000])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        parse_accepted_loss(typed)


def test_a_number_is_typed_as_it_is_shown() -> None:
    assert parse_accepted_loss(" 4\u202f134 ") == 4134


# -- the cadastre of Etalab -------------------------------------------------------------------------------------------


def test_a_partial_cadastre_takes_nothing_away(shared_data: Path, tmp_path: Path) -> None:
    whole = shared_data / ETALAB
    assert command("etalab", whole)[0] == 0
    known = Parcel.objects.count()
    partial = first_features(whole, 100, tmp_path)
    code, said = command("etalab", partial)
    assert (code, Parcel.objects.count()) == (3, known)
    assert f"--accept-loss {known - 100}" in said
    assert "91216" in said
    assert command("etalab", partial, "--accept-loss", known - 101)[0] == 3
    assert Parcel.objects.count() == known
    assert command("etalab", partial, "--accept-loss", known - 100)[0] == 0
    assert Parcel.objects.count() == 100


def test_the_same_cadastre_again_changes_nothing_and_asks_nothing(shared_data: Path, tmp_path: Path) -> None:
    report = tmp_path / "rapport.json"
    command("etalab", shared_data / ETALAB)
    assert command("etalab", shared_data / ETALAB, "--report", report)[0] == 0
    told = json.loads(report.read_text())["compared"]
    assert (told["known"], told["new"], told["changed"], told["gone"]) == (Parcel.objects.count(), 0, 0, 0)


def test_a_dry_run_shows_the_difference_and_writes_nothing(tmp_path: Path) -> None:
    command("etalab", written(tmp_path, parcel(1), parcel(2)))
    code, said = command("etalab", written(tmp_path, parcel(2, contenance=1), parcel(3)), "--dry-run")
    assert code == 0
    assert "1 nouveaux, 1 modifiés, 1 disparus, sur 2 connus" in said
    assert sorted(Parcel.objects.values_list("number", flat=True)) == ["0001", "0002"]


def test_a_cadastre_that_was_cut_loads_nothing_whatever_is_accepted(shared_data: Path, tmp_path: Path) -> None:
    whole = shared_data / ETALAB
    command("etalab", whole)
    known, content = Parcel.objects.count(), whole.read_bytes()
    for name, held in (("cadastre.json", content), ("cadastre.json.gz", gzip.compress(content))):
        for share in (0.1, 0.5, 0.99):
            path = tmp_path / name
            path.write_bytes(held[: int(len(held) * share)])
            code, said = command("etalab", path, "--accept-loss", known)
            assert (code, Parcel.objects.count()) == (2, known)
            assert "tronqué" in said


def building(number: int) -> dict[str, Any]:
    made = parcel(number)
    return made | {"id": None, "properties": {"type": "01", "nom": "", "commune": "45901", "created": "2021-01-28"}}


def test_buildings_have_no_key_and_are_counted(tmp_path: Path) -> None:
    assert command("etalab", written(tmp_path, *map(building, range(20))))[0] == 0
    assert command("etalab", written(tmp_path, *map(building, range(12))))[0] == 3
    assert Building.objects.count() == 20


# -- in the browser ---------------------------------------------------------------------------------------------------


@pytest.fixture
def inbox(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    settings.INBOX_DIR = folder
    return folder


@pytest.fixture
def administrator(client: Client, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The GIS administrator of a member; a test's rows are not committed, so nobody else may write progress."""
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
    client.force_login(factories.user(factories.member(factories.commune("45901")), Role.GIS_ADMINISTRATOR))
    return client


def sent(client: Client, *features: dict[str, Any], **data: Any) -> Job:
    """What becomes of a file that somebody sends by the page."""
    content = json.dumps({"type": "FeatureCollection", "features": list(features)}).encode()
    file = SimpleUploadedFile("cadastre-parcelles.json", content, content_type="application/json")
    assert client.post("/imports/", {"source": "etalab", "file": file} | data).status_code == 302
    return worked()


def worked() -> Job:
    """The last job, after the worker took it."""
    with factories.as_worker(), acting_as(SYSTEM):
        job = Job.objects.select_related("owner", "started_by").latest("pk")
        run(job, import_files)
        return Job.objects.get(pk=job.pk)


def page(client: Client, job: Job) -> str:
    return client.get(f"/imports/{job.pk}/", headers={"accept": "text/html"}).content.decode()


def test_the_page_asks_for_the_number_and_takes_no_other(administrator: Client, inbox: Path) -> None:
    assert sent(administrator, *map(parcel, range(1, 21))).state == "done"
    job = sent(administrator, *map(parcel, range(1, 5)))
    assert (job.state, Parcel.objects.count()) == ("failed", 20)
    shown = page(administrator, job)
    assert "16" in shown
    assert 'name="accepted"' in shown
    for typed in ("", "15", "200", "oui"):
        given, html = {"action": "import", "accepted": typed}, {"accept": "text/html"}
        answer = administrator.post(f"/imports/{job.pk}/", given, headers=html)
        assert answer.status_code == 400
        assert typed in answer.content.decode()
    with acting_as(SYSTEM):
        assert Job.objects.latest("pk") == job
    assert administrator.post(f"/imports/{job.pk}/", {"action": "import", "accepted": "16"}).status_code == 302
    assert worked().state == "done"
    assert Parcel.objects.count() == 4
    assert list(inbox.iterdir()) == []


def test_what_goes_is_counted_again_before_it_goes(administrator: Client) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(1, 5)))
    administrator.post(f"/imports/{job.pk}/", {"action": "import", "accepted": "16"})
    with factories.as_worker():
        Parcel.objects.filter(number="0020").delete()
    again = worked()
    assert (again.state, again.report["loss"]["gone"], Parcel.objects.count()) == ("failed", 15, 19)
    assert 'name="accepted"' in page(administrator, again)


def test_of_two_people_who_confirm_one_is_told(administrator: Client) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(1, 5)))
    answers = [administrator.post(f"/imports/{job.pk}/", {"accepted": "16"}).status_code for _again in range(2)]
    assert answers == [302, 409]


def test_files_that_nobody_wants_are_forgotten(
    administrator: Client, inbox: Path, django_capture_on_commit_callbacks: Any
) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(1, 5)))
    assert len(list(inbox.iterdir())) == 1
    with factories.as_worker(), acting_as(SYSTEM):
        assert set(list_awaited_folders()) == {one.name for one in inbox.iterdir()}
    with django_capture_on_commit_callbacks(execute=True):
        assert administrator.post(f"/imports/{job.pk}/", {"action": "forget"}).status_code == 302
    assert list(inbox.iterdir()) == []
    assert 'name="accepted"' not in page(administrator, job)
    assert administrator.post(f"/imports/{job.pk}/", {"accepted": "16"}).status_code == 409


def test_the_page_shows_the_difference_first_where_it_is_asked_to(administrator: Client, inbox: Path) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(3, 23)), dry_run="on")
    assert (job.state, Parcel.objects.count()) == ("done", 20)
    assert {
        one["scope"]: (one["new"], one["gone"]) for one in word_import_report(job.report)["compared"]["scopes"]
    } == {"parcelles de 45901": (2, 2)}
    assert "Rien n’est encore écrit" in page(administrator, job)
    assert administrator.post(f"/imports/{job.pk}/", {"action": "import"}).status_code == 302
    worked()
    assert Parcel.objects.filter(number="0022").exists()
    assert list(inbox.iterdir()) == []


def test_other_roles_and_members_do_not_decide(administrator: Client, client: Client) -> None:
    sent(administrator, *map(parcel, range(1, 21)))
    job = sent(administrator, *map(parcel, range(1, 5)))
    other = Client()
    other.force_login(
        factories.user(factories.member(factories.commune("45950"), slug="autre"), Role.GIS_ADMINISTRATOR)
    )
    assert other.post(f"/imports/{job.pk}/", {"accepted": "16"}).status_code == 404
    reader = Client()
    reader.force_login(factories.user(job.owner, Role.READER))
    assert reader.post(f"/imports/{job.pk}/", {"accepted": "16"}).status_code == 403


# -- the other sources ------------------------------------------------------------------------------------------------


def grown(path: Path, lines: Sequence[str], end: str = "\n") -> Path:
    path.write_text("".join(f"{one}{end}" for one in lines))
    return path


def test_a_cut_register_takes_nothing_away(shared_data: Path, tmp_path: Path) -> None:
    factories.commune("25354")
    whole = shared_data / NBAT
    assert command("majic", whole)[0] in (0, 1)
    with factories.as_owner():
        known = Holding.objects.count()
    kept = [one for one in whole.read_text().splitlines() if one[19:21] == "10"][:48]
    head = whole.read_text().splitlines()[0]
    cut = grown(tmp_path / "REVNBAT.250", [head, *kept])
    code, said = command("majic", cut)
    assert code == 3
    assert f"--accept-loss {known - 48}" in said
    with factories.as_owner():
        assert Holding.objects.count() == known


def test_a_cut_register_of_the_next_year_does_not_hide_the_good_one(tmp_path: Path) -> None:
    command("majic", majic.written(tmp_path, "REVNBAT.450", *map(majic.parcel, range(1, 41)), year=2024))
    cut = majic.written(tmp_path, "REVNBAT.450", *map(majic.parcel, range(1, 9)), year=2025)
    assert command("majic", cut)[0] == 3
    with factories.as_owner():
        assert set(Holding.objects.values_list("year", flat=True)) == {2024}


def test_owners_that_come_no_more_are_asked_for(tmp_path: Path) -> None:
    people = [majic.owner(rank=rank) for rank in range(1, 31)]
    command("majic", majic.written(tmp_path, "REVPROP.450", *people))
    assert command("majic", majic.written(tmp_path, "REVPROP.450", *people[:20]))[0] == 3
    with factories.as_owner():
        assert Owner.objects.count() == 30


def test_a_register_that_ends_in_the_middle_of_a_line_is_refused(tmp_path: Path) -> None:
    path = majic.written(tmp_path, "REVNBAT.450", *map(majic.parcel, range(1, 9)))
    command("majic", path)
    path.write_bytes(path.read_bytes()[:-200])
    code, said = command("majic", path)
    assert (code, "coupé" in said) == (2, True)
    with factories.as_owner():
        assert Holding.objects.count() == 8


def test_the_register_names_nobody_in_its_difference(tmp_path: Path) -> None:
    people = [majic.owner(rank=rank) for rank in range(1, 31)]
    command("majic", majic.written(tmp_path, "REVPROP.450", *people))
    _code, said = command("majic", majic.written(tmp_path, "REVPROP.450", *people[:20]))
    assert "FICTIF" not in said


def numbered(count: int) -> list[str]:
    return [address(id=f"45901_0120_{number:05d}", numero=number) for number in range(1, count + 1)]


def test_a_partial_file_of_addresses_takes_nothing_away(tmp_path: Path) -> None:
    command("ban", addresses(tmp_path, *numbered(40)))
    code, said = command("ban", addresses(tmp_path, *numbered(10)))
    assert (code, Address.objects.count()) == (3, 40)
    assert "--accept-loss 30" in said
    assert command("ban", addresses(tmp_path, *numbered(10)), "--accept-loss", 30)[0] == 0
    assert Address.objects.count() == 10


def test_a_compressed_file_of_addresses_without_its_end_loads_nothing(tmp_path: Path) -> None:
    whole = addresses(tmp_path, *numbered(40), name="adresses-45.csv.gz")
    command("ban", whole)
    whole.write_bytes(whole.read_bytes()[:-30])
    assert command("ban", whole)[0] == 2
    assert Address.objects.count() == 40


def parcels_of(first: int, last: int) -> Any:
    return sheet("901000AB01", *range(first, last + 1))


def test_a_sheet_that_loses_its_parcels_waits_and_the_others_come_in(tmp_path: Path) -> None:
    command("edigeo", packed(tmp_path, parcels_of(1, 20)))
    few, other = packed(tmp_path, parcels_of(1, 4)), packed(tmp_path, sheet("901000AC01", 21, 22))
    code, said = command("edigeo", few, other)
    assert code == 3
    assert Parcel.objects.filter(section="AB").count() == 20
    assert Parcel.objects.filter(section="AC").count() == 2
    gone = said.rpartition("--accept-loss ")[2].split()[0]
    assert command("edigeo", few, "--accept-loss", int(gone) + 1)[0] == 3
    assert Parcel.objects.filter(section="AB").count() == 20
    assert command("edigeo", few, "--accept-loss", gone)[0] == 0
    assert Parcel.objects.filter(section="AB").count() == 4


def test_a_dry_run_of_the_plan_writes_nothing(tmp_path: Path) -> None:
    assert command("edigeo", packed(tmp_path, parcels_of(1, 4)), "--dry-run")[0] == 0
    assert not Parcel.objects.exists()


def test_parcels_that_change_sheet_are_no_loss(tmp_path: Path) -> None:
    command("edigeo", packed(tmp_path, parcels_of(1, 20)))
    left, right = packed(tmp_path, parcels_of(1, 10)), packed(tmp_path, sheet("901000AB02", *range(11, 21)))
    assert command("edigeo", left, right)[0] == 0
    assert Parcel.objects.filter(sheet="45901000AB02").count() == 10


def test_an_archive_of_a_sheet_without_its_end_loads_nothing(tmp_path: Path) -> None:
    path = packed(tmp_path, parcels_of(1, 20))
    command("edigeo", path)
    path.write_bytes(path.read_bytes()[:-100])
    assert command("edigeo", path)[0] == 2
    assert Parcel.objects.count() == 20


def test_members_do_not_lose_their_communes_unasked(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "admin_loiret"
    names = ("communes-45-loiret.geojson", "communes-45.cog.json", "epci-45.json")
    assert command("communes", *(folder / name for name in names))[0] == 0
    metropole = Member.objects.get(name="Orléans Métropole")
    bodies = json.loads((folder / "epci-45.json").read_text())
    (one,) = [body for body in bodies if body["nom"] == "Orléans Métropole"]
    one["membres"] = one["membres"][:10]
    cut = tmp_path / "epci-45.json"
    cut.write_text(json.dumps(bodies))
    code, said = command("communes", *(folder / name for name in names[:2]), cut)
    assert (code, Territory.objects.filter(member=metropole).count()) == (3, 22)
    assert "--accept-loss 12" in said
    assert command("communes", *(folder / name for name in names[:2]), cut, "--accept-loss", 12)[0] == 0
    assert Territory.objects.filter(member=metropole).count() == 10


def many(made: Made, name: str, count: int) -> Made:
    """The delivery with so many rows of a table, side by side."""
    (row, *_others) = made.tables[name]
    made.tables[name] = [row | {"geom": box(number * 20, 0, 15)} for number in range(count)]
    return made


def test_a_planning_document_that_loses_its_zones_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    command("plu", many(plan(), "ZONE_URBA", 20).written(tmp_path / "whole"))
    cut = many(plan(), "ZONE_URBA", 10).written(tmp_path / "cut")
    code, said = command("plu", cut)
    assert (code, Zone.objects.count()) == (3, 20)
    assert "--accept-loss 10" in said
    assert command("plu", cut, "--accept-loss", 10)[0] in (0, 1)
    assert Zone.objects.count() == 10


def test_a_zip_without_its_end_leaves_the_document(desk: Desk, tmp_path: Path) -> None:
    root = plan().written(tmp_path)
    command("plu", root)
    whole = Path(shutil.make_archive(str(tmp_path / root.name), "zip", tmp_path, root.name))
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert command("plu", whole)[0] == 2
    assert Zone.objects.count() == 2


def test_easements_that_come_no_more_are_asked_for(desk: Desk, tmp_path: Path) -> None:
    command("sup", many_easements(20).written(tmp_path / "whole"))
    code, _said = command("sup", many_easements(4).written(tmp_path / "cut"))
    assert (code, Easement.objects.count()) == (3, 20)


def many_easements(count: int) -> Made:
    made = easements()
    for name, rows in made.tables.items():
        if name in ("GESTIONNAIRE_SUP", "ACTE_SUP"):
            continue
        made.tables[name] = [
            row | {key: f"{row[key]}-{number}" for key in ("IDSUP", "IDGEN", "IDASS") if key in row}
            for number in range(count)
            for row in rows
        ]
    return made


def test_a_risk_plan_that_loses_its_zones_is_asked_for(desk: Desk, tmp_path: Path) -> None:
    table = next(name for name in risks().tables if name.startswith("ZONEREGLEMENTAIRE"))
    command("risks", many(risks(), table, 20).written(tmp_path / "whole"))
    known = RiskZone.objects.count()
    code, _said = command("risks", many(risks(), table, 4).written(tmp_path / "cut"))
    assert (code, RiskZone.objects.count()) == (3, known)
