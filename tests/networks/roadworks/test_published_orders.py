"""What is published of an order stays true: its days, its works, its communes, its end."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import strip_tags

from gis_core.errors import Conflict, Invalid
from gis_core.long_dates import format_long_date
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from gis_core.models import Commune, Letter, RowHistory
from networks.roadworks import days
from networks.roadworks.days import PARIS
from networks.roadworks.kinds import ABROGATION
from networks.roadworks.models import Work, WorkOrder, WorkOrderFile, WorkRequest
from networks.roadworks.services import publication, requests, works
from networks.roadworks.services.competence import competent
from tests import factories
from tests.networks.conftest import Network
from tests.networks.roadworks.road_orders import Desk, completed, kept, line, made_desk, section, text_of, this_day

LIST, ATOM = "/travaux/arretes/", "/travaux/arretes/?format=atom"
LATER = timedelta(days=7)


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def desk(network: Network) -> Desk:
    return made_desk(network)


def words(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(strip_tags(answer.content.decode()).split()).replace("\xa0", " ")


def listed() -> str:
    return words(Client().get(LIST, headers={"accept": "text/html"}))


def fed() -> str:
    return Client().get(ATOM).content.decode().replace("\xa0", " ")


def sheet(desk: Desk, one: WorkRequest) -> str:
    return words(desk.network.client().get(f"/voirie/demandes/{one.pk}/"))


def works_sheet(desk: Desk, one: WorkRequest) -> str:
    return words(desk.network.client().get(f"/voirie/travaux/{one.work_id}/"))


def asked(desk: Desk, **values: Any) -> WorkRequest:
    """A request with planned works."""
    return desk.work(desk.enter(), **values)


def change(desk: Desk, one: WorkRequest, **values: Any) -> None:
    """The works, as their sheet changes them."""
    with desk.as_():
        work = Work.objects.get(pk=one.work_id)
        works.change(work=work, version=work.version, rights=desk.rights(), **values)


def cancel(desk: Desk, one: WorkRequest) -> Any:
    client, version = desk.network.client(), kept(Work, pk=one.work_id).version
    path = f"/voirie/travaux/{one.work_id}/"
    return client.post(path, {"do": "cancel", "version": version}, follow=True)


def over(made: WorkOrder, *, published_days_ago: int, ended_days_ago: int = 1) -> None:
    """As if the order had been published and its days had ended so long ago."""
    last = this_day() - timedelta(days=ended_days_ago)
    with factories.as_owner():
        WorkOrder.objects.filter(pk=made.pk).update(
            published_at=timezone.now() - timedelta(days=published_days_ago),
            starts_on=last, ends_on=last, over_at=publication.over_at(last, ""),
        )  # fmt: skip


# -- works that changed -----------------------------------------------------------------------------------------------


def test_the_sheets_say_which_order_has_other_days_than_its_works(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    change(desk, one, ends_on=this_day() + LATER)
    for said in (sheet(desk, one), works_sheet(desk, one)):
        assert f"L’arrêté {made.number} vaut {days.format_days(made.starts_on, made.ends_on)}" in said
        assert f"les travaux sont prévus {days.format_days(this_day(), this_day() + LATER)}" in said


def test_the_sheets_say_nothing_where_order_and_works_agree(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    assert f"L’arrêté {made.number} vaut" not in sheet(desk, one) + works_sheet(desk, one)


def test_the_sheets_say_nothing_of_days_that_are_over_on_both_sides(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    over(made, published_days_ago=3)
    with factories.as_owner():
        Work.objects.filter(pk=one.work_id).update(starts_on=this_day() - LATER, ends_on=this_day() - timedelta(days=2))
    assert made.number in works_sheet(desk, one)
    assert "vaut" not in works_sheet(desk, one)


def test_cancelling_works_says_which_orders_are_still_published(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    said = words(cancel(desk, one))
    assert f"Toujours publiés : {made.number}." in said
    assert f"Les travaux sont annulés et l’arrêté {made.number} est toujours publié : abrogez-le." in said


def test_deleting_draft_works_says_which_orders_are_still_published(desk: Desk) -> None:
    one = asked(desk, state="draft")
    made = desk.published(one)
    assert f"Toujours publiés : {made.number}." in words(cancel(desk, one))
    assert f"Les travaux de l’arrêté {made.number} ont été supprimés" in sheet(desk, one)


def test_cancelling_works_without_an_order_says_nothing_of_orders(desk: Desk) -> None:
    assert "Toujours publiés" not in words(cancel(desk, asked(desk)))


def test_the_order_of_cancelled_works_is_not_published(desk: Desk) -> None:
    one = asked(desk)
    letter = desk.final(one, desk.begin(one))
    cancel(desk, one)
    with pytest.raises(Conflict, match="annulés"):
        desk.publish(one, letter)


def test_an_order_published_for_draft_works_is_warned_about(desk: Desk) -> None:
    one = asked(desk, state="draft")
    made = desk.published(one)
    assert f"L’arrêté {made.number} est publié et les travaux sont encore un brouillon" in sheet(desk, one)


def test_the_list_says_that_the_works_of_an_order_are_cancelled(desk: Desk) -> None:
    one = asked(desk)
    desk.published(one)
    assert "en vigueur" in listed().split("Publié par")[1]
    cancel(desk, one)
    told = listed().split("Publié par")[1]
    assert ("travaux annulés" in told, "en vigueur" in told) == (True, False)


# -- the text and what is listed --------------------------------------------------------------------------------------


def test_a_draft_begun_for_other_days_is_not_numbered(desk: Desk) -> None:
    one = asked(desk)
    letter = desk.begin(one)
    change(desk, one, ends_on=this_day() + LATER)
    with pytest.raises(Conflict, match="recommencez le projet") as refused:
        desk.final(one, letter)
    for last in (one.ends_on, this_day() + LATER):
        assert days.format_days(this_day(), last) in refused.value.message
    assert kept(Letter, pk=letter.pk).state == "draft"


def test_an_order_numbered_before_its_works_moved_is_not_published(desk: Desk) -> None:
    one = asked(desk)
    letter = desk.final(one, desk.begin(one))
    change(desk, one, place="place du Marché")
    with pytest.raises(Conflict, match=r"Tanneurs.*place du Marché"):
        desk.publish(one, letter)


def test_the_draft_says_that_it_is_to_be_begun_again(desk: Desk) -> None:
    one = asked(desk)
    letter = desk.begin(one)
    change(desk, one, ends_on=this_day() + LATER)
    page = desk.network.client().get(f"/voirie/demandes/{one.pk}/courriers/{letter.pk}/")
    assert "recommencez le projet" in words(page)


def test_a_letter_that_does_not_know_what_it_was_begun_with_is_published_as_before(desk: Desk) -> None:
    one = asked(desk)
    letter = desk.begin(one)
    with factories.as_owner():
        Letter.objects.filter(pk=letter.pk).update(begun_with={})
    letter = kept(Letter, pk=letter.pk)
    change(desk, one, ends_on=this_day() + LATER)
    assert desk.publish(one, desk.final(one, letter)).ends_on == this_day() + LATER


# -- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("published_days_ago", "shown"), [(3, True), (58, True), (63, False)])
def test_an_order_that_is_over_stays_listed_for_two_months(desk: Desk, published_days_ago: int, shown: bool) -> None:
    made = desk.published(asked(desk))
    over(made, published_days_ago=published_days_ago)
    told = (listed(), fed())
    assert [(made.number in page, "terminé" in page) for page in told] == [(shown, shown)] * 2


def test_an_order_published_long_ago_is_listed_until_its_last_day(desk: Desk) -> None:
    made = desk.published(asked(desk))
    over(made, published_days_ago=200, ended_days_ago=0)
    assert made.number in listed()


@pytest.mark.parametrize("hours", ["", "de 8 h à 17 h", "21 h – 6 h", "24 h/24"])
def test_an_order_is_over_when_its_works_are(hours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    last = date(2026, 3, 28)
    end = publication.over_at(last, hours)
    for now in (end - timedelta(seconds=1), end):
        monkeypatch.setattr("gis_core.database.clock.now", lambda now=now: now)
        assert days.is_over(last, last, hours) is (now == end)


def test_an_order_of_a_night_is_over_in_the_morning(desk: Desk) -> None:
    made = desk.published(asked(desk, hours="21 h – 6 h"))
    morning = datetime.combine(made.ends_on + timedelta(days=1), time(6), tzinfo=PARIS)
    assert kept(WorkOrder, pk=made.pk).over_at == morning


# -- no longer published, abrogated -----------------------------------------------------------------------------------


def test_of_an_unpublished_order_everybody_reads_number_and_days_alone(desk: Desk) -> None:
    one = asked(desk)
    made = desk.unpublish(one, desk.published(one))
    address = f"/travaux/arretes/{made.pk}.pdf"
    page = words(Client().get(address, headers={"accept": "text/html"}), 410)
    assert f"Arrêté n° {made.number} du" in page
    assert f"N’est plus publié depuis le {format_long_date(this_day())}." in page
    assert "Tanneurs" not in page
    assert made.number not in listed()
    assert kept(WorkRequest, pk=one.pk).state == "accepted"


def test_the_feed_says_that_an_order_is_no_longer_published(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    before = fed()
    desk.unpublish(one, made)
    feed = fed()
    assert "Tanneurs" in before
    assert (made.number in feed, "N’est plus publié depuis" in feed, "Tanneurs" in feed) == (True, True, False)
    assert kept(WorkOrder, pk=made.pk).unpublished_at.strftime("%Y-%m-%dT%H:%M:%S") in feed


def test_the_database_hides_the_row_and_the_file_of_an_unpublished_order(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    with acting_as(ANONYMOUS):
        assert (WorkOrder.objects.count(), WorkOrderFile.objects.count()) == (1, 1)
    desk.unpublish(one, made)
    with acting_as(ANONYMOUS):
        assert (WorkOrder.objects.count(), WorkOrderFile.objects.count()) == (0, 0)
    with desk.as_():
        assert WorkOrderFile.objects.get().order_id == made.pk


def test_an_order_that_was_never_published_is_not_found(desk: Desk) -> None:
    assert Client().get("/travaux/arretes/999999999999999999999.pdf").status_code == 404


def test_an_abrogation_names_the_order_that_it_ends(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    made = desk.abrogate(one, former)
    text = text_of(bytes(kept(WorkOrderFile, order=made).pdf))
    for said in (f"L’arrêté n° {former.number} du", "est abrogé", former.title, "Le maire de Lorris", "L.2213-1"):
        assert said in text
    assert "Exemple" not in text


def test_an_abrogation_says_why_before_it_is_numbered(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    with desk.as_():
        letter = publication.begin_abrogation(one, former.pk, desk.rights())
    with pytest.raises(Invalid, match="à compléter"):
        desk.final(one, letter)


def test_an_abrogated_order_is_listed_as_such_and_in_force_no_more(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    made = desk.abrogate(one, former)
    told = listed()
    assert f"abrogé par l’arrêté n° {made.number} du {format_long_date(this_day())}" in told
    assert "en vigueur" not in told.split("Publié par")[1]
    assert f"abrogé par l’arrêté n° {made.number}" in fed()
    assert f"abrogé par l’arrêté n° {made.number}" in sheet(desk, one)


def test_works_cancelled_after_the_abrogation_have_nothing_left_to_end(desk: Desk) -> None:
    one = asked(desk)
    desk.abrogate(one, desk.published(one))
    said = words(cancel(desk, one))
    assert "Toujours publiés" not in said
    assert "abrogez-le" not in said


def test_the_order_of_cancelled_works_is_abrogated(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    cancel(desk, one)
    made = desk.abrogate(one, former)
    assert kept(WorkOrder, pk=former.pk).abrogated_by_id == made.pk


def test_an_order_is_abrogated_once(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    desk.abrogate(one, former)
    with desk.as_(), pytest.raises(Conflict, match="déjà abrogé"):
        publication.begin_abrogation(one, former.pk, desk.rights())


def test_an_abrogation_begun_of_an_order_unpublished_since_is_not_published(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    with desk.as_():
        letter = publication.begin_abrogation(one, former.pk, desk.rights())
    body = letter.body.replace("[à compléter : motifs de l’abrogation]", "rien")
    final = desk.final(one, letter, body=completed(body))
    desk.unpublish(one, former)
    with pytest.raises(Conflict, match="n’est plus publié"):
        desk.publish(one, final)


def test_an_order_whose_abrogation_is_unpublished_stays_abrogated(desk: Desk) -> None:
    one = asked(desk)
    former = desk.published(one)
    desk.unpublish(one, desk.abrogate(one, former))
    told = listed()
    assert former.number in told
    assert ("abrogé" in told, "en vigueur" in told.split("Publié par")[1]) == (True, False)


def test_the_sheet_begins_an_abrogation_and_unpublishes(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    client, here = desk.network.client(), f"/voirie/demandes/{one.pk}/"
    version = kept(WorkRequest, pk=one.pk).version
    begun = client.post(here, {"do": "abrogate", "order": made.pk, "version": version})
    letter = kept(Letter, kind=ABROGATION)
    assert begun["Location"] == f"{here}courriers/{letter.pk}/"
    assert client.post(here, {"do": "unpublish", "order": made.pk, "version": version}).status_code == 302
    assert kept(WorkOrder, pk=made.pk).unpublished_at is not None


def test_others_abrogate_nothing(desk: Desk) -> None:
    one = asked(desk)
    made = desk.published(one)
    given = {"do": "abrogate", "order": made.pk, "version": kept(WorkRequest, pk=one.pk).version}
    here = f"/voirie/demandes/{one.pk}/"
    assert desk.network.client(Role.TOWN_HALL).post(here, given).status_code == 403
    assert desk.network.client("stranger").post(here, given).status_code == 404
    assert desk.network.client().post(here, given | {"order": 999_999}).status_code == 404


def test_an_abrogation_is_not_begun_without_the_order_that_it_ends(desk: Desk) -> None:
    one = asked(desk)
    given = {"do": "letter", "kind": ABROGATION, "version": kept(WorkRequest, pk=one.pk).version}
    assert desk.network.client().post(f"/voirie/demandes/{one.pk}/", given).status_code == 400


# -- where ------------------------------------------------------------------------------------------------------------


def test_an_order_is_found_in_each_commune_that_its_works_cross(desk: Desk) -> None:
    one = asked(desk)
    with factories.as_owner():
        work = Work.objects.get(pk=one.work_id)
        beyond = Commune.objects.get(insee="45903").geom.centroid
        work.geom = MultiLineString(LineString([*work.geom[0].coords, beyond.coords], srid=2154), srid=2154)
        work.save(update_fields=["geom"])
    made = desk.published(requests_again(desk, one))
    assert made.communes == ["45901", "45903"]
    for insee, found in (("45901", True), ("45903", True), ("45999", False)):
        assert (made.number in words(Client().get(LIST, {"insee": insee}))) is found
    assert "Boiscommun, Lorris" in listed() or "Lorris, Boiscommun" in listed()


def requests_again(desk: Desk, one: WorkRequest) -> WorkRequest:
    with desk.as_():
        return requests.request_seen_by(one.pk, desk.rights())


# -- asked again and again --------------------------------------------------------------------------------------------


def test_the_feed_that_did_not_change_is_not_sent_again(desk: Desk) -> None:
    desk.published(asked(desk))
    first = Client().get(ATOM)
    again = Client().get(ATOM, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Cache-Control"] == "public, max-age=300"


def test_the_feed_without_orders_is_the_same_all_day_long(db: None) -> None:
    assert len({Client().get(ATOM)["ETag"] for _again in range(2)}) == 1


def test_the_feed_is_in_french_whoever_asks(desk: Desk) -> None:
    desk.published(asked(desk))
    assert "Arrêtés de voirie" in Client(headers={"accept-language": "en"}).get(ATOM).content.decode()


def test_a_file_that_somebody_has_is_not_read_again(desk: Desk) -> None:
    address = f"/travaux/arretes/{desk.published(asked(desk)).pk}.pdf"
    first = Client().get(address)
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("delete from road_order_file")
    again = Client().get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["ETag"], again.content) == (304, first["ETag"], b"")


def test_the_history_keeps_the_order_without_its_file(desk: Desk) -> None:
    one = asked(desk)
    desk.unpublish(one, desk.published(one))
    with factories.as_owner():
        (former,) = RowHistory.objects.filter(old__number__startswith="VOI").values_list("old", flat=True)
    assert former["unpublished_at"] is None
    assert "pdf" not in former


# -- who decides ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("member_kind", "status", "kind", "warned"),
    [
        ("epci", "05", "permission", "L.141-12"),
        ("epci", "05", "circulation", "L.5211-9-2"),
        ("epci", "04", "permission", ""),
        ("petr", "05", "permission", "Ce n’est pas à"),
        ("petr", "05", "circulation", "Ce n’est pas à"),
        ("petr", "04", "permission", "Ce n’est pas à"),
        ("departement", "03", "permission", ""),
    ],
)
def test_a_member_that_does_not_decide_is_warned(
    desk: Desk, member_kind: str, status: str, kind: str, warned: str
) -> None:
    member = factories.member(desk.network.commune, kind=member_kind)
    section(member, (0, 3000), (300, 3000), status=status)
    with desk.as_():
        told = competent(MultiLineString(line((0, 3000), (300, 3000)), srid=2154), kind, member).warning
    assert warned in told
    assert bool(told) is bool(warned)
