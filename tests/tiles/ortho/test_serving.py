"""Tiles and maps of a published photo, their headers, editions, and what is said to senseless requests."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError
from lxml import etree
from pyproj import Transformer

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.services import delete_photo, revise_photo
from tests import factories
from tests.photos import photo
from tests.tiles.conftest import Answer, ThinLayer
from tests.tiles.ortho import campaign
from tests.tiles.ortho.conftest import forget, kept_files, kvp, lambert_tile, mercator_tile, pixels
from tiles import asking
from tiles.ortho import application, files, wsgi
from tiles.tasks import purge_photo_tiles

MIDDLE = (campaign.WEST + 50, campaign.NORTH - 50)
WMS = {
    "SERVICE": "WMS",
    "VERSION": "1.3.0",
    "REQUEST": "GetMap",
    "LAYERS": "essai",
    "STYLES": "",
    "FORMAT": "image/png",
}
MAP = WMS | {"CRS": "EPSG:2154", "BBOX": "617010,6717230,617030,6717250", "WIDTH": "100", "HEIGHT": "100"}
WMTS = {
    "SERVICE": "WMTS",
    "VERSION": "1.0.0",
    "REQUEST": "GetTile",
    "LAYER": "essai",
    "STYLE": "default",
    "FORMAT": "image/png",
    "TILEMATRIXSET": "PM",
    "TILEMATRIX": "17",
    "TILEROW": "45811",
    "TILECOL": "66226",
}


def seen_at(answer: Answer, where: tuple[float, float, float, float]) -> np.ndarray:
    """The colours of a picture of this box of EPSG:2154, minus what they should be."""
    found = pixels(answer)[..., :3].astype(float)
    height, width = found.shape[:2]
    xs = where[0] + (np.arange(width) + 0.5) * (where[2] - where[0]) / width
    ys = where[3] - (np.arange(height) + 0.5) * (where[3] - where[1]) / height
    return found - campaign.colours(*np.meshgrid(xs, ys))


def test_a_tile_is_drawn_once_and_then_read(thin: ThinLayer, db: None) -> None:
    published = campaign.publish()
    address = f"/ortho/v{published.edition}/wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    first = thin.get(address)
    (kept,) = kept_files()
    second = thin.get(address)
    assert first.content == second.content
    assert first.headers == second.headers
    assert kept.startswith(f"{files.root()}/essai/{published.edition}/LAMB93/20/")


def test_a_damaged_tile_is_drawn_again(thin: ThinLayer, db: None) -> None:
    published = campaign.publish()
    address = f"/ortho/v{published.edition}/wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    first = thin.get(address)
    path = Path(kept_files()[0])
    kept = path.read_bytes()
    for damaged in (kept[: len(kept) // 2], bytes(len(kept)), kept[:50] + bytes([kept[50] ^ 1]) + kept[51:]):
        path.write_bytes(damaged)
        again = thin.get(address)
        assert (again.content, again.headers) == (first.content, first.headers)
        assert path.read_bytes() == kept


def test_an_opaque_tile_is_jpeg_and_a_partial_one_png_whatever_its_name_says(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    inside = thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 21)}")
    edge = thin.get(f"/ortho/wmts/essai/{lambert_tile(campaign.WEST, campaign.NORTH, 18)}")
    assert (inside.headers["Content-Type"], inside.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert (edge.headers["Content-Type"], edge.content[:4]) == ("image/png", b"\x89PNG")
    assert set(np.unique(pixels(edge)[..., 3])) == {0, 255}


def test_a_tile_without_a_pixel_is_transparent_and_not_kept(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    answer = thin.get(f"/ortho/wmts/essai/{mercator_tile(2.4, 48.8, 15)}")
    assert not pixels(answer)[..., 3].any()
    assert kept_files() == []


def test_a_public_tile_is_asked_for_again_after_a_minute_whatever_its_address(thin: ThinLayer, db: None) -> None:
    first = campaign.publish().edition
    later = campaign.publish("autre").edition
    tile = f"wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    for edition in (f"/v{first}", f"/v{later}", "", "/v999"):
        assert thin.get(f"/ortho{edition}/{tile}").headers["Cache-Control"] == "public, max-age=60, must-revalidate"


def test_a_tile_of_pixels_that_were_replaced_is_gone(thin: ThinLayer, db: None) -> None:
    first = campaign.publish().edition
    second = campaign.publish().edition
    tile = f"wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    said = [thin.get(f"/ortho{edition}/{tile}").status_code for edition in (f"/v{first}", f"/v{second}", "")]
    assert said == [410, 200, 200]
    etag = thin.get(f"/ortho/{tile}").headers["ETag"]
    assert thin.get(f"/ortho/v{first}/{tile}", HTTP_IF_NONE_MATCH=etag).status_code == 410


def test_a_changed_title_leaves_the_addresses_and_the_kept_tiles_of_the_photo_as_they_are(
    thin: ThinLayer, db: None
) -> None:
    first = campaign.publish().edition
    tile = f"wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    before = thin.get(f"/ortho/v{first}/{tile}")
    kept = kept_files()
    with acting_as(SYSTEM), factories.as_owner():
        assert revise_photo("essai", {"title": "Autre titre"})
    asking.forget_everybody()
    after = thin.get(f"/ortho/v{first}/{tile}")
    assert (after.status_code, after.headers["ETag"]) == (200, before.headers["ETag"])
    assert kept_files() == kept
    assert "Autre titre" in thin.get("/ortho/wmts/1.0.0/WMTSCapabilities.xml").content.decode()


@pytest.mark.parametrize("address", ["rest", "kvp"])
def test_an_unchanged_tile_is_not_sent_again(thin: ThinLayer, db: None, address: str) -> None:
    campaign.publish()
    asked = {"rest": lambda **more: thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}", **more)}.get(
        address, lambda **more: kvp(thin, WMTS, **more)
    )
    tag = asked().headers["ETag"]
    again = asked(HTTP_IF_NONE_MATCH=tag)
    assert (again.status_code, again.content) == (304, b"")
    assert asked(HTTP_IF_NONE_MATCH='"autre"').status_code == 200


def test_head_answers_without_a_body(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    for _time in range(2):
        answer = thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}", REQUEST_METHOD="HEAD")
        assert (answer.status_code, answer.content) == (200, b"")
        assert int(answer.headers["Content-Length"]) > 1000


def test_kvp_and_rest_give_the_same_tile(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    column, row = (int(WMTS[name]) for name in ("TILECOL", "TILEROW"))
    assert kvp(thin, WMTS).content == thin.get(f"/ortho/wmts/essai/PM/17/{column}/{row}.png").content


@pytest.mark.parametrize(
    ("version", "crs", "box"),
    [
        ("1.3.0", "EPSG:2154", "617010,6717230,617030,6717250"),
        ("1.1.1", "EPSG:2154", "617010,6717230,617030,6717250"),
    ],
)
def test_a_wms_map_shows_the_ground_asked_for(thin: ThinLayer, db: None, version: str, crs: str, box: str) -> None:
    campaign.publish()
    name = "CRS" if version == "1.3.0" else "SRS"
    asked = {key: value for key, value in MAP.items() if key != "CRS"} | {"VERSION": version, name: crs, "BBOX": box}
    assert np.abs(seen_at(kvp(thin, asked), (617_010, 6_717_230, 617_030, 6_717_250))).max() <= 1
    assert kept_files() == []


@pytest.mark.parametrize(("version", "turned"), [("1.3.0", True), ("1.1.1", False)])
def test_geographic_maps_follow_their_versions_axes(thin: ThinLayer, db: None, version: str, turned: bool) -> None:
    campaign.publish()
    to_ground = Transformer.from_crs(4326, 2154, always_xy=True)
    box = (1.8968, 47.5502, 1.8974, 47.5506)
    order = (1, 0, 3, 2) if turned else (0, 1, 2, 3)
    asked = {key: value for key, value in MAP.items() if key != "CRS"} | {
        "VERSION": version,
        "CRS" if turned else "SRS": "EPSG:4326",
        "BBOX": ",".join(str(box[i]) for i in order),
        "WIDTH": "400",
        "HEIGHT": "400",
    }
    found = pixels(kvp(thin, asked))[200, 200, :3].astype(float)
    x, y = to_ground.transform(box[0] + 200.5 * 0.0006 / 400, box[3] - 200.5 * 0.0004 / 400)
    assert np.abs(found - campaign.colours(np.float64(x), np.float64(y))).max() <= 0.5 * 0.2 * 50 + 2


def test_a_map_without_transparency_is_white_where_nothing_was_photographed(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    asked = MAP | {"FORMAT": "image/jpeg", "BBOX": "616900,6717230,616920,6717250"}
    assert (pixels(kvp(thin, asked))[..., :3] >= 254).all()


def test_a_new_edition_serves_its_pixels_at_once(thin: ThinLayer, db: None) -> None:
    tile = f"wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    old = campaign.publish().edition
    before = pixels(thin.get(f"/ortho/v{old}/{tile}")).astype(int)
    new = campaign.publish(folder="orthophoto/essai/2", tint=10).edition
    after = pixels(thin.get(f"/ortho/v{new}/{tile}")).astype(int)
    assert 8 <= (after - before)[..., 2].mean() <= 12


def test_a_photo_taken_back_is_gone_when_the_two_seconds_are_over(thin: ThinLayer, db: None, monkeypatch: Any) -> None:
    edition = campaign.publish().edition
    tile = f"/ortho/v{edition}/wmts/essai/{lambert_tile(*MIDDLE, 20)}"
    assert thin.get(tile).status_code == 200
    with factories.as_owner():
        delete_photo("essai")
    monkeypatch.setattr(asking, "KEPT_SECONDS", 0.0)
    assert thin.get(tile).status_code == 400


def test_an_edition_that_cannot_be_served_leaves_the_former_and_shows_no_old_pixel(
    thin: ThinLayer, db: None, monkeypatch: Any
) -> None:
    tile = lambert_tile(*MIDDLE, 20)
    edition, other = campaign.publish().edition, campaign.publish("autre").edition
    assert thin.get(f"/ortho/v{other}/wmts/essai/{tile}").status_code == 200
    new = campaign.publish(folder="orthophoto/essai/2", tint=10).edition
    monkeypatch.setattr(application, "build", lambda former: 1 / 0)
    assert thin.get(f"/ortho/v{new}/wmts/essai/{tile}").status_code == 400
    assert thin.get(f"/ortho/v{new}/wmts/autre/{tile}").status_code == 200
    assert edition < other < new


def test_a_full_disk_costs_the_copy_and_not_the_answer(thin: ThinLayer, db: None, monkeypatch: Any) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    campaign.publish()
    monkeypatch.setattr("tiles.cache.write", full)
    assert thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}").status_code == 200
    assert kept_files() == []


def test_a_missing_sheet_is_our_fault_and_not_the_clients(thin: ThinLayer, db: None, settings: Any) -> None:
    lost = campaign.publish("perdue", folder="orthophoto/perdue/1")
    shutil.rmtree(settings.FILES_DIR / lost.folder)
    assert thin.get(f"/ortho/wmts/perdue/{lambert_tile(*MIDDLE, 20)}").status_code == 503
    assert kvp(thin, MAP | {"LAYERS": "perdue"}).status_code == 503
    assert kept_files() == []


def test_a_silent_database_is_told_as_such(thin: ThinLayer, db: None, monkeypatch: Any) -> None:
    def silent(*_arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr(asking, "read_viewer", silent)
    answer = thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_the_root_and_unknown_paths_are_djangos_to_refuse(thin: ThinLayer, db: None) -> None:
    paths = (
        "/ortho",
        "/ortho/",
        "/ortho/v1",
        "/ortho/v1/",
        "/ortho/demo/",
        "/ortho/tms/1.0.0",
        "/ortho/kml/x",
        "/ortho/v1/ogc",
    )
    for path in paths:
        thin.get(path)
    assert thin.passed_on == len(paths)


def test_photos_are_only_read(thin: ThinLayer, db: None) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = thin.get("/ortho/service", REQUEST_METHOD=method)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_addresses_in_the_capabilities_carry_the_edition_and_the_hosts_own_name(thin: ThinLayer, db: None) -> None:
    edition = campaign.publish().edition
    spoofed = {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_SCRIPT_NAME": "/evil", "HTTP_X_FORWARDED_PROTO": "ftp"}
    for answer in (
        thin.get("/ortho/wmts/1.0.0/WMTSCapabilities.xml", **spoofed),
        kvp(thin, {"SERVICE": "WMS", "REQUEST": "GetCapabilities"}, **spoofed),
        kvp(thin, {"SERVICE": "WMTS", "REQUEST": "GetCapabilities"}, **spoofed),
    ):
        text = answer.content.decode()
        assert "evil" not in text
        assert "ftp" not in text
        assert f"http://localhost/ortho/v{edition}/" in text


def test_titles_are_text_in_the_capabilities(thin: ThinLayer, db: None) -> None:
    campaign.publish(title="Val & <b>Forêt</b>", attribution="© A & B", abstract="<x>")
    for service in ("WMS", "WMTS"):
        found = etree.fromstring(kvp(thin, {"SERVICE": service, "REQUEST": "GetCapabilities"}).content)
        assert "Val & <b>Forêt</b>" in {element.text for element in found.iter() if element.tag.endswith("Title")}


def test_the_grids_are_those_of_the_standard_and_of_france(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    found = etree.fromstring(thin.get("/ortho/wmts/1.0.0/WMTSCapabilities.xml").content)
    names = {"w": "http://www.opengis.net/wmts/1.0", "o": "http://www.opengis.net/ows/1.1"}
    for grid, corner, coarsest in (
        ("PM", (-20037508.342789244, 20037508.342789244), 156543.03392804097),
        ("LAMB93", (0.0, 12_000_000.0), 209_715.2),
    ):
        (matrices,) = found.xpath(f"//w:TileMatrixSet[o:Identifier='{grid}']", namespaces=names)
        rows = matrices.findall("w:TileMatrix", names)
        assert [row.findtext("o:Identifier", namespaces=names) for row in rows] == [str(n) for n in range(23)]
        for level, row in enumerate(rows):
            place = tuple(map(float, row.findtext("w:TopLeftCorner", namespaces=names).split()))
            assert place == pytest.approx(corner)
            scale = float(row.findtext("w:ScaleDenominator", namespaces=names))
            assert scale * 0.00028 == pytest.approx(coarsest / 2**level, rel=1e-9)


LONG = "9" * 1_000_000
SENSELESS: list[dict[str, Any]] = [
    {},
    {"SERVICE": "WMS"},
    {"SERVICE": "WMTS"},
    {"SERVICE": "WFS"},
    {"REQUEST": "GetMap"},
    {"SERVICE": "WMS", "REQUEST": "GetMap"},
    {"SERVICE": "WMTS", "REQUEST": "GetTile"},
    {"SERVICE": "WMTS", "REQUEST": "GetFeatureInfo"},
    {"SERVICE": "WMS", "REQUEST": "x"},
    WMTS | {"REQUEST": "GetFeatureInfo", "I": "1", "J": "1", "INFOFORMAT": "text/plain"},
    MAP | {"REQUEST": "GetFeatureInfo", "QUERY_LAYERS": "essai", "I": "1", "J": "1", "INFO_FORMAT": "text/plain"},
    MAP | {"REQUEST": "GetLegendGraphic", "LAYER": "essai"},
    *[
        MAP | {"BBOX": box}
        for box in (
            "",
            "1",
            "a,b,c,d",
            "nan,0,1,1",
            "0,0,inf,inf",
            "1e300,0,2e300,1",
            "5,5,1,1",
            "0,0,0,0",
            "0,0,1,1,1",
            "1,2,3",
            "0,0,1e9999,1",
        )
    ],
    *[MAP | {"WIDTH": width} for width in ("0", "-1", "3001", "1e9", "nan", "x", "", "1.5e4", "99999999999999999999")],
    *[
        MAP | {"CRS": crs}
        for crs in ("", "x", "EPSG:0", "EPSG:99999999", "EPSG:4326;x", "CRS:1", "EPSG:２１５４", "EPSG:" + "9" * 500)
    ],
    *[MAP | {"VERSION": version} for version in ("x", "9.9.9.9.x", "", "1", "-1")],
    *[MAP | {"FORMAT": kind} for kind in ("", "image/tiff", "image/", "text/html", "x")],
    MAP | {"BGCOLOR": "zz"},
    MAP | {"BGCOLOR": "0xGGGGGG"},
    MAP | {"STYLES": "a,b"},
    MAP | {"LAYERS": "rien"},
    MAP | {"LAYERS": ""},
    MAP | {"LAYERS": "essai,rien"},
    MAP | {"SLD": "http://evil.example/x"},
    MAP | {"SLD_BODY": "<x/>"},
    MAP | {"EXCEPTIONS": "INIMAGE", "WIDTH": "100000", "HEIGHT": "100000", "STYLES": "x"},
    *[WMTS | {"TILEMATRIX": matrix} for matrix in ("", "x", "-1", "23", "99999999999", "1.5", "9" * 5000)],
    *[WMTS | {"TILECOL": column} for column in ("", "x", "-1", "131072", "9" * 5000)],
    WMTS | {"TILEMATRIXSET": "rien"},
    WMTS | {"LAYER": "rien"},
    WMTS | {"FORMAT": "image/x"},
    WMTS | {"LAYER": "essai,essai"},
    {f"p{n}": "1" for n in range(100)},
]


@pytest.mark.parametrize("parameters", SENSELESS, ids=range(len(SENSELESS)))
def test_senseless_parameters_are_refused_in_the_clients_own_form(
    thin: ThinLayer, db: None, parameters: dict[str, Any]
) -> None:
    campaign.publish()
    answer = kvp(thin, parameters)
    if thin.passed_on:
        return  # Too long: Django refuses it (test_what_django_refuses).
    assert 400 <= answer.status_code < 500, answer.content
    assert "xml" in answer.headers["Content-Type"]
    assert "Exception" in etree.fromstring(answer.content).tag
    assert kept_files() == []


@pytest.mark.parametrize(
    "path",
    [
        "/ortho/wmts",
        "/ortho/wmts/",
        "/ortho/wmts/essai/PM/1",
        "/ortho/wmts/essai/PM/23/0/0.png",
        "/ortho/wmts/essai/PM/0/1/0.png",
        "/ortho/wmts/essai/PM/-1/0/0.png",
        "/ortho/wmts/essai/PM/a/0/0.png",
        "/ortho/wmts/essai/rien/0/0/0.png",
        "/ortho/wmts/rien/PM/0/0/0.png",
        "/ortho/wmts/essai/PM/0/0/0.jpeg",
        "/ortho/wmts/essai/PM/1/99999999999999999999/0.png",
        "/ortho/wmts/essai/PM/0/0/0/1/1.txt",
        "/ortho/wmts/../../etc/passwd",
        "/ortho/wmts/essai/PM/0/0/..%2f0.png",
        "/ortho/wmts/essai/LAMB93/22/101563/0.png",
        "/ortho/wmts/essai/LAMB93/0/0/1.png",
        "/ortho/wmts/caf\xc3\xa9/PM/0/0/0.png",
    ],
)
def test_a_tile_that_cannot_be_is_refused(thin: ThinLayer, db: None, path: str) -> None:
    campaign.publish()
    answer = thin.get(path)
    assert 400 <= answer.status_code < 500
    assert "Exception" in etree.fromstring(answer.content).tag
    assert kept_files() == []


@pytest.mark.parametrize(
    "path",
    [
        "/ortho/service?SERVICE=WMS&LAYERS=" + LONG,
        "/ortho/service?LAYERS=%00",
        "/ortho/wmts/\0/PM/0/0/0.png",
        "/ortho/wmts/" + LONG,
    ],
)
def test_what_django_refuses(thin: ThinLayer, db: None, path: str) -> None:
    thin.get(path)
    assert thin.passed_on == 1


@pytest.mark.parametrize(
    "box", ["-1e8,-1e8,1e8,1e8", "617010,6717230,617010.0000001,6717230.0000001", "-1e9,0,1e9,0.001"]
)
def test_an_extreme_map_is_drawn_all_the_same(thin: ThinLayer, db: None, box: str) -> None:
    campaign.publish()
    for crs in ("EPSG:2154", "EPSG:3857", "EPSG:4326", "CRS:84", "EPSG:3947"):
        assert kvp(thin, MAP | {"BBOX": box, "CRS": crs}).status_code == 200


def test_an_empty_catalogue_has_capabilities(thin: ThinLayer, db: None) -> None:
    for service in ("WMS", "WMTS"):
        answer = kvp(thin, {"SERVICE": service, "REQUEST": "GetCapabilities"})
        assert answer.status_code == 200
        etree.fromstring(answer.content)
    assert kvp(thin, MAP | {"LAYERS": "_"}).status_code == 400


def test_a_photo_without_sheets_leaves_the_others_alone(thin: ThinLayer, db: None) -> None:
    photo("vide")
    campaign.publish()
    assert thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}").status_code == 200
    assert thin.get(f"/ortho/wmts/vide/{lambert_tile(*MIDDLE, 20)}").status_code == 400


def test_the_largest_map_is_drawn(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    assert pixels(kvp(thin, MAP | {"WIDTH": "3000", "HEIGHT": "3000", "FORMAT": "image/jpeg"})).shape == (3000, 3000, 4)


def test_an_unknown_host_is_djangos_to_refuse(thin: ThinLayer, db: None) -> None:
    thin.get("/ortho/service", HTTP_HOST="evil.example")
    assert thin.passed_on == 1


def test_tiles_of_former_editions_go(thin: ThinLayer, db: None) -> None:
    tile = lambert_tile(*MIDDLE, 20)
    campaign.publish("partie")
    for slug in ("essai", "partie"):
        campaign.publish(slug)
        assert thin.get(f"/ortho/v999/wmts/{slug}/{tile}").status_code == 200
    edition = campaign.publish().edition
    assert thin.get(f"/ortho/v{edition}/wmts/essai/{tile}").status_code == 200
    with factories.as_owner():
        delete_photo("partie")
    assert len(kept_files()) == 3
    purge_photo_tiles(0)
    assert [path.split("/")[-6:-3] for path in kept_files()] == [["essai", str(edition), "LAMB93"]]


def test_the_cache_of_photos_keeps_to_its_limit(thin: ThinLayer, db: None) -> None:
    edition = campaign.publish().edition
    assert thin.get(f"/ortho/wmts/essai/{lambert_tile(*MIDDLE, 20)}").status_code == 200
    assert files.purge({"essai": edition}, 0) == 0
    assert kept_files() == []


def test_mosaics_go_on_from_edition_to_edition(thin: ThinLayer, db: None) -> None:
    campaign.publish()
    thin.get("/ortho/service")
    before = application.serving.application
    campaign.publish("autre")
    asking.forget_everybody()
    thin.get("/ortho/service")
    after = application.serving.application
    assert before is not None
    assert after is not None
    assert before.edition < after.edition
    assert after.photos["essai"].mosaic is before.photos["essai"].mosaic
    forget()
    assert wsgi.serving.application is None
