"""Vector files and archives made to do harm: each is refused in words, reads nothing else, leaves nothing behind."""

import gzip
import re
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gis_core.files.reader import FileInfo, Limits, Problem, Reading, ReadRefused, RestrictedReader
from gis_core.files.reader.archives import Unpacking
from gis_core.files.reader.messages import MESSAGES

MEGABYTE = 1 << 20
LIMITS = Limits(wall_seconds=30, cpu_seconds=120, file_bytes=300 * MEGABYTE)
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="passwd"><SrcDataSource>/etc/passwd</SrcDataSource>'
    "</OGRVRTLayer></OGRVRTDataSource>"
)
GML = (
    '<?xml version="1.0"?>{doctype}<ogr:FeatureCollection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://ogr.maptools.org/ {schema}" xmlns:ogr="http://ogr.maptools.org/" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:gml="http://www.opengis.net/gml/3.2"><ogr:featureMember>'
    '<ogr:place gml:id="p.0"><ogr:geometryProperty>{geometry}</ogr:geometryProperty><ogr:nom>{name}</ogr:nom>'
    "</ogr:place></ogr:featureMember></ogr:FeatureCollection>"
)
POINT = '<gml:Point gml:id="g" srsName="urn:ogc:def:crs:EPSG::2154"><gml:pos>617284 6717902</gml:pos></gml:Point>'
LINKED = (
    '<gml:MultiPoint gml:id="m" srsName="urn:ogc:def:crs:EPSG::2154"><gml:pointMember xlink:href="file:///etc/passwd"/>'
    "</gml:MultiPoint>"
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(LIMITS, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def inspected(reader: RestrictedReader, path: Path, *companions: Path) -> FileInfo:
    return reader.inspect(reader.admit(path, *companions), reading=Reading())


def refusal(reader: RestrictedReader, path: Path, *companions: Path) -> Problem:
    with pytest.raises(ReadRefused) as caught:
        inspected(reader, path, *companions)
    problem = caught.value.problem
    assert problem.code in MESSAGES
    assert "%(" not in problem.message
    return problem


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def written(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Archives


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "..\\..\\evil.csv", "C:\\evil.csv", "a/../../b.csv"]
)
def test_a_path_that_leaves_the_archive_is_refused(reader: RestrictedReader, tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "slip.zip", {"good.csv": "a\n1\n", name: "a\n1\n"})
    before = set(reader._folders().files.iterdir())
    assert refusal(reader, path).code == "archive_path"
    assert len(set(reader._folders().files.iterdir()) - before) == 1
    assert not list(tmp_path.rglob("evil.csv"))


def test_a_link_in_a_zip_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("passwd.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal(reader, tmp_path / "link.zip").code == "archive_link"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_a_link_or_device_in_a_tar_is_refused(reader: RestrictedReader, tmp_path: Path, kind: bytes) -> None:
    with tarfile.open(tmp_path / "link.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("evil.csv")
        entry.type, entry.linkname = kind, "/etc/passwd"
        archive.addfile(entry)
    assert refusal(reader, tmp_path / "link.tar.gz").code == "archive_link"


def test_an_archive_in_an_archive_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.csv": "a\n1\n"}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"a.csv": "a\n1\n", "b/inner.zip": inner})
    assert refusal(reader, outer).code == "archive_in_archive"
    assert refusal(reader, written(tmp_path / "inner.zip.gz", gzip.compress(inner))).code == "archive_in_archive"


def zeros(count: int) -> Iterator[bytes]:
    return (bytes(MEGABYTE) for _ in range(count))


def test_bombs_are_stopped_while_they_grow(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.csv", "w") as bomb:
        for chunk in zeros(200):
            bomb.write(chunk)
    assert refusal(reader, path).code == "archive_bomb"
    with gzip.open(tmp_path / "bomb.csv.gz", "wb") as packed:
        for chunk in zeros(200):
            packed.write(chunk)
    assert refusal(reader, tmp_path / "bomb.csv.gz").code == "archive_bomb"


def test_an_archive_larger_than_a_file_may_be_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "large.zip", {"a.csv": "a\n" + "".join(f"{n}\n" for n in range(600_000))})
    with RestrictedReader(Limits(file_bytes=2 * MEGABYTE), quarantine_root=tmp_path / "q") as small:
        assert refusal(small, path).code == "file_too_large"
        assert [len(list(folder.iterdir())) for folder in small._folders().files.iterdir()] == [1]


def test_a_real_file_of_addresses_may_grow_nineteen_times(reader: RestrictedReader, tmp_path: Path) -> None:
    text = "id;voie;lon;lat\n" + "".join(f"{n};Rue de l'Église;2.5{n % 100};47.8\n" for n in range(100_000))
    path = zipped(tmp_path / "adresses.zip", {"adresses.csv": text})
    assert len(text) > 8 * path.stat().st_size
    assert inspected(reader, path).layers[0].features == 100_000


def test_declared_sizes_are_not_believed(reader: RestrictedReader, tmp_path: Path) -> None:
    path = zipped(tmp_path / "liar.zip", {"a.csv": "a\n" + "1\n" * 1000})
    data = path.read_bytes().replace(struct.pack("<I", 2002), struct.pack("<I", 20))
    assert refusal(reader, written(path, data)).code == "archive_damaged"


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {f"{n}.csv": "" for n in range(20)})
    with RestrictedReader(Limits(members=10), quarantine_root=tmp_path / "q") as small:
        assert refusal(small, path).code == "archive_members"


@pytest.mark.parametrize("cut", [40, 300])
def test_a_cut_archive_is_refused(reader: RestrictedReader, files: Path, tmp_path: Path, cut: int) -> None:
    path = zipped(tmp_path / "cut.zip", {"places.gpkg": (files / "places.gpkg").read_bytes()})
    assert refusal(reader, written(path, path.read_bytes()[:-cut])).code == "archive_damaged"


def test_an_archive_with_a_password_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", {"a.csv": "a\n1\n"}).read_bytes())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + place] |= 1
    assert refusal(reader, written(tmp_path / "a.zip", bytes(data))).code == "archive_encrypted"


@pytest.mark.parametrize("members", [{}, {"plan.pdf": "%PDF"}], ids=["empty", "pdf"])
def test_an_archive_without_data_says_what_is_read(
    reader: RestrictedReader, tmp_path: Path, members: dict[str, bytes | str]
) -> None:
    problem = refusal(reader, zipped(tmp_path / "a.zip", members))
    assert problem.code == "archive_without_data"
    assert "GeoPackage" in problem.message


@pytest.mark.parametrize("file", ["../x", "a/b", "", ".x", "x" * 200, "é"])
def test_the_parent_writes_only_plain_names(tmp_path: Path, file: str) -> None:
    (tmp_path / "7").mkdir()
    unpacking = Unpacking(tmp_path, "7", 8, MEGABYTE)
    with pytest.raises(ValueError, match="plain"):
        unpacking.take({"folder": 0, "file": file}, np.zeros(3, np.uint8))
    assert not list((tmp_path / "7").iterdir())


# Disguises


@pytest.mark.parametrize("suffix", ["vrt", "csv", "shp", "gpkg", "gml", "tab", "geojson", "xlsx"])
def test_a_virtual_dataset_in_disguise_is_refused(reader: RestrictedReader, tmp_path: Path, suffix: str) -> None:
    problem = refusal(reader, written(tmp_path / f"a.{suffix}", VRT))
    assert problem.code in {"format_not_read", "not_json"}
    assert "root:" not in problem.message


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel"),
        ("a.dwg", b"AC1015" + bytes(600), "DWG"),
        ("a.kml", b'<kml xmlns="http://www.opengis.net/kml/2.2"/>', "KML"),
        ("a.osm", b"<osm/>", "OpenStreetMap"),
        ("a.html", b"<!DOCTYPE html><html/>", "web"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(600), "archive"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.bin", bytes(range(256)), "a.bin"),
    ],
)
def test_another_format_is_named(
    reader: RestrictedReader, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    assert said in refusal(reader, written(tmp_path / name, content)).message


@pytest.mark.parametrize("name", ["a.shx", "a.prj", "a.cpg", "a.dat", "a.map", "a.id", "a.mid"])
def test_a_companion_alone_names_what_is_missing(reader: RestrictedReader, tmp_path: Path, name: str) -> None:
    problem = refusal(reader, written(tmp_path / name, b"x"))
    assert problem.code == "companion_missing"
    assert problem.params["name"] in {".shp", ".tab", ".mif"}


# GeoPackage and SQLite


@pytest.mark.parametrize("name", ["trigger", "virtual", "extension", "reaching"])
def test_a_geopackage_runs_nothing_and_reads_nothing_else(reader: RestrictedReader, files: Path, name: str) -> None:
    path = files / f"{name}.gpkg"
    before = path.read_bytes()
    info = inspected(reader, path)
    places = next(layer for layer in info.layers if layer.name == "places")
    assert places.features == 3
    assert not re.search("root:|/bin/", str(info))
    assert path.read_bytes() == before


def test_a_view_is_a_layer(reader: RestrictedReader, files: Path) -> None:
    assert [(layer.name, layer.features) for layer in inspected(reader, files / "view.gpkg").layers] == [
        ("places", 3),
        ("v", 3),
    ]


def test_an_endless_view_is_stopped(files: Path, tmp_path: Path) -> None:
    with RestrictedReader(Limits(wall_seconds=2), quarantine_root=tmp_path) as impatient:
        assert refusal(impatient, files / "endless.gpkg").code == "took_too_long"


def test_layers_that_cannot_be_read_are_told_beside_the_others(reader: RestrictedReader, files: Path) -> None:
    info = inspected(reader, files / "extension.gpkg")
    assert [layer.name for layer in info.layers] == ["places"]
    assert [name for name, _ in info.unread] == ["v"]


def test_a_geopackage_that_was_open_elsewhere_is_read_with_a_note(reader: RestrictedReader, files: Path) -> None:
    (layer,) = inspected(reader, files / "journal.gpkg").layers
    assert (layer.features, layer.notes) == (3, ("journal",))


def test_sql_in_a_field_name_is_a_name(reader: RestrictedReader, files: Path) -> None:
    (layer,) = inspected(reader, files / "names.gpkg").layers
    assert layer.columns[-1].name == 'a"; drop table x; --'


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + bytes(5000), b"SQLite format 3\0"], ids=["zeros", "magic"])
def test_what_only_begins_as_a_database_is_refused(reader: RestrictedReader, tmp_path: Path, content: bytes) -> None:
    assert refusal(reader, written(tmp_path / "a.gpkg", content)).code == "not_geopackage"


def test_a_cut_geopackage_is_refused(reader: RestrictedReader, files: Path) -> None:
    assert refusal(reader, files / "cut.gpkg").code == "not_geopackage"


@pytest.mark.parametrize("place", range(2000, 96_000, 6000))
def test_noise_in_a_geopackage_crashes_nothing(
    reader: RestrictedReader, files: Path, tmp_path: Path, place: int
) -> None:
    data = bytearray((files / "places.gpkg").read_bytes())
    data[place : place + 1500] = bytes(byte ^ 0x5A for byte in data[place : place + 1500])
    assert_read_or_refused(reader, written(tmp_path / "noise.gpkg", bytes(data)))


def assert_read_or_refused(reader: RestrictedReader, path: Path, *companions: Path) -> None:
    try:
        inspected(reader, path, *companions)
    except ReadRefused as refused:
        code = refused.problem.code
    else:
        return
    assert code in MESSAGES
    assert code not in {"reader_stopped", "reader_fault", "took_too_long"}


# GML


def gml(doctype: str = "", schema: str = "x.xsd", geometry: str = POINT, name: str = "Adon") -> str:
    return GML.format(doctype=doctype, schema=schema, geometry=geometry, name=name)


def laughs() -> str:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE r [<!ENTITY a0 "ha">{levels}]>'


@pytest.mark.parametrize(
    ("doctype", "name"),
    [
        ('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;"),
        ('<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">', "Adon"),
        ('<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;]>', "Adon"),
        (laughs(), "&a11;"),
    ],
    ids=["file", "dtd", "parameter", "laughs"],
)
def test_entities_are_refused(reader: RestrictedReader, tmp_path: Path, doctype: str, name: str) -> None:
    path = written(tmp_path / "a.gml", gml(doctype=doctype, name=name))
    assert refusal(reader, path).code == "xml_doctype"


@pytest.mark.parametrize("schema", ["/etc/passwd", "http://127.0.0.1:9/x.xsd", "file:///etc/passwd"])
def test_a_schema_elsewhere_is_not_read(reader: RestrictedReader, tmp_path: Path, schema: str) -> None:
    info = inspected(reader, written(tmp_path / "a.gml", gml(schema=schema)))
    assert info.layers[0].features == 1


def test_a_link_in_a_geometry_is_not_followed(reader: RestrictedReader, tmp_path: Path) -> None:
    (layer,) = inspected(reader, written(tmp_path / "a.gml", gml(geometry=LINKED))).layers
    assert layer.geometry_types == {}


def test_a_cut_or_wrong_gml_tells_where(reader: RestrictedReader, tmp_path: Path) -> None:
    assert refusal(reader, written(tmp_path / "a.gml", gml()[:-40])).code == "truncated"
    assert refusal(reader, written(tmp_path / "b.gml", gml(name="a & b"))).code == "bad_xml"


def test_xml_that_nests_without_end_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    deep = gml(name="<b>" * 100_000 + "</b>" * 100_000)
    assert refusal(reader, written(tmp_path / "a.gml", deep)).code == "too_deep_anywhere"


def test_axes_of_gml_are_put_right(reader: RestrictedReader, tmp_path: Path) -> None:
    north_first = POINT.replace("2154", "4326").replace("617284 6717902", "47.8 2.5")
    (layer,) = inspected(reader, written(tmp_path / "a.gml", gml(geometry=north_first))).layers
    assert layer.bounds == (2.5, 47.8, 2.5, 47.8)


# Shapefile


def copies(files: Path, folder: Path, **changes: bytes) -> tuple[Path, ...]:
    paths = []
    for suffix in ("shp", "shx", "dbf", "prj"):
        content = changes.get(suffix, (files / f"places.{suffix}").read_bytes())
        paths.append(written(folder / f"places.{suffix}", content))
    return tuple(paths)


def changed(data: bytes, place: int, content: bytes) -> bytes:
    return data[:place] + content + data[place + len(content) :]


def test_wrong_record_lengths_are_refused(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    shapes, index = (files / "places.shp").read_bytes(), (files / "places.shx").read_bytes()
    (tmp_path / "b").mkdir()
    long = copies(files, tmp_path / "b", shp=changed(shapes, 104, struct.pack(">I", 9999)))
    assert refusal(reader, *long).code == "shape_length"
    (tmp_path / "c").mkdir()
    beyond = copies(files, tmp_path / "c", shx=changed(index, 108, struct.pack(">I", 9_999_999)))
    assert refusal(reader, *beyond).code == "shape_beyond_end"
    (tmp_path / "d").mkdir()
    assert refusal(reader, *copies(files, tmp_path / "d", shp=shapes[:-10])).code == "shape_beyond_end"


def test_a_cut_table_is_refused(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    table = (files / "places.dbf").read_bytes()
    problem = refusal(reader, *copies(files, tmp_path, dbf=table[:-150]))
    assert problem.code == "table_cut"
    assert problem.params == {"announced": 3, "held": 1}


def test_deleted_rows_are_left_out(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    table = (files / "places.dbf").read_bytes()
    header = struct.unpack_from("<H", table, 8)[0]
    (layer,) = inspected(reader, *copies(files, tmp_path, dbf=changed(table, header, b"*"))).layers
    assert layer.features == 2


@pytest.mark.parametrize("suffix", ["shp", "shx", "dbf", "prj"])
def test_noise_in_a_shapefile_crashes_nothing(
    reader: RestrictedReader, files: Path, tmp_path: Path, suffix: str
) -> None:
    data = (files / f"places.{suffix}").read_bytes()
    for place in range(0, len(data), 37):
        noisy = changed(data, place, bytes(byte ^ 0xA5 for byte in data[place : place + 9]))
        assert_read_or_refused(reader, *copies(files, tmp_path, **{suffix: noisy}))


@pytest.mark.parametrize("name", ["places.fgb", "places.ods", "places.xlsx", "places.gml"])
def test_noise_in_other_formats_crashes_nothing(
    reader: RestrictedReader, files: Path, tmp_path: Path, name: str
) -> None:
    data = (files / name).read_bytes()
    for place in range(0, len(data), 97):
        noisy = changed(data, place, bytes(byte ^ 0xA5 for byte in data[place : place + 9]))
        assert_read_or_refused(reader, written(tmp_path / name, noisy))


def test_nothing_hung_or_was_left_outside(reader: RestrictedReader) -> None:
    assert reader.isolation["network"] is False
    assert {path.name for path in reader._folders().base.iterdir()} == {"files", "canary"}
    assert all(path.name.isdigit() for path in reader._folders().files.iterdir())
    assert not any(path.is_symlink() for path in reader._folders().files.rglob("*"))
    assert reader._folders().canary.stat().st_size == 0


KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>{name}</name>
    <Point><coordinates>{place}</coordinates></Point></Placemark></Document></kml>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml><Placemark>&b;</Placemark></kml>', "xml_doctype"),
        (KML.format(name="x", place="ici,2"), "kml_place"),
        (KML.format(name="x", place="1,2")[:-20], "truncated"),
        ("<kml>" + "<Folder>" * 2_000 + "</Folder>" * 2_000 + "</kml>", "too_deep_anywhere"),
        ("<kml></kml>", "kml_without_placemark"),
        ("<kml>" + "<a/>" * 400_001 + "</kml>", "xml_too_many_elements"),
    ],
)
def test_kml_that_is_wrong_or_hostile_is_refused_by_the_child(
    reader: RestrictedReader, tmp_path: Path, content: str, code: str
) -> None:
    assert refusal(reader, written(tmp_path / "a.kml", content.encode())).code == code


def test_kml_is_read_also_of_an_archive(reader: RestrictedReader, tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"doc.kml": KML.format(name="Borne", place="2.6,47.9,0")})
    (layer,) = reader.inspect(reader.admit(path), reading=Reading()).layers
    assert (layer.features, layer.bounds, layer.crs) == (1, (2.6, 47.9, 2.6, 47.9), 4326)
