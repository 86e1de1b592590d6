"""Requests for works on roads: how urgent, corrected and undone, what of a person everybody reads, what letters say."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone, translation

from gis_core.desk.listing import Pager
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.files.content import PDF
from gis_core.french import at_commune, of_commune
from gis_core.members.rights import Role
from gis_core.models import Letter, Letterhead, RetentionTime
from networks.roadworks.french import the
from networks.roadworks.kinds import ALIGNMENT, KINDS, PARKING, PERMISSION
from networks.roadworks.listings.requests import REQUESTS
from networks.roadworks.models import Work, WorkOrder, WorkPiece, WorkRequest
from networks.roadworks.pages.requests import near_works
from networks.roadworks.services import requests, undoing
from networks.roadworks.services.naming import doubts_in
from networks.roadworks.services.request_documents import DOCUMENTS
from networks.roadworks.services.retention import forget_old
from tests import factories
from tests.networks.roadworks.road_orders import Desk, given_request, kept, this_day
from tests.networks.roadworks.test_road_orders import desk, french

__all__ = ["desk", "french"]

LONG_AGO: dict[str, Any] = {
    "received_date": date(2020, 1, 1), "starts_on": date(2020, 2, 1), "ends_on": date(2020, 2, 3)
}  # fmt: skip
DUPONT: dict[str, Any] = {
    "applicant_name": "Jean Dupont", "applicant_email": "", "applicant_phone": "", "applicant_address": ""
}  # fmt: skip


def act(desk: Desk, verb: Any, one: WorkRequest, who: str = Role.NETWORK_TECHNICIAN, **given: Any) -> Any:
    """Do something about a request as it is now."""
    with desk.as_(who):
        now = requests.request_seen_by(one.pk, desk.rights(who))
        return verb(now, version=now.version, rights=desk.rights(who), **given)


def page_of(desk: Desk, one: WorkRequest, who: str = Role.NETWORK_TECHNICIAN) -> str:
    answer = desk.network.client(who).get(f"/voirie/demandes/{one.pk}/", headers={"accept": "text/html"})
    return str(answer.content.decode())


def do(desk: Desk, one: WorkRequest, what: str, who: str = Role.NETWORK_TECHNICIAN, **given: Any) -> Any:
    """Press a button of the sheet."""
    typed = {"do": what, "version": kept(WorkRequest, pk=one.pk).version} | given
    return desk.network.client(who).post(f"/voirie/demandes/{one.pk}/", typed, headers={"accept": "text/html"})


def plain(letter: Letter) -> str:
    return letter.body.replace("\xa0", " ").replace("\u202f", " ").replace("\\", "")


# -- how urgent -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "due"),
    [
        ({"received_date": date(2025, 12, 31)}, date(2026, 2, 28)),
        ({"received_date": date(2025, 12, 31), "needed_date": date(2026, 1, 15)}, date(2026, 1, 15)),
        ({"received_date": date(2025, 12, 31), "starts_on": date(2026, 1, 10)}, date(2026, 1, 10)),
    ],
)
def test_an_occupation_is_answered_within_two_months_before_it_is_needed_and_before_it_begins(
    desk: Desk, values: dict[str, Any], due: date
) -> None:
    days = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 2)}
    assert desk.enter(form="14023", kind="permission", **(days | values)).due == due


def test_a_traffic_order_is_answered_before_the_works_begin(desk: Desk) -> None:
    assert desk.enter(starts_on=this_day() + timedelta(days=2)).due == this_day() + timedelta(days=2)


def test_the_most_urgent_request_is_the_first_of_the_list(desk: Desk) -> None:
    days = (90, 5, 40)
    made = {
        rank: desk.enter(starts_on=this_day() + timedelta(days=rank), ends_on=this_day() + timedelta(days=rank))
        for rank in days
    }
    page = desk.network.client().get("/voirie/demandes/", headers={"accept": "text/html"}).content.decode()
    places = [page.index(f'href="/voirie/demandes/{made[rank].pk}/"') for rank in sorted(days)]
    assert places == sorted(places)


def test_the_second_page_goes_on_where_the_first_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.roadworks.pages.requests.REQUESTS", replace(REQUESTS, pager=Pager(rows=1)))
    later = desk.enter(starts_on=this_day() + timedelta(days=3))
    sooner = desk.enter(starts_on=this_day() + timedelta(days=1))
    pages = [desk.network.client().get("/voirie/demandes/", {"offset": offset}).content.decode() for offset in (0, 1)]
    shown = [[one.pk for one in (later, sooner) if f'href="/voirie/demandes/{one.pk}/"' in page] for page in pages]
    assert shown == [[sooner.pk], [later.pk]]


# -- corrected and undone ---------------------------------------------------------------------------------------------


def test_what_was_entered_is_corrected_after_the_decision(desk: Desk) -> None:
    one = desk.enter()
    act(desk, requests.decide, one, accepted=True)
    act(desk, requests.change, one, values=given_request() | {"place": "rue Haute", "length_m": 4.0})
    found = kept(WorkRequest, pk=one.pk)
    assert (found.place, found.length_m, found.state) == ("rue Haute", 4.0, "accepted")


def test_the_counter_changes_nothing_any_more_once_somebody_decided(desk: Desk) -> None:
    one = desk.enter(Role.TOWN_HALL)
    act(desk, requests.decide, one, accepted=True)
    with pytest.raises(Forbidden):
        act(desk, requests.change, one, Role.TOWN_HALL, values=given_request())


def test_only_how_to_reach_the_applicant_is_changed_once_a_letter_is_numbered(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.final(one, desk.begin(one))
    act(desk, requests.change, one, values=given_request() | {"applicant_email": "autre@demo.invalid"})
    assert kept(WorkRequest, pk=one.pk).applicant_email == "autre@demo.invalid"
    with pytest.raises(Conflict, match="numéroté"):
        act(desk, requests.change, one, values=given_request() | {"place": "rue Haute"})


def test_the_sheet_of_a_numbered_request_takes_a_new_telephone(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.final(one, desk.begin(one))
    answer = do(desk, one, "change", applicant_email="", applicant_phone="06 39 98 00 99", place="ailleurs")
    found = kept(WorkRequest, pk=one.pk)
    assert (answer.status_code, found.applicant_phone, found.place) == (302, "06 39 98 00 99", given_request()["place"])


def test_a_decision_is_reopened_while_nothing_is_numbered(desk: Desk) -> None:
    one = desk.enter()
    act(desk, requests.decide, one, accepted=False)
    assert do(desk, one, "reopen").status_code == 302
    found = kept(WorkRequest, pk=one.pk)
    assert (found.state, found.decided_date, found.decided_by) == ("received", None, None)


def test_a_decision_is_not_reopened_once_a_letter_is_numbered(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.final(one, desk.begin(one))
    with pytest.raises(Conflict, match="numéroté"):
        act(desk, undoing.reopen, one)


def test_a_request_that_its_applicant_withdraws_is_dealt_with_no_more(desk: Desk) -> None:
    one = desk.enter()
    assert do(desk, one, "give-up", Role.TOWN_HALL).status_code == 302
    assert kept(WorkRequest, pk=one.pk).state == "withdrawn"
    listed = desk.network.client().get("/voirie/demandes/").content.decode()
    assert f'href="/voirie/demandes/{one.pk}/"' not in listed


def test_no_letter_is_begun_for_who_withdrew(desk: Desk) -> None:
    one = desk.enter()
    act(desk, undoing.withdraw, one)
    with pytest.raises(Conflict, match="retirée"):
        desk.begin(one)


def test_the_order_of_who_withdrew_is_not_numbered(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    act(desk, undoing.withdraw, one)
    with pytest.raises(Conflict, match="retirée"):
        desk.final(one, letter)


def test_a_published_request_is_not_withdrawn(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.publish(one, desk.final(one, desk.begin(one)))
    with pytest.raises(Conflict):
        act(desk, undoing.withdraw, one)


def test_readers_withdraw_nothing(desk: Desk) -> None:
    one = desk.enter()
    assert do(desk, one, "give-up", Role.READER).status_code == 404


def test_a_deleted_request_takes_its_drafts_along(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    assert do(desk, one, "delete").status_code == 302
    with factories.as_owner():
        left = [WorkRequest.objects.exists(), Letter.objects.filter(pk=letter.pk).exists()]
        assert (left, Work.objects.filter(pk=one.work_id).exists()) == ([False] * 2, True)


@pytest.mark.parametrize("removed", [False, True])
def test_a_request_with_a_piece_even_removed_is_not_deleted(
    desk: Desk, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any, removed: bool
) -> None:
    settings.FILES_DIR = tmp_path
    one = desk.enter()
    piece = attached(one)
    if removed:
        assert do(desk, one, "remove", piece=piece.pk, reason="En double").status_code == 302
    assert "Supprimer la demande" not in page_of(desk, one)
    with django_capture_on_commit_callbacks(execute=True):
        answer = do(desk, one, "delete")
    assert answer.status_code == 409
    assert "archive publique" in answer.content.decode()
    assert DOCUMENTS.path_of(kept(WorkPiece, pk=piece.pk)).exists()


def test_a_decided_request_is_not_deleted_even_reopened(desk: Desk) -> None:
    one = desk.enter()
    act(desk, requests.decide, one, accepted=False)
    assert (do(desk, one, "delete").status_code, kept(WorkRequest, pk=one.pk).state) == (409, "refused")
    act(desk, undoing.reopen, one)
    assert (do(desk, one, "delete").status_code, kept(WorkRequest, pk=one.pk).state) == (409, "received")


# -- removed pieces ---------------------------------------------------------------------------------------------------


VISA = {"visa_number": "AD45-2037-12", "visa_date": "2037-01-15"}


def attached(one: WorkRequest) -> WorkPiece:
    """A piece with its content on the disk."""
    with factories.as_owner():
        piece = WorkPiece.objects.create(
            request=one, title="Plan", media_type=PDF.media_type, size_bytes=5, sha256="0" * 64
        )
    path = DOCUMENTS.path_of(piece)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-")
    return piece


@pytest.fixture
def refused(desk: Desk, settings: Any, tmp_path: Path) -> tuple[WorkRequest, WorkPiece]:
    """A request that was refused, with a removed piece; its works end in June 2026."""
    settings.FILES_DIR = tmp_path
    factories.retention_time(desk.network.member, "road_request", 10)
    one = desk.enter()
    piece = attached(one)
    act(desk, requests.decide, one, accepted=False)
    with factories.as_owner():
        days = {"received_date": date(2026, 5, 1), "starts_on": date(2026, 6, 1), "ends_on": date(2026, 6, 3)}
        WorkRequest.objects.filter(pk=one.pk).update(decided_date=date(2026, 5, 2), **days)
    assert do(desk, one, "remove", piece=piece.pk, reason="Plan d’un autre chantier").status_code == 302
    return one, piece


def test_a_removed_piece_is_kept_with_who_removed_it_and_why(
    desk: Desk, refused: tuple[WorkRequest, WorkPiece]
) -> None:
    one, piece = refused
    found = kept(WorkPiece, pk=piece.pk)
    assert (found.removed_by_id, found.removed_reason) == (desk.rights().user_id, "Plan d’un autre chantier")
    page = page_of(desk, one)
    assert "Pièces retirées" in page
    assert "Plan d’un autre chantier" in page
    opened = desk.network.client().get(f"/voirie/demandes/{one.pk}/pieces/{piece.pk}/")
    assert b"".join(opened) == b"%PDF-"
    assert do(desk, one, "remove", piece=piece.pk, reason="encore").status_code == 409


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_removing_a_piece_says_why(desk: Desk, settings: Any, tmp_path: Path, reason: str) -> None:
    settings.FILES_DIR = tmp_path
    one = desk.enter()
    piece = attached(one)
    assert do(desk, one, "remove", piece=piece.pk, reason=reason).status_code == 400
    assert kept(WorkPiece, pk=piece.pk).removed_at is None


@pytest.mark.parametrize(("day", "visa", "who", "status"), [
    (date(2036, 6, 3), VISA, Role.NETWORK_TECHNICIAN, 409),
    (date(2037, 2, 1), {}, Role.NETWORK_TECHNICIAN, 400),
    (date(2037, 2, 1), VISA | {"visa_date": "2037-02-02"}, Role.NETWORK_TECHNICIAN, 400),
    (date(2037, 2, 1), VISA | {"visa_number": " "}, Role.NETWORK_TECHNICIAN, 400),
    (date(2037, 2, 1), VISA, Role.TOWN_HALL, 403),
    (date(2037, 2, 1), VISA, Role.NETWORK_TECHNICIAN, 302),
])  # fmt: skip
def test_erasing_a_piece_needs_the_time_and_the_visa(
    desk: Desk, refused: tuple[WorkRequest, WorkPiece], monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any, day: date, visa: dict[str, str], who: str, status: int,
) -> None:  # fmt: skip
    one, piece = refused
    monkeypatch.setattr("gis_core.database.clock.today", lambda: day)
    with django_capture_on_commit_callbacks(execute=True):
        assert do(desk, one, "erase", who, piece=piece.pk, **visa).status_code == status
    erased = status == 302
    assert DOCUMENTS.path_of(piece).exists() is not erased
    found = kept(WorkPiece, pk=piece.pk)
    assert (found.erased_at is not None, found.visa_number) == (erased, "AD45-2037-12" if erased else "")
    if erased:
        assert "AD45-2037-12" in page_of(desk, one)
        with factories.as_owner(), connection.cursor() as cursor:
            cursor.execute("select count(*) from arpent.files_of_works()")
            assert cursor.fetchone() == (0,)
        assert desk.network.client().get(f"/voirie/demandes/{one.pk}/pieces/{piece.pk}/").status_code == 404


def test_a_piece_of_an_open_request_is_not_erased(
    desk: Desk, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_DIR = tmp_path
    one = desk.enter()
    piece = attached(one)
    assert do(desk, one, "remove", piece=piece.pk, reason="En double").status_code == 302
    monkeypatch.setattr("gis_core.database.clock.today", lambda: date(2090, 1, 1))
    answer = do(desk, one, "erase", piece=piece.pk, **VISA)
    assert answer.status_code == 409
    assert "n’est pas terminé" in answer.content.decode()


def test_a_piece_is_not_erased_before_the_member_has_entered_how_long_it_keeps(
    desk: Desk, refused: tuple[WorkRequest, WorkPiece], monkeypatch: pytest.MonkeyPatch
) -> None:
    with factories.as_owner():
        RetentionTime.objects.update(kind="permit")
    one, piece = refused
    monkeypatch.setattr("gis_core.database.clock.today", lambda: date(2080, 1, 1))
    answer = do(desk, one, "erase", piece=piece.pk, **VISA | {"visa_date": "2079-01-01"})
    assert answer.status_code == 409
    assert "la durée n’est pas encore saisie" in answer.content.decode()
    assert DOCUMENTS.path_of(piece).exists()


def test_a_numbered_order_keeps_the_pieces_longer(desk: Desk) -> None:
    factories.retention_time(desk.network.member, "road_request", 10)
    one = desk.work(desk.enter())
    made = desk.publish(one, desk.final(one, desk.begin(one)))
    with factories.as_owner():
        WorkOrder.objects.filter(pk=made.pk).update(ends_on=date(2080, 5, 31))
    with desk.as_():
        assert DOCUMENTS.retention_of(requests.request_seen_by(one.pk, desk.rights())).until == date(2090, 5, 31)


@pytest.mark.parametrize("statement", [
    "delete from public.road_piece", "delete from public.road_request", "delete from public.road_order",
    "delete from public.road_order_file", "update public.road_piece set removed_at = null, removed_reason = ''",
])  # fmt: skip
@pytest.mark.parametrize("role", ["web", "worker"])
def test_postgresql_keeps_the_documents_of_a_request(desk: Desk, statement: str, role: str) -> None:
    one = desk.work(desk.enter())
    with factories.as_owner():
        WorkPiece.objects.create(
            request=one, title="Plan", media_type="image/jpeg", size_bytes=1, sha256="", removed_at=timezone.now(),
            removed_reason="En double",
        )  # fmt: skip
    desk.publish(one, desk.final(one, desk.begin(one)))
    acting = desk.as_() if role == "web" else factories.as_worker()
    with acting, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local search_path = ''")
        with pytest.raises(DatabaseError, match=r"kept|marks"), transaction.atomic():
            cursor.execute(statement)


def test_a_request_with_a_numbered_letter_is_not_deleted(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.final(one, desk.begin(one))
    answer = do(desk, one, "delete")
    assert (answer.status_code, kept(WorkRequest, pk=one.pk).pk) == (409, one.pk)


def test_the_counter_deletes_what_it_entered_until_somebody_decides(desk: Desk) -> None:
    mistyped, decided = desk.enter(Role.TOWN_HALL), desk.enter(Role.TOWN_HALL)
    act(desk, requests.decide, decided, accepted=True)
    act(desk, undoing.delete, mistyped, Role.TOWN_HALL)
    with pytest.raises(Forbidden):
        act(desk, undoing.delete, decided, Role.TOWN_HALL)
    with factories.as_owner():
        assert [one.pk for one in WorkRequest.objects.all()] == [decided.pk]


def test_a_request_that_changed_meanwhile_is_not_deleted(desk: Desk) -> None:
    one = desk.enter()
    act(desk, requests.decide, one, accepted=True)
    with desk.as_(), pytest.raises(Stale):
        undoing.delete(one, version=one.version, rights=desk.rights())


def test_a_request_is_detached_from_works_that_were_the_wrong_ones(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert do(desk, one, "detach").status_code == 302
    assert kept(WorkRequest, pk=one.pk).work_id is None
    assert kept(Work, pk=one.work_id).pk == one.work_id


def test_a_request_stays_with_the_works_of_its_published_order(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.publish(one, desk.final(one, desk.begin(one)))
    with pytest.raises(Conflict):
        act(desk, undoing.detach, one)


def test_joining_takes_the_place_of_no_other_works(desk: Desk) -> None:
    one, other = desk.work(desk.enter()), desk.work(desk.enter())
    with pytest.raises(Conflict, match="détachez"):
        act(desk, lambda now, **given: requests.join_work(now, other.work, **given), one)


def test_cancelled_works_are_not_joined(desk: Desk) -> None:
    one, other = desk.enter(), desk.work(desk.enter())
    with factories.as_worker():
        Work.objects.filter(pk=other.work_id).update(state="cancelled")
    answer = do(desk, one, "join", work=other.work_id)
    assert (answer.status_code, kept(WorkRequest, pk=one.pk).work_id) == (400, None)


def test_works_of_the_commune_are_offered_first_where_the_place_is_not_known(desk: Desk) -> None:
    one, here = desk.enter(place="chemin de nulle part"), desk.work(desk.enter())
    made = [desk.work(desk.enter()) for _rank in range(2)]
    with factories.as_worker():
        Work.objects.filter(pk__in=[each.work_id for each in made]).update(insee="45999")
        Work.objects.filter(pk=here.work_id).update(insee="45901")
    with desk.as_():
        found = near_works(one, desk.rights())
    assert [(label, {work.pk for work in works}) for label, works in found] == [
        ("Dans la commune", {here.work_id}),
        ("Ailleurs", {each.work_id for each in made}),
    ]


def test_who_decided_is_kept_and_shown(desk: Desk) -> None:
    one = desk.enter()
    act(desk, requests.decide, one, accepted=True)
    who = desk.network.people[Role.NETWORK_TECHNICIAN]
    assert kept(WorkRequest, pk=one.pk).decided_by_id == who.pk
    assert f"· {who}</p>" in page_of(desk, one)


def test_who_numbers_an_order_decides(desk: Desk) -> None:
    one = desk.work(desk.enter())
    desk.final(one, desk.begin(one))
    assert kept(WorkRequest, pk=one.pk).decided_by_id == desk.network.people[Role.NETWORK_TECHNICIAN].pk


def test_who_chose_the_works_is_kept_and_shown(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert f"par {desk.network.people[Role.NETWORK_TECHNICIAN]}" in page_of(desk, one)


# -- what everybody reads of a person ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Branchement de la maison Dupont", "Dupont"),
        ("pour les consorts DUPONT", "DUPONT"),
        ("appeler le 06 39 98 00 42", "06 39 98 00 42"),
        ("voir +33 (0)6.39.98.00.42", "+33 (0)6.39.98.00.42"),
        ("écrire à chef.chantier@demo.invalid.", "chef.chantier@demo.invalid"),
    ],
)
def test_what_may_name_somebody_is_confirmed_before_everybody_reads_it(desk: Desk, words: str, said: str) -> None:
    one = desk.work(desk.enter(**DUPONT, description=words))
    letter = desk.final(one, desk.begin(one))
    refused = do(desk, one, "publish", letter=letter.pk)
    assert (refused.status_code, f"<mark>{said}</mark>" in refused.content.decode()) == (400, True)
    assert do(desk, one, "publish", letter=letter.pk, confirmed="on").status_code == 302
    assert kept(WorkRequest, pk=one.pk).state == "published"


def test_what_may_name_somebody_is_shown_on_the_draft(desk: Desk) -> None:
    one = desk.work(desk.enter(**DUPONT, description="Branchement de la maison Dupont"))
    letter = desk.begin(one)
    page = desk.network.client().get(f"/voirie/demandes/{one.pk}/courriers/{letter.pk}/").content.decode()
    assert "<mark>Dupont</mark>" in page


def test_contacts_of_other_people_are_looked_at_in_the_order_of_a_company(desk: Desk) -> None:
    one = desk.work(desk.enter(**(DUPONT | {"is_company": True}), description="chef de chantier : 06 39 98 00 42"))
    letter = desk.begin(one)
    with desk.as_():
        assert [doubt.said for doubt in doubts_in(one, letter)] == ["06 39 98 00 42"]


def test_the_letterhead_s_own_contacts_are_nobody_s(desk: Desk) -> None:
    with factories.as_owner():
        Letterhead.objects.create(owner=desk.network.member, appeals="Tribunal, 02 38 77 59 00, greffe@demo.invalid")
    one = desk.work(desk.enter(**DUPONT))
    letter = desk.begin(one)
    assert "02 38 77 59 00" in letter.body
    with desk.as_():
        assert doubts_in(one, letter) == []


def test_references_and_days_are_no_telephones(desk: Desk) -> None:
    one = desk.work(desk.enter(**DUPONT, description="D 2020 PR 12+350 à PR 13+020, du 02/03/2026 au 06/03/2026"))
    letter = desk.begin(one)
    with desk.as_():
        assert doubts_in(one, letter) == []


def test_works_at_the_applicant_s_own_home_get_their_order(desk: Desk) -> None:
    home = "12 rue des Tanneurs"
    one = desk.work(
        desk.enter(form="14023", kind="stationnement", place=home, applicant_address=f"{home}\n45260 Lorris")
    )
    letter = desk.begin(one, PARKING)
    made = desk.publish(one, desk.final(one, letter, title=f"Échafaudage, {home}"))
    assert made.number


def test_an_order_that_says_where_the_applicant_lives_says_what_to_do(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    with pytest.raises(Invalid, match=r"1 rue des Lilas.*lieu de la demande"):
        desk.final(one, letter, body=f"{letter.body}\n\nchez elle, 1 rue des Lilas.")


def test_an_address_on_one_line_with_its_postcode_is_found(desk: Desk) -> None:
    one = desk.work(desk.enter(applicant_address="1, rue des Lilas 45260 Lorris"))
    letter = desk.begin(one)
    with pytest.raises(Invalid, match="lieu de la demande"):
        desk.final(one, letter, title="Travaux au 1 rue des Lilas")


# -- what is not kept for ever ----------------------------------------------------------------------------------------


def test_the_people_of_a_company_are_forgotten_and_the_company_stays(
    desk: Desk, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    one = desk.enter(**LONG_AGO, is_company=True, applicant_name="Réseaux du Lys")
    draft = desk.begin(one)
    settings.FILES_DIR = tmp_path
    piece = attached(one)
    with factories.as_worker(), django_capture_on_commit_callbacks(execute=True):
        forget_old()
    assert kept(WorkPiece, pk=piece.pk).closed
    found = kept(WorkRequest, pk=one.pk)
    assert (found.applicant_email, found.applicant_phone) == ("", "")
    assert (found.applicant_name, found.place) == ("Réseaux du Lys", given_request()["place"])
    with factories.as_owner():
        assert not Letter.objects.filter(pk=draft.pk).exists()


def test_the_pieces_of_a_forgotten_request_are_closed_and_wait_for_the_visa(
    desk: Desk, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.ROAD_REQUEST_YEARS, settings.FILES_DIR = 5, tmp_path
    one = desk.enter(**LONG_AGO)
    piece = attached(one)
    with factories.as_owner():
        WorkPiece.objects.filter(pk=piece.pk).update(title="Plan de Jeanne Exemple")
    with factories.as_worker(), django_capture_on_commit_callbacks(execute=True):
        forget_old()
    found = kept(WorkPiece, pk=piece.pk)
    assert (found.closed, found.removed_by_id, found.title) == (True, None, "Pièce")
    assert DOCUMENTS.path_of(piece).exists()
    assert desk.network.client().get(f"/voirie/demandes/{one.pk}/pieces/{piece.pk}/").status_code == 403
    page = page_of(desk, one)
    assert "la pièce est fermée" in page
    assert "Jeanne" not in page


def test_nothing_is_attached_once_the_applicant_is_forgotten(desk: Desk, settings: Any) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    one = desk.enter(**LONG_AGO)
    with factories.as_worker():
        forget_old()
    answer = desk.network.client().post(
        f"/voirie/demandes/{one.pk}/pieces/", {"file": SimpleUploadedFile("plan.pdf", b"%PDF-1.4")}
    )
    assert answer.status_code == 409


def test_no_letter_is_begun_once_the_applicant_is_forgotten(desk: Desk, settings: Any) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    one = desk.enter(**LONG_AGO)
    with factories.as_worker():
        forget_old()
    with pytest.raises(Conflict, match="oubli"):
        desk.begin(kept(WorkRequest, pk=one.pk))


def test_an_order_is_served_as_long_as_its_applicant_is_known(desk: Desk, settings: Any) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    one = desk.work(desk.enter())
    made = desk.publish(one, desk.final(one, desk.begin(one)))
    for years, status in ((4, 200), (6, 404)):
        ended = this_day() - timedelta(days=365 * years)
        with factories.as_owner():
            WorkOrder.objects.filter(pk=made.pk).update(starts_on=ended, ends_on=ended)
        assert Client().get(f"/travaux/arretes/{made.pk}.pdf").status_code == status


# -- what letters say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("commune", "whose", "where"),
    [
        ("Lorris", "de Lorris", "à Lorris"),
        ("Amilly", "d’Amilly", "à Amilly"),
        ("Les Choux", "des Choux", "aux Choux"),
        ("Le Bignon-Mirabeau", "du Bignon-Mirabeau", "au Bignon-Mirabeau"),
        ("La Bussière", "de La Bussière", "à La Bussière"),
        ("Huisseau-sur-Mauves", "d’Huisseau-sur-Mauves", "à Huisseau-sur-Mauves"),
    ],
)
def test_communes_have_their_prepositions(commune: str, whose: str, where: str) -> None:
    assert (of_commune(commune), at_commune(commune)) == (whose, where)


@pytest.mark.parametrize(
    ("road", "named"),
    [
        ("Rue du Pont", "la rue du Pont"),
        ("chemin Vert", "le chemin Vert"),
        ("impasse des Lilas", "l’impasse des Lilas"),
        ("D 2020", "la D 2020"),
        ("A 77", "l’A 77"),
        ("Le Bourg", "Le Bourg"),
        ("une voie sans nom", "une voie sans nom"),
    ],
)
def test_roads_have_their_articles(road: str, named: str) -> None:
    assert the(road) == named


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_the_articles_of_every_letter_are_numbered(kind: Any) -> None:
    heads = [line for line in kind.body.splitlines() if line.startswith("## ")]
    assert [line.split(" — ")[0] for line in heads] == [f"## Article {rank}" for rank in range(1, len(heads) + 1)]


def test_a_permit_tells_the_works_from_the_occupation_that_outlasts_them(desk: Desk) -> None:
    one = desk.work(desk.enter(form="14023", kind="permission"))
    body = plain(desk.begin(one, PERMISSION))
    for words in (
        "Les travaux sont exécutés du ", "[à compléter : durée de l’occupation]", "L.2125-1", "R.554-1 et suivants",
    ):  # fmt: skip
        assert words in body, words
    assert "L’autorisation vaut" not in body


def test_a_traffic_order_is_transmitted_and_tows_where_parking_is_forbidden(desk: Desk) -> None:
    body = plain(desk.begin(desk.work(desk.enter(), no_parking=True)))
    for words in ("Les mesures suivantes s’appliquent du ", "R.417-10", "fourrière", "gendarmerie", "incendie"):
        assert words in body, words


def test_an_order_without_no_parking_tows_nobody(desk: Desk) -> None:
    assert "fourrière" not in plain(desk.begin(desk.work(desk.enter())))


def test_the_order_of_an_event_speaks_of_no_works(desk: Desk) -> None:
    body = plain(desk.begin(desk.work(desk.enter(description="Fête votive"), kind="event")))
    assert "Considérant que la manifestation suivante" in body
    assert [word for word in ("travaux", "chantier") if word in body] == []


def test_an_alignment_is_answered_by_its_own_order_that_nobody_else_reads(desk: Desk) -> None:
    one = desk.work(desk.enter(form="14023", kind="alignement"))
    letter = desk.begin(one, ALIGNMENT)
    body = plain(letter)
    for words in ("L.112-1 et L.112-3", "Jeanne Exemple", "droits des tiers", "est constatée ainsi"):
        assert words in body, words
    whole = letter.body
    while "[à compléter" in whole:
        start = whole.index("[à compléter")
        whole = f"{whole[:start]}selon le plan joint{whole[whole.index(']', start) + 1 :]}"
    final = desk.final(one, letter, body=whole)
    assert kept(WorkRequest, pk=one.pk).state == "answered"
    with pytest.raises(Invalid, match="n’est pas publié"):
        desk.publish(one, final)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("%(member)s does not decide here: %(authority)s does.", "mais %(authority)s"),
        ("This commune is not one of %(member)s.", "territoire"),
    ],
)
def test_pages_speak_french(words: str, said: str) -> None:
    assert said in translation.gettext(words)


def test_a_request_is_received_in_the_feminine(desk: Desk) -> None:
    assert "Reçue le" in page_of(desk, desk.enter())


def test_a_stranger_may_undo_nothing(desk: Desk) -> None:
    one = desk.enter()
    with desk.as_("stranger"), pytest.raises(NotFound):
        undoing.delete(one, version=one.version, rights=desk.rights("stranger"))
