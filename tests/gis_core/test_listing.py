"""Lists of desks: what an address asks for, its form, its page, its files."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import shapely
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook

from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_pages import answer_list
from gis_core.desk.list_query import ListQuery, QueryForm, answer_query, choice, parameter, text, whole_number
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.desk.pager import PageLinks, page_links
from gis_core.desk.parameters import Page
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Commune
from tests import factories
from tests.exports.conftest import Table, read

pytestmark = pytest.mark.django_db
RIGHTS = Rights()


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneQuery(ListQuery):
    text: str = text("Recherche", name="q")
    kind: str = choice("Type", [("a", "Avec"), ("b", "Sans")], every="Tous", allowed=lambda: ("a", "b"))
    only: str = choice("Seul", lambda _rights: [("x", "X")], every="Tous", fewest=2)
    year: int | None = whole_number("Année", low=1970, high=2100)


def communes(query: CommuneQuery, _rights: Rights) -> Any:
    rows = Commune.objects.order_by("insee")
    return rows.filter(name__icontains=query.text) if query.text else rows


LISTING = Listing(
    name="communes",
    title="Communes",
    query=CommuneQuery,
    rows=communes,
    columns=(
        Column("name", "Commune", cell=lambda one, _: Cell(one.name, href=f"/{one.insee}/", lines=(Line("à voir"),))),
        Column("insee", "INSEE", sort="insee"),
        Column("population", "Habitants", "integer", sort="population"),
        Column("initial", "Initiale", value=lambda one, names: names[one.pk], in_files=False),
    ),
    on_page=("name", "population", "initial"),
    related=lambda rows, _rights: {one.pk: one.name[0] for one in rows},
    key=lambda one: one.insee,
    pager=Pager(rows=2, farthest=100, count_limit=4),
    count=lambda count: f"{count} communes",
    nothing="Rien encore.",
    none_match="Rien de tel.",
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="villes",
    most_in_files=5,
    geometry="geom",
)


@pytest.fixture
def five() -> list[Commune]:
    names = ["Ardon", "Boigny", "=Chaingy", "Darvoy", "Ingré"]
    made = [factories.commune(f"4590{at}", name) for at, name in enumerate(names, 1)]
    with factories.as_owner():
        for at, one in enumerate(made):
            Commune.objects.filter(pk=one.pk).update(population=None if at == 1 else 5_000 * at)
    return made


def get(query: str = "", listing: Listing[Any, Any] = LISTING) -> HttpResponse:
    request = RequestFactory().get(f"/villes/{query}")
    request.rights = RIGHTS  # type: ignore[attr-defined]
    request.user = None  # type: ignore[assignment]

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        content = render_to_string("desk/filters.html", context) + render_to_string("desk/list.html", context, request)
        return HttpResponse(content, status=status)

    return answer_list(request, listing, show)


def names_in(answer: HttpResponse) -> list[str]:
    text = answer.content.decode()
    return [part.split("</a>")[0].split(">")[-1] for part in text.split('<th scope="row">')[1:]]


# -- what is asked for ------------------------------------------------------------------------------------------------


def test_a_query_is_written_as_it_is_read() -> None:
    query = CommuneQuery.parse({"q": " Ard\x00on ", "kind": "b", "year": "2024", "unknown": "1"})
    assert query == CommuneQuery(text="Ardon", kind="b", year=2024)
    assert CommuneQuery.parse(dict(part.split("=") for part in query.query().split("&"))) == query


@pytest.mark.parametrize(
    ("given", "parameter"), [({"kind": "z"}, "kind"), ({"year": "1900"}, "year"), ({"year": "x"}, "year")]
)
def test_what_makes_no_sense_is_refused_at_its_parameter(given: dict[str, str], parameter: str) -> None:
    with pytest.raises(Invalid) as refused:
        CommuneQuery.parse(given)
    assert refused.value.extra["parameter"] == parameter


def test_a_form_offers_the_choices_and_leaves_out_what_is_none() -> None:
    form = QueryForm(CommuneQuery, RIGHTS, kept={})
    assert list(form.fields) == ["q", "kind", "year"]
    assert form.fields["kind"].choices == [("", "Tous"), ("a", "Avec"), ("b", "Sans")]  # type: ignore[attr-defined]


def test_a_value_of_the_address_that_no_choice_offers_stays_in_the_form() -> None:
    query, form, _page = answer_query(CommuneQuery, {"only": "gone"}, RIGHTS, lambda *_asked: None)
    assert query.only == "gone"
    assert ("gone", "gone") in form.fields["only"].choices  # type: ignore[attr-defined]


def test_a_form_shows_what_was_read() -> None:
    _query, form, _page = answer_query(CommuneQuery, {"q": "  Ardon "}, RIGHTS, lambda *_asked: None)
    assert 'value="Ardon"' in str(form["q"])
    assert 'type="number"' in str(form["year"])
    assert (form.is_filtered, form.errors) == (True, {})


def test_what_a_page_cannot_answer_is_said_in_the_form_and_the_usual_is_answered() -> None:
    def answer(query: CommuneQuery, given: Any) -> str:
        if given.get("day") == "x":
            raise Invalid("Un jour.", parameter="day")
        return f"{query.text}, {given.get('day', 'today')}"

    query, form, answered = answer_query(CommuneQuery, {"q": "Ardon", "day": "x"}, RIGHTS, answer)
    assert (query, answered, form.non_field_errors()) == (CommuneQuery(), ", today", ["Un jour."])


@dataclass(frozen=True, slots=True, kw_only=True)
class StateQuery(ListQuery):
    state: str = parameter(read=lambda given, name: given.get(name, "open"), hidden=True, default="open")
    road: str = text("Route")


def test_what_links_choose_stays_hidden_in_the_form() -> None:
    _query, form, _page = answer_query(StateQuery, {"state": "all"}, RIGHTS, lambda *_asked: None)
    assert [field.value() for field in form.hidden_fields()] == ["all"]
    assert [field.name for field in form.visible_fields()] == ["road"]


@pytest.mark.parametrize(
    ("offset", "links"),
    [
        (0, PageLinks(first=1, last=50, next="?sans=1&offset=50#far")),
        (50, PageLinks(first=51, last=100, previous="?sans=1&offset=0#far", next="?sans=1&offset=100#far")),
        (100, PageLinks(first=101, last=120, previous="?sans=1&offset=50#far")),
        (500, PageLinks(first=0, last=120, previous="?sans=1&offset=450#far")),
    ],
)
def test_links_lead_to_the_pages_beside(offset: int, links: PageLinks) -> None:
    assert page_links(Page(50, offset), 120, "sans=1", "#far") == links


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        (
            Cell("B14", href="/b/", picture="/b.svg"),
            '<img src="/b.svg" alt="" width="32" height="32" loading="lazy"><a',
        ),
        (Cell("PDF", href="/b/", title="Ouvrir B"), '<a href="/b/" aria-label="Ouvrir B">PDF</a>'),
        (Cell("B", lines=(Line("fini", tone="over"),)), 'B<span class="sub over">fini</span>'),
        (Cell(day=date(2026, 3, 1), until=date(2026, 3, 4)), '</time> – <time datetime="2026-03-04">'),
    ],
)
def test_a_cell_is_written(cell: Cell, html: str) -> None:
    assert html in render_to_string("desk/cell.html", {"cell": cell})


def test_one_day_is_said_once() -> None:
    cell = Cell(day=date(2026, 3, 1), until=date(2026, 3, 1))
    assert render_to_string("desk/cell.html", {"cell": cell}).count("<time") == 1


# -- the page ---------------------------------------------------------------------------------------------------------


def test_a_page_holds_its_rows_and_leads_to_the_next(five: list[Commune]) -> None:
    answer = get()
    assert names_in(answer) == ["Ardon", "Boigny"]
    assert "More than 4 communes" in answer.content.decode() or "Plus de 4 communes" in answer.content.decode()
    assert 'href="?offset=2"' in answer.content.decode()
    assert names_in(get("?offset=4")) == ["Ingré"]


def test_a_cell_tells_its_lines_and_what_nobody_knows(five: list[Commune]) -> None:
    text = get().content.decode()
    assert '<span class="sub">à voir</span>' in text
    assert '<td data-label="Habitants" class="number">—</td>' in text
    assert '<td data-label="Initiale">A</td>' in text


def test_a_heading_orders_and_says_how(five: list[Commune]) -> None:
    text = get("?sort=-population").content.decode()
    assert names_in(get("?sort=-population")) == ["Ingré", "Darvoy"]
    assert names_in(get("?sort=population&offset=4")) == ["Boigny"]
    assert 'aria-sort="descending"' in text
    assert text.count("aria-sort") == 1


def test_a_filter_that_makes_no_sense_is_said_and_everything_shown(five: list[Commune]) -> None:
    answer = get("?kind=z")
    assert (answer.status_code, names_in(answer)) == (400, ["Ardon", "Boigny"])
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize("query", ["?sort=geom", "?sort=initial", "?offset=x", "?offset=101"])
def test_an_order_or_a_page_that_there_is_not_is_refused(query: str, five: list[Commune]) -> None:
    assert get(query).status_code == 400


def test_a_list_that_goes_on_beyond_its_last_page_says_so(five: list[Commune]) -> None:
    short = replace(LISTING, pager=Pager(rows=2, farthest=2, count_limit=4))
    texts = [get(query, short).content.decode() for query in ("", "?offset=2")]
    assert ["La liste continue" in text for text in texts] == [False, True]


def test_a_column_of_a_name_that_no_row_has_is_a_fault(five: list[Commune]) -> None:
    with pytest.raises(AttributeError):
        get("", replace(LISTING, columns=(Column("nom", "Commune"),), on_page=()))


def test_an_empty_list_tells_filters_from_nothing(five: list[Commune]) -> None:
    assert "Rien de tel." in get("?q=zzz").content.decode()
    with factories.as_owner():
        Commune.objects.all().delete()
    assert "Rien encore." in get().content.decode()


def test_what_a_list_asks_for_does_not_grow_with_its_rows(five: list[Commune], django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        get()


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_table_holds_all_rows_and_no_formula(five: list[Commune]) -> None:
    answer = get("?format=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Commune;INSEE;Habitants"
    assert lines[3] == "'=Chaingy;45903;10000"
    assert len(lines) == 6
    assert 'filename="villes-' in answer["content-disposition"]


def test_a_workbook_keeps_numbers_and_texts(five: list[Commune]) -> None:
    sheet = load_workbook(BytesIO(get("?format=xlsx&q=Ingr").content)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Commune", "INSEE", "Habitants"],
        ["Ingré", "45905", 20_000],
    ]


def test_too_many_rows_for_a_file_are_refused_in_words(five: list[Commune]) -> None:
    factories.commune("45999", "Zoteux")
    with pytest.raises(Invalid, match="5"):
        get("?format=csv")


def test_a_file_that_the_list_does_not_offer_is_refused(five: list[Commune]) -> None:
    with pytest.raises(Invalid):
        get("?format=shp")


def test_places_are_no_file_of_a_list_that_has_none() -> None:
    with pytest.raises(ImproperlyConfigured):
        replace(LISTING, geometry="")


def geopackage(tmp_path: Path, query: str, listing: Listing[Any, Any] = LISTING) -> Table:
    """The file of a query as GDAL reads it."""
    path = tmp_path / "list.gpkg"
    path.write_bytes(get(query, listing).content)
    return read(path)


def test_a_geopackage_holds_the_rows_where_they_are(five: list[Commune], tmp_path: Path) -> None:
    table = geopackage(tmp_path, "?format=gpkg&sort=-population")
    assert (table.layers, table.crs, table.geometry_type) == (["villes"], "EPSG:2154", "MultiPolygon")
    assert table.fields == ["Commune", "INSEE", "Habitants"]
    assert table.column("Commune") == ["Ingré", "Darvoy", "=Chaingy", "Ardon", "Boigny"]
    assert table.column("Habitants") == [20_000, 15_000, 10_000, 0, None]
    assert table.fids == [1, 2, 3, 4, 5]
    assert shapely.to_wkb(table.shapes[0]) == bytes(Commune.objects.get(name="Ingré").geom.wkb)


def test_a_geopackage_keeps_types_and_knows_what_is_not_known(five: list[Commune], tmp_path: Path) -> None:
    day, seen = date(2026, 2, 3), datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    columns = (
        Column("insee", "INSEE"),
        Column("day", "Jour", "date", value=lambda one, _: day if one.population else None),
        Column("seen", "Vu le", "datetime", value=lambda _one, _: seen),
        Column("cost", "Coût (€)", "number", value=lambda _one, _: Decimal("12.50")),
        Column("none", "Rien", "integer", value=lambda _one, _: ""),
        Column("late", "En retard", "boolean", value=lambda one, _: one.name == "Ardon"),
        Column("code", "Fid", value=lambda _one, _: 7),
        Column("again", "Jour", value=lambda _one, _: gettext_lazy("Map")),
    )
    table = geopackage(tmp_path, "?format=gpkg&q=o", replace(LISTING, columns=columns, on_page=()))
    assert table.fields == ["INSEE", "Jour", "Vu le", "Coût (€)", "Rien", "En retard", "Fid_", "Jour_"]
    assert table.types == [
        "OFTString", "OFTDate", "OFTDateTime", "OFTReal", "OFTInteger64", "OFTInteger", "OFTString", "OFTString",
    ]  # fmt: skip
    rows = [list(row) for row in zip(*table.columns, strict=True)]
    assert rows[0] == ["45901", None, "2026-07-01T10:30:00Z", 12.5, None, 1, "7", str(gettext_lazy("Map"))]
    assert [row[1] for row in rows] == [None, None, "2026-02-03"]


def test_too_many_rows_for_a_geopackage_are_refused_in_words(five: list[Commune]) -> None:
    factories.commune("45999", "Zoteux")
    with pytest.raises(Invalid, match="5"):
        get("?format=gpkg")


def test_an_instant_in_a_workbook_is_that_of_clocks_here(five: list[Commune]) -> None:
    seen = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
    listing = replace(LISTING, columns=(Column("seen", "Vu le", "datetime", value=lambda *_: seen),), on_page=())
    sheet = load_workbook(BytesIO(get("?format=xlsx&q=Ingr", listing).content)).active
    assert [cell.value for cell in sheet["A"]] == ["Vu le", datetime(2026, 7, 1, 12, 30)]
    with ZipFile(BytesIO(get("?format=ods&q=Ingr", listing).content)) as file:
        assert 'office:date-value="2026-07-01T12:30:00"' in file.read("content.xml").decode()


def test_places_are_named_and_lead_to_their_rows(five: list[Commune]) -> None:
    told = json.loads(get("?format=geojson&q=Ard").content)
    (feature,) = told["features"]
    assert (feature["id"], feature["properties"]["title"], feature["properties"]["href"]) == (
        "45901",
        "Ardon",
        "/45901/",
    )
    lon, lat = feature["geometry"]["coordinates"][0][0][0]
    assert -5 < lon < 10
    assert 41 < lat < 52
