"""Requests that another authority decides about go to it, where it is a member; who decides is known before works."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from gis_core.database.clock import today
from gis_core.errors import Conflict, Forbidden, NotFound
from gis_core.files.content import PDF
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Letter, Member, User
from networks.roadworks.models import Work, WorkPiece, WorkRequest, WorkTransmission
from networks.roadworks.services import requests, transmitting, undoing
from networks.roadworks.services.competence import Authority, competent
from networks.roadworks.services.request_documents import DOCUMENTS
from tests import factories
from tests.networks.roadworks.road_orders import Desk, kept, section, this_day
from tests.networks.roadworks.test_road_orders import desk, french
from tests.networks.roadworks.test_road_requests import DUPONT as PERSON
from tests.networks.roadworks.test_road_requests import act, do, page_of

__all__ = ["desk", "french"]

PLACE: dict[str, Any] = {"place": "Route de Montargis", "description": "Tranchée"}


@pytest.fixture
def county(desk: Desk) -> Member:
    """The Département of the commune, whose road has a street's name there, in the open country."""
    made = factories.member(desk.network.commune, kind="departement")
    section(
        made, (0, 4000), (300, 4000), status="03", built_up=False, name_left="Route de Montargis",
        name_right="Route de Montargis",
    )  # fmt: skip
    return made


@pytest.fixture
def technician(county: Member) -> User:
    return factories.user(county, Role.NETWORK_TECHNICIAN)


def asked(desk: Desk, who: str = Role.NETWORK_TECHNICIAN, **values: Any) -> WorkRequest:
    return desk.enter(who, **(PLACE | values))


def send(desk: Desk, one: WorkRequest, who: str = Role.NETWORK_TECHNICIAN) -> Member:
    return act(desk, transmitting.transmit, one, who)  # type: ignore[no-any-return]


def seen_by(person: User, one: WorkRequest) -> WorkRequest:
    with acting_as(rights_of(person)):
        return requests.request_seen_by(one.pk, rights_of(person))


def list_of(desk: Desk, who: str = Role.NETWORK_TECHNICIAN) -> str:
    answer = desk.network.client(who).get("/voirie/demandes/", {"state": "sent"}, headers={"accept": "text/html"})
    return str(answer.content.decode())


# -- who decides, before works are made -------------------------------------------------------------------------------


def decides(desk: Desk, one: WorkRequest) -> Authority:
    with desk.as_():
        return competent(requests.locate_request(one), one.kind, one.owner).one


def test_who_decides_is_known_from_the_street_before_works_are_made(desk: Desk, county: Member) -> None:
    assert decides(desk, asked(desk)) == Authority.DEPARTEMENT


def test_who_decides_is_not_known_where_nothing_says_the_place(desk: Desk) -> None:
    assert decides(desk, desk.enter(place="derrière l’église")) == Authority.UNKNOWN


def test_the_sheet_says_whose_part_it_is_to_decide(desk: Desk, county: Member) -> None:
    assert "de décider ici, mais au président du conseil départemental." in page_of(desk, asked(desk))


# -- sent -------------------------------------------------------------------------------------------------------------


def test_a_request_goes_to_the_member_that_decides(desk: Desk, county: Member, technician: User) -> None:
    one = asked(desk)
    assert send(desk, one) == county
    assert seen_by(technician, one).applicant_name == one.applicant_name


def test_a_request_goes_with_its_pieces(desk: Desk, county: Member, technician: User) -> None:
    one = asked(desk)
    with desk.as_():
        piece = WorkPiece.objects.create(
            request=one, title="Plan", media_type=PDF.media_type, size_bytes=1, sha256="0" * 64
        )
    send(desk, one)
    with acting_as(rights_of(technician)):
        assert DOCUMENTS.find(one, piece.pk).title == "Plan"


def test_a_decision_of_who_does_not_decide_stays_behind(desk: Desk, county: Member, technician: User) -> None:
    one = asked(desk)
    act(desk, requests.decide, one, accepted=True)
    send(desk, one)
    found = seen_by(technician, one)
    assert (found.state, found.decided_by, found.decided_date, found.made_by) == ("received", None, None, None)


def test_the_day_of_the_first_reception_still_counts(desk: Desk, county: Member, technician: User) -> None:
    one = asked(desk, form="14023", kind="permission")
    send(desk, one)
    assert (seen_by(technician, one).received_date, seen_by(technician, one).due) == (this_day(), one.due)


def test_drafts_of_letters_are_deleted(desk: Desk, county: Member) -> None:
    one = asked(desk)
    letter = desk.begin(one)
    send(desk, one)
    with factories.as_owner():
        assert not Letter.objects.filter(pk=letter.pk).exists()


def test_works_of_the_sender_stay_with_it(desk: Desk, county: Member, technician: User) -> None:
    one = desk.work(asked(desk))
    send(desk, one)
    assert seen_by(technician, one).work_id is None
    assert kept(Work, pk=one.work_id).owner == desk.network.member


def test_the_sender_does_not_see_the_request_any_more(desk: Desk, county: Member) -> None:
    one = asked(desk)
    send(desk, one)
    with desk.as_(), pytest.raises(NotFound):
        requests.request_seen_by(one.pk, desk.rights())


def test_no_row_of_it_comes_to_the_sender_from_the_database(desk: Desk, county: Member) -> None:
    one = asked(desk)
    send(desk, one)
    with desk.as_():
        assert not WorkRequest.objects.filter(pk=one.pk).exists()


# -- the line that stays ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [Role.NETWORK_TECHNICIAN, Role.TOWN_HALL])
def test_the_sender_keeps_the_number_and_to_whom_it_went(desk: Desk, county: Member, who: str) -> None:
    one = asked(desk, **PERSON)
    send(desk, one)
    page = list_of(desk, who)
    assert f"n° {one.pk}" in page
    assert county.name in page
    assert "Dupont" not in page


def test_a_stranger_sees_no_line(desk: Desk, county: Member) -> None:
    send(desk, asked(desk))
    with desk.as_("stranger"):
        assert not WorkTransmission.objects.exists()


def test_the_former_address_leads_to_what_was_sent(desk: Desk, county: Member) -> None:
    one = asked(desk)
    send(desk, one)
    answer = desk.network.client().get(f"/voirie/demandes/{one.pk}/", headers={"accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (302, "/voirie/demandes/?state=sent")


def test_the_receiver_reads_from_whom_it_came(desk: Desk, county: Member, technician: User) -> None:
    one = asked(desk)
    send(desk, one)
    with acting_as(rights_of(technician)):
        line = transmitting.get_transmission(seen_by(technician, one), rights_of(technician))
    assert line is not None
    assert (line.owner, line.sent_date) == (desk.network.member, today())


def test_nobody_writes_a_line_by_hand(desk: Desk, county: Member) -> None:
    line = WorkTransmission(
        owner=desk.network.member,
        receiver=county,
        number=1,
        insee="45901",
        sent_date=this_day(),
        shared_with=[county.pk],
    )
    with desk.as_(), pytest.raises(DatabaseError), transaction.atomic():
        line.save()


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_button_sends_it(desk: Desk, county: Member) -> None:
    one = asked(desk)
    assert do(desk, one, "transmit").status_code == 302
    assert kept(WorkRequest, pk=one.pk).owner == county


def test_the_sheet_offers_the_member_that_decides(desk: Desk, county: Member) -> None:
    assert f"Transmettre à {county.name}" in page_of(desk, asked(desk))


def test_nothing_is_offered_where_the_member_decides_itself(desk: Desk, county: Member) -> None:
    assert "Transmettre à" not in page_of(desk, desk.enter())


def test_the_counter_is_offered_nothing(desk: Desk, county: Member) -> None:
    assert "Transmettre à" not in page_of(desk, asked(desk), Role.TOWN_HALL)


# -- refused ----------------------------------------------------------------------------------------------------------


def test_the_counter_does_not_send_requests(desk: Desk, county: Member) -> None:
    with pytest.raises(Forbidden):
        send(desk, asked(desk), Role.TOWN_HALL)


def test_a_request_with_a_numbered_letter_stays(desk: Desk, county: Member) -> None:
    one = desk.work(asked(desk))
    desk.final(one, desk.begin(one))
    with pytest.raises(Conflict, match="numéroté"):
        send(desk, one)


def test_a_withdrawn_request_stays(desk: Desk, county: Member) -> None:
    one = asked(desk)
    act(desk, undoing.withdraw, one)
    with pytest.raises(Conflict):
        send(desk, one)


def test_a_request_stays_where_who_decides_is_no_member(desk: Desk) -> None:
    section(desk.network.member, (0, 4000), (300, 4000), status="03", built_up=False, name_left="Route de Montargis")
    with pytest.raises(Conflict):
        send(desk, asked(desk))


def moved(person: Any, one: WorkRequest, to: Member) -> None:
    """As whoever would call the database's function, without the service."""
    with acting_as(rights_of(person)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select arpent.transmit_request(%s, %s, %s)", (one.pk, to.pk, this_day()))


@pytest.mark.parametrize("who", [Role.TOWN_HALL, Role.READER, "stranger"])
def test_the_database_moves_no_request_for_who_does_not_decide(desk: Desk, county: Member, who: str) -> None:
    one = asked(desk)
    with pytest.raises(DatabaseError):
        moved(desk.network.people[who], one, county)
    assert kept(WorkRequest, pk=one.pk).owner == desk.network.member


def test_the_database_moves_no_request_to_a_member_of_elsewhere(desk: Desk, county: Member) -> None:
    one = asked(desk)
    with pytest.raises(DatabaseError):
        moved(desk.network.people[Role.NETWORK_TECHNICIAN], one, desk.network.other)
