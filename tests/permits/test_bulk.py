"""The same thing done to many files: what would change is shown, a job does it, and says what was refused and why."""

from datetime import date
from html import unescape
from typing import Any

import pytest

from gis_core import tasks
from gis_core.errors import Forbidden, Invalid
from gis_core.jobs import services as jobs
from gis_core.members.rights import Role
from gis_core.models import Job, Letter
from permits.models import Permit
from permits.services import bulk
from permits.services.bulk import BulkAct, BulkOrder
from permits.tasks import permit_bulk
from tests import factories
from tests.gis_core.test_jobs import Silent
from tests.permits.conftest import World


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 1, 10))


def send(world: World, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    return world.client(who).post("/permis/ensemble/", given, headers={"accept": "text/html"})


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode()).replace("\xa0", " ")


def run(monkeypatch: pytest.MonkeyPatch) -> Job:
    """The job once a worker has worked."""
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").get(kind="permit_bulk")
        tasks.run(job, permit_bulk)
        job.refresh_from_db()
    assert job.state == Job.State.DONE, job.message
    return job


def order(
    world: World, monkeypatch: pytest.MonkeyPatch, *permits: Permit, who: str = Role.PERMIT_INSTRUCTOR, **given: Any
) -> Job:
    numbers = ",".join(one.number for one in permits)
    answer = send(world, who, numbers=numbers, confirmed="1", **given)
    assert answer.status_code == 302, text_of(answer)
    return run(monkeypatch)


def instructors(world: World) -> dict[str, int | None]:
    with world.as_():
        return dict(Permit.objects.values_list("number", "instructor_id"))


def test_the_board_offers_boxes_to_who_instructs_alone(world: World) -> None:
    permit = world.file()
    box = f'form="bulk" name="key" value="{permit.number}" aria-label="Choisir {permit}"'
    assert box in text_of(world.client().get("/permis/", headers={"accept": "text/html"}))
    assert 'name="key"' not in text_of(world.client(Role.TOWN_HALL).get("/permis/", headers={"accept": "text/html"}))


def test_what_would_change_is_shown_and_nothing_is_done(world: World) -> None:
    person = world.people[Role.PERMIT_INSTRUCTOR]
    one, two = world.file(instructor=person.pk), world.file()
    answer = send(world, do="assign", instructor="", key=[one.number, two.number])
    text = text_of(answer)
    assert answer.status_code == 200
    assert "L’instructeur de 2 dossiers devient : personne encore." in text
    assert f"{person} : 1" in text
    assert not Job.objects.exists()
    assert instructors(world)[one.number] == person.pk


def test_all_those_of_the_filter_are_taken(world: World) -> None:
    world.file()
    two = world.file(kind="PD")
    text = text_of(send(world, do="letter", letter="permit-receipt", all="1", query="kind=PD&state="))
    assert "Un courrier est commencé pour 1 dossier, en projet." in text
    assert "<p>Récépissé de dépôt</p>" in text
    assert two.number in text


def test_an_instructor_is_chosen_for_many_files_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person, files = world.people[Role.PERMIT_INSTRUCTOR], [world.file() for _rank in range(3)]
    job = order(world, monkeypatch, *files, do="assign", instructor=person.pk)
    assert set(instructors(world).values()) == {person.pk}
    assert job.report["done"] == [one.number for one in files]
    page = text_of(world.client().get(f"/permis/ensemble/{job.pk}/", headers={"accept": "text/html"}))
    assert "3 dossiers traités, 0 refusé" in page


def test_the_same_letter_is_begun_for_each_with_its_applicant(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [world.file(), world.file()]
    order(world, monkeypatch, *files, do="letter", letter="permit-receipt")
    with world.as_():
        letters = list(Letter.objects.order_by("about_key"))
    assert [one.about_key for one in letters] == sorted(one.number for one in files)
    assert all(one.recipient.startswith("Jeanne Martin") and one.state == Letter.State.DRAFT for one in letters)


def test_what_is_refused_is_said_and_the_others_are_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = world.file("stranger", insee="45903", parcels=["AC 1"])
    mine, person = world.file(), world.people[Role.PERMIT_INSTRUCTOR]
    job = order(world, monkeypatch, theirs, mine, do="assign", instructor=person.pk)
    assert job.report["done"] == [mine.number]
    assert [one["number"] for one in job.report["refused"]] == [theirs.number]
    page = text_of(world.client().get(f"/permis/ensemble/{job.pk}/", headers={"accept": "text/html"}))
    assert "Aucun dossier ne porte ce numéro, ou vous ne pouvez pas le voir" in page
    with factories.as_owner():
        assert Permit.objects.get(pk=theirs.pk).instructor_id is None


def test_a_failure_leaves_nothing_half_done(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    files, person = [world.file(), world.file()], world.people[Role.PERMIT_INSTRUCTOR]
    former = bulk.act_on

    def fail_at_the_last(permit: Any, given: BulkOrder, rights: Any) -> None:
        if permit.number == files[-1].number:
            raise RuntimeError("disk")
        former(permit, given, rights)

    monkeypatch.setattr(bulk, "act_on", fail_at_the_last)
    numbers = ",".join(one.number for one in files)
    send(world, numbers=numbers, confirmed="1", do="assign", instructor=person.pk)
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").get(kind="permit_bulk")
        with pytest.raises(RuntimeError):
            tasks.run(job, permit_bulk)
        job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert set(instructors(world).values()) == {None}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"do": "assign", "instructor": ""}, "Choisissez un ou plusieurs dossiers."),
        ({"do": "danser"}, "Choisissez ce qu’il faut faire."),
        ({"do": "letter", "letter": "permit-consultation", "key": ["PC0459012600001"]}, "Choisissez le courrier."),
        ({"do": "assign", "instructor": "999999", "key": ["PC0459012600001"]}, "n’instruit pour aucun de vos membres"),
    ],
)
def test_a_wrong_order_is_said_in_words(world: World, given: dict[str, Any], words: str) -> None:
    answer = send(world, **given)
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_too_many_files_are_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_FILES", 1)
    order = BulkOrder(act=BulkAct.ASSIGN, numbers=["PC0459012600001", "PC0459012600002"])
    with world.as_(), pytest.raises(Invalid, match="filtres"):
        bulk.check_order(order, world.rights())


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL])
def test_who_does_not_instruct_orders_nothing(world: World, who: str) -> None:
    permit = world.file()
    assert send(world, who, do="assign", instructor="", key=[permit.number]).status_code == 403
    with world.as_(who), pytest.raises(Forbidden):
        bulk.check_order(BulkOrder(act=BulkAct.ASSIGN, numbers=[permit.number]), world.rights(who))


def test_the_report_is_of_who_ordered_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = order(world, monkeypatch, world.file(), do="assign", instructor="")
    for who in (Role.GIS_ADMINISTRATOR, "stranger"):
        answer = world.client(who).get(f"/permis/ensemble/{job.pk}/", headers={"accept": "text/html"})
        assert answer.status_code == 404


def test_a_stranger_to_the_page_signs_in_first(world: World, client: Any) -> None:
    page = {"accept": "text/html"}
    assert client.post("/permis/ensemble/", {"do": "assign"}, headers=page).status_code == 302
    assert world.client().get("/permis/ensemble/", headers={"accept": "text/html"}).status_code == 405
