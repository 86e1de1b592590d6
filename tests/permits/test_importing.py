"""Registers imported: what comes in, what is refused, told or left as it is; as a job, by command, on the pages."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gis_core.errors import Forbidden
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job
from layers.intake.findings import Finding, from_json
from layers.intake.models import FileImport, ImportMapping
from layers.intake.services.mappings import keep_mappings
from layers.intake.table import TableMapping, likely_columns
from layers.intake.tables import read_table
from permits.importers.columns import LIMITS, REGISTER
from permits.importers.loading import Order, load, plan_import
from permits.importers.report import DIFFERENT, Report, as_csv
from permits.models import ApplicantReading, Event, Permit, Settings
from permits.services.applicants import find_applicants, read_applicants
from permits.services.reading import revisions_of
from permits.sources import PERMITS
from tests import factories
from tests.file_imports import folder_of, import_again, loading, sent, worked_off
from tests.permits.conftest import World

DATA = Path(__file__).parents[1] / "data" / "permits"
HEADER = next(one for one in (DATA / "openads.csv").read_text("cp1252").splitlines() if "Dossier;" in one).split(";")
State = FileImport.State


@pytest.fixture(autouse=True)
def day(on_day: Any) -> None:
    on_day(date(2026, 2, 3))


def order(world: World, name: str | Path = "openads.csv", who: str = Role.PERMIT_INSTRUCTOR, **kinds: str) -> Order:
    path = DATA / name if isinstance(name, str) else name
    table = read_table(path, LIMITS)
    mapping = TableMapping(likely_columns(REGISTER.fields, table.header), {"kind": kinds})
    return Order(name=path.name, table=table, mapping=mapping, member=world.member, rights=world.rights(who))


def imported(world: World, name: str | Path = "openads.csv", who: str = Role.PERMIT_INSTRUCTOR, **kinds: str) -> Report:
    with world.as_(who):
        return load(order(world, name, who, **kinds))


def written(tmp_path: Path, *rows: str, header: str = "numero;depot;decision;date decision;parcelles") -> Path:
    path = tmp_path / "registre.csv"
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def refused(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.severity == "error"]


def different(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.code in DIFFERENT]


def remarks(report: Report) -> list[Finding]:
    return [one for one in report.findings if one.severity == "warning" and one.code not in DIFFERENT]


def files() -> dict[str, Permit]:
    with acting_as(SYSTEM):
        return {one.number: one for one in Permit.objects.select_related("parent", "instructor")}


# -- what comes in ----------------------------------------------------------------------------------------------------


def test_a_messy_export_comes_in_and_each_row_that_does_not_says_why(world: World) -> None:
    report = imported(world)
    assert sorted(files()) == [
        "CU0459012200004",
        "DP0459012200001",
        "PC0459010500012",
        "PC0459012100001",
        "PC0459012100001M01",
        "PC0459012200009",
        "PC0459012600002",
    ]
    assert [one.row for one in refused(report)] == [5, 6, 8, 9, 11, 12, 16, 17]
    assert (report.made, report.rows, report.refused) == (7, 15, 8)


def test_states_and_dates_follow_from_what_the_register_says(world: World) -> None:
    imported(world)
    found = files()
    house, change, rejected = (found[one] for one in ("PC0459012100001", "PC0459012100001M01", "PC0459012200009"))
    assert (house.state, house.ended_date, house.tacit) == ("expired", date(2021, 5, 5), False)
    assert (change.parent, change.tacit, change.ended_date) == (house, True, date(2022, 5, 3))
    assert (rejected.state, rejected.ended_date) == ("rejected", date(2022, 6, 14))
    assert (found["PC0459012600002"].state, found["PC0459012600002"].due_date) == ("received", date(2026, 4, 20))


def test_files_that_a_register_holds_no_more_stay(world: World, tmp_path: Path) -> None:
    imported(world)
    before = files()
    imported(world, written(tmp_path, "PC 045 901 21 00001;2021-01-05;;;"))
    assert files().keys() == before.keys()


def test_a_file_before_2007_is_kept_without_deadlines(world: World) -> None:
    imported(world)
    old = files()["PC0459010500012"]
    assert (old.state, old.ended_date, old.due_date, old.next_date) == ("granted", date(2005, 3, 3), None, None)


def test_parcels_give_the_ground_and_unknown_ones_are_kept_without_it(world: World) -> None:
    report = imported(world)
    found = files()
    both, one = found["DP0459012200001"], found["CU0459012200004"]
    areas = [round(permit.geom.area) for permit in (both, one) if permit.geom]
    assert (one.idus, areas) == (["45901000AB0002", "45901000ZZ0009"], [20_000, 10_000])
    assert report.unknown_parcels == 1


def test_a_parcel_of_another_commune_is_left_out_and_told(world: World) -> None:
    report = imported(world)
    assert files()["PC0459012200009"].idus == ["45901000AB0002"]
    assert "45903000AC0001" in next(one.message for one in remarks(report) if one.params["number"] == "PC0459012200009")


def test_a_decision_after_the_usual_delay_comes_in_with_the_delay_it_must_have_had(
    world: World, tmp_path: Path
) -> None:
    path = written(tmp_path, "PC 045 901 21 00005;01/02/2021;Refus;20/07/2021;")
    imported(world, path)
    permit = files()["PC0459012100005"]
    assert (permit.state, permit.ended_date, permit.tacit) == ("refused", date(2021, 7, 20), False)
    with acting_as(SYSTEM):
        longer = Event.objects.get(permit=permit, what="by_hand")
    assert (longer.detail["months"], longer.on_date) == (6, date(2021, 2, 1))
    assert "registre.csv" in longer.detail["reason"]


def test_a_decision_in_time_needs_no_longer_delay(world: World, tmp_path: Path) -> None:
    imported(world, written(tmp_path, "PC 045 901 21 00005;01/02/2021;Refus;01/05/2021;"))
    with acting_as(SYSTEM):
        assert not Event.objects.filter(what="by_hand").exists()


def test_a_tacit_permit_of_the_day_after_its_delay_needs_no_longer_one(world: World, tmp_path: Path) -> None:
    imported(world, written(tmp_path, "PC 045 901 22 00005;12/01/2022;Permis tacite;13/04/2022;"))
    permit = files()["PC0459012200005"]
    assert (permit.tacit, permit.ended_date) == (True, date(2022, 4, 13))
    with acting_as(SYSTEM):
        assert not Event.objects.filter(what="by_hand").exists()


def test_what_the_old_register_recorded_overturns_nothing(world: World) -> None:
    imported(world)
    with acting_as(SYSTEM):
        house = Permit.objects.get(number="PC0459012100001")
        rows = list(house.events.all())
    told = [change.name for revision in revisions_of(house, rows)[1:] for change in revision.changes]
    assert "tacit" not in told
    assert house.recorded_by == world.people[Role.PERMIT_INSTRUCTOR]


def test_a_last_day_of_the_register_is_never_made_later(world: World, tmp_path: Path) -> None:
    header = "numero;depot;date limite"
    path = written(tmp_path, "PC 045 901 26 00005;05/01/2026;20/06/2026", header=header)
    report = imported(world, path)
    assert files()["PC0459012600005"].due_date == date(2026, 6, 5)
    assert "20/06/2026" in remarks(report)[0].message


def test_silence_that_the_register_does_not_explain_is_told(world: World, tmp_path: Path) -> None:
    report = imported(world, written(tmp_path, "PC 045 901 21 00005;01/02/2021;;;"))
    assert (report.tacit, files()["PC0459012100005"].tacit) == (1, True)
    assert "tacite" in remarks(report)[0].message


def test_an_instructor_is_found_by_name_and_others_are_told(world: World, tmp_path: Path) -> None:
    person = world.people[Role.PERMIT_INSTRUCTOR]
    header = "numero;depot;instructeur"
    rows = [f"PC 045 901 26 0000{rank};05/01/2026;{name}" for rank, name in enumerate((person.username, "Inconnu"))]
    report = imported(world, written(tmp_path, *rows, header=header))
    assert files()["PC0459012600000"].instructor == person
    assert dict(report.instructors) == {"Inconnu": 1}


# -- again, and others' -----------------------------------------------------------------------------------------------


def test_the_same_register_twice_changes_nothing(world: World) -> None:
    imported(world)
    before = {number: one.version for number, one in files().items()}
    report = imported(world)
    assert (report.made, report.same) == (0, 7)
    assert {number: one.version for number, one in files().items()} == before


def test_a_file_that_is_there_otherwise_is_told_and_left_as_it_is(world: World, tmp_path: Path) -> None:
    permit = world.file()
    path = written(tmp_path, "PC 045 901 26 00001;06/01/2026;;;AB 2")
    report = imported(world, path)
    filed, parcels = different(report)
    assert (filed.message, filed.row) == ("déposé le\N{NO-BREAK SPACE}: 05/01/2026 ici, 06/01/2026 dans le fichier", 2)
    assert parcels.message == "parcelles\N{NO-BREAK SPACE}: 45901000AB0001 ici, 45901000AB0002 dans le fichier"
    assert report.different == 1
    assert as_csv(report.findings).count(f"{filed.message}; {parcels.message}") == 1
    assert files()[permit.number].idus == ["45901000AB0001"]


def test_a_number_of_another_member_is_refused_without_telling_what_it_is(world: World, tmp_path: Path) -> None:
    with factories.as_owner():
        from gis_core.models import Territory

        Territory.objects.create(member=world.member, commune=world.elsewhere)
    world.file("stranger", insee="45903", parcels=[], member=world.other.pk)
    report = imported(world, written(tmp_path, "PC 045 903 26 00001;06/01/2026;;;"))
    assert [one.message for one in refused(report)] == ["Un autre membre a un dossier de ce numéro."]


def test_a_modification_without_its_file_is_kept_and_told(world: World, tmp_path: Path) -> None:
    report = imported(world, written(tmp_path, "PC 045 901 21 00005 M01;01/02/2021;Accord;01/03/2021;"))
    assert files()["PC0459012100005M01"].parent is None
    assert len(remarks(report)) == 1


def test_a_dry_run_writes_nothing(world: World) -> None:
    with world.as_():
        plan = plan_import(order(world))
    assert (plan.report.made, files()) == (7, {})


# -- who applies ------------------------------------------------------------------------------------------------------


def test_applicants_come_in_behind_the_journal(world: World) -> None:
    report = imported(world)
    with world.as_():
        permit = Permit.objects.get(number="PC0459012100001")
        assert read_applicants([permit], why="essai")[permit.pk].name == "MARTIN Jeanne"
    with acting_as(SYSTEM):
        lines = list(ApplicantReading.objects.filter(action="written"))
    assert sum(len(line.numbers) for line in lines) == 7
    assert (report.applicants, report.dropped_applicants) == (7, 0)


def test_an_applicant_that_came_in_is_found_by_name(world: World) -> None:
    imported(world)
    with world.as_():
        found, _more = find_applicants("martin jean", why="essai", rights=world.rights())
    assert {one.permit.number for one in found} == {"PC0459012100001", "PC0459012100001M01"}


def test_applicants_are_left_out_for_who_may_not_read_them(world: World) -> None:
    report = imported(world, who=Role.GIS_ADMINISTRATOR)
    assert (report.made, report.applicants, report.dropped_applicants) == (7, 0, 7)
    with acting_as(SYSTEM):
        assert not ApplicantReading.objects.exists()


def test_a_report_names_no_applicant(world: World) -> None:
    report = imported(world)
    told = f"{report.as_json()} {report.findings}"
    assert not [name for name in ("MARTIN", "DURAND", "Lilas") if name in told]


def test_a_report_in_a_spreadsheet_computes_nothing(world: World, tmp_path: Path) -> None:
    report = imported(world, written(tmp_path, "=1+1;05/01/2026;;;", "PC1;hier;;;"))
    rows = list(csv.reader(io.StringIO(as_csv(report.findings).removeprefix("\ufeff")), delimiter=";"))
    assert [row[:3] for row in rows[1:]] == [["2", "'=1+1", "refusée"], ["3", "PC1", "refusée"]]


# -- as a job ---------------------------------------------------------------------------------------------------------


def started(world: World, name: str = "openads.csv", who: str = Role.PERMIT_INSTRUCTOR) -> FileImport:
    return sent(PERMITS, DATA / name, member=world.member, user=world.people[who])


def loaded(world: World, name: str = "openads.csv") -> FileImport:
    person = world.people[Role.PERMIT_INSTRUCTOR]
    return worked_off(loading(PERMITS, worked_off(started(world, name)), user=person))


def test_a_register_is_read_then_loaded_under_the_row_policies_and_its_file_goes(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    made = worked_off(started(world))
    assert (made.state, made.plan["made"], made.plan["refused"], files()) == (State.READY, 7, 8, {})
    with django_capture_on_commit_callbacks(execute=True):
        made = worked_off(loading(PERMITS, made, user=world.people[Role.PERMIT_INSTRUCTOR]))
    assert (made.state, made.report["made"], made.report["refused"]) == (State.APPLIED, 7, 8)
    assert sum(one["severity"] == "error" for one in made.findings) == 8
    assert not folder_of(made).exists()


def test_what_is_kept_of_a_register_names_no_applicant(world: World) -> None:
    made = worked_off(started(world))
    kept = f"{made.contents} {made.choices} {made.plan} {made.findings}"
    assert not [name for name in ("MARTIN", "DURAND", "Lilas") if name in kept]
    assert made.contents[0]["samples"]["Nature des travaux"] == "Maison individuelle"


def test_an_import_whose_file_is_gone_can_be_gone_on_with_and_says_why(world: World) -> None:
    made = worked_off(started(world))
    (folder_of(made) / "openads.csv").unlink()
    made = worked_off(loading(PERMITS, made, user=world.people[Role.PERMIT_INSTRUCTOR]))
    assert (made.state, files()) == (State.READY, {})
    assert "envoyez" in made.message


def test_a_town_hall_imports_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        started(world, who=Role.TOWN_HALL)


def test_thousands_of_rows_come_in_by_few_statements(world: World, tmp_path: Path) -> None:
    rows = [
        f"PC 045 901 {18 + rank // 9999:02d} {rank % 9999 + 1:05d};0{1 + rank % 9}/03/20{18 + rank // 9999};Accordé;"
        f"2{rank % 9}/05/20{18 + rank // 9999};AB {1 + rank % 3}"
        for rank in range(2_000)
    ]
    path = written(tmp_path, *rows)
    with CaptureQueriesContext(connection) as asked:
        report = imported(world, path)
    assert (report.made, report.refused, refused(report)) == (2_000, 0, [])
    assert len(asked) < 40


def kept(world: World, name: str, columns: dict[str, str]) -> None:
    """A mapping that the member keeps."""
    with acting_as(SYSTEM):
        keep_mappings(PERMITS.slug, world.member, [(name, HEADER, TableMapping(columns).as_json())])


# -- by command -------------------------------------------------------------------------------------------------------


def test_the_command_imports_as_a_person_and_writes_its_report(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person, where = world.people[Role.PERMIT_INSTRUCTOR], tmp_path / "compte-rendu.csv"
    arguments = [str(DATA / "openads.csv"), "--member", world.member.slug, "--user", person.username]
    with pytest.raises(SystemExit) as ended:
        call_command("import_permits", *arguments, "--report", str(where))
    assert (ended.value.code, len(files())) == (1, 7)
    assert "7 dossiers repris" in capsys.readouterr().out
    assert where.read_text(encoding="utf-8-sig").count("refusée") == 8


def test_the_command_only_tells_in_a_dry_run(world: World) -> None:
    person = world.people[Role.PERMIT_INSTRUCTOR]
    call_command("import_permits", str(DATA / "tabs-bom.tsv"), member=world.member.slug, user=person.username,
                 dry_run=True)  # fmt: skip
    assert files() == {}


def test_the_command_reads_as_the_member_kept_it(world: World) -> None:
    person = world.people[Role.PERMIT_INSTRUCTOR]
    kept(world, "Court", {"number": "N° dossier", "filed_date": "Date dépôt"})
    call_command("import_permits", str(DATA / "tabs-bom.tsv"), member=world.member.slug, user=person.username,
                 mapping="Court")  # fmt: skip
    assert len(files()) == 3


def test_the_command_reads_as_a_file_says_and_reports_in_json(world: World, tmp_path: Path) -> None:
    person, where, how = world.people[Role.PERMIT_INSTRUCTOR], tmp_path / "rendu.json", tmp_path / "lecture.json"
    table = read_table(DATA / "openads.csv", LIMITS)
    columns = likely_columns(REGISTER.fields, table.header)
    how.write_text(json.dumps({"choices": {"mapping": {"columns": columns, "codes": {"kind": {"CU": "CUb"}}}}}))
    with pytest.raises(SystemExit) as ended:
        call_command("import_permits", str(DATA / "openads.csv"), member=world.member.slug, user=person.username,
                     map=how, report=where)  # fmt: skip
    report = json.loads(where.read_text())
    assert (ended.value.code, len(files()), report["report"]["made"], report["report"]["refused"]) == (1, 8, 8, 7)
    assert sum(one["severity"] == "error" for one in report["findings"]) == 7
    assert report["choices"]["mapping"]["codes"] == {"kind": {"cu": "CUb"}, "outcome": {}}


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"mapping": {"columns": 1}}', '{"mapping": {"codes": {"kind": 1}}}']
)
def test_a_file_that_is_no_mapping_is_refused(world: World, tmp_path: Path, content: str) -> None:
    how = tmp_path / "lecture.json"
    how.write_text(content)
    with pytest.raises(CommandError):
        call_command("import_permits", str(DATA / "commas.csv"), member=world.member.slug,
                     user=world.people[Role.PERMIT_INSTRUCTOR].username, map=how)  # fmt: skip
    assert files() == {}


@pytest.mark.parametrize("wrong", [{"user": "nobody"}, {"member": "nowhere"}, {"mapping": "absente"}], ids=str)
def test_a_command_that_makes_no_sense_says_so(world: World, wrong: dict[str, str]) -> None:
    given = {"member": world.member.slug, "user": world.people[Role.PERMIT_INSTRUCTOR].username} | wrong
    with pytest.raises(CommandError):
        call_command("import_permits", str(DATA / "commas.csv"), **given)


def test_a_person_who_does_not_instruct_imports_nothing_by_command(world: World) -> None:
    with pytest.raises(CommandError):
        call_command("import_permits", str(DATA / "commas.csv"), member=world.member.slug,
                     user=world.people[Role.READER].username)  # fmt: skip
    with pytest.raises(CommandError):
        call_command("import_permits", "/absent.csv", member=world.member.slug, user="x")


# -- on the pages -----------------------------------------------------------------------------------------------------

START, COLUMNS = "/permis/importer/", "/permis/importer/fichier/"


def browser(world: World, who: str = Role.PERMIT_INSTRUCTOR) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(world.people[who])
    return client


def send(client: Client, name: str = "openads.csv", content: bytes | None = None) -> Any:
    return client.post(START, {"file": SimpleUploadedFile(name, content or (DATA / name).read_bytes())})


def read(client: Client, name: str = "openads.csv", content: bytes | None = None) -> FileImport:
    """An import that was sent on the page, once the worker has read it."""
    address = send(client, name, content)["Location"]
    with acting_as(SYSTEM):
        made = FileImport.objects.get(pk=int(address.rstrip("/").rpartition("/")[2]))
    return worked_off(made)


def address_of(made: FileImport) -> str:
    return f"{START}{made.pk}/"


def chosen(page: Any) -> dict[str, str]:
    """The form as the page proposes it."""
    context = page.context
    form = {f"column-{field.name}": header for field, header, _sample in context["columns"]}
    for group in context["words_meant"]:
        for place, (text, _count, one) in enumerate(group["rows"]):
            form |= {f"{group['name']}-{place}": one, f"{group['name']}-{place}-text": text}
    return form | {"name": context["mapping_name"]}


def test_from_the_file_to_its_report(world: World) -> None:
    client = browser(world)
    made = read(client)
    page = client.get(address_of(made))
    assert (made.plan["made"], len(page.context["first_files"])) == (7, 7)
    form = chosen(page)
    (unsaid,) = [name for name, value in form.items() if name.startswith("kind-") and value == "CU"]
    better = form | {unsaid.removesuffix("-text"): "CUb", "name": "Cart@DS"}
    assert client.post(address_of(made), better | {"action": "load"}).status_code == 409
    assert files() == {}
    client.post(address_of(made), better | {"action": "read"})
    made = worked_off(made)
    assert made.plan["made"] == 8
    answer = client.post(address_of(made), chosen(client.get(address_of(made))) | {"action": "load"})
    assert answer["Location"] == address_of(made)
    assert "data-watch" in client.get(address_of(made)).content.decode()
    made = worked_off(made)
    with acting_as(SYSTEM):
        mapping = ImportMapping.objects.get()
    assert (mapping.name, mapping.owner, mapping.mapping["codes"]["kind"]["cu"]) == ("Cart@DS", world.member, "CUb")
    shown = client.get(address_of(made)).content.decode()
    assert "Dossiers repris" in shown
    table = client.get(f"{address_of(made)}lignes.csv")
    assert (table["Content-Type"], table.content.decode().count("Laissée de côté")) == ("text/csv; charset=utf-8", 7)
    assert "8 dossiers repris" in client.get(START).content.decode()


def test_the_next_file_is_read_as_the_member_kept_it(world: World) -> None:
    kept(world, "Court", {"number": "Dossier", "filed_date": "Date de dépôt"})
    client = browser(world)
    page = client.get(address_of(read(client)))
    assert page.context["mapping_name"] == "Court"
    assert "lu comme « Court »" in page.content.decode().replace("\xa0", " ")
    assert {field.name for field, header, _sample in page.context["columns"] if header} == {"number", "filed_date"}


def test_a_column_that_must_be_said_is_asked_for(world: World) -> None:
    client = browser(world)
    made = read(client, content=b"a;b\n1;2\n")
    assert made.state == State.CHOOSING
    page = client.get(address_of(made))
    assert page.context["lacking"] == "Numéro, Déposé le"
    for action in ("read", "load"):
        form = {"action": action, "column-number": "a", "column-filed_date": "not a header"}
        answer = client.post(address_of(made), form)
        assert (answer.status_code, answer.context["lacking"]) == (400, "Déposé le")
    assert import_again(made).state == State.CHOOSING
    with acting_as(SYSTEM):
        assert not Job.objects.filter(kind="import_permits").exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"PK\x03\x04", "abîmée"), (b"%PDF\0\0", "PDF"), (b"bonjour\n", "colonne")]
)
def test_what_is_no_register_is_refused_on_its_page(world: World, content: bytes, words: str) -> None:
    client = browser(world)
    made = read(client, content=content)
    assert (made.state, words in made.message) == (State.REFUSED, True)
    assert made.message.split("«")[0] in client.get(address_of(made)).content.decode()


def test_no_file_and_two_files_are_refused(world: World) -> None:
    client = browser(world)
    assert client.post(START, {}).status_code == 400
    two = [SimpleUploadedFile(f"{name}.csv", b"a;b\n1;2\n") for name in "ab"]
    assert client.post(START, {"file": two}).status_code == 400
    with acting_as(SYSTEM):
        assert not FileImport.objects.exists()


def test_a_huge_upload_is_refused_as_it_comes(world: World, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000
    answer = send(browser(world), content=b"x" * 5_000)
    assert answer.status_code == 413
    assert "Mo" in answer.content.decode()


def test_what_was_sent_waits_until_it_is_forgotten_and_is_found_again(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    client = browser(world)
    first, second = read(client), read(client, "tabs-bom.tsv")
    listed = client.get(START).content.decode()
    assert [address_of(one) in listed for one in (first, second)] == [True, True]
    assert client.get(COLUMNS)["Location"] == address_of(second)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address_of(second), {"action": "forget"})
    assert (folder_of(first).exists(), folder_of(second).exists()) == (True, False)
    assert client.get(COLUMNS)["Location"] == address_of(first)


def test_another_persons_file_is_not_reached_unasked(world: World) -> None:
    send(browser(world))
    assert browser(world, Role.GIS_ADMINISTRATOR).get(COLUMNS)["Location"] == START


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.NETWORK_TECHNICIAN])
def test_who_does_not_instruct_gets_no_page(world: World, who: str) -> None:
    client = browser(world, who)
    assert [client.get(one).status_code for one in (START, COLUMNS, f"{START}1/")] == [403, 403, 403]
    assert send(client).status_code == 403


def test_another_members_import_is_not_found(world: World) -> None:
    made = started(world)
    assert browser(world, "stranger").get(address_of(made)).status_code == 404
    assert browser(world).get(f"{START}{made.pk + 1}/").status_code == 404


def test_the_pages_show_no_applicant_and_say_that_they_are_left_out(world: World) -> None:
    with acting_as(SYSTEM), factories.as_owner():
        Settings.objects.create(member=world.member, applicant_roles=[Role.TOWN_HALL])
    client = browser(world)
    made = read(client)
    page = client.get(address_of(made)).content.decode()
    assert made.plan["dropped_applicants"] == 7
    assert "votre rôle ne lit pas qui demande" in page
    assert "MARTIN" not in page


def test_a_register_read_in_french_is_shown_in_english(world: World, tmp_path: Path) -> None:
    imported(world, written(tmp_path, "PC 045 901 22 00001;05/01/2022;;;AB 1"))
    path = written(
        tmp_path,
        "PC 045 901 22 00001;06/01/2022;accordé;07/02/2022;AB 2",
        "PC 045 901 22 00003;05/01/2032;;;AB 1",
        "PC 045 901 22 00004;05/01/2022;accordé;01/01/2022;AB 1",
        "PC 045 901 25 00005;05/01/2022;;;AB 1",
        "PC 045 901 22 00006;05/01/2022;;02/02/2022;AB 1",
    )
    found = {}
    for language in ("fr", "en"):
        with translation.override(language), world.as_():
            found[language] = [one.as_json() for one in plan_import(order(world, path)).report.findings]
    assert found["fr"] == found["en"]
    with translation.override("en"):
        shown = " ".join(one.message for one in from_json(found["fr"]))
    for one in ("filed on: 5 Jan 2022 here, 6 Jan 2022 in the file", "This day cannot be: 5 Jan 2032.",
                "The file was filed on 5 Jan 2022: nothing happens to it before (1 Jan 2022).",
                "The number is of the year 25, the file was filed on 5 Jan 2022."):  # fmt: skip
        assert one in shown
    with translation.override("fr"):
        assert "05/01/2022" in " ".join(one.message for one in from_json(found["en"]))
