"""References (PR) from what somebody typed to the order: as they are kept, in the place of works, forgotten, found."""

from typing import Any

import pytest
from django.contrib.gis.geos import LineString

from gis_core.errors import Invalid
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin
from layers.features.services.write import Edit, apply_edits
from networks.roadworks.french import between
from networks.roadworks.models import Work, WorkDetour, WorkRequest
from networks.roadworks.order_values import describe_detour, order_field_values
from networks.roadworks.pages.requests import near_works
from networks.roadworks.services import requests, works
from networks.roadworks.services.works import WorkQuery
from tests import factories
from tests.networks.conftest import along
from tests.networks.roadworks.road_orders import Desk, given_request, kept, numbered_road, section, this_day
from tests.networks.roadworks.test_road_orders import desk, french
from tests.networks.roadworks.test_road_requests import page_of, plain
from tests.networks.roadworks.works import stretch

__all__ = ["desk", "french"]

TWO: dict[str, Any] = {"start_reference": "d44 pr 1 200", "end_reference": "RD 44 PR 2+50", "place": "Les Essarts"}
SAID = "D 44, du PR 1+200 au PR 2+050"
HTML = {"accept": "text/html"}


@pytest.fixture
def road(desk: Desk) -> Desk:
    numbered_road(desk, name_left="Route des Essarts")
    return desk


def made(road: Desk, **values: Any) -> Work:
    """Works that a request places between two references."""
    work = road.work(road.enter(**(TWO | values))).work
    assert work is not None
    return work


def form_of(road: Desk, work: Work, **given: Any) -> dict[str, Any]:
    """What the form of works sends back when nobody changes anything."""
    page = road.network.client().get(f"/voirie/travaux/{work.pk}/modifier/", headers=HTML)
    initial = page.context["form"].initial
    usual = {name: value for name, value in initial.items() if value not in (None, False)}
    return usual | {"do": "save", "starts_on": this_day().isoformat(), "ends_on": this_day().isoformat()} | given


def saved(road: Desk, work: Work, **given: Any) -> Work:
    answer = road.network.client().post(
        f"/voirie/travaux/{work.pk}/modifier/", form_of(road, work, **given), headers=HTML
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return kept(Work, pk=work.pk)  # type: ignore[no-any-return]


# -- what a request keeps ---------------------------------------------------------------------------------------------


def test_a_request_keeps_references_as_they_are_written(road: Desk) -> None:
    one = road.enter(**TWO)
    assert (one.start_reference, one.end_reference) == ("D 44 PR 1+200", "D 44 PR 2+50")


def test_a_changed_request_keeps_references_as_they_are_written(road: Desk) -> None:
    one = road.enter()
    with road.as_():
        changed = requests.change(one, values=given_request() | TWO, version=one.version, rights=road.rights())
    assert changed.start_reference == "D 44 PR 1+200"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"start_reference": "D 44 PR 9+0"}, "start_reference", "ses PR vont de 1 à 2"),
        ({"end_reference": "D 44 PR 1+4000"}, "end_reference", "PR 2"),
        ({"end_reference": "D 44 PR 2+9000"}, "end_reference", "D 44"),
    ],
)
def test_a_reference_that_its_road_does_not_have_is_refused_at_its_field(
    road: Desk, values: dict[str, str], field: str, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        road.enter(**(TWO | values))
    assert refused.value.extra["parameter"] == field


def test_a_reference_on_a_road_that_the_referential_does_not_have_is_kept(road: Desk) -> None:
    assert road.enter(start_reference="rd 999 pr 3 10").start_reference == "D 999 PR 3+10"


def test_the_sheet_says_that_nobody_could_check_a_reference(road: Desk) -> None:
    assert "D 999 : le référentiel n’a pas cette route" in page_of(road, road.enter(start_reference="D 999 PR 3+10"))


def test_the_sheet_says_nothing_of_references_that_are_known(road: Desk) -> None:
    assert "n’a pas cette route" not in page_of(road, road.enter(**TWO))


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("D 44 PR 1+200", "D 44 PR 2+50", SAID),
        ("d44 pr 1 200", "RD44 PR 2+50", SAID),
        ("D 2020 (45) PR 12+0 D", "D 2020 (45) PR 13+5 D", "D 2020 (45), du PR 12+000 D au PR 13+005 D"),
        ("D 44 PR 1+200", "D 45 PR 3", "D 44, PR 1+200 à D 45, PR 3+000"),
        ("D 44 PR 1+200", "", "D 44, PR 1+200"),
        ("PR douze", "PR treize", "PR douze à PR treize"),
        ("", "", ""),
    ],
)
def test_two_references_are_said_with_their_road_once(start: str, end: str, said: str) -> None:
    assert between(start, end) == said


# -- works ------------------------------------------------------------------------------------------------------------


def test_works_made_of_a_request_keep_its_references_and_say_them_before_the_streets(road: Desk) -> None:
    work = made(road)
    assert (work.start_reference, work.end_reference) == ("D 44 PR 1+200", "D 44 PR 2+50")
    assert work.place == f"{SAID} (Route des Essarts)"


def test_works_entered_between_two_references_keep_them_as_they_are_written(road: Desk) -> None:
    typed = {"member": road.network.member.slug, "title": "Enrobés", "kind": "road", "measure": "closed", "do": "save",
             "starts_on": "2026-12-07", "ends_on": "2026-12-11", "where": "references", "start": "d44 pr 1 200",
             "end": "RD44 PR 2+50"}  # fmt: skip
    answer = road.network.client().post("/voirie/travaux/nouveau/", typed, headers=HTML)
    assert answer.status_code == 302
    work = kept(Work, title="Enrobés")
    assert (work.start_reference, work.end_reference) == ("D 44 PR 1+200", "D 44 PR 2+50")


@pytest.mark.parametrize("path", ["/voirie/travaux/{pk}/", "/travaux/{pk}/", "/travaux/", "/travaux/flux.xml",
                                  "/travaux/calendrier.ics", "/travaux/travaux.geojson"])  # fmt: skip
def test_sheet_public_pages_and_feeds_say_the_stretch(road: Desk, path: str) -> None:
    work = made(road)
    with factories.as_worker():
        Work.objects.filter(pk=work.pk).update(place="Devant la mairie")
    answer = road.network.client().get(path.format(pk=work.pk), headers=HTML)
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert f"Devant la mairie ({SAID})" in text.replace("\r\n ", "").replace("\\,", ",")


def test_a_long_place_leaves_room_for_the_references() -> None:
    work = Work(place="x" * 200, start_reference="D 44 PR 1+200", end_reference="D 44 PR 2+50")
    assert work.located.endswith(f"x ({SAID})")
    assert len(work.located) == 200


def test_the_form_offers_the_references_again(road: Desk) -> None:
    page = road.network.client().get(f"/voirie/travaux/{made(road).pk}/modifier/", headers=HTML)
    offered = page.context["form"].initial
    assert (offered["where"], offered["start"], offered["end"]) == ("references", "D 44 PR 1+200", "D 44 PR 2+50")


def test_works_whose_references_nobody_changed_do_not_follow_a_road_that_was_measured_anew(road: Desk) -> None:
    work = made(road)
    with factories.as_worker():
        Work.objects.filter(pk=work.pk).update(geom=stretch((310, 2000), (1150, 2000)))
        Work.objects.filter(pk=work.pk).update(start_reference="D 44 PR 1+200", end_reference="D 44 PR 2+50")
    before = kept(Work, pk=work.pk)
    after = saved(road, before, title="Autre titre")
    assert (after.title, after.geom.wkb, after.start_reference) == ("Autre titre", before.geom.wkb, "D 44 PR 1+200")


def test_another_reference_moves_the_works_and_what_they_say(road: Desk) -> None:
    after = saved(road, made(road), end="d44 pr 1 700")
    assert (round(after.geom.length), after.end_reference) == (500, "D 44 PR 1+700")
    assert after.place == "D 44, du PR 1+200 au PR 1+700 (Route des Essarts)"


def test_a_stretch_that_is_drawn_anew_forgets_the_references_and_what_said_them(road: Desk) -> None:
    drawn = stretch((400, 2000), (600, 2000)).transform(4326, clone=True).geojson
    after = saved(road, made(road), where="map", geom=drawn)
    assert (after.start_reference, after.end_reference, after.place) == (None, None, "Route des Essarts")


def test_a_stretch_that_nobody_moved_keeps_its_references_on_the_map_too(road: Desk) -> None:
    assert saved(road, made(road), where="map", title="Autre titre").start_reference == "D 44 PR 1+200"


def test_the_place_that_somebody_wrote_stays_when_the_works_move(road: Desk) -> None:
    after = saved(road, made(road), end="D 44 PR 1+700", place="Devant la mairie")
    assert after.located == "Devant la mairie (D 44, du PR 1+200 au PR 1+700)"


def test_a_line_moved_in_the_map_or_qgis_forgets_the_references_and_what_said_them(road: Desk) -> None:
    work = made(road)
    with road.as_():
        edit = Edit(action="update", id=work.pk, version=kept(Work, pk=work.pk).version,
                    geometry=stretch((400, 2000), (600, 2000)))  # fmt: skip
        apply_edits(Layer.objects.get(slug="works"), [edit], rights=road.rights(), origin=Origin("web"))
    after = kept(Work, pk=work.pk)
    assert (after.start_reference, after.end_reference, after.place) == (None, None, "Route des Essarts")


@pytest.mark.parametrize("text", ["D 44", "d44", "RD 44", "D 44 PR 1+200", "rd44 pr 2+50", "PR 2+050", "essarts d44"])
def test_works_are_found_by_their_road_and_their_references(road: Desk, text: str) -> None:
    work = made(road)
    with road.as_():
        found = works.list_works(WorkQuery.parse({"text": text}), road.rights())
        assert [one.pk for one in found] == [work.pk]


def test_works_on_another_road_are_not_found(road: Desk) -> None:
    made(road)
    with road.as_():
        assert not works.list_works(WorkQuery.parse({"text": "D 45"}), road.rights())


# -- what everybody reads as title ------------------------------------------------------------------------------------


def test_works_are_called_what_the_request_asks_for(road: Desk) -> None:
    work = made(road, description="branchement d’eau potable.\nSur 12 m de chaussée")
    assert work.title == "Branchement d’eau potable"


def test_a_long_description_is_shortened_at_a_word(road: Desk) -> None:
    work = made(road, description="Renouvellement du réseau " * 10)
    assert work.title == "Renouvellement du réseau Renouvellement du réseau Renouvellement du réseau…"


@pytest.mark.parametrize(
    "description",
    [
        "Branchement Exemple",
        "Branchement de M. Autre",
        "Branchement chez le voisin",
        "Travaux, joindre le 06 39 98 00 03",
        "Travaux, ecrire a jeanne@demo.invalid",
    ],
)
def test_a_description_that_may_name_somebody_is_no_title(road: Desk, description: str) -> None:
    assert made(road, description=description).title == "Travaux de voirie"


def test_the_name_of_a_company_may_stand_in_a_title(road: Desk) -> None:
    work = made(road, is_company=True, applicant_name="Fibre du Lys", description="Chambre de Fibre du Lys")
    assert work.title == "Chambre de Fibre du Lys"


# -- works to join ----------------------------------------------------------------------------------------------------


def test_works_at_the_place_of_a_request_are_offered_before_those_of_another_street(road: Desk) -> None:
    one, far = road.enter(), made(road)
    near = road.work(road.enter()).work
    assert near is not None
    with road.as_():
        found = [(label, [(work.pk, getattr(work, "away", "")) for work in some])
                 for label, some in near_works(one, road.rights())]  # fmt: skip
    assert found == [("À cet endroit", [(near.pk, "")]), ("Ailleurs", [(far.pk, "2 km")])]


# -- the order --------------------------------------------------------------------------------------------------------


def test_an_order_names_the_road_and_its_references_beside_the_street(road: Desk) -> None:
    body = plain(road.begin(road.work(road.enter(**TWO))))
    assert f"{SAID} (Route des Essarts)" in body
    assert f"Repères : {SAID}." in body


def test_an_order_names_the_numbered_road_that_a_street_is(road: Desk) -> None:
    with road.as_():
        one = requests.request_seen_by(road.enter(place="route des Essarts").pk, road.rights())
    assert "Repères : D 44, du PR 1+000 au PR 2+050." in plain(
        road.begin(drawn_for(road, one, (100, 2000), (1150, 2000)))
    )


def test_an_order_names_no_numbered_road_that_its_works_only_leave(road: Desk) -> None:
    section(road.network.member, (300, 2000), (300, 2300), name_left="Chemin creux")
    with road.as_():
        one = requests.request_seen_by(road.enter(place="route des Essarts").pk, road.rights())
    assert "Repères" not in plain(road.begin(drawn_for(road, one, (100, 2000), (300, 2000), (300, 2300))))


def drawn_for(road: Desk, one: WorkRequest, *places: tuple[float, float]) -> WorkRequest:
    """The request with works that somebody drew."""
    one = road.work(one)
    with factories.as_worker():
        Work.objects.filter(pk=one.work_id).update(geom=stretch(*places))
    with road.as_():
        return requests.request_seen_by(one.pk, road.rights())


def test_an_order_says_what_was_typed_as_it_is_written(road: Desk) -> None:
    one = road.enter()
    with factories.as_owner():
        WorkRequest.objects.filter(pk=one.pk).update(start_reference="d44 pr 1 200", end_reference="RD 44 PR 2+50")
    with road.as_():
        one = requests.request_seen_by(one.pk, road.rights())
        assert order_field_values(one, "arrete-circulation")["reperes"] == SAID


def test_a_detour_takes_numbered_roads_with_their_article(road: Desk) -> None:
    work = made(road)
    line = LineString(along((400, 2000), (600, 2000)).coords, srid=2154)
    steps = [{"name": "D 44", "metres": 200.0}]
    with factories.as_worker():
        one = WorkDetour.objects.create(owner=work.owner, work=work, direction="vers l’est", gauge="", steps=steps,
                                        computed_m=line.length, seconds=20, geom=line)  # fmt: skip
    told = describe_detour(kept(WorkDetour, pk=one.pk)).replace("\xa0", " ").replace("\u202f", " ")
    assert told == "vers l’est : prendre la D 44 sur 200 m"
