"""What is common to imports of files of every source: findings, mappings that are kept, what is left and forgotten."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import SYSTEM, acting_as, rights_of
from gis_core.models import Job, Member
from layers.intake import tasks
from layers.intake.finding_groups import findings_context, findings_csv
from layers.intake.findings import MOST_ALIKE, Finding, Findings, as_json, from_json
from layers.intake.models import FileImport
from layers.intake.services import imports, mappings
from layers.intake.table import TableLimits, TableMapping, likely_mapping
from layers.intake.tables import read_table
from networks.notifications.importers.columns import CONTACTS
from networks.roads.sources import ASSETS
from tests import factories

State = FileImport.State


@pytest.fixture
def member(db: None) -> Iterator[Member]:
    with factories.as_worker(), acting_as(SYSTEM):
        yield factories.member()


def an_import(member: Member, source: str = "road-assets", **values: Any) -> FileImport:
    return FileImport.objects.create(source=source, title="essai.csv", owner=member, folder="essai", **values)


# -- findings ---------------------------------------------------------------------------------------------------------


def test_findings_beyond_the_limit_are_counted_by_what_they_say() -> None:
    found = Findings("a.csv")
    for row in range(MOST_ALIKE + 5):
        found.add(row, "Row of %(what)s.", {"what": "one"})
        found.add(row, "Row of %(what)s.", {"what": "two"})
    shown = findings_context(as_json(found.all(), 10_000))
    messages = [group.message for group in shown["to_check"]]
    beyond = [one for one in messages if one.startswith("5 ")]
    assert [one.rpartition(": ")[2] for one in beyond] == ["Row of one.", "Row of two."]


def test_alike_findings_name_what_differs_in_the_order_of_their_sentence() -> None:
    code = "“%(name)s” is that of row %(row)s, of %(kind)s."
    kept = [
        Finding(code=code, params={"row": row, "kind": "a", "name": f"objet {row}"}, row=row).as_json()
        for row in (4, 9)
    ]
    (group,) = findings_context(kept)["left_out"]
    assert (group.values, group.rows) == (["objet 4", "objet 9"], [4, 9])
    assert group.message == "“…” is that of row …, of a."


def test_a_parameter_that_json_has_not_is_kept_as_a_text() -> None:
    (kept,) = as_json([Finding(code="Not translated: %(day)s.", params={"day": date(2026, 3, 1)})], 10)
    assert from_json([kept])[0].message == "Not translated: 2026-03-01."


def test_a_text_of_the_file_is_no_formula_of_the_spreadsheet() -> None:
    kept = [Finding(code="=1+1 %(x)s", params={"x": 1}, file="a.csv", row=2, identifier="=2+2").as_json()]
    (_head, row) = findings_csv(kept).decode("utf-8-sig").splitlines()
    assert row == "a.csv;2;'=2+2;Laissée de côté;'=1+1 1;;"


# -- tables of people -------------------------------------------------------------------------------------------------


def test_a_list_that_is_cut_off_is_refused_without_a_word_of_it(tmp_path: Path) -> None:
    file = tmp_path / "abonnes.csv"
    file.write_text('Nom;Mobile\nDurand;0612345678\n"Dupont;Jean', "utf-8")
    limits = TableLimits(file_bytes=10_000, rows=100, columns=10)
    with pytest.raises(Invalid) as refused:
        read_table(file, limits, quotes=False)
    assert "Dupont" not in refused.value.message
    assert "…" in refused.value.message


def test_columns_that_came_since_are_read_as_they_are_called(member: Member) -> None:
    columns = {"name": "Nom", "mobile": "Portable"}
    mappings.keep_mappings("contacts", member, [("Liste", ["Nom", "Portable"], TableMapping(columns).as_json())])
    mapping, name = likely_mapping("contacts", member, CONTACTS, ["Nom", "Portable", "Courriel"])
    assert (mapping.columns, name) == (columns | {"email": "Courriel"}, "Liste")
    mapping, _name = likely_mapping("contacts", member, CONTACTS, ["Nom", "Portable"])
    assert mapping.columns == columns


# -- what is left, and forgotten --------------------------------------------------------------------------------------


def a_job(member: Member, made: FileImport) -> Job:
    parameters = {"import": made.pk, "source": made.source}
    with factories.as_owner():
        return Job.objects.create(kind="read_road_assets", title="x", owner=member, parameters=parameters)


def test_the_end_of_a_former_job_leaves_what_a_later_one_does(member: Member) -> None:
    made = an_import(member, state=State.APPLYING)
    former, later = a_job(member, made), a_job(member, made)
    assert (imports.is_followed(former), imports.is_followed(later)) == (True, False)


def test_an_import_is_applied_once(member: Member) -> None:
    made = an_import(member, state=State.APPLIED, applied_at=timezone.now())
    with pytest.raises(Conflict):
        imports.apply(made.pk, lambda share, message: None)


@pytest.mark.parametrize("state", [State.READING, State.APPLYING, State.APPLIED])
def test_what_is_under_way_or_loaded_is_not_forgotten(member: Member, state: str) -> None:
    made = an_import(member, state=state)
    user = factories.user(member, "gis_administrator")
    with pytest.raises(Conflict):
        imports.forget(ASSETS, made.pk, rights=rights_of(user))
    assert FileImport.objects.filter(pk=made.pk).exists()


def test_every_night_imports_that_wait_for_nobody_go(member: Member) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    kept = [
        an_import(member, state=State.READY).pk,
        an_import(member, state=State.APPLIED, applied_at=long_ago, touched_at=long_ago).pk,
        an_import(member, "contacts", state=State.APPLIED, applied_at=timezone.now()).pk,
        an_import(member, state=State.READING, touched_at=long_ago).pk,
    ]
    an_import(member, state=State.READY, touched_at=timezone.now() - timedelta(days=31))
    an_import(member, state=State.REVERTED, applied_at=long_ago)
    an_import(member, "contacts", state=State.REFUSED, touched_at=timezone.now() - timedelta(days=4))
    an_import(member, "permits", state=State.APPLIED, applied_at=long_ago)
    imports.forget_old()
    assert list(FileImport.objects.order_by("pk").values_list("pk", flat=True)) == kept


def test_imports_that_changed_nothing_are_forgotten_where_what_they_replace_is_kept(member: Member) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    kept = an_import(member, state=State.APPLIED, applied_at=long_ago)
    for source in ("etalab", "road-sections"):
        an_import(member, source, state=State.APPLIED, applied_at=long_ago)
    imports.forget_old()
    assert list(FileImport.objects.all()) == [kept]


def test_files_are_awaited_as_long_as_their_import_is_there(member: Member) -> None:
    long_ago = timezone.now() - timedelta(days=100)
    an_import(member, state=State.READY, touched_at=long_ago)
    FileImport.objects.create(source="road-assets", folder="done", state=State.APPLIED, applied_at=long_ago)
    assert imports.list_awaited_folders() == {"essai"}


@pytest.mark.parametrize(
    ("before", "plan", "after"),
    [
        (State.READING, None, State.REFUSED),
        (State.APPLYING, {}, State.READY),
        (State.APPLYING, None, State.REFUSED),
        (State.REVERTING, {}, State.APPLIED),
    ],
)
def test_every_night_what_no_job_works_on_is_under_way_no_more(
    member: Member, before: str, plan: Any, after: str
) -> None:
    long_ago = timezone.now() - timedelta(days=2)
    left = an_import(member, state=before, plan=plan, touched_at=long_ago)
    worked_on = an_import(member, state=before, plan=plan, touched_at=long_ago)
    fresh = an_import(member, state=before, plan=plan)
    a_job(member, worked_on)
    with factories.as_worker():
        tasks.forget_replaced_rows(0)
    for made in (left, worked_on, fresh):
        made.refresh_from_db()
    assert (left.state, worked_on.state, fresh.state) == (after, before, before)
    assert "interrompu" in left.message


def test_a_private_file_that_is_refused_goes_at_once(member: Member, django_capture_on_commit_callbacks: Any) -> None:
    folder = Path(settings.INBOX_DIR) / "essai"
    folder.mkdir(parents=True, exist_ok=True)
    made = an_import(member, "contacts", state=State.READING)
    with django_capture_on_commit_callbacks(execute=True):
        imports.leave(made.pk, "Ce n’est pas un tableau", None)
    made.refresh_from_db()
    assert (made.state, folder.exists()) == (State.REFUSED, False)
