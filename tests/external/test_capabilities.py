"""What services say that they have, read into layers that may be taken, or not and why."""

import pytest

from gis_core.errors import Invalid
from gis_core.files.markup import parse_xml
from layers.external.capabilities import Offer, offers_in
from layers.external.models import ExternalLayer
from layers.external.requests import Tile, capabilities_url, map_url, tile_url, with_parameters

WMS = b"""<WMS_Capabilities xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Title>G\xc3\xa9oplateforme</Title></Service><Capability><Request><GetMap><Format>image/jpeg</Format>
<Format>image/png</Format><DCPType><HTTP><Get><OnlineResource xlink:href="https://wms.example/r?map=a.map&amp;"/></Get>
</HTTP></DCPType></GetMap></Request>
<Layer><Title>Tout</Title><CRS>EPSG:3857</CRS><CRS>EPSG:2154</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>-5</westBoundLongitude><eastBoundLongitude>9</eastBoundLongitude>
<southBoundLatitude>42</southBoundLatitude><northBoundLatitude>51</northBoundLatitude></EX_GeographicBoundingBox>
 <Layer><Name>SOLS</Name><Title>Occupation
   du sol</Title><Abstract>Ce que c'est</Abstract><Attribution><Title>IGN</Title></Attribution>
  <Style><Name>normal</Name><LegendURL><OnlineResource xlink:href="https://wms.example/l.png"/></LegendURL></Style></Layer>
 <Layer><Title>Groupe</Title><Layer><Name>EAU</Name></Layer></Layer></Layer></Capability></WMS_Capabilities>"""
OLD_WMS = b"""<WMT_MS_Capabilities version="1.1.1"><Service><Title>A</Title></Service><Capability><Request><GetMap>
<Format>image/png</Format></GetMap></Request><Layer><SRS>EPSG:27572 EPSG:2154</SRS><Layer><Name>A</Name></Layer>
<Layer><Name>B</Name><SRS>EPSG:3857</SRS><LatLonBoundingBox minx="1" miny="47" maxx="2" maxy="48"/></Layer></Layer>
</Capability></WMT_MS_Capabilities>"""


def matrix_set(name: str, crs: str, zooms: range, corner: str = "-20037508.342789244 20037508.342789244") -> str:
    matrices = "".join(
        f"<TileMatrix><ows:Identifier>{name}:{zoom}</ows:Identifier><ScaleDenominator>{559082264.0287178 / 2**zoom}"
        f"</ScaleDenominator><TopLeftCorner>{corner}</TopLeftCorner><TileWidth>256</TileWidth></TileMatrix>"
        for zoom in zooms
    )
    named = f"<ows:Identifier>{name}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>"
    return f"<TileMatrixSet>{named}{matrices}</TileMatrixSet>"


def wmts(layers: str) -> bytes:
    sets = matrix_set("PM", "urn:ogc:def:crs:EPSG::3857", range(22)) + matrix_set("LAMB93", "EPSG:2154", range(3))
    sets += matrix_set("AILLEURS", "EPSG:3857", range(3), corner="0 0")
    return f"""<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"
      xmlns:xlink="http://www.w3.org/1999/xlink"><ows:ServiceProvider><ows:ProviderName>IGN</ows:ProviderName>
      </ows:ServiceProvider><ows:OperationsMetadata><ows:Operation name="GetTile"><ows:DCP><ows:HTTP>
      <ows:Get xlink:href="https://wmts.example/t?"/></ows:HTTP></ows:DCP></ows:Operation></ows:OperationsMetadata>
      <Contents>{layers}{sets}</Contents></Capabilities>""".encode()


def wmts_layer(name: str, inside: str = "", sets: str = "PM") -> str:
    return f"""<Layer><ows:Title>Photos {name}</ows:Title><ows:Identifier>{name}</ows:Identifier>
      <Format>image/jpeg</Format><ows:WGS84BoundingBox><ows:LowerCorner>-5 41</ows:LowerCorner>
      <ows:UpperCorner>10 52</ows:UpperCorner></ows:WGS84BoundingBox><Style isDefault="true">
      <ows:Identifier>normal</ows:Identifier><LegendURL xlink:href="https://wmts.example/l.png"/></Style>
      <TileMatrixSetLink><TileMatrixSet>{sets}</TileMatrixSet>{inside}</TileMatrixSetLink></Layer>"""


def offers(content: bytes, service: str = "https://given.example/s") -> list[Offer]:
    return offers_in(parse_xml(content), service)[1]


def test_the_layers_of_a_wms_inherit_what_those_above_them_say() -> None:
    soil, water = offers(WMS)
    assert (soil.title, soil.abstract, soil.why_not) == ("Occupation du sol", "Ce que c'est", "")
    assert soil.values["extent_4326"] == [-5, 42, 9, 51]
    assert soil.values["attribution"] == "IGN"
    assert soil.values["legend_url"] == "https://wms.example/l.png"
    assert soil.values["format"] == "image/png"
    assert (water.title, water.path, water.values["attribution"]) == ("EAU", ("Tout", "Groupe"), "Géoplateforme")


def test_a_wms_layer_that_is_not_drawn_in_the_maps_projection_is_told() -> None:
    other, drawn = offers(OLD_WMS)
    assert "EPSG:3857" in other.why_not
    assert drawn.why_not == ""
    assert drawn.values["service_version"] == "1.1.1"
    assert drawn.values["url"] == "https://given.example/s"


def test_a_wmts_layer_in_the_maps_pyramid_is_taken_with_its_levels() -> None:
    limits = "<TileMatrixSetLimits>{}</TileMatrixSetLimits>".format(
        "".join(f"<TileMatrixLimits><TileMatrix>PM:{zoom}</TileMatrix></TileMatrixLimits>" for zoom in range(6, 20))
    )
    (photo,) = offers(wmts(wmts_layer("ORTHO", limits)))
    values = photo.values
    assert photo.why_not == ""
    assert (values["matrix_set"], values["matrices"][17], values["min_zoom"], values["max_zoom"]) == (
        "PM",
        "PM:17",
        6,
        19,
    )
    assert (values["style"], values["format"], values["attribution"]) == ("normal", "image/jpeg", "IGN")
    assert values["extent_4326"] == [-5, 41, 10, 52]


@pytest.mark.parametrize("sets", ["LAMB93", "AILLEURS"])
def test_a_wmts_layer_in_another_pyramid_is_told(sets: str) -> None:
    (photo,) = offers(wmts(wmts_layer("ORTHO", sets=sets)))
    assert "Web Mercator" in photo.why_not


def test_a_template_that_asks_for_more_than_a_place_is_told() -> None:
    template = '<ResourceURL resourceType="tile" format="image/jpeg" template="https://a.example/{Time}/{TileMatrix}"/>'
    (photo,) = offers(wmts(wmts_layer("ORTHO").replace("</Layer>", f"{template}</Layer>")))
    assert "Time" in photo.why_not


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body/></html>", "html"),
        (
            b"<ServiceExceptionReport><ServiceException>No such map</ServiceException></ServiceExceptionReport>",
            "No such map",
        ),
        (b"<Capabilities><Contents/></Capabilities>", "Capabilities"),
    ],
)
def test_what_is_no_list_of_layers_is_told(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        offers(content)


def layer(**fields: object) -> ExternalLayer:
    return ExternalLayer(**fields)  # type: ignore[misc]


def test_an_image_of_a_wms_is_asked_for_by_its_box() -> None:
    asked = layer(
        kind="wms", url="https://a.example/r?map=x&REQUEST=y", name="SOLS", service_version="1.3.0", tile_size=512
    )
    url = tile_url(asked, Tile(1, 0, 0))
    assert url.startswith("https://a.example/r?map=x&SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=SOLS&STYLES=&")
    assert "CRS=EPSG%3A3857&BBOX=-20037508.3428%2C0.0000%2C0.0000%2C20037508.3428&WIDTH=512&HEIGHT=512" in url
    assert "SRS=EPSG%3A2154" in map_url(
        layer(url="https://a.example/", service_version="1.1.1"), (0, 0, 1, 1), 9, 9, 2154
    )


def test_an_image_of_a_wmts_is_asked_for_by_template_or_by_name() -> None:
    named = {
        "name": "ORTHO",
        "style": "normal",
        "matrix_set": "PM",
        "matrices": ["PM:0", "PM:1"],
        "format": "image/jpeg",
    }
    template = layer(kind="wmts", url="https://a.example/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}", **named)
    assert tile_url(template, Tile(1, 0, 1)) == "https://a.example/PM/PM%3A1/1/0"
    url = tile_url(layer(kind="wmts", url="https://a.example/t?", **named), Tile(1, 0, 1))
    assert url.endswith("TILEMATRIXSET=PM&TILEMATRIX=PM%3A1&TILEROW=1&TILECOL=0")


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("https://a.example/{z}/{x}/{y}.png", "https://a.example/3/1/2.png"),
        ("https://a.example/{z}/{x}/{-y}.png", "https://a.example/3/1/5.png"),
        ("https://{s}.tile.example/{z}/{x}/{y}.png", "https://a.tile.example/3/1/2.png"),
        ("https://{b-d}.tile.example/{z}/{x}/{y}.png", "https://b.tile.example/3/1/2.png"),
        ("https://{switch:t0,t1}.example/{z}/{x}/{y}.png", "https://t0.example/3/1/2.png"),
    ],
)
def test_an_image_of_a_pyramid_is_asked_for_by_its_place(template: str, url: str) -> None:
    assert tile_url(layer(kind="xyz", url=template), Tile(3, 1, 2)) == url


def test_a_services_own_parameters_stay() -> None:
    assert (
        with_parameters("https://a.example?key=k&layers=x", {"LAYERS": "a b"})
        == "https://a.example/?key=k&LAYERS=a%20b"
    )


def test_capabilities_are_asked_for_where_the_service_says() -> None:
    assert (
        capabilities_url("https://a.example/WMTSCapabilities.xml", "wmts") == "https://a.example/WMTSCapabilities.xml"
    )
    assert "REQUEST=GetCapabilities" in capabilities_url("https://a.example/?map=b", "wms")
