"""What a print shows: everything that was asked for, of everything its asker may see, and nothing else."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Point, Polygon
from django.db import connection

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.members.rights import ANONYMOUS, Role, acting_as, rights_of
from layers.catalogue import alternative_legends
from layers.catalogue.alternative_legends import AlternativeLegend
from layers.catalogue.models import Layer
from layers.printing.order import Annotation, Mark, PrintOrder
from layers.printing.services import reading
from tests import factories
from tests.printing.conftest import CENTER, MM, Print
from tests.tiles.ortho import campaign

PRIVATE = {"table": "gis_core_job", "rows": "owner", "title_field": "title", "columns": []}


def box(x: float, y: float, width: float, height: float) -> MultiPolygon:
    """A rectangle that lies so far (m) from the middle of the map."""
    west, south = CENTER[0] + x, CENTER[1] + y
    return MultiPolygon(Polygon.from_bbox((west, south, west + width, south + height)), srid=2154)


def path_length(run: np.ndarray) -> float:
    return float(np.hypot(*(run[-1] - run[0])))


def test_a_sheet_says_what_it_shows(print_map: Print) -> None:
    factories.commune(name="Saint-Aubin", geom=box(-2000, -2000, 4000, 4000))
    factories.parcel(number="0121", geom=box(-20, -20, 40, 40))
    text = " ".join(print_map("parcels", title="Plan de la rue", note="Dossier 12.\nÀ vérifier.").text().split())
    for words in ("Plan de la rue", "Saint-Aubin", "Dossier 12.", "À vérifier.", "1 000", "Échelle"):
        assert words in text
    for words in ("Légende", "Parcelle", "Sources", "DGFiP", "Licence Ouverte 2.0", "24 nov. 2026", "Jeanne", "2154"):
        assert words in text


def test_the_number_of_a_parcel_is_text_that_one_finds_once(print_map: Print) -> None:
    factories.parcel(number="0121", geom=box(-20, -20, 40, 40))
    assert print_map("parcels").text().split().count("121") == 1


def test_the_font_is_the_platforms_and_in_the_file(print_map: Print) -> None:
    factories.parcel(geom=box(-20, -20, 40, 40))
    content = print_map("parcels").file.read_bytes()
    fonts = set(re.findall(rb"/FontName /(?:\w+\+)?([\w-]+)", content))
    assert fonts == {b"AtkinsonHyperlegibleNext-Regular", b"AtkinsonHyperlegibleNext-SemiBold"}
    assert content.count(b"/FontFile2") == len(fonts)
    assert b"Helvetica" not in content


def test_numbers_are_written_where_the_map_writes_them(print_map: Print) -> None:
    factories.parcel(number="0121", geom=box(-100, -100, 200, 200))
    assert "121" in print_map("parcels", scale=5_000).text().split()
    assert "121" not in print_map("parcels", scale=5_001).text().split()


def test_the_legend_lists_only_what_was_drawn(print_map: Print) -> None:
    legend = [
        {"label": "Bleues", "where": {"section": "AB"}, "symbol": {"kind": "fill", "fill": "#0000ff"}},
        {"label": "Rouges", "where": {"section": "AC"}, "symbol": {"kind": "fill", "fill": "#ff0000"}},
    ]
    columns = [{"name": "section", "label": "Section", "type": "text", "in_tiles": True}]
    factories.layer("couleurs", title="Couleurs", columns=columns, legend=legend)
    factories.layer("vides", title="Vides", table="cadastre_section", columns=[])
    factories.parcel(section="AB", geom=box(-20, -20, 40, 40))
    printed = print_map("couleurs", "vides")
    assert "Bleues" in printed.text()
    assert "Rouges" not in printed.text()
    assert "Sans objet dans ce cadre : Vides" in printed.text()
    assert printed.report.remarks == ["Sans objet dans ce cadre : Vides"]


def test_a_feature_has_the_symbol_of_its_line_in_the_legend(print_map: Print) -> None:
    legend = [
        {"label": "Petites", "where": {"area_m2": {"to": 500}}, "symbol": {"kind": "fill", "fill": "#0000ff"}},
        {"label": "Grandes", "where": {}, "symbol": {"kind": "fill", "fill": "#ff0000"}},
    ]
    factories.layer("couleurs", legend=legend)
    factories.parcel(area_m2=400, geom=box(-60, -20, 40, 40))
    factories.parcel(area_m2=600, geom=box(20, -20, 40, 40))
    printed = print_map("couleurs")
    picture = printed.picture(72)
    frame = printed.sheet.map
    row, middle = int((printed.sheet.height - frame.y - frame.height / 2) / 25.4 * 72), frame.x + frame.width / 2
    small, large = (picture[row, int((middle + x) / 25.4 * 72)].tolist() for x in (-40, 40))
    assert (small, large) == ([0, 0, 255], [255, 0, 0])


def test_a_hatch_is_drawn_inside_its_area_at_its_angle_and_spacing(print_map: Print) -> None:
    hatch = {"colour": "#0000ff", "angle": 0, "spacing": 20, "width": 5}
    factories.layer("hachures", legend=[{"label": "Aire", "symbol": {"kind": "fill", "hatch": hatch}}])
    factories.parcel(geom=box(-20, -20, 40, 40))
    printed = print_map("hachures")
    picture, frame, dot = printed.picture(254), printed.sheet.map, 10  # dots in a millimetre
    row = round((printed.sheet.height - frame.y - frame.height / 2) * dot)
    column = round((frame.x + frame.width / 2) * dot)
    area = picture[row - 19 * dot : row + 19 * dot, column - 19 * dot : column + 19 * dot]
    blue = (area == [0, 0, 255]).all(axis=2)
    assert (blue.all(axis=1) | (~blue).all(axis=1)).mean() > 0.9  # whole rows: the lines are level
    starts = np.flatnonzero(np.diff(blue[:, 5].astype(int)) == 1)
    assert np.diff(starts).tolist() == pytest.approx([40] * (len(starts) - 1), abs=1)  # 20 pixels of 0.2 mm
    assert len(starts) >= 8
    beside = picture[row - 19 * dot : row + 19 * dot, column + 21 * dot : column + 30 * dot]
    assert not (beside == [0, 0, 255]).all(axis=2).any()


@pytest.mark.parametrize(("angle", "slope"), [(45, 1), (135, -1)])
def test_a_hatch_turns_counter_clockwise(print_map: Print, angle: float, slope: int) -> None:
    hatch = {"colour": "#0000ff", "angle": angle, "spacing": 20, "width": 2}
    factories.layer("hachures", legend=[{"label": "Aire", "symbol": {"kind": "fill", "hatch": hatch}}])
    factories.parcel(geom=box(-20, -20, 40, 40))
    blue = [path for path in print_map("hachures").paths() if path.colour[:3] == (0, 0, 255)]
    runs = [run for path in blue for run in path.runs]
    steps = np.array([run[1] - run[0] for run in runs if path_length(run) > 10])
    assert len(steps)
    assert (steps[:, 1] / steps[:, 0]).tolist() == pytest.approx([slope] * len(steps), abs=0.01)


def test_labels_of_a_layer_are_written(print_map: Print) -> None:
    factories.layer("nommees", labels={"column": "label", "size": 12, "from_scale": 2_000})
    factories.parcel(section="ZK", number="0007", geom=box(-20, -20, 40, 40))
    assert "ZK 7" in print_map("nommees", scale=2_000).text()
    assert "ZK 7" not in print_map("nommees", scale=2_001).text()


def test_labels_of_several_columns_are_one_text(print_map: Print) -> None:
    columns = [
        {"name": "section", "label": "Section", "type": "text", "in_tiles": True, "short": {"ZK": ["K", "K"]}},
        {"name": "area_m2", "label": "Surface", "type": "number", "in_tiles": True, "prefix": "S"},
    ]
    factories.layer("nommees", columns=columns, labels={"column": "section", "also": ["area_m2"]})
    factories.parcel(section="ZK", area_m2=400, geom=box(-20, -20, 40, 40))
    assert "K S400" in print_map("nommees").text()


@pytest.mark.parametrize(
    ("priority", "layers", "kept"), [(8, ("nommees", "autres"), "ZK 7"), (2, ("autres", "nommees"), "ZK")]
)
def test_of_two_labels_in_one_place_that_of_the_greater_priority_is_written(
    print_map: Print, priority: int, layers: tuple[str, str], kept: str
) -> None:
    columns = [{"name": name, "label": name, "type": "text", "in_tiles": True} for name in ("label", "section")]
    factories.layer("nommees", columns=columns, labels={"column": "label", "priority": priority})
    factories.layer("autres", columns=columns, labels={"column": "section"})
    factories.parcel(section="ZK", number="0007", geom=box(-8, -4, 16, 8))
    lines = print_map(*layers).text().splitlines()
    assert [line for line in lines if line in ("ZK", "ZK 7")] == [kept]


@pytest.mark.parametrize(("length_m", "written"), [(200, {"Conduite", "Fonte"}), (25, {"Conduite"})])
def test_a_line_too_short_for_all_its_columns_says_the_first(
    print_map: Print, length_m: float, written: set[str]
) -> None:
    from tests.printing.rows import table_of

    x, y = CENTER
    table = table_of("layer_courtes", "LineString", [LineString((x, y), (x + length_m, y))])
    columns = [{"name": name, "label": name, "type": "text", "in_tiles": True} for name in ("reference", "material")]
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("alter table layer_courtes add reference text default 'Conduite'")
        cursor.execute("alter table layer_courtes add material text default 'Fonte ductile revêtue'")
    factories.layer(
        "courtes", table=table, geometry_type="line", columns=columns, title_field="reference",
        labels={"column": "reference", "also": ["material"]},
    )  # fmt: skip
    assert written & set(print_map("courtes").text().split()) == written
    assert ("Fonte" in print_map("courtes").text()) == ("Fonte" in written)


def test_letters_that_the_font_lacks_are_told(print_map: Print) -> None:
    factories.layer("nommees", labels={"column": "label"})
    factories.parcel(section="ΩЖ", geom=box(-20, -20, 40, 40))
    assert print_map("nommees").report.remarks == [
        "La police n’a pas ces caractères, que contiennent certains noms : Ω Ж"
    ]


def test_a_line_and_a_point_are_drawn_too(print_map: Print) -> None:
    from tests.printing.rows import table_of

    lines = table_of(
        "layer_lignes", "LineString", [LineString((CENTER[0] - 30, CENTER[1]), (CENTER[0] + 30, CENTER[1]))]
    )
    points = table_of("layer_points", "Point", [Point(*CENTER)])
    pipe = {"kind": "line", "stroke": "#1f6fb2", "stroke_width": 2, "dash": [6, 3]}
    valve = {"kind": "circle", "fill": "#00aa00", "radius": 6, "shape": "square"}
    legend = [{"label": "Conduite", "symbol": pipe}]
    factories.layer("lignes", table=lines, geometry_type="line", columns=[], legend=legend)
    legend = [{"label": "Vanne", "symbol": valve}]
    factories.layer("points", table=points, geometry_type="point", columns=[], legend=legend)
    printed = print_map("points", "lignes")
    assert {"Conduite", "Vanne"} <= set(printed.text().split())
    colours = {path.colour[:3] for path in printed.paths()}
    assert {(0x1F, 0x6F, 0xB2), (0, 0xAA, 0)} <= colours


def test_odd_geometries_are_drawn_as_they_are(print_map: Print) -> None:
    """Crossing themselves, empty, absent, of mixed kinds, far larger than the map: none stops the print."""
    from tests.printing.rows import table_of

    x, y = CENTER
    far, side = 9e5, 20
    crossing = f"POLYGON(({x} {y}, {x + side} {y + side}, {x + side} {y}, {x} {y + side}, {x} {y}))"
    huge = Polygon.from_bbox((x - far, y - far, x + far, y + far)).wkt
    flat = f"POLYGON(({x} {y}, {x + side} {y}, {x} {y}, {x} {y}))"
    mixed = f"GEOMETRYCOLLECTION(POINT({x - 9} {y}), LINESTRING({x} {y}, {x} {y + 9}), {crossing})"
    texts = [crossing, huge, flat, mixed, "POLYGON EMPTY", "GEOMETRYCOLLECTION EMPTY"]
    odd = table_of("layer_bizarre", "Geometry", [GEOSGeometry(text) for text in texts])
    symbol = {"kind": "fill", "fill": "#0000ff", "stroke": "#ff0000"}
    factories.layer("bizarre", table=odd, columns=[], legend=[{"label": "Bizarre", "symbol": symbol}])
    printed = print_map("bizarre")
    assert printed.report.features == 3  # the flat one has nothing to fill
    assert "Bizarre" in printed.text()
    assert {(0, 0, 255), (255, 0, 0)} <= {path.colour[:3] for path in printed.paths()}


def test_rows_of_others_are_not_on_it(print_map: Print) -> None:
    """The worker's own role would see them: the row policies are those of who asked."""
    from tests.printing.rows import owned_table

    ours, theirs = factories.member(), factories.member()
    table = owned_table("layer_privee", {ours.pk: CENTER[0] - 50, theirs.pk: CENTER[0] + 10}, CENTER[1])
    factories.layer("privee", title="Privée", table=table, rows="owner", visibility="signed_in", columns=[])
    assert print_map("privee", rights=rights_of(factories.user(ours))).report.features == 1
    agency = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    assert print_map("privee", rights=rights_of(agency)).report.features == 2


def test_a_layer_that_is_no_longer_open_stops_the_print(print_map: Print) -> None:
    factories.layer("fermee", title="Fermée", visibility="owner", owner=factories.member())
    factories.parcel()
    with pytest.raises(NotFound, match="fermee"):
        print_map("parcels", "fermee")


def test_a_layer_that_cannot_be_read_stops_the_print(print_map: Print, tmp_path: Path) -> None:
    factories.layer("cassee", title="Cassée", table="layer_absente")
    factories.parcel()
    with pytest.raises(Unavailable, match="Cassée"):
        print_map("parcels", "cassee")
    assert not (tmp_path / "plan.pdf").exists()


def test_too_many_objects_stop_the_print(print_map: Print, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_FEATURES", 1)
    for x in (0, 30):
        factories.parcel(geom=box(x, 0, 20, 20))
    with pytest.raises(Invalid, match="Parcelles"):
        print_map("parcels")


def test_a_long_legend_goes_to_a_page_of_its_own(print_map: Print) -> None:
    legend = [
        {
            "label": f"Zone {number}",
            "where": {"number": f"{number:04d}"},
            "symbol": {"kind": "fill", "fill": f"#0000{number:02x}"},
        }
        for number in range(60)
    ]
    columns = [{"name": "number", "label": "Numéro", "type": "text", "in_tiles": True}]
    factories.layer("zones", columns=columns, legend=legend)
    for number in range(60):
        factories.parcel(number=f"{number:04d}", geom=box(-80 + number % 10 * 12, -60 + number // 10 * 12, 10, 10))
    printed = print_map("zones")
    assert len(printed.document) == 2
    assert "Légende : page suivante" in printed.text()
    assert "Sources" in printed.text()
    assert all(f"Zone {number}" in printed.text(1) for number in range(60))


@pytest.mark.parametrize("orientation", ["portrait", "landscape"])
def test_the_longest_words_are_all_on_the_sheet(print_map: Print, orientation: str) -> None:
    title = " ".join(f"titre{number:02d}" for number in range(15))
    note = " ".join(f"note{number:02d}" for number in range(85))
    factories.parcel(geom=box(-20, -20, 40, 40))
    printed = print_map("parcels", title=title, note=note, orientation=orientation)
    said = " ".join(printed.text(number) for number in range(len(printed.document)))
    assert set(title.split()) | set(note.split()) <= set(said.split())
    words = printed.page.get_textpage()
    boxes = np.array([words.get_charbox(number) for number in range(words.count_chars())]) * MM
    edge = printed.sheet.margin - 0.5
    assert boxes.min() > edge
    assert (boxes[:, 2:].max(axis=0) < (printed.sheet.width - edge, printed.sheet.height - edge)).all()


def test_coordinates_are_at_the_edge_on_request(print_map: Print) -> None:
    factories.parcel()
    assert "617\u202f100" not in print_map("parcels").text()
    assert "617\u202f100" in print_map("parcels", grid=True).text()


# -- the photo --------------------------------------------------------------------------------------------------------

ON_PHOTO = (campaign.WEST + 100, campaign.NORTH - 50)


def test_the_photo_lies_under_the_vectors_to_the_pixel(print_map: Print) -> None:
    """A wave of the photo's red stands where the colours say, beside a drawn boundary of the same place."""
    campaign.publish()
    factories.parcel(
        geom=MultiPolygon(
            Polygon.from_bbox((ON_PHOTO[0] - 5, ON_PHOTO[1] - 5, ON_PHOTO[0] + 5, ON_PHOTO[1] + 5)), srid=2154
        )
    )
    printed = print_map("parcels", photo="essai", center=ON_PHOTO, scale=100, dpi=150)
    picture = printed.picture(150).astype(int)
    frame, sheet = printed.sheet.map, printed.sheet
    ground = sheet.ground(ON_PHOTO, 100)
    columns = np.arange(40, 1200, 7)
    rows = np.arange(40, 900, 7)
    xs = ground[0] + ((columns + 0.5) / 150 * 25.4 - frame.x) / 10
    ys = ground[3] - ((rows + 0.5) / 150 * 25.4 - (sheet.height - frame.top)) / 10
    east, north = np.meshgrid(xs, ys)
    truth = campaign.colours(east, north)
    seen = picture[np.ix_(rows, columns)]
    inside = (east > ground[0] + 0.5) & (east < ground[2] - 0.5) & (north > ground[1] + 0.5) & (north < ground[3] - 0.5)
    off = np.abs(seen - truth).max(axis=2)[inside]
    assert np.median(off) < 6
    assert (off < 25).mean() > 0.95


def test_the_date_and_the_source_of_the_photo_are_told(print_map: Print) -> None:
    campaign.publish(attribution="© Agence d’essai")
    text = print_map(photo="essai", center=ON_PHOTO, scale=200).text().replace("\xa0", " ")
    assert "Photo essai" in text
    assert "juin 2024" in text
    assert "20 cm" in text
    assert "© Agence d’essai" in text


def test_a_photo_that_covers_a_part_says_so(print_map: Print) -> None:
    campaign.publish()
    printed = print_map(photo="essai", center=(campaign.WEST, campaign.NORTH - 50), scale=200)
    assert "La photo couvre" in printed.text()
    assert len(printed.report.remarks) == 1


def test_a_photo_with_nothing_in_the_map_stops_the_print(print_map: Print) -> None:
    campaign.publish()
    factories.parcel()
    with pytest.raises(Invalid, match="Photo essai"):
        print_map("parcels", photo="essai", center=(campaign.WEST + 5_000, campaign.NORTH))


def test_a_photo_with_a_missing_file_stops_the_print(print_map: Print) -> None:
    campaign.publish("perdue", "orthophoto/imprimee/1")
    for sheet in Path(settings.FILES_DIR, "orthophoto/imprimee/1").glob("nord-*.tif"):
        sheet.unlink()
    with pytest.raises(Unavailable, match="Photo perdue"):
        print_map(photo="perdue", center=ON_PHOTO, scale=100)


def test_a_town_prints_the_photo_on_its_own_commune_only(print_map: Print) -> None:
    west = MultiPolygon(
        Polygon.from_bbox((campaign.WEST, campaign.NORTH - 100, campaign.WEST + 100, campaign.NORTH)), srid=2154
    )
    town = factories.member(factories.commune(geom=west))
    campaign.publish(visibility="members", owner=factories.member(), shared_with=[town.pk], within_communes=True)
    printed = print_map(photo="essai", center=ON_PHOTO, scale=100, rights=rights_of(factories.user(town)))
    frame = printed.sheet.map
    picture = printed.picture(72)
    row = int((printed.sheet.height - frame.y - frame.height / 2) / 25.4 * 72)
    left, right = (picture[row, int((frame.x + frame.width * share) / 25.4 * 72)] for share in (0.3, 0.7))
    assert left.min() < 250
    assert right.tolist() == [255, 255, 255]
    assert "vos communes" in printed.text()


def test_a_boundary_across_the_photos_edge_is_seen_on_both_sides(print_map: Print) -> None:
    campaign.publish()
    edge = campaign.WEST
    factories.parcel(
        geom=MultiPolygon(
            Polygon.from_bbox((edge - 15, campaign.NORTH - 60, edge + 15, campaign.NORTH - 40)), srid=2154
        )
    )
    printed = print_map("parcels", photo="essai", center=(edge, campaign.NORTH - 50), scale=200)
    outlines = {path.colour[:3] for path in printed.paths() if path.stroked}
    assert {(255, 255, 255), (0x5C, 0x6B, 0x64)} <= outlines


def test_the_role_taken_to_read_is_given_back(print_map: Print) -> None:
    factories.parcel()
    print_map("parcels")
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("arpent_web",)


def test_every_layer_of_the_installation_can_be_printed_together(print_map: Print) -> None:
    factories.commune(geom=box(-40, -40, 500, 500))
    factories.parcel(geom=box(-20, -20, 40, 40))
    with acting_as(ANONYMOUS):
        slugs = list(Layer.objects.order_by("slug").values_list("slug", flat=True))
    assert len(slugs) >= 6
    assert print_map(*slugs).report.pages == 1


def test_a_layer_is_printed_by_another_of_its_legends(print_map: Print, monkeypatch: pytest.MonkeyPatch) -> None:
    one = factories.parcel(section="AB", geom=box(-90, -20, 40, 40))
    legend = [
        {"label": "Celle-là", "where": {"id": {"in": [one.pk]}}, "symbol": {"kind": "fill", "fill": "#0000ff"}},
        {"label": "Le reste", "where": {"section": {"in": ["AB"]}}, "symbol": {"kind": "fill", "fill": "#ff0000"}},
        {"label": "Le reste", "where": {}, "symbol": {"kind": "fill", "fill": "#ff0000"}},
    ]
    given = AlternativeLegend(name="autre", title="Autrement", title_en="Otherwise", lines=lambda _rights: legend)
    monkeypatch.setattr(alternative_legends, "alternatives_of", lambda _layer: [given])
    factories.layer("couleurs", title="Couleurs", columns=[{"name": "section", "label": "Section", "type": "text"}])
    factories.parcel(section="AB", geom=box(-20, -20, 40, 40))
    factories.parcel(section="AC", geom=box(40, -20, 40, 40))
    text = print_map(layers=[{"layer": "couleurs", "legend": "autre"}]).text()
    assert "Couleurs : Autrement" in text
    assert ("Celle-là" in text, text.count("Le reste")) == (True, 1)
    with pytest.raises(Invalid, match="inconnue"):
        print_map(layers=[{"layer": "couleurs", "legend": "inconnue"}])


def test_a_photo_that_is_not_needed_leaves_its_sheet_to_the_plan(print_map: Print) -> None:
    """A paper of several sheets over a photo: one lies beyond it."""
    campaign.publish()
    factories.parcel(geom=box(-20, -20, 40, 40))
    usual = {"title": "Essai", "scale": 500, "paper": "A4", "orientation": "landscape", "center": list(CENTER)}
    order = PrintOrder.of(usual | {"layers": [{"layer": "parcels"}], "photo": "essai"})
    with pytest.raises(Invalid, match="aucun pixel"):
        print_map(order=order)
    printed = print_map(order=replace(order, photo_needed=False))
    assert any("sans elle" in remark for remark in printed.report.remarks)
    assert "Parcelle" in printed.text()


def test_annotations_are_drawn_where_they_are_with_their_lines_of_the_legend(print_map: Print) -> None:
    factories.parcel(geom=box(-20, -20, 40, 40))
    usual = {"title": "Essai", "scale": 500, "paper": "A4", "orientation": "landscape", "center": list(CENTER)}
    order = PrintOrder.of(usual | {"layers": [{"layer": "parcels"}]})
    here, beyond = Mark("1", CENTER, "V1 · Ø100"), Mark("2", (CENTER[0] + 500, CENTER[1]), "V2")
    line = (CENTER, (CENTER[0] + 20, CENTER[1]))
    signs = (
        Annotation(kind="number", marks=(here, beyond)),
        Annotation(kind="band", label="Coupé", lines=(line,)),
        Annotation(kind="cross", label="La casse"),
    )
    printed = print_map(order=replace(order, annotations=signs))
    text = printed.text()
    assert "V1 · Ø100" in text
    assert "Coupé" in text
    assert "V2" not in text
    assert "La casse" not in text
    (band,) = [
        path for path in printed.paths() if path.stroked and np.ptp(path.points[:, 0]) == pytest.approx(40, abs=0.05)
    ]
    assert np.ptp(band.points[:, 1]) == pytest.approx(0, abs=0.05)
