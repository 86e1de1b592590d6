"""Pages of assets: the list of a filter, an asset with its inspections and photos, pictograms, the import of a file."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Job, Member, User
from layers.intake.findings import Finding, Severity
from layers.intake.models import FileImport
from layers.intake.services import imports
from networks.roads.listings.assets import ASSETS
from networks.roads.models import RoadAsset, RoadInspection, RoadSection, RoadStretch
from networks.roads.pages import assets as pages
from tests import factories

LIST = "/voirie/patrimoine/"


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


@pytest.fixture
def technician(member: Member) -> User:
    return factories.user(member, Role.NETWORK_TECHNICIAN)


@pytest.fixture
def browser(technician: User) -> Client:
    found = Client()
    found.force_login(technician)
    return found


@pytest.fixture
def asking() -> Iterator[None]:
    with acting_as(SYSTEM):
        yield


def sign(member: Member, code: str = "B14", **values: Any) -> RoadAsset:
    with factories.as_worker():
        return RoadAsset.objects.create(
            **{"owner": member, "kind": "sign", "code": code, "geom": Point(620_000, 6_720_000, srid=2154)} | values
        )


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def test_a_list_shows_what_its_filter_asks_for(browser: Client, member: Member) -> None:
    sign(member, reference="LIMITE-50", inscription="50", state="4")
    sign(member, "AB4", reference="CEDEZ-2", due_date=timezone.localdate() - timedelta(days=3))
    whole = page(browser, LIST)
    assert "LIMITE-50" in whole
    assert "/voirie/panneaux/B14.svg?texte=50" in whole
    assert "CEDEZ-2" not in page(browser, f"{LIST}?state=4")
    late = page(browser, f"{LIST}?due=late")
    assert ("LIMITE-50" in late, "CEDEZ-2" in late) == (False, True)
    assert "CEDEZ-2" in page(browser, f"{LIST}?q=ab4")


@pytest.mark.parametrize("code", ["B14/50", "B14 / B6", "B14\n50", " ", "?#%"])
def test_a_sign_is_shown_whatever_was_typed_as_its_code(browser: Client, member: Member, code: str) -> None:
    made = sign(member, code, reference="ICI")
    assert "ICI" in page(browser, LIST)
    assert "ICI" in page(browser, f"{LIST}point/{made.pk}/")
    picture = browser.get(f"/api/v1/layers/road-assets/features/{made.pk}/").json()["picture"]
    assert picture is None or browser.get(picture).headers["Content-Type"] == "image/svg+xml"


def test_assets_of_other_members_are_not_listed(browser: Client) -> None:
    other = factories.member(factories.commune("45902"))
    made = sign(other, reference="AILLEURS")
    assert "AILLEURS" not in page(browser, LIST)
    assert browser.get(f"{LIST}point/{made.pk}/").status_code == 404
    assert browser.get(f"{LIST}fleuve/{made.pk}/").status_code == 404


def test_the_condition_of_an_asset_is_that_of_its_last_inspection(browser: Client, member: Member) -> None:
    made = sign(member)
    address = f"{LIST}point/{made.pk}/"
    given = {"mark": "4", "done_date": "2026-02-03", "done_by": "Anne", "due_date": "2030-02-03", "remark": "Penché"}
    assert browser.post(address, given).status_code == 302
    assert browser.post(address, given | {"mark": "1", "done_date": "2025-02-03", "due_date": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.inspected_date, made.due_date) == ("4", date(2026, 2, 3), date(2030, 2, 3))
    assert "Penché" in page(browser, address)


def strike(browser: Client, made: RoadAsset, inspection: int, reason: str = "Autre panneau") -> int:
    given = {"do": "strike", "inspection": str(inspection), "reason": reason}
    return int(browser.post(f"{LIST}point/{made.pk}/", given).status_code)


def inspected(browser: Client, made: RoadAsset, mark: str, day: str) -> int:
    given = {"mark": mark, "done_date": day, "done_by": "Anne"}
    assert browser.post(f"{LIST}point/{made.pk}/", given).status_code == 302
    with acting_as(SYSTEM):
        return RoadInspection.objects.latest("pk").pk


def test_an_inspection_that_is_struck_out_counts_no_more_and_stays_to_be_seen(
    browser: Client, member: Member, technician: User
) -> None:
    made = sign(member, state="3")
    first, wrong = inspected(browser, made, "2", "2025-02-03"), inspected(browser, made, "5", "2026-02-03")
    assert strike(browser, made, wrong) == 302
    made.refresh_from_db()
    assert (made.state, made.inspected_date) == ("2", date(2025, 2, 3))
    shown = page(browser, f"{LIST}point/{made.pk}/")
    assert "Autre panneau" in shown
    with acting_as(SYSTEM):
        assert RoadInspection.objects.get(pk=wrong).struck_by == technician
    assert strike(browser, made, first) == 302
    made.refresh_from_db()
    assert (made.state, made.inspected_date) == ("3", None)


def state_after_striking(browser: Client, made: RoadAsset, one: int) -> str | None:
    assert strike(browser, made, one) == 302
    made.refresh_from_db()
    return str(made.state) if made.state else None


def change(made: RoadAsset, state: str | None) -> None:
    with factories.as_worker():
        RoadAsset.objects.filter(pk=made.pk).update(state=state)


def test_striking_out_gives_back_the_condition_of_just_before(browser: Client, member: Member) -> None:
    made = sign(member, state="3")
    assert state_after_striking(browser, made, inspected(browser, made, "5", "2025-02-03")) == "3"
    change(made, "1")
    assert state_after_striking(browser, made, inspected(browser, made, "4", "2025-02-03")) == "1"
    change(made, None)
    assert state_after_striking(browser, made, inspected(browser, made, "4", "2025-02-03")) is None


def test_striking_out_keeps_a_condition_that_somebody_changed_since(browser: Client, member: Member) -> None:
    made = sign(member, state="3")
    one = inspected(browser, made, "5", "2025-02-03")
    change(made, "2")
    assert state_after_striking(browser, made, one) == "2"


def test_striking_out_keeps_the_condition_where_the_one_before_is_not_known(browser: Client, member: Member) -> None:
    made = sign(member, state="3")
    one = inspected(browser, made, "5", "2025-02-03")
    with factories.as_worker(), acting_as(SYSTEM):
        RoadInspection.objects.update(state_before=None)
    assert state_after_striking(browser, made, one) == "5"


def test_the_photos_of_an_inspection_that_is_struck_out_stay_with_the_asset(
    browser: Client, member: Member, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_DIR = tmp_path
    made = sign(member)
    given = {"mark": "2", "done_date": "2026-02-03", "done_by": "Anne", "photos": [photograph()]}
    assert browser.post(f"{LIST}point/{made.pk}/", given).status_code == 302
    with acting_as(SYSTEM):
        one = RoadInspection.objects.get()
    assert strike(browser, made, one.pk) == 302
    assert f"/attachments/{one.photos[0]}/" in page(browser, f"{LIST}point/{made.pk}/")


def test_an_inspection_is_struck_out_once_for_a_reason_by_who_may(browser: Client, member: Member) -> None:
    made, another = sign(member), sign(member, "AB4")
    one = inspected(browser, made, "5", "2026-02-03")
    assert strike(browser, made, one, " ") == 400
    assert strike(browser, another, one) == 404
    assert strike(browser, made, 2**40) == 404
    reader = Client()
    reader.force_login(factories.user(member, Role.READER))
    assert strike(reader, made, one) == 403
    assert strike(browser, made, one) == 302
    assert strike(browser, made, one) == 409


def test_assets_without_a_road_are_found(browser: Client, member: Member) -> None:
    sign(member, reference="SEUL")
    assert "SEUL" in page(browser, f"{LIST}?road=none")
    with factories.as_worker():
        RoadSection.objects.create(owner=member, geom=LineString((620_000, 6_720_003), (620_100, 6_720_003), srid=2154))
    sign(member, reference="RIVERAIN")
    assert "RIVERAIN" not in page(browser, f"{LIST}?road=none")


def photograph() -> SimpleUploadedFile:
    taken = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(taken, "JPEG")
    return SimpleUploadedFile("photo.jpg", taken.getvalue(), content_type="image/jpeg")


def test_an_inspection_keeps_its_photos_with_the_asset(
    browser: Client, member: Member, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_DIR = tmp_path
    made = sign(member)
    given = {"mark": "2", "done_date": "2026-02-03", "done_by": "Anne", "photos": [photograph()]}
    assert browser.post(f"{LIST}point/{made.pk}/", given).status_code == 302
    with acting_as(SYSTEM):
        (kept,) = RoadInspection.objects.get(asset_id=made.pk).photos
    shown = page(browser, f"{LIST}point/{made.pk}/")
    assert f"/api/v1/layers/road-assets/features/{made.pk}/attachments/{kept}/" in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [("mark", "7"), ("done_date", "2099-01-01"), ("done_by", " "), ("due_date", "2020-01-01")],
)
def test_an_inspection_that_cannot_be_is_refused_at_its_field(
    browser: Client, member: Member, asking: None, field: str, value: str
) -> None:
    made = sign(member)
    given = {"mark": "2", "done_date": "2026-02-03", "done_by": "Anne", field: value}
    assert browser.post(f"{LIST}point/{made.pk}/", given).status_code == 400
    assert not RoadInspection.objects.exists()


@pytest.mark.parametrize("code", ["B14", "ab3a", "X99", "<script>", "A13a"])
def test_every_code_has_a_pictogram(code: str, db: None) -> None:
    answer = Client().get(f"/voirie/panneaux/{code}.svg", {"texte": "<b>50"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert "public" in answer["Cache-Control"]
    assert b"<script" not in answer.content
    assert b"<b>" not in answer.content


def test_a_file_is_sent_mapped_and_loaded(browser: Client, member: Member) -> None:
    file = SimpleUploadedFile("releve.csv", "N°;Panneau;X;Y\n1;B14-50;620000;6720000\n2;ZZ;;\n".encode())
    answer = browser.post(f"{LIST}importer/", {"member": member.slug, "file": file})
    assert answer.status_code == 302
    work("read_road_assets")
    shown = page(browser, answer["Location"])
    assert 'value="N°" selected' in shown
    assert 'value="Panneau" selected' in shown
    given = {"action": "load", "name": "Relevé", "table-0": "road-assets", "shown-0": "road-assets",
             "column-0-reference": "N°", "column-0-code": "Panneau", "fixed-0-kind": "sign"}  # fmt: skip
    load(browser, answer["Location"], given)
    done = page(browser, answer["Location"])
    assert "2" in done
    assert RoadAsset.objects.get(reference="1").inscription == "50"
    assert RoadAsset.objects.count() == 1
    with acting_as(SYSTEM):
        assert FileImport.objects.get().state == "applied"


def load(browser: Client, address: str, given: dict[str, str]) -> None:
    """Read the file as it is now said, then load what was shown."""
    assert browser.post(address, given | {"action": "check"}).status_code == 302
    work("read_road_assets")
    assert browser.post(address, given).status_code == 302
    work("load_road_assets")


WORK = {
    "read_road_assets": imports.read,
    "load_road_assets": imports.apply,
    "take_back_road_assets": imports.revert,
}


def work(kind: str) -> None:
    """Do the last job of a kind, as the worker would."""
    with factories.as_worker(), acting_as(SYSTEM):
        job = Job.objects.filter(kind=kind).latest("pk")
        done = WORK[kind]
        done(int(job.parameters["import"]), lambda share, words: None)


def test_codes_of_signs_are_kept_as_the_iisr_writes_them_whoever_writes_them(browser: Client, member: Member) -> None:
    made = [sign(member, code) for code in ("b14", " B 14 ", "AB3A", "b21-1", "k5 A", "Panneau 50")]
    for one in made:
        one.refresh_from_db()
    assert [one.code for one in made] == ["B14", "B14", "AB3a", "B21-1", "K5a", "Panneau 50"]
    assert made[0].family == "prohibition"


def test_a_sign_is_chosen_by_its_name_or_its_picture(browser: Client) -> None:
    shown = page(browser, f"{LIST}point/nouveau/")
    assert '<option value="B14">Limitation de vitesse</option>' in shown
    assert 'src="/voirie/panneaux/B14.svg"' in shown


def test_an_asset_is_shown_on_the_map_with_its_sheet_open(browser: Client, member: Member) -> None:
    made = sign(member)
    assert f"&amp;s=road-assets.{made.pk}" in page(browser, f"{LIST}point/{made.pk}/")


def test_who_edits_an_asset_is_led_to_the_editor(browser: Client, member: Member) -> None:
    made = sign(member)
    reader = Client()
    reader.force_login(factories.user(member, Role.READER))
    address = f"{LIST}point/{made.pk}/"
    assert ["&amp;e=1" in page(one, address) for one in (browser, reader)] == [True, False]


def test_an_asset_without_a_road_is_listed_with_its_commune(browser: Client, member: Member) -> None:
    x, y = factories.ORIGIN
    sign(member, reference="SEUL", geom=Point(x + 1, y + 1, srid=2154))
    with acting_as(SYSTEM):
        name = member.communes.get().name
    assert name in page(browser, LIST).split("SEUL")[1]


def test_a_text_that_is_no_road_is_told_at_its_field(browser: Client, member: Member) -> None:
    sign(member, reference="LIMITE-50")
    answer = browser.get(f"{LIST}?road=rue+haute", headers={"accept": "text/html"})
    shown = answer.content.decode()
    assert (answer.status_code, "rue haute" in shown, "LIMITE-50" in shown) == (400, True, True)


def test_what_is_listed_is_taken_away(browser: Client, member: Member) -> None:
    sign(member, reference="LIMITE-50", state="4", inscription="50")
    sign(member, "AB4", reference="CEDEZ-2")
    taken = browser.get(f"{LIST}?state=4&format=csv")
    assert "LIMITE-50;Panneau;B14;Limitation de vitesse;50" in taken.content.decode("utf-8-sig").replace('"', "")
    assert "CEDEZ-2" not in taken.content.decode("utf-8-sig")
    assert [browser.get(f"{LIST}?format={one}").status_code for one in ("xlsx", "ods", "doc")] == [200, 200, 400]


def test_a_table_of_too_many_assets_is_refused_with_what_to_do(
    browser: Client, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "ASSETS", {"point": replace(ASSETS["point"], most_in_files=1)})
    sign(member, reference="LIMITE-50")
    sign(member, "AB4", reference="CEDEZ-2")
    answer = browser.get(f"{LIST}?format=csv", headers={"accept": "text/html"})
    assert (answer.status_code, "resserrez les filtres" in answer.content.decode()) == (400, True)


def test_a_linear_asset_says_its_length(browser: Client, member: Member) -> None:
    with factories.as_worker():
        line = LineString((620_000, 6_720_000), (620_120, 6_720_000), srid=2154)
        made = RoadStretch.objects.create(owner=member, kind="barrier", reference="G1", geom=line)
    assert "0,1\xa0km" in page(browser, f"{LIST}?what=troncon").replace("&nbsp;", "\xa0")
    assert "120\xa0m" in page(browser, f"{LIST}?what=troncon").replace("&nbsp;", "\xa0")
    assert "120,0\xa0m" in page(browser, f"{LIST}troncon/{made.pk}/").replace("&nbsp;", "\xa0")
    sheet = browser.get(f"/api/v1/layers/road-stretches/features/{made.pk}/").json()
    assert ("measured_length", 120.0) in [(one["name"], one["value"]) for one in sheet["properties"]]


def test_a_photo_of_an_inspection_is_shown_once(browser: Client, member: Member, settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    made = sign(member)
    given = {"mark": "2", "done_date": "2026-02-03", "done_by": "Anne", "photos": [photograph()]}
    assert browser.post(f"{LIST}point/{made.pk}/", given).status_code == 302
    assert page(browser, f"{LIST}point/{made.pk}/").count('<img src="/api/v1/layers/road-assets') == 1


def test_a_limit_is_written_as_people_write_numbers(browser: Client) -> None:
    given = {"kind": "sign", "start": "D 1 PR 1", "side": "left", "distance_m": "99"}
    shown = browser.post(f"{LIST}point/nouveau/", given, headers={"accept": "text/html"}).content.decode()
    assert "inférieure ou égale à 15." in shown


# -- imports: what is told, and what can be pressed -------------------------------------------------------------------


def sent(browser: Client, member: Member, content: str, name: str = "releve.csv") -> str:
    """The address of an import whose file was read."""
    answer = browser.post(
        f"{LIST}importer/", {"member": member.slug, "file": SimpleUploadedFile(name, content.encode())}
    )
    assert answer.status_code == 302, answer.content.decode()
    work("read_road_assets")
    return str(answer["Location"])


def test_a_file_of_a_kind_that_is_not_read_is_refused_with_those_that_are(browser: Client, member: Member) -> None:
    file = SimpleUploadedFile("panneaux.pdf", b"%PDF-1.7")
    answer = browser.post(f"{LIST}importer/", {"member": member.slug, "file": file}, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "KML" in answer.content.decode()
    assert "panneaux.pdf" in answer.content.decode()


def test_the_mapping_shows_the_first_rows_of_the_file(browser: Client, member: Member) -> None:
    shown = page(browser, sent(browser, member, "N°;Panneau;X;Y\nP-77;B14-50;620000;6720000\n"))
    assert "<td>P-77</td>" in shown
    assert shown.index('scope="col">N°<') < shown.index('scope="col">Panneau<')


def test_the_fields_of_coordinates_are_told_as_the_place(browser: Client, member: Member) -> None:
    shown = page(browser, sent(browser, member, "N°;Panneau;X;Y\n1;B14-50;620000;6720000\n"))
    assert "Gardés à côté" not in shown
    assert "Lue dans X, Y." in shown


def test_a_remark_of_the_field_is_not_made_public_by_itself_and_the_page_says_so(
    browser: Client, member: Member
) -> None:
    shown = page(browser, sent(browser, member, "N°;Remarque;X;Y\n1;Chez Mme Noël;620000;6720000\n"))
    assert "n’est pas repris d’office" in shown


def test_a_table_that_says_no_place_cannot_be_loaded(browser: Client, member: Member) -> None:
    shown = page(browser, sent(browser, member, "N°;Rue\n1;Rue des Lilas\n"))
    assert 'value="load"' not in shown
    assert 'value="check"' in shown


def test_choices_are_checked_without_anything_being_written(browser: Client, member: Member) -> None:
    address = sent(browser, member, "N°;Est;Nord\n1;620000;6720000\n")
    assert browser.post(address, {"action": "check", "table-0": "road-assets", "shown-0": ""}).status_code == 302
    work("read_road_assets")
    given = {"action": "check", "table-0": "road-assets", "shown-0": "road-assets", "column-0-reference": "N°",
             "column-0-place_x": "Est", "column-0-place_y": "Nord", "fixed-0-kind": "sign"}  # fmt: skip
    assert browser.post(address, given).status_code == 302
    work("read_road_assets")
    assert "Dans le territoire" in page(browser, address)
    assert not RoadAsset.objects.exists()


def test_a_file_of_elsewhere_is_confirmed_on_the_page(browser: Client, member: Member) -> None:
    address = sent(browser, member, "N°;Panneau;X;Y\n1;B14;700000;6300000\n")
    assert 'name="outside"' in page(browser, address)
    columns = {"reference": "N°", "code": "Panneau", "place_x": "X", "place_y": "Y"}
    given = {"action": "load", "table-0": "road-assets", "shown-0": "road-assets", "fixed-0-kind": "sign"}
    given |= {f"column-0-{name}": field for name, field in columns.items()}
    assert browser.post(address, given | {"action": "check"}).status_code == 302
    work("read_road_assets")
    assert browser.post(address, given).status_code == 400
    load(browser, address, given | {"outside": "on"})
    assert RoadAsset.objects.count() == 1


def test_an_import_is_taken_back_on_its_page(browser: Client, member: Member) -> None:
    address = sent(browser, member, "N°;Panneau;X;Y\n1;B14;620000;6720000\n")
    given = {"action": "load", "table-0": "road-assets", "shown-0": "road-assets", "column-0-code": "Panneau"}
    load(browser, address, given)
    assert browser.post(address, {"action": "take_back"}).status_code == 302
    work("take_back_road_assets")
    assert "<span>Annulé</span>" in page(browser, address)
    assert not RoadAsset.objects.exists()
    assert browser.post(address, {"action": "take_back"}).status_code == 409


type Given = tuple[Severity, int | None, str, dict[str, Any]]


def told(member: Member, findings: Sequence[Given]) -> str:
    """The page of an import with these findings: severity, row, message or year."""
    kept = [
        Finding(file="releve.csv", row=row, code=code, severity=severity, params=params).as_json()
        for severity, row, code, params in findings
    ]
    with factories.as_owner():
        made = FileImport.objects.create(
            source="road-assets", title="Relevé", owner=member, folder="x", state="applied", findings=kept,
            report=dict.fromkeys(("created", "updated", "same", "kept", "both", "by_place", "refused"), 0),
        )  # fmt: skip
    return f"{LIST}importer/{made.pk}/"


def test_remarks_that_differ_by_a_value_alone_are_one_with_their_rows(browser: Client, member: Member) -> None:
    code = "%(field)s “%(value)s” is a year alone: its first of January was taken."
    shown = page(
        browser,
        told(
            member, [("warning", row, code, {"field": "Posé le", "value": f"{1990 + row % 3}"}) for row in range(1, 31)]
        ),
    )
    assert shown.count("est une année seule") == 1
    assert "1991, 1992, 1990" in shown
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 …" in shown


def test_rows_that_stay_out_are_apart_from_remarks(browser: Client, member: Member) -> None:
    shown = page(browser, told(member, [("warning", 1, "Une remarque", {}), ("error", 2, "Sans position", {})]))
    assert shown.index("Laissés de côté</h2>") < shown.index("Sans position") < shown.index("À vérifier</h2>")
    assert shown.index("À vérifier</h2>") < shown.index("Une remarque")


def test_every_row_that_is_told_of_is_downloaded(browser: Client, member: Member) -> None:
    address = told(member, [("error", 2, "= 1 + 1", {}), ("warning", 10, "Une remarque", {})])
    answer = browser.get(f"{address}lignes.csv")
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Fichier;Ligne;Référence;Gravité;Ce qui est signalé;X;Y"
    assert lines[1:] == ["releve.csv;2;;Laissée de côté;'= 1 + 1;;", "releve.csv;10;;Remarque;Une remarque;;"]
    assert browser.post(f"{address}lignes.csv").status_code == 405
