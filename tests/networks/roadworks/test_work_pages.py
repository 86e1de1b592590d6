"""Pages of works: the calendar, the form with its conflicts, the sheet, what is asked while entering; the notice."""

import json
import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from django.db import connection
from django.utils.html import strip_tags

from gis_core.database.clock import today
from gis_core.members.rights import SYSTEM, acting_as
from networks.notifications.models import Notice
from networks.roadworks.models import Work
from networks.roadworks.pages.calendar import Week, cell
from networks.roadworks.points import WORK_PARTS
from tests import factories
from tests.networks.conftest import Network, X, Y, at
from tests.networks.roadworks.works import numbered_road, section, work
from tests.wiring import give

CALENDAR, NEW, CHECK = "/voirie/travaux/", "/voirie/travaux/nouveau/", "/api/v1/networks/works/check"
HTML = {"accept": "text/html"}
REFERENCES = {"where": "references", "start": "D 2020 PR 12+10", "end": "D 2020 PR 12+90"}


def page(network: Network, path: str, who: str = "network_technician") -> Any:
    return network.client(who).get(path, headers=HTML)


def sent(network: Network, path: str, who: str = "network_technician", **given: Any) -> Any:
    return network.client(who).post(path, given, headers=HTML)


def words(answer: Any) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def filled(network: Network, **given: Any) -> dict[str, Any]:
    day = today() + timedelta(days=10)
    usual = {"member": network.member.slug, "title": "Enrobés", "kind": "road", "measure": "closed", "do": "save"}
    days = {"starts_on": day.isoformat(), "ends_on": (day + timedelta(days=4)).isoformat()}
    return usual | days | REFERENCES | given


@pytest.fixture
def road(network: Network) -> Network:
    numbered_road(network.member)
    return network


def soon(network: Network, **values: Any) -> Work:
    day = today() + timedelta(days=10)
    return work(network, **({"starts_on": day, "ends_on": day + timedelta(days=4)} | values))


# -- entering ---------------------------------------------------------------------------------------------------------


def test_works_are_entered_by_two_references(road: Network) -> None:
    answer = sent(road, NEW, **filled(road))
    assert answer.status_code == 302, words(answer)
    told = words(page(road, answer.url))
    for expected in ("Enrobés", "Brouillon", "Route barrée", "Route d’Orléans", "80 m de voie", "Aucun conflit"):
        assert expected in told
    with acting_as(SYSTEM):
        assert Work.objects.get().geom.length == pytest.approx(80)


def test_conflicts_are_told_after_saving_and_nothing_is_prevented(road: Network) -> None:
    soon(road, who="stranger", title="Réseau de chaleur", measure="closed")
    answer = sent(road, NEW, **filled(road))
    assert answer.status_code == 302
    told = words(page(road, answer.url))
    assert "1 conflit" in told
    assert "Les deux barrent la route" in told
    assert "Réseau de chaleur" in told


def test_without_a_script_conflicts_are_looked_for_by_a_button_and_nothing_is_kept(road: Network) -> None:
    soon(road, who="stranger", title="Réseau de chaleur", measure="closed")
    answer = sent(road, NEW, **filled(road, do="check"))
    assert (answer.status_code, "Les deux barrent la route" in words(answer)) == (200, True)
    with acting_as(SYSTEM):
        assert Work.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"ends_on": "2020-01-01"}, "finissent avant de commencer"),
        ({"ends_on": "2020-01-01", "title": ""}, "finissent avant de commencer"),
        ({"starts_on": "0026-11-30"}, "quatre chiffres"),
        ({"starts_on": "demain"}, "date"),
        ({"title": ""}, "obligatoire"),
        ({"speed_kmh": "500"}, "130"),
        ({"measure": "fermee"}, "choix"),
        ({"end": ""}, "deux extrémités"),
        ({"end": "D 2020 PR 44+0"}, "PR 44"),
        ({"where": "map"}, "Dites où"),
        ({"where": "map", "geom": "rien"}, "illisible"),
        ({"where": "street", "street": "rue Haute"}, "Choisissez la commune"),
        ({"where": "street", "street": "rue Basse", "commune": "45901"}, "rue Basse"),
        ({"where": "ailleurs"}, "choix"),
        ({"member": "autre"}, "choix"),
        ({"outage": "12"}, "coupure"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    road: Network, given: dict[str, Any], expected: str
) -> None:
    answer = sent(road, NEW, **filled(road, **given))
    assert answer.status_code in (400, 404)
    assert expected in words(answer)
    with acting_as(SYSTEM):
        assert not Work.objects.exists()


def test_a_reference_that_is_refused_leaves_no_former_stretch_on_the_map(road: Network) -> None:
    made = soon(road)
    path = f"{CALENDAR}{made.pk}/modifier/"
    drawn = made.geom.transform(4326, clone=True).geojson
    refused = sent(road, path, **filled(road, end="D 2020 PR 99", geom=drawn, version=made.version))
    assert refused.status_code == 400
    assert drawn_on(refused) == ""
    assert drawn_on(sent(road, path, **filled(road, where="map", title="", geom=drawn, version=made.version))) != ""


def drawn_on(answer: Any) -> str:
    return str(answer.context["small_map"].config["stretch"])


def test_a_whole_street_is_taken_by_its_name(network: Network) -> None:
    section(network.member, (0, 20), (90, 20), name_left="Rue Haute", insee_left="45901")
    answer = sent(network, NEW, **filled(network, where="street", street="rue haute", commune="45901", do="plan"))
    assert answer.status_code == 302, words(answer)
    with acting_as(SYSTEM):
        made = Work.objects.get()
    assert (made.state, made.geom.length, made.place) == ("planned", pytest.approx(90), "Rue Haute")


def test_works_are_changed_and_a_stale_form_is_refused(road: Network) -> None:
    made = soon(road)
    path = f"{CALENDAR}{made.pk}/modifier/"
    assert "Enrobés" in page(road, path).content.decode()
    assert sent(road, path, **filled(road, title="De nuit", version=made.version)).status_code == 302
    answer = sent(road, path, **filled(road, title="De jour", version=made.version))
    assert (answer.status_code, "entre-temps" in words(answer)) == (412, True)


def test_a_stale_form_keeps_what_was_typed_and_is_sent_again_over_the_other(road: Network) -> None:
    made = soon(road)
    path = f"{CALENDAR}{made.pk}/modifier/"
    sent(road, path, **filled(road, title="De nuit", version=made.version))
    refused = sent(road, path, **filled(road, title="De jour", version=made.version)).content.decode()
    assert 'value="De jour"' in refused
    shown = re.search(r'name="version" value="(\d+)"', refused)
    assert shown
    assert sent(road, path, **filled(road, title="De jour", version=shown[1])).status_code == 302
    with acting_as(SYSTEM):
        assert Work.objects.get().title == "De jour"


def test_cancelled_works_have_no_form(road: Network) -> None:
    made = soon(road, state="planned")
    sent(road, f"{CALENDAR}{made.pk}/", do="cancel", version=made.version)
    answer = page(road, f"{CALENDAR}{made.pk}/modifier/")
    assert (answer.status_code, answer["Location"]) == (302, f"{CALENDAR}{made.pk}/")


def test_the_ends_of_a_stretch_are_named_as_on_the_paper_form(road: Network) -> None:
    assert "Du repère (PR)" in words(page(road, f"{CALENDAR}nouveau/"))


def test_a_draft_is_announced_and_works_are_cancelled_on_their_sheet(road: Network) -> None:
    made = soon(road, state="draft")
    path = f"{CALENDAR}{made.pk}/"
    assert sent(road, path, do="plan", version=made.version).status_code == 302
    assert sent(road, path, do="plan", version=made.version).status_code == 412
    assert sent(road, path, do="plan", version=made.version + 1).status_code == 409
    assert sent(road, path, do="dance", version=made.version + 1).status_code == 400
    assert sent(road, path, do="cancel", version=made.version + 1).status_code == 302
    assert "Annulé" in words(page(road, path))


@pytest.mark.parametrize(("first", "last", "said"), [(-9, -2, "Terminé"), (-2, 2, "En cours"), (2, 4, "Prévu")])
def test_the_sheet_says_whether_works_have_begun(road: Network, first: int, last: int, said: str) -> None:
    made = work(road, starts_on=today() + timedelta(days=first), ends_on=today() + timedelta(days=last))
    answer = page(road, f"{CALENDAR}{made.pk}/").content.decode()
    assert f'<span class="work-state planned">{said}</span>' in answer
    table = page(road, f"{CALENDAR}?format=csv&du={made.starts_on}").content.decode("utf-8-sig")
    assert f";{said};{made.starts_on}" in table


def test_other_files_add_their_parts_to_the_sheet(road: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    def detour(_request: Any, one: Any, _rights: Any) -> Any:
        words = {"label": "Déviation", "why": "par la D 44", "gravity": "near", "days": ""}
        return "roadworks/conflicts.html", {"conflicts": [{"work": one, **words}]}

    give(monkeypatch, WORK_PARTS, lambda _request, _work, _rights: None, detour, only=True)
    assert "par la D 44" in words(page(road, f"{CALENDAR}{soon(road).pk}/"))


# -- while entering ---------------------------------------------------------------------------------------------------


def asked(network: Network, who: str = "network_technician", **given: Any) -> Any:
    return network.client(who).post(CHECK, json.dumps(given), content_type="application/json")


def test_the_stretch_and_the_conflicts_are_told_while_entering(road: Network) -> None:
    other = soon(road, who="stranger", title="Fibre", kind="network", measure="alternate")
    days = {"starts_on": other.starts_on.isoformat(), "ends_on": other.ends_on.isoformat(), "measure": "closed"}
    told = asked(road, start="D 2020 PR 12+10", end="D 2020 PR 12+90", **days).json()
    assert (told["length_m"], told["place"], told["stretch"]["type"]) == (80.0, "Route d’Orléans", "MultiLineString")
    (conflict,) = told["conflicts"]
    assert (conflict["title"], conflict["gravity"], conflict["url"]) == ("Fibre", "grave", f"{CALENDAR}{other.pk}/")


def test_two_places_that_were_pressed_become_a_stretch(road: Network) -> None:
    places = [at(20, 55).transform(4326, clone=True).coords, at(120, 45).transform(4326, clone=True).coords]
    assert asked(road, points=places).json()["length_m"] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"points": [[2.5, 47.9]]},
        {"points": [[200, 95], [2, 47]]},
        {"points": [[2.5, 47.9], ["a", 1]]},
        {"geom": "rien"},
        {"start": "D 2020 PR 12+10"},
        {"start": "D 2020 PR 12+10", "end": "D 2020 PR 12+90", "starts_on": "2026-12-02", "ends_on": "2026-12-01"},
        {"start": "D 2020 PR 12+10", "end": "D 2020 PR 12+90", "kind": "fete"},
    ],
)
def test_what_makes_no_sense_while_entering_is_explained(road: Network, given: dict[str, Any]) -> None:
    answer = asked(road, **given)
    assert answer.status_code == 400
    assert answer.json()["title"]


# -- the calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_shows_each_works_with_its_conflicts(road: Network) -> None:
    soon(road, title="Enrobés", measure="closed")
    soon(road, who="stranger", title="Brocante", kind="event")
    told = words(page(road, CALENDAR, "reader"))
    for expected in ("Enrobés", "Brocante", "Manifestation", "Route barrée", "⚠ 1 conflit", "8 semaines"):
        assert expected in told


def test_the_calendar_is_filtered_and_moved(road: Network) -> None:
    soon(road, title="Enrobés", measure="closed")
    assert "Enrobés" not in words(page(road, f"{CALENDAR}?kind=event"))
    assert "Enrobés" not in words(page(road, f"{CALENDAR}?du=2020-01-01"))
    assert "Enrobés" in words(page(road, f"{CALENDAR}?insee=45901&measure=closed&semaines=4&state=planned"))


@pytest.mark.parametrize("text", ["enrob", "2026-00", "route ORLÉANS", "Orléans  Enrobés"])
def test_works_are_looked_for_by_title_reference_and_place(road: Network, text: str) -> None:
    made = soon(road, reference="2026-0042")
    soon(road, title="Marché", reference="M-7", place="Place du Mail")
    found = page(road, f"{CALENDAR}?{urlencode({'text': text})}")
    assert [row["work"].pk for row in found.context["rows"]] == [made.pk]


def test_what_is_looked_for_and_lies_on_other_weeks_is_told(road: Network) -> None:
    soon(road, reference="2026-0042")
    told = words(page(road, f"{CALENDAR}?text=0042&du=2031-01-06"))
    assert "D’autres semaines Enrobés 2026-0042" in told
    assert "D’autres semaines" not in words(page(road, f"{CALENDAR}?du=2031-01-06"))


@pytest.mark.parametrize(("day", "without"), [("2000-01-01", "earlier"), ("2000-02-20", "earlier"),
                                              ("2099-12-31", "later")])  # fmt: skip
def test_no_link_leads_beyond_the_years_of_the_calendar(network: Network, day: str, without: str) -> None:
    found = page(network, f"{CALENDAR}?du={day}")
    assert found.status_code == 200
    assert found.context[without] == ""
    assert {"earlier": "← Avant", "later": "Après →"}[without] not in words(found)
    other = {"earlier": "later", "later": "earlier"}[without]
    for query in (found.context[other], found.context["query"], urlencode(found.context["kept"])):
        assert page(network, f"{CALENDAR}?{query}").status_code == 200


@pytest.mark.parametrize("form", ["csv", "xlsx", "ods"])
def test_the_works_of_the_weeks_are_taken_away_as_a_table(road: Network, form: str) -> None:
    soon(road, comment="Clé chez Mme Durand", hours="de 8 h à 17 h")
    soon(road, title="Marché", kind="event")
    answer = page(road, f"{CALENDAR}?kind=road&format={form}")
    assert answer.status_code == 200
    assert f".{form}" in answer["Content-Disposition"]
    told = content_of(answer.content, form)
    for expected in ("Enrobés", "Travaux de voirie", "Lorris", "de 8 h à 17 h"):
        assert expected in told
    assert "Marché" not in told
    assert "Durand" not in told


def content_of(content: bytes, form: str) -> str:
    if form == "csv":
        return content.decode("utf-8-sig")
    with ZipFile(BytesIO(content)) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".xml"))


def test_a_table_of_drafts_of_others_is_empty(road: Network) -> None:
    soon(road, who="stranger", state="draft", title="Leur brouillon")
    assert "brouillon" not in page(road, f"{CALENDAR}?format=csv").content.decode("utf-8-sig")


@pytest.mark.parametrize("query", ["format=pdf", "format=csv&du=demain", "format=csv&kind=fete"])
def test_a_table_that_makes_no_sense_is_told(network: Network, query: str) -> None:
    assert page(network, f"{CALENDAR}?{query}").status_code == 400


def test_a_table_that_would_be_cut_is_told(road: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("networks.roadworks.pages.calendar.ROWS_OF_A_TABLE", 1)
    soon(road)
    assert page(road, f"{CALENDAR}?format=csv").status_code == 200
    soon(road)
    assert page(road, f"{CALENDAR}?format=csv").status_code == 400


@pytest.mark.parametrize("query", ["du=demain", "du=0001-01-01", "kind=fete", "insee=99999", "state=x"])
def test_a_filter_that_makes_no_sense_is_told(network: Network, query: str) -> None:
    assert page(network, f"{CALENDAR}?{query}").status_code == 400


def test_a_bar_takes_the_days_of_its_week() -> None:
    one = Work(starts_on=date(2026, 12, 3), ends_on=date(2026, 12, 8))
    week, following = Week(date(2026, 11, 30), False, 49), Week(date(2026, 12, 7), False, 50)
    found = [(told.start, told.days, told.begins, told.ends) for told in (cell(one, week), cell(one, following))]
    assert found == [(3, 4, True, False), (0, 2, False, True)]
    assert cell(one, Week(date(2026, 12, 14), False, 51)).days == 0


def test_whoever_does_not_plan_works_has_no_form(road: Network) -> None:
    assert page(road, NEW, "reader").status_code == 403
    made = soon(road)
    assert page(road, f"{CALENDAR}{made.pk}/modifier/", "reader").status_code == 403
    assert "Nouveaux travaux" not in words(page(road, CALENDAR, "reader"))


# -- from an outage, and to the people --------------------------------------------------------------------------------


def outage(network: Network) -> str:
    for x, reference in ((0, "V1"), (100, "V2")):
        network.node(x, 40, "valve", reference=reference)
    pipe = network.pipe((0, 40), (100, 40), diameter_mm=100)
    answer = sent(network, "/reseaux/coupures/", request=json.dumps({"pipe": pipe}))
    return str(answer.url)


def test_an_outage_leads_to_works_in_front_of_what_broke(road: Network) -> None:
    path = outage(road)
    number = path.rstrip("/").rpartition("/")[2]
    assert f'href="{NEW}?outage={number}"' in page(road, path).content.decode()
    form = page(road, f"{NEW}?outage={number}")
    assert "Réparation de la conduite" in form.content.decode()
    shape = form.context["form"]["geom"].value()
    answer = sent(road, NEW, **filled(road, kind="water", where="map", geom=shape, outage=number))
    assert answer.status_code == 302, words(answer)
    with acting_as(SYSTEM):
        made = Work.objects.get()
    assert (made.outage_id, made.place) == (int(number), "Route d’Orléans")
    assert made.geom.length == pytest.approx(50, abs=0.1)
    assert path in page(road, answer.url).content.decode()


def test_without_a_road_the_broken_pipe_is_the_stretch(network: Network) -> None:
    number = outage(network).rstrip("/").rpartition("/")[2]
    shape = page(network, f"{NEW}?outage={number}").context["form"]["geom"].value()
    assert json.loads(shape)["type"] == "MultiLineString"


def test_the_outage_is_named_to_those_alone_who_may_see_it(road: Network) -> None:
    number = outage(road).rstrip("/").rpartition("/")[2]
    made = soon(road, kind="water", outage_id=int(number))
    path = f"{CALENDAR}{made.pk}/"
    assert "/reseaux/coupures/" in page(road, path).content.decode()
    assert "/reseaux/coupures/" not in page(road, path, "stranger").content.decode().split("<main")[1]
    assert page(road, f"{NEW}?outage={number}", "stranger").status_code == 404


def houses(network: Network) -> None:
    rows = [(1, 20, 60, "Route d'Orleans"), (3, 80, 95, "Route d'Orleans"), (9, 290, 130, "Route d'Orleans"),
            (2, 20, 180, "Rue Haute")]  # fmt: skip
    with factories.as_owner(), connection.cursor() as cursor:
        for number, x, y, road in rows:
            cursor.execute(
                "insert into cadastre_address (insee, number, suffix, road_name, postcode, commune_name, label,"
                " search_text, parcel_idu, parcels, ban_id, geom) values ('45901', %s, '', %s, '45260', 'Lorris', %s,"
                " '', '', '{}', '', st_setsrid(st_makepoint(%s, %s), 2154))",
                [number, road, f"{number} {road}", X + x, Y + y],
            )


@pytest.mark.parametrize(("measure", "numbers"), [("alternate", ["1 ", "3 "]), ("closed", ["1 ", "3 ", "9 "])])
def test_the_people_along_works_are_warned(road: Network, measure: str, numbers: list[str]) -> None:
    houses(road)
    made = soon(road, measure=measure, hours="9 h – 16 h 30", no_parking=True)
    answer = sent(road, "/reseaux/avis/", work=str(made.pk))
    assert answer.status_code == 302, words(answer)
    with acting_as(SYSTEM):
        notice = Notice.objects.get()
        told = sorted(notice.targets.values_list("address", flat=True))
    assert [one[:2] for one in told] == numbers
    assert (notice.kind, notice.about_kind, notice.about_key) == ("works", "work", str(made.pk))
    assert "stationnement interdit" in notice.reason
    shown = words(page(road, answer.url))
    assert "à 9 h au" in shown
    assert "Route d’Orléans" in shown


def test_the_people_along_works_of_one_night_are_warned(road: Network) -> None:
    houses(road)
    day = today() + timedelta(days=7)
    made = soon(road, starts_on=day, ends_on=day, hours="21 h – 6 h")
    answer = sent(road, "/reseaux/avis/", work=str(made.pk))
    assert answer.status_code == 302, words(answer)
    with acting_as(SYSTEM):
        notice = Notice.objects.get()
    assert notice.starts_at is not None
    assert notice.ends_at is not None
    assert notice.ends_at - notice.starts_at == timedelta(hours=9)


def test_works_without_a_house_lead_to_the_form_with_an_area_to_draw(road: Network) -> None:
    made = soon(road)
    assert sent(road, "/reseaux/avis/", work=str(made.pk)).status_code == 400


@pytest.mark.parametrize("key", ["0", "abc", "9" * 30, "٣"])
def test_a_notice_of_works_that_are_not_there_is_refused(road: Network, key: str) -> None:
    assert sent(road, "/reseaux/avis/", work=key).status_code == 404


def test_the_line_of_a_draft_is_not_in_a_notice_of_somebody_else(road: Network) -> None:
    made = soon(road, state="draft")
    assert sent(road, "/reseaux/avis/", "stranger", work=str(made.pk)).status_code == 404
