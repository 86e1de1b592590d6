"""The sheet on paper, and frozen: the PDF file is opened and measured."""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.translation import override
from PIL import ImageFile

from gis_core.files.writing.paper import fetcher_of
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from layers.parcels import plan
from layers.parcels.document import format_crossing_share, format_line
from layers.parcels.ground import ground_of_parcels
from layers.parcels.models import FrozenSheet
from layers.parcels.plan import HEIGHT_MM, SCALES, WIDTH_MM, draw, scale_for
from layers.parcels.points import SECTIONS
from layers.parcels.sections import Answer, Line, Link, Measure, Section, reader_with
from tests import factories
from tests.parcels.conftest import Place, drawn, section, square
from tests.wiring import give

pytestmark = pytest.mark.django_db
POINTS_PER_MM = 72 / 25.4


def opened(content: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(BytesIO(content))


def words(content: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in opened(content))


def frozen(client: Client, **body: Any) -> Any:
    return client.post(
        "/api/v1/parcels/sheets/", json.dumps({"parcels": ["450010000A0001"], **body}), content_type="application/json"
    )


@pytest.fixture
def reader(client: Client, place: Place) -> Client:
    client.force_login(factories.user(factories.member(), Role.READER))
    return client


# -- paper ------------------------------------------------------------------------------------------------------------


def test_the_file_says_what_the_sheet_says(client: Client, place: Place) -> None:
    answer = client.get("/api/v1/parcels/450010000A0001/sheet.pdf")
    text = words(b"".join(answer) if answer.streaming else answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert "Parcelle A 1, Bray" in text
    assert "Limite à vérifier" in text
    assert "1:1000" in re.sub(r"\s", "", text)


def printed(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/parcels/sheet.pdf", json.dumps(body), content_type="application/json")


def test_several_parcels_make_one_file(client: Client, place: Place) -> None:
    answer = printed(client, parcels=[place.first.idu, place.second.idu])
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert "Parcelles A 1, A 2, Bray" in words(answer.content)


def test_a_drawn_shape_makes_a_file_with_the_title_that_it_is_given(client: Client, place: Place) -> None:
    assert "Zone du lavoir" in words(printed(client, shape=drawn(5, 5, 20, 20), title="Zone du lavoir").content)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"parcels": ["A 1"]}, 400),
        ({"parcels": ["450010000A0099"]}, 404),
        ({"shape": {"type": "Point", "coordinates": [2, 47]}}, 400),
        ({"parcels": ["450010000A0001"], "sections": ["none"]}, 400),
    ],
)
def test_what_cannot_be_printed_is_refused(client: Client, place: Place, body: Any, status: int) -> None:
    assert printed(client, **body).status_code == status


def test_the_bar_measures_what_the_scale_says(client: Client, place: Place) -> None:
    """Looked for in the file's own lines: 50 mm on paper, to two tenths of a millimetre."""
    page = opened(client.get("/api/v1/parcels/450010000A0001/sheet.pdf").content)[0]
    widths = [(box[2] - box[0]) / POINTS_PER_MM for box in (one.get_bounds() for one in page.get_objects())]
    assert min(abs(width - 50) for width in widths) <= 0.2


def test_the_plan_fits_the_ground_at_a_usual_scale(place: Place) -> None:
    with acting_as(ANONYMOUS):
        ground = ground_of_parcels([place.first.idu], date(2026, 1, 1), reader_with(ANONYMOUS))
        plan = draw(ground, reader_with(ANONYMOUS))
    scale = scale_for(ground)
    assert scale in SCALES
    assert 50 / scale * 1000 <= HEIGHT_MM
    assert plan.box[2] - plan.box[0] == pytest.approx(WIDTH_MM / 1000 * scale)


def test_words_of_a_layer_cannot_become_markup(client: Client, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def collect(_ground: Any, _rights: Any) -> Answer:
        return Answer(lines=[Line(key="x", title="<b>UB</b><img src=file:///etc/passwd>")])

    give(monkeypatch, SECTIONS, Section(slug="rude", title="Rude", order=1, collect=collect))
    assert "<b>UB</b>" in words(client.get("/api/v1/parcels/450010000A0001/sheet.pdf").content)


def test_a_long_word_stays_on_the_page(reader: Client) -> None:
    file = reader.get(frozen(reader, title="W" * 200).json()["pdf"]).content
    page = opened(file)[0]
    assert max(box[2] for box in (one.get_bounds() for one in page.get_objects())) <= page.get_width()


def test_addresses_on_paper_are_whole(client: Client, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(key="x", title="UB", links=[Link(title="Act", url="/api/v1/planning/files/0/a.pdf")])
    told = Section(slug="told", title="T", order=1, collect=lambda _g, _r: Answer(lines=[line]))
    give(monkeypatch, SECTIONS, told)
    text = words(client.get("/api/v1/parcels/450010000A0001/sheet.pdf").content)
    assert "http://testserver/api/v1/planning/files/0/a.pdf" in text


def test_sections_for_the_asker_alone_are_not_printed(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Section(slug="own", title="P", order=5, collect=lambda _g, _r: Answer(notes=["Entre nous"]), kept=False)
    give(monkeypatch, SECTIONS, own)
    assert "Entre nous" not in words(reader.get("/api/v1/parcels/450010000A0001/sheet.pdf").content)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1/", "arpent:../document.py", "arpent:none.ttf"])
def test_the_typesetter_fetches_our_fonts_and_nothing_else(url: str) -> None:
    with pytest.raises(ValueError, match=re.escape(url[:20])):
        fetcher_of({}).fetch(url)


def test_printing_does_not_have_the_process_take_truncated_photos(client: Client, place: Place) -> None:
    client.get("/api/v1/parcels/450010000A0001/sheet.pdf")
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize(
    ("language", "share", "words"),
    [
        ("fr", 0.9991, "99,9"),
        ("en", 0.9991, "99.9"),
        ("fr", 1.0, "100"),
        ("fr", 0.6129, "61,3"),
        ("fr", 0.0009, "< 0,1"),
    ],
)
def test_a_share_is_told_as_on_the_screen(language: str, share: float, words: str) -> None:
    with override(language):
        assert format_crossing_share(share) == f"{words}\N{NO-BREAK SPACE}%"


def test_a_common_limit_has_no_share() -> None:
    assert format_line({"area_m2": 0.0, "share": 0.0, "length_m": None, "links": []}, "")["part"] == ""


# -- frozen -----------------------------------------------------------------------------------------------------------


def test_a_frozen_sheet_has_a_number_and_the_hash_of_its_content(reader: Client) -> None:
    answer = frozen(reader)
    sheet = answer.json()
    assert answer.status_code == 201
    assert re.fullmatch(r"FP-20\d\d-\d{6}", sheet["number"])
    text = json.dumps(sheet["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == sheet["content_sha256"]


def test_a_frozen_sheet_says_the_same_after_the_plan_has_changed(reader: Client, place: Place) -> None:
    sheet = frozen(reader).json()
    before = reader.get(sheet["pdf"]).content
    with factories.as_owner():
        place.first.area_m2 = 1
        place.first.save()
    again = reader.get(sheet["url"]).json()
    assert section(again["content"], "identity") == section(sheet["content"], "identity")
    assert reader.get(sheet["pdf"]).content == before


def test_number_and_hash_are_printed(reader: Client) -> None:
    sheet = frozen(reader).json()
    text = words(reader.get(sheet["pdf"]).content)
    assert sheet["number"] in text
    assert sheet["content_sha256"] in re.sub(r"\s", "", text)


@pytest.fixture
def kept(reader: Client) -> Iterator[FrozenSheet]:
    number = frozen(reader).json()["number"]
    with factories.as_owner():
        yield FrozenSheet.objects.get(number=number)


@pytest.mark.parametrize("statement", ["update parcels_frozensheet set title = 'x'", "delete from parcels_frozensheet"])
def test_postgresql_refuses_to_change_what_is_frozen(kept: FrozenSheet, statement: str) -> None:
    refused = pytest.raises(DatabaseError, match="neither changed nor removed")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_another_member_does_not_find_it(reader: Client) -> None:
    sheet = frozen(reader).json()
    stranger = Client()
    stranger.force_login(factories.user(factories.member(), Role.READER))
    assert stranger.get(sheet["url"]).status_code == 404
    assert stranger.get(sheet["pdf"]).status_code == 404
    assert stranger.get("/api/v1/parcels/sheets/").json()["count"] == 0


def test_colleagues_of_the_member_find_it(client: Client, place: Place) -> None:
    member = factories.member()
    client.force_login(factories.user(member, Role.PERMIT_INSTRUCTOR))
    sheet = frozen(client).json()
    colleague = Client()
    colleague.force_login(factories.user(member, Role.READER))
    assert colleague.get(sheet["url"]).json()["number"] == sheet["number"]


def test_nobody_freezes_anonymously(client: Client, place: Place) -> None:
    assert frozen(client).status_code == 401


def test_sections_about_people_are_not_frozen(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Section(slug="people", title="P", order=5, collect=lambda _g, _r: Answer(notes=["Dupont"]), kept=False)
    give(monkeypatch, SECTIONS, secret)
    sheet = frozen(reader).json()
    assert "Dupont" not in json.dumps(sheet["content"])
    assert "Dupont" not in words(reader.get(sheet["pdf"]).content)


def test_nothing_is_frozen_when_a_section_cannot_be_read(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_ground: Any, _rights: Any) -> Answer:
        raise DatabaseError("gone")

    give(monkeypatch, SECTIONS, Section(slug="broken", title="B", order=1, collect=broken))
    assert frozen(reader).status_code == 503
    assert reader.get("/api/v1/parcels/sheets/").json()["count"] == 0


def test_the_hash_is_that_of_the_content_read_again(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(key="a", title="A", measure=Measure(area_m2=-0.0, share=0.25))
    odd = Section(slug="odd", title="O", order=5, collect=lambda _g, _r: Answer(lines=[line]))
    give(monkeypatch, SECTIONS, odd)
    again = reader.get(frozen(reader).json()["url"]).json()
    text = json.dumps(again["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == again["content_sha256"]


def test_a_title_that_names_many_communes_is_cut(reader: Client) -> None:
    with factories.as_owner():
        for number in range(2, 12):
            name = f"Saint-Barthélemy-sous-Bois-{number}"
            factories.commune(f"450{number:02d}", name, square(-500, -500, 1000))
    answer = reader.post(
        "/api/v1/parcels/sheets/", json.dumps({"shape": drawn(0, 0, 10, 10)}), content_type="application/json"
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["title"].endswith("…")


def test_a_plan_that_leaves_the_smallest_out_says_so(
    client: Client, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/api/v1/parcels/{place.first.idu}/sheet.pdf"
    assert "ne sont pas dessinés" not in words(client.get(address).content)
    monkeypatch.setattr(plan, "MOST_DRAWN", 1)
    text = words(client.get(address).content)
    assert "ne sont pas dessinés" in text
    assert place.first.label in text
