"""The review of rights: begun, answered, closed with a record; nobody is locked out by it."""

import hashlib
from datetime import date, timedelta

import pypdfium2
import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members import reviews
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, rights_of
from gis_core.models import Member, Membership, ReviewedPerson, RightsReview, User
from tests import factories
from tests.post import outbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune(), slug="cc-revue")


@pytest.fixture
def administrator(member: Member) -> User:
    return factories.user(member, Role.GIS_ADMINISTRATOR, last_name="Zoé")


@pytest.fixture
def rights(administrator: User) -> Rights:
    return rights_of(administrator)


@pytest.fixture
def reader(member: Member) -> User:
    return factories.user(member, Role.READER, last_name="Abel")


def in_days(count: int) -> date:
    return database_clock.today() + timedelta(days=count)


def started(rights: Rights, member: Member, *, ends_others: bool = False) -> RightsReview:
    return reviews.start_review(rights=rights, member=member, last_date=in_days(30), ends_others=ends_others)


def line(review: RightsReview, user: User) -> ReviewedPerson:
    with acting_as(SYSTEM):
        return review.people.get(name=str(user))


def answer(rights: Rights, review: RightsReview, user: User, *given: str) -> None:
    said, role = (*given, "")[:2]
    reviews.answer_people(rights=rights, review=review, answers={line(review, user).pk: (said, role)})


def closed(rights: Rights, review: RightsReview) -> RightsReview:
    return reviews.close_review(rights=rights, review=review)


def text_of(pdf: bytes) -> str:
    read = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in read).split())


def role_of(user: User, member: Member) -> str | None:
    return Membership.objects.filter(user=user, member=member).values_list("role", flat=True).first()


def test_a_review_has_everybody_with_access_and_tells_administrators(
    member: Member, rights: Rights, administrator: User, reader: User
) -> None:
    factories.invitation(member, factories.user())
    review = started(rights, member)
    with acting_as(SYSTEM):
        assert {one.name for one in review.people.all()} == {str(administrator), str(reader)}
    [letter] = outbox()
    assert letter.to == [administrator.email]
    assert f"/membres/cc-revue/revue/{review.pk}/" in str(letter.body)


def test_answers_are_done_at_the_end_alone(member: Member, rights: Rights, administrator: User, reader: User) -> None:
    review = started(rights, member)
    answer(rights, review, reader, "changed", Role.NETWORK_TECHNICIAN)
    answer(rights, review, administrator, "kept")
    assert role_of(reader, member) == Role.READER
    closed(rights, review)
    assert role_of(reader, member) == Role.NETWORK_TECHNICIAN


def test_whoever_leaves_is_out_at_the_end(member: Member, rights: Rights, reader: User) -> None:
    review = started(rights, member)
    answer(rights, review, reader, "ended")
    closed(rights, review)
    reader.refresh_from_db()
    assert not reader.is_active


@pytest.mark.parametrize("ends_others", [False, True])
def test_whoever_is_not_confirmed_is_in_the_record_and_leaves_where_that_was_chosen(
    member: Member, rights: Rights, administrator: User, reader: User, ends_others: bool
) -> None:
    review = started(rights, member, ends_others=ends_others)
    answer(rights, review, administrator, "kept")
    record = closed(rights, review)
    assert (role_of(reader, member) is None) == ends_others
    assert record.pdf is not None
    text = text_of(bytes(record.pdf))
    assert ("Abel" in text, "Non confirmé" in text) == (True, True)


def test_a_review_leaves_no_member_without_administrator(member: Member, administrator: User, reader: User) -> None:
    review = started(rights_of(administrator), member, ends_others=True)
    with factories.as_worker():
        closed(SYSTEM, review)
    assert role_of(administrator, member) == Role.GIS_ADMINISTRATOR
    assert "dernier administrateur" in line(review, administrator).outcome
    assert role_of(reader, member) is None


def test_a_review_makes_no_last_administrator_a_reader(member: Member, rights: Rights, administrator: User) -> None:
    review = started(rights, member)
    answer(rights, review, administrator, "changed", Role.READER)
    with factories.as_worker():
        closed(SYSTEM, review)
    assert role_of(administrator, member) == Role.GIS_ADMINISTRATOR
    assert "dernier administrateur" in line(review, administrator).outcome


@pytest.mark.parametrize("given", [("ended",), ("changed", Role.READER)])
def test_nobody_answers_for_somebody_above_them(member: Member, rights: Rights, given: tuple[str, ...]) -> None:
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR)
    review = started(rights, member)
    with pytest.raises(Forbidden):
        answer(rights, review, chief, *given)


def test_the_worker_ends_nobody_above_who_began_the_review(member: Member, rights: Rights, reader: User) -> None:
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR)
    factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    review = started(rights, member, ends_others=True)
    with factories.as_worker():
        closed(SYSTEM, review)
    assert (role_of(chief, member), role_of(reader, member)) == (Role.AGENCY_ADMINISTRATOR, None)
    assert line(review, chief).outcome.startswith("pas fait")


def test_answers_of_somebody_who_has_no_rights_any_more_are_not_done(
    member: Member, rights: Rights, administrator: User, reader: User
) -> None:
    factories.user(member, Role.GIS_ADMINISTRATOR)
    review = started(rights, member)
    answer(rights, review, reader, "ended")
    with factories.as_owner():
        Membership.objects.filter(user=administrator).update(role=Role.READER)
    with factories.as_worker():
        closed(SYSTEM, review)
    assert role_of(reader, member) == Role.READER
    assert line(review, reader).outcome.startswith("pas fait")


def test_the_record_has_its_digest_and_never_changes(member: Member, rights: Rights, reader: User) -> None:
    record = closed(rights, started(rights, member))
    assert record.pdf is not None
    assert record.sha256 == hashlib.sha256(record.pdf).hexdigest()
    with pytest.raises(DatabaseError, match="final"), factories.as_worker(), transaction.atomic():
        RightsReview.objects.filter(pk=record.pk).update(sha256="0" * 64)
    with pytest.raises(Conflict, match="close"):
        answer(rights, record, reader, "kept")


def test_one_review_at_a_time(member: Member, rights: Rights) -> None:
    started(rights, member)
    with pytest.raises(Conflict, match="ouverte"):
        started(rights, member)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (("changed", ""), Invalid),
        (("changed", Role.TOWN_HALL), Invalid),
        (("changed", Role.AGENCY_ADMINISTRATOR), Forbidden),
        (("perhaps",), Invalid),
    ],
)
def test_answers_that_cannot_be_are_refused(
    member: Member, rights: Rights, reader: User, given: tuple[str, ...], refusal: type[Exception]
) -> None:
    review = started(rights, member)
    with pytest.raises(refusal):
        answer(rights, review, reader, *given)
    assert line(review, reader).answer == ""


def test_somebody_who_administers_nothing_starts_no_review(member: Member, reader: User) -> None:
    with pytest.raises(Forbidden):
        started(rights_of(reader), member)


# -- by itself --------------------------------------------------------------------------------------------------------


def follow() -> None:
    with factories.as_worker(), acting_as(SYSTEM):
        reviews.follow_reviews()


def test_a_review_begins_by_itself_and_again_a_year_later(member: Member, administrator: User) -> None:
    with factories.as_owner():
        Member.objects.filter(pk=member.pk).update(review_date=database_clock.today())
    follow()
    follow()
    with acting_as(SYSTEM):
        [review] = RightsReview.objects.filter(owner=member)
    member.refresh_from_db()
    assert review.started_by is None
    assert member.review_date is not None
    assert 364 <= (member.review_date - database_clock.today()).days <= 366


def test_administrators_are_reminded_once_and_the_end_closes_it(member: Member, rights: Rights) -> None:
    review = started(rights, member)
    with factories.as_owner():
        RightsReview.objects.filter(pk=review.pk).update(last_date=in_days(7), reminded_date=in_days(-1))
    follow()
    follow()
    assert len(outbox()) == 2
    with factories.as_owner():
        RightsReview.objects.filter(pk=review.pk).update(last_date=in_days(-1))
    follow()
    with acting_as(SYSTEM):
        review.refresh_from_db()
    assert review.state == RightsReview.State.FINAL
    assert review.closed_by is None


def test_a_review_that_fails_stops_no_other(member: Member, rights: Rights, monkeypatch: pytest.MonkeyPatch) -> None:
    other = factories.member()
    both = [started(rights, member), started(rights_of(factories.user(other, Role.GIS_ADMINISTRATOR)), other)]
    with factories.as_owner():
        RightsReview.objects.update(last_date=in_days(-1))
    make = reviews.pdf_of_review

    def fail_first(review: RightsReview, rows: list[ReviewedPerson]) -> bytes:
        if review.pk == both[0].pk:
            raise ValueError
        return make(review, rows)

    monkeypatch.setattr(reviews, "pdf_of_review", fail_first)
    follow()
    with acting_as(SYSTEM):
        states = dict(RightsReview.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in both] == [RightsReview.State.OPEN, RightsReview.State.FINAL]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2026, 12, 1), date(2027, 12, 1)), (date(2024, 2, 29), date(2027, 2, 28))],
)
def test_a_year_later(day: date, expected: date) -> None:
    assert reviews.a_year_later(day, date(2026, 12, 1)) == expected


# -- the pages --------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_start_to_record(member: Member, administrator: User, reader: User, client: Client) -> None:
    client.force_login(administrator)
    address = f"/membres/{member.slug}/revue/"
    opened = client.post(address, {"last_date": in_days(10).isoformat()})
    assert opened.status_code == 302
    page = opened["Location"]
    with acting_as(SYSTEM):
        numbers = {one.name: one.pk for one in ReviewedPerson.objects.all()}
    sent = {f"answer-{numbers[str(reader)]}": "ended", f"answer-{numbers[str(administrator)]}": "kept"}
    assert client.post(page, sent | {"action": "close"})["Location"] == f"{page}clore/"
    assert "Abel" in client.get(f"{page}clore/").content.decode()
    assert client.post(f"{page}clore/").status_code == 302
    record = client.get(f"{page}proces-verbal.pdf")
    assert record.content.startswith(b"%PDF")
    assert hashlib.sha256(record.content).hexdigest() in client.get(address).content.decode()
