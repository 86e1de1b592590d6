"""Works that change: their detours, the notices that were sent for them, who sees what."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import strip_tags

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import SYSTEM, acting_as
from layers.features.errors import FieldRefused
from layers.features.services.write import Edit
from networks.notifications.models import Notice
from networks.roadworks.feeds import traffic_of
from networks.roadworks.gauges import Gauge
from networks.roadworks.models import Work, WorkDetour, WorkRequest
from networks.roadworks.order_values import describe_detours, measures
from networks.roadworks.services import keeping, neighbours, stretches, works
from networks.roadworks.services.conflicts import ConflictQuery, Severity, conflicts_of, marks_of
from tests import factories
from tests.networks.conftest import Network, along
from tests.networks.roadworks.works import FIRST, LAST, numbered_road, section, stretch, work

SHEET = "/voirie/travaux/{}/"


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def block(network: Network) -> Network:
    """A street eastward in three sections, and a way around the middle one, in the north."""
    for places in (((-500, 0), (0, 0)), ((0, 0), (400, 0)), ((400, 0), (900, 0))):
        section(network.member, *places, name_left="rue Haute", nature="1chaussee", importance="4")
    section(network.member, (0, 0), (0, 200), (400, 200), (400, 0), name_left="rue du Pont", nature="1chaussee",
            importance="4")  # fmt: skip
    return network


def closing(network: Network, **values: Any) -> Work:
    return work(network, (20, 0), (380, 0), **({"measure": "closed"} | values))


def led(network: Network, made: Work) -> list[WorkDetour]:
    with network.as_():
        ways, _found = keeping.keep_detours(made, Gauge(), "véhicules légers", rights=network.rights())
    return ways


def changed(network: Network, made: Work, **values: Any) -> Work:
    with network.as_():
        return works.change(work=made, version=made.version, rights=network.rights(), **values)


def only_detour() -> WorkDetour:
    with factories.as_owner():
        return WorkDetour.objects.get()


def shown(network: Network, made: Work, who: str = "network_technician") -> str:
    answer = network.client(who).get(SHEET.format(made.pk), headers={"accept": "text/html"})
    return " ".join(strip_tags(answer.content.decode()).split()).replace("\xa0", " ")


def sent(network: Network, path: str, **given: Any) -> Any:
    return network.client().post(path, given, headers={"accept": "text/html"})


# -- detours ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {"measure": "alternate"},
        {"geom": stretch((20, 0), (300, 0))},
        {"measure": "one_way", "closed_way": "forward"},
    ],
)
def test_a_detour_is_to_be_computed_again_once_works_close_something_else(
    block: Network, values: dict[str, Any]
) -> None:
    made = closing(block)
    led(block, made)
    changed(block, made, **values)
    assert only_detour().outdated


@pytest.mark.parametrize("values", [{"title": "Autre"}, {"ends_on": LAST + timedelta(days=1)}, {"speed_kmh": 30}])
def test_a_detour_stays_while_the_same_is_closed(block: Network, values: dict[str, Any]) -> None:
    made = closing(block)
    led(block, made)
    changed(block, made, **values)
    assert not only_detour().outdated


def test_a_detour_to_be_computed_again_has_no_days_of_its_works(block: Network) -> None:
    made = closing(block)
    led(block, made)
    moved = changed(block, made, measure="alternate")
    changed(block, moved, ends_on=LAST + timedelta(days=1))
    assert (only_detour().starts_on, only_detour().ends_on) == (None, None)


def test_the_sheet_says_that_a_detour_is_to_be_computed_again(block: Network) -> None:
    made = closing(block)
    led(block, made)
    changed(block, made, measure="alternate")
    assert "À recalculer" in shown(block, made)


def test_an_order_waits_for_a_detour_to_be_computed_again(block: Network) -> None:
    made = closing(block)
    led(block, made)
    moved = changed(block, made, measure="alternate")
    with block.as_():
        (told,) = describe_detours(moved)
    assert told.startswith("[à compléter")


def test_a_detour_to_be_computed_again_is_in_nobodys_way(block: Network) -> None:
    made = closing(block)
    led(block, made)
    changed(block, made, measure="alternate")
    there = ConflictQuery(stretch=stretch((10, 200), (390, 200)), starts_on=FIRST, ends_on=LAST, measure="closed")
    with block.as_():
        assert conflicts_of(there, block.rights()) == []


def test_a_detour_that_still_holds_is_confirmed(block: Network) -> None:
    made = closing(block)
    (detour,) = led(block, made)
    changed(block, made, measure="alternate")
    assert sent(block, f"{SHEET.format(made.pk)}deviation/", do="confirm", detour=detour.pk).status_code == 302
    assert only_detour().starts_on == made.starts_on


def test_who_plans_no_works_confirms_nothing(block: Network) -> None:
    made = closing(block)
    (detour,) = led(block, made)
    with block.as_("reader"), pytest.raises(Forbidden):
        keeping.confirm(made, detour.pk, rights=block.rights("reader"))


def test_a_detour_that_is_gone_is_not_confirmed(block: Network) -> None:
    made = closing(block)
    assert sent(block, f"{SHEET.format(made.pk)}deviation/", do="confirm", detour="1").status_code == 404


def test_a_detour_that_is_drawn_anew_holds_again(block: Network) -> None:
    made = closing(block)
    (detour,) = led(block, made)
    changed(block, made, measure="alternate")
    edit = Edit(action="update", id=detour.pk, version=only_detour().version, properties={},
                geometry=along((0, 0), (0, 210), (400, 210), (400, 0)))  # fmt: skip
    block.edit("works-detours", [edit])
    assert only_detour().starts_on == made.starts_on


def test_cancelled_works_get_no_detour_from_an_old_page(block: Network) -> None:
    made = closing(block)
    with block.as_():
        works.cancel(work=made, version=made.version, rights=block.rights())
    answer = sent(block, f"{SHEET.format(made.pk)}deviation/", do="keep", gauge="cars")
    with factories.as_owner():
        assert (answer.status_code, WorkDetour.objects.exists()) == (409, False)


def test_no_detour_is_drawn_for_cancelled_works(block: Network) -> None:
    made = closing(block)
    with block.as_():
        works.cancel(work=made, version=made.version, rights=block.rights())
    edit = Edit(action="create", properties={"work_id": made.pk}, geometry=along((0, 200), (400, 200)))
    with pytest.raises(FieldRefused) as refused:
        block.edit("works-detours", [edit])
    (fault,) = refused.value.extra["errors"]
    assert fault["field"] == "work_id"


def test_works_that_were_deleted_meanwhile_get_no_detour(block: Network) -> None:
    made = closing(block, state="draft")
    with block.as_():
        works.cancel(work=made, version=made.version, rights=block.rights())
    with block.as_(), pytest.raises(NotFound):
        keeping.keep_detours(made, Gauge(), "", rights=block.rights())


def test_a_detour_is_computed_for_the_works_as_they_are_now(block: Network) -> None:
    before = closing(block)
    changed(block, before, geom=stretch((420, 0), (880, 0)))
    with block.as_(), pytest.raises(Invalid):
        keeping.keep_detours(before, Gauge(), "", rights=block.rights())


# -- one direction ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "towards"), [("forward", "vers l’est"), ("backward", "vers l’ouest")])
def test_only_the_closed_direction_is_led_around(block: Network, way: str, towards: str) -> None:
    made = closing(block, measure="one_way", closed_way=way)
    (detour,) = led(block, made)
    assert detour.direction == towards


@pytest.mark.parametrize(("way", "passes"), [("forward", False), ("backward", True)])
def test_what_other_works_close_is_avoided_in_that_direction_alone(block: Network, way: str, passes: bool) -> None:
    section(block.member, (0, 0), (0, -600), (400, -600), (400, 0), name_left="rue Basse", nature="1chaussee",
            importance="4")  # fmt: skip
    work(block, (10, 200), (390, 200), measure="one_way", closed_way=way, title="Réseau")
    (detour,) = led(block, closing(block, measure="one_way", closed_way="forward"))
    assert (detour.steps[0]["name"] == "rue du Pont") is passes


def test_works_that_do_not_say_their_direction_close_both(block: Network) -> None:
    (detour,) = led(block, closing(block, measure="one_way"))
    assert detour.direction == "dans les deux sens"


@pytest.mark.parametrize(("way", "gravity"), [("forward", Severity.GRAVE), ("backward", Severity.SERIOUS)])
def test_a_detour_in_the_direction_that_others_leave_open_is_no_grave_conflict(
    block: Network, way: str, gravity: Severity
) -> None:
    mine = closing(block, measure="one_way", closed_way="forward")
    led(block, mine)
    other = work(block, (10, 200), (390, 200), measure="one_way", closed_way=way, title="Réseau")
    with block.as_():
        rights = block.rights()
        told = [*conflicts_of(ConflictQuery.of(mine), rights), *conflicts_of(ConflictQuery.of(other), rights)]
        marks = marks_of([mine, other], rights)
    assert {one.severity for one in (*told, *marks[mine.pk], *marks[other.pk])} == {gravity}
    assert len(told) == 2


def test_the_closed_direction_is_said_with_the_reference_where_it_ends(network: Network) -> None:
    numbered_road(network.member)
    made = work(network, (20, 50), (220, 50), measure="one_way", closed_way="forward")
    with network.as_():
        assert traffic_of(made) == ["Un sens fermé (vers l’est)"]
        assert works.describe_closed_direction(made) == "vers l’est (D 2020 PR 13+10)"
        assert measures(made)[0] == "La circulation est interdite dans un sens : vers l’est (D 2020 PR 13+10)"
    assert "Fermé vers D 2020 PR 13+10" in shown(network, made)


def test_an_order_waits_for_the_direction_where_nobody_said_it(network: Network) -> None:
    made = work(network, measure="one_way")
    with network.as_():
        assert "[à compléter" in measures(made)[0]


def test_a_direction_goes_with_the_measure(network: Network) -> None:
    made = work(network, measure="one_way", closed_way="backward")
    assert made.closed_bearing == 270
    after = changed(network, made, measure="closed")
    assert (after.closed_way, after.closed_bearing) == (None, None)


def test_a_stretch_goes_from_its_first_reference_to_the_last(network: Network) -> None:
    numbered_road(network.member)
    with network.as_():
        there = stretches.of_references("D 2020 PR 12+10", "D 2020 PR 13+20")
        back = stretches.of_references("D 2020 PR 13+20", "D 2020 PR 12+10")
    assert (stretches.ends_of(there)[0][0] < stretches.ends_of(there)[1][0]) is True
    assert (stretches.ends_of(back)[0][0] < stretches.ends_of(back)[1][0]) is False


def test_a_stretch_goes_from_the_first_place_that_was_pressed_to_the_last(block: Network) -> None:
    (x, y), (to_x, to_y) = along((800, 0), (-300, 0)).coords
    with block.as_():
        ends = stretches.ends_of(stretches.between((x, y), (to_x, to_y)))
    assert [round(one[0]) for one in ends] == [round(x), round(to_x)]


def test_the_form_asks_which_direction_is_closed(block: Network) -> None:
    made = closing(block)
    given = {"member": block.member.slug, "title": "Enrobés", "kind": "road", "measure": "one_way", "do": "save",
             "starts_on": FIRST.isoformat(), "ends_on": LAST.isoformat(), "where": "map", "version": made.version,
             "geom": made.geom.transform(4326, clone=True).geojson}  # fmt: skip
    path = f"{SHEET.format(made.pk)}modifier/"
    refused = sent(block, path, **given)
    assert (refused.status_code, "quel sens" in refused.content.decode()) == (400, True)
    assert "Vers l’est (du début" in refused.content.decode()
    assert sent(block, path, **given, closed_way="forward").status_code == 302


# -- the title alone --------------------------------------------------------------------------------------------------


def test_a_form_that_carries_the_stretch_in_degrees_moves_nothing(block: Network) -> None:
    made = work(block, (20.123456, 0.654321), (380.7654321, 0.1234567))
    there = made.geom.transform(4326, clone=True).geojson
    given = {"member": block.member.slug, "title": "Autre titre", "kind": "road", "measure": "none", "do": "save",
             "starts_on": FIRST.isoformat(), "ends_on": LAST.isoformat(), "where": "map", "version": made.version,
             "geom": there}  # fmt: skip
    assert sent(block, f"{SHEET.format(made.pk)}modifier/", **given).status_code == 302
    with acting_as(SYSTEM):
        after = Work.objects.get(pk=made.pk)
    assert (after.title, after.geom.wkb == made.geom.wkb) == ("Autre titre", True)


# -- who sees drafts --------------------------------------------------------------------------------------------------


def test_a_town_hall_sees_no_draft_in_code_nor_in_the_database(block: Network) -> None:
    made = closing(block, state="draft")
    assert made.insee == block.commune.insee
    with block.as_("town_hall"):
        rights = block.rights("town_hall")
        assert not Work.objects.visible_to(rights).exists()
        assert not Work.objects.exists()
    with block.as_():
        works.announce(work=made, version=made.version, rights=block.rights())
    with block.as_("town_hall"):
        assert Work.objects.visible_to(rights).get() == Work.objects.get() == made


def test_the_sheet_of_a_request_leads_a_town_hall_to_no_draft(block: Network) -> None:
    made = closing(block, state="draft")
    with factories.as_worker():
        one = WorkRequest.objects.create(
            owner=block.member, work=made, form="14024", kind="circulation", received_date=FIRST, insee="45901",
            place="rue Haute", description="Fouille", starts_on=FIRST, ends_on=LAST, applicant_name="Lys TP",
        )  # fmt: skip
    page = block.client("town_hall").get(f"/voirie/demandes/{one.pk}/").content.decode()
    assert (SHEET.format(made.pk) in page, "en préparation" in page) == (False, True)


# -- notices ----------------------------------------------------------------------------------------------------------


def warned(network: Network, made: Work, state: str = "sent") -> Notice:
    with factories.as_worker():
        days = neighbours.context_of(made)
        return Notice.objects.create(owner=made.owner, name="Travaux rue Haute", kind="works", state=state,
                                     about_kind="work", about_key=str(made.pk), starts_at=days.starts_at,
                                     ends_at=days.ends_at, place="rue Haute", sms="x", title="x", body="x")  # fmt: skip


def test_the_sheet_lists_the_notices_of_works(block: Network) -> None:
    made = closing(block)
    warned(block, made)
    text = shown(block, made)
    assert ("Travaux rue Haute" in text, "Écrire l’avis" in text) == (True, False)


def test_other_members_read_no_notice_of_works(block: Network) -> None:
    made = closing(block)
    warned(block, made)
    assert "Avis aux riverains" not in shown(block, made, "stranger")


def test_cancelling_says_that_a_notice_went_out_and_leads_to_the_next_one(block: Network) -> None:
    made = closing(block)
    notice = warned(block, made)
    answer = sent(block, SHEET.format(made.pk), do="cancel", version=made.version)
    assert answer.status_code == 302
    assert "Écrire l’avis d’annulation" in shown(block, made)
    answer = sent(block, SHEET.format(made.pk), do="tell", notice=notice.pk)
    with acting_as(SYSTEM):
        last = Notice.objects.order_by("-pk").first()
    assert last is not None
    assert answer["Location"] == f"/reseaux/avis/{last.pk}/"
    assert (last.kind, last.state, last.starts_at) == ("off", "draft", notice.starts_at)
    assert "Écrire l’avis d’annulation" not in shown(block, made)


def test_a_message_says_that_people_were_told_otherwise(block: Network) -> None:
    made = closing(block)
    warned(block, made)
    client = block.client()
    client.post(SHEET.format(made.pk), {"do": "cancel", "version": made.version})
    assert "Un avis est parti" in client.get(SHEET.format(made.pk)).content.decode()


def test_moved_works_lead_to_a_notice_with_the_new_days(block: Network) -> None:
    made = closing(block)
    notice = warned(block, made)
    after = changed(block, made, starts_on=FIRST + timedelta(days=7), ends_on=LAST + timedelta(days=7))
    assert "Écrire l’avis de report" in shown(block, made)
    sent(block, SHEET.format(made.pk), do="tell", notice=notice.pk)
    with acting_as(SYSTEM):
        last = Notice.objects.order_by("-pk").first()
    assert last is not None
    assert (last.kind, last.starts_at) == ("moved", neighbours.context_of(after).starts_at)


@pytest.mark.parametrize("state", ["sent", "draft"])
def test_where_there_is_nothing_new_to_tell_no_notice_is_begun(block: Network, state: str) -> None:
    made = closing(block)
    notice = warned(block, made, state)
    if state == "draft":
        changed(block, made, starts_on=FIRST - timedelta(days=1))
    with block.as_(), pytest.raises(Conflict):
        neighbours.draft_update(made, notice.pk, rights=block.rights())


def test_who_plans_no_works_begins_no_notice_of_them(block: Network) -> None:
    made = closing(block)
    notice = warned(block, made)
    with block.as_("reader"), pytest.raises(Forbidden):
        neighbours.draft_update(made, notice.pk, rights=block.rights("reader"))


# -- unneeded work ----------------------------------------------------------------------------------------------------


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the week before the works: they are announced."""
    monkeypatch.setattr("gis_core.database.clock.today", lambda: FIRST - timedelta(days=7))


def asked_of(path: str, network: Network, **headers: str) -> tuple[Any, str]:
    with CaptureQueriesContext(connection) as asked:
        answer = network.client("reader").get(path, headers=headers)
    return answer, " ".join(one["sql"] for one in asked.captured_queries)


@pytest.mark.parametrize("path", ["/travaux/travaux.geojson", "/travaux/flux.xml", "/travaux/calendrier.ics"])
def test_a_feed_that_did_not_change_reads_no_stretch(before: None, block: Network, path: str) -> None:
    closing(block)
    answer, asked = asked_of(path, block)
    assert "ST_Transform" in asked
    again, asked = asked_of(path, block, **{"if-none-match": answer["ETag"]})
    assert (again.status_code, "ST_Transform" in asked) == (304, False)
    assert again["Cache-Control"] == "public, max-age=300"


def test_a_feed_that_changed_is_sent_again(before: None, block: Network) -> None:
    made = closing(block)
    answer, _asked = asked_of("/travaux/travaux.geojson", block)
    changed(block, made, title="Autre")
    again, _asked = asked_of("/travaux/travaux.geojson", block, **{"if-none-match": answer["ETag"]})
    assert (again.status_code, b"Autre" in again.content) == (200, True)


def test_a_feed_has_the_places_that_a_map_shows(before: None, block: Network) -> None:
    work(block, *((x, 0.01 * (x % 2)) for x in range(0, 200)))
    answer, _asked = asked_of("/travaux/travaux.geojson", block)
    (feature,) = answer.json()["features"]
    ((first, *others),) = feature["geometry"]["coordinates"]
    assert (len(others), all(round(one, 6) == one for one in first)) == (1, True)


def test_a_table_of_works_reads_no_stretch(block: Network) -> None:
    closing(block)
    _answer, asked = asked_of(f"/voirie/travaux/?du={FIRST}&format=csv", block)
    assert '"road_work"."title"' in asked
    assert '"road_work"."geom"' not in asked
