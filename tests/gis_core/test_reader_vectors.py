"""What the restricted reader tells of vector files: every format, reference systems, encodings, fields, geometries."""

import gzip
import io
import os
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.files.reader import FileInfo, LayerInfo, Limits, Problem, Reading, ReadRefused, RestrictedReader
from gis_core.files.reader.child.charset import find_codec
from gis_core.files.reader.child.reference import identify
from gis_core.files.reader.messages import MESSAGES

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
COMPANIONS = {".shp": (".shx", ".dbf", ".prj", ".cpg"), ".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
PLACES = {"Église d'Adon", "Amilly", "Château-Renard"}
ESRI_LAMBERT_93 = (
    'PROJCS["RGF93_Lambert_93",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137,298.257222101]],'
    'PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]],PROJECTION["Lambert_Conformal_Conic"],'
    'PARAMETER["standard_parallel_1",49],PARAMETER["standard_parallel_2",44],PARAMETER["latitude_of_origin",46.5],'
    'PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],'
    'UNIT["Meter",1]]'
)
NAMELESS = ESRI_LAMBERT_93.replace("RGF93_Lambert_93", "Sans nom")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    limits = Limits(wall_seconds=30, cpu_seconds=120)
    with RestrictedReader(limits, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def inspected(reader: RestrictedReader, path: Path, reading: Reading | None = None) -> FileInfo:
    beside = [path.with_suffix(suffix) for suffix in COMPANIONS.get(path.suffix.lower(), ())]
    name = reader.admit(path, *(companion for companion in beside if companion.exists()))
    return reader.inspect(name, reading=reading or Reading())


def layer_of(reader: RestrictedReader, path: Path, reading: Reading | None = None) -> LayerInfo:
    (layer,) = inspected(reader, path, reading).layers
    return layer


def refusal(reader: RestrictedReader, path: Path, reading: Reading | None = None) -> Problem:
    with pytest.raises(ReadRefused) as caught:
        inspected(reader, path, reading)
    problem = caught.value.problem
    assert problem.code in MESSAGES
    assert "%(" not in problem.message
    return problem


def csv_file(folder: Path, content: str | bytes, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def shapefile(files: Path, folder: Path, stem: str = "places", **changes: bytes | None) -> Path:
    """A copy whose companions (named shp, dbf, prj, …) are replaced, or left out for None."""
    for suffix in (".shp", *COMPANIONS[".shp"]):
        content = changes.get(suffix[1:], (files / f"{stem}{suffix}").read_bytes())
        if content is not None:
            (folder / f"{stem}{suffix}").write_bytes(content)
    return folder / f"{stem}.shp"


# Formats


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("places.gpkg", "GPKG"),
        ("places.fgb", "FlatGeobuf"),
        ("places.shp", "ESRI Shapefile"),
        ("places.gml", "GML"),
        ("places.tab", "MapInfo File"),
        ("places.mif", "MapInfo File"),
        ("places.geojson", "GeoJSON"),
        ("places.xlsx", "XLSX"),
        ("places.ods", "ODS"),
    ],
)
def test_every_format_gives_the_same_places(reader: RestrictedReader, files: Path, name: str, driver: str) -> None:
    info = inspected(reader, files / name)
    (layer,) = info.layers
    assert (info.format, layer.features, layer.crs, layer.complete) == (driver, 3, 2154, True)
    assert layer.geometry_types == {"Point": 3}
    assert {row["nom"] for row in layer.rows} == PLACES
    assert layer.bounds == pytest.approx((617284.0, 6717902.0, 617400.0, 6718000.0), abs=0.02)


def test_fields_are_told_with_types_samples_and_nulls(reader: RestrictedReader, files: Path) -> None:
    fields = {field.name: field for field in layer_of(reader, files / "typed.gpkg").columns}
    types = {name: field.type for name, field in fields.items()}
    assert types == {
        "texte": "text",
        "entier": "integer",
        "reel": "number",
        "logique": "boolean",
        "jour": "date",
        "instant": "datetime",
    }
    assert (fields["texte"].null_share, fields["texte"].longest) == (0.25, 10)
    assert fields["jour"].samples == ("2024-02-29", "1582-10-15", "9999-12-31")


def test_types_of_a_csv_are_guessed_and_codes_stay_texts(reader: RestrictedReader, tmp_path: Path) -> None:
    path = csv_file(
        tmp_path,
        "code;nombre;mesure;jour;instant;actif;vide;mot\n"
        "01004;12;12,5;31/12/2023;2023-12-31 23:59;oui;;a\n"
        "45234;7;1 000,25;1/2/2024;2024-02-01T08:00:00Z;non;;b\n",
    )
    layer = layer_of(reader, path)
    assert [field.guess for field in layer.columns] == [
        "text",
        "integer",
        "number",
        "date",
        "datetime",
        "boolean",
        "text",
        "text",
    ]
    assert {field.type for field in layer.columns} == {"text"}


def test_whole_numbers_of_geojson_are_integers(reader: RestrictedReader, files: Path) -> None:
    guesses = {field.name: field.guess for field in layer_of(reader, files / "places.geojson").columns}
    assert guesses == {"nom": "text", "numero": "integer", "hauteur": "number"}


# Reference systems


@pytest.mark.parametrize(
    ("text", "epsg", "how"),
    [
        (ESRI_LAMBERT_93, 2154, "name"),
        (NAMELESS, 2154, "projection"),
        (
            ESRI_LAMBERT_93.replace("RGF93_Lambert_93", "unnamed").replace("298.257222101", "298.257223563"),
            2154,
            "projection",
        ),
        ("EPSG:2154", 2154, "code"),
        ("urn:ogc:def:crs:EPSG::3946", 3946, "code"),
        (
            'PROJCS["RGF93_CC48",GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137,298.257222101]],'
            'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
            'PARAMETER["False_Easting",1700000],PARAMETER["False_Northing",7200000],PARAMETER["Central_Meridian",3],'
            'PARAMETER["Standard_Parallel_1",47.25],PARAMETER["Standard_Parallel_2",48.75],'
            'PARAMETER["Latitude_Of_Origin",48],UNIT["Meter",1]]',
            3948,
            "name",
        ),
        (
            'PROJCS["Lambert II etendu",GEOGCS["NTF",DATUM["D_NTF",SPHEROID["Clarke_1880_IGN",6378249.2,293.46602]],'
            'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],'
            'PARAMETER["False_Easting",600000],PARAMETER["False_Northing",2200000],'
            'PARAMETER["Central_Meridian",2.337229166666667],PARAMETER["Standard_Parallel_1",45.89891888888889],'
            'PARAMETER["Standard_Parallel_2",47.69601444444444],PARAMETER["Latitude_Of_Origin",46.8],UNIT["Meter",1]]',
            27572,
            "name",
        ),
        (
            'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.257223563]],'
            'PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]',
            4326,
            "name",
        ),
        ('LOCAL_CS["Plan local",UNIT["metre",1]]', None, "unknown"),
        ("Lambert quelque chose", None, "unreadable"),
        ("", None, "none"),
    ],
    ids=["esri", "nameless", "wgs84_ellipsoid", "code", "urn", "cc48", "ntf", "wgs84", "local", "nonsense", "empty"],
)
def test_dialects_of_reference_systems(text: str, epsg: int | None, how: str) -> None:
    found = identify(text)
    assert (found.value, found.how) == (epsg, how)


def test_a_name_does_not_make_another_projection_lambert_93() -> None:
    assert identify(ESRI_LAMBERT_93.replace("700000", "800000")).value is None


def test_coordinates_that_contradict_the_system_tell_what_they_look_like(reader: RestrictedReader, files: Path) -> None:
    found = layer_of(reader, files / "degrees.gpkg").reference
    assert found is not None
    assert (found.fits, found.seems, found.outside) == (False, 4326, 2)


def test_a_shapefile_without_prj_looks_like_something(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    layer = layer_of(reader, shapefile(files, tmp_path, prj=None))
    assert layer.crs is None
    assert layer.reference is not None
    assert (layer.reference.how, layer.reference.seems) == ("none", 2154)


def test_latitude_before_longitude_is_told(reader: RestrictedReader, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "nom;longitude;latitude\nA;47.9;1.9\nB;47.8;1.91\n")
    reference = layer_of(reader, path).reference
    assert reference is not None
    assert reference.swapped
    assert layer_of(reader, path, Reading(x="latitude", y="longitude")).crs == 4326


def test_a_conic_zone_is_known_by_its_code(reader: RestrictedReader, files: Path) -> None:
    layer = layer_of(reader, files / "conic.gpkg")
    assert layer.crs == 3948
    assert layer.reference is not None
    assert layer.reference.fits


# Encodings


CODECS = ("cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "mac_roman", "cp850")
TEXTS = ("é è à ç ê Château", "Hôtel de Ville – œuvre d’art", "forêt, maïs, Noël")


# The alphabet of DOS has neither œ nor curly quotes.
@pytest.mark.parametrize(
    ("codec", "text"), [(codec, text) for codec in CODECS for text in TEXTS if codec != "cp850" or "œ" not in text]
)
def test_the_encoding_of_a_csv_is_found(reader: RestrictedReader, tmp_path: Path, codec: str, text: str) -> None:
    layer = layer_of(reader, csv_file(tmp_path, f"nom;n\n{text};1\nx;2\n".encode(codec)))
    assert layer.rows[0]["nom"] == text
    assert layer.encoding is not None
    assert layer.encoding.how in {"declared", "utf8", "guessed", "ascii"}
    assert any(text[:10] in shown for shown in layer.encoding.accented)


def dbf(files: Path, codec: str, language: int = 0) -> bytes:
    """The table of places in another encoding, its language driver set."""
    data = (files / "places.dbf").read_bytes()
    header, rows = bytearray(data[: data[8]]), data[data[8] :]
    header[29] = language
    for name in PLACES:
        rows = rows.replace(name.encode().ljust(80), name.encode(codec).ljust(80))
    return bytes(header) + rows


def test_a_windows_table_without_cpg_is_guessed(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    layer = layer_of(reader, shapefile(files, tmp_path, cpg=None, dbf=dbf(files, "cp1252")))
    assert layer.encoding is not None
    assert (layer.encoding.name, layer.encoding.how) == ("cp1252", "guessed")
    assert set(layer.encoding.accented) == {"Église d'Adon", "Château-Renard"}
    assert {row["nom"] for row in layer.rows} == PLACES


def test_a_text_that_its_width_cuts_within_an_accent_leaves_the_others_their_accents(
    reader: RestrictedReader, files: Path, tmp_path: Path
) -> None:
    cut = ("a" * 79 + "é").encode()[:80]
    table = (files / "places.dbf").read_bytes().replace(b"Amilly".ljust(80), cut)
    assert cut in table
    layer = layer_of(reader, shapefile(files, tmp_path, cpg=None, dbf=table))
    assert layer.encoding is not None
    assert layer.encoding.name == "utf-8"
    assert {row["nom"] for row in layer.rows} >= PLACES - {"Amilly"}


def test_a_cpg_that_lies_is_contradicted(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    layer = layer_of(reader, shapefile(files, tmp_path, cpg=b"UTF-8", dbf=dbf(files, "cp1252")))
    assert layer.encoding is not None
    assert (layer.encoding.name, layer.encoding.how) == ("cp1252", "contradicted")
    assert {row["nom"] for row in layer.rows} == PLACES


def test_a_person_overrides_the_encoding(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    path = shapefile(files, tmp_path, cpg=None, dbf=dbf(files, "cp850", language=0x57))
    layer = layer_of(reader, path, Reading(encoding="OEM 850"))
    assert {row["nom"] for row in layer.rows} == PLACES
    assert layer.encoding is not None
    assert layer.encoding.how == "said"


def test_an_encoding_that_is_none_is_refused(reader: RestrictedReader, files: Path) -> None:
    assert refusal(reader, files / "places.shp", Reading(encoding="klingon")).code == "unknown_encoding"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("65001", "utf-8"),
        ("1252", "cp1252"),
        ("ANSI 1252", "cp1252"),
        ("windows-1252", "cp1252"),
        ("WindowsLatin1", "cp1252"),
        ("ISO 8859-15", "iso8859-15"),
        ("8859_1", "iso8859-1"),
        ("OEM 850", "cp850"),
        ("CodePage850", "cp850"),
        ("base64", None),
        ("", None),
        ("99999", None),
    ],
)
def test_spellings_of_encodings(text: str, codec: str | None) -> None:
    assert find_codec(text) == codec


def test_accents_in_field_names_are_read(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    renamed = dbf(files, "cp1252").replace(b"hauteur\0", "DÉNOM\0\0\0".encode("cp1252")[:8])
    layer = layer_of(reader, shapefile(files, tmp_path, cpg=None, dbf=renamed))
    assert "DÉNOM" in {field.name for field in layer.columns}


# CSV


@pytest.mark.parametrize(
    ("content", "names", "notes"),
    [
        ("a;b\n1;2\n", ["a", "b"], ()),
        ("a,b\n1,2\n", ["a", "b"], ()),
        ("a\tb\n1\t2\n", ["a", "b"], ()),
        ("a|b\n1|2\n", ["a", "b"], ()),
        ('a;b\n"1;5";2\n', ["a", "b"], ()),
        ("nom\nAdon\n", ["nom"], ()),
        ("code;code;;code\n1;2;3;4\n", ["code", "code_2", "column_3", "code_3"], ()),
        ("POINT_X,N,19,8;CAR_LIEU,C,254\n1;a\n", ["POINT_X", "CAR_LIEU"], ()),
        ("1;Adon;2,5\n2;Amilly;3\n", ["column_1", "column_2", "column_3"], ("no_header",)),
        ("Inventaire 2024;;\n;;\nnom;n;m\nA;1;2\n", ["nom", "n", "m"], ("skipped_lines",)),
        ("a;b\n1;2\n;\n;\n", ["a", "b"], ("empty_rows",)),
    ],
)
def test_separator_and_header_are_guessed(
    reader: RestrictedReader, tmp_path: Path, content: str, names: list[str], notes: tuple[str, ...]
) -> None:
    layer = layer_of(reader, csv_file(tmp_path, content))
    assert [field.name for field in layer.columns] == names
    assert layer.notes == notes


def test_a_person_says_that_there_is_no_header(reader: RestrictedReader, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "rouge;vert\nbleu;noir\n")
    assert layer_of(reader, path).features == 1
    assert layer_of(reader, path, Reading(header=False)).features == 2
    assert layer_of(reader, path, Reading(separator="|")).columns[0].name == "rouge;vert"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\n\n\n", "empty_file"),
        (";".join(f"c{n}" for n in range(1500)) + "\n", "too_many_fields"),
        ("a;b\n1;" + "x" * 9_000_000 + "\n", "endless_row"),
        ('a;b\n1;"x\n' + "2;3\n" * 400_000, "endless_row"),
    ],
    ids=["empty", "blank", "wide", "long", "open_quote"],
)
def test_a_csv_that_cannot_be_read_says_why(reader: RestrictedReader, tmp_path: Path, content: str, code: str) -> None:
    assert refusal(reader, csv_file(tmp_path, content)).code == code


def test_a_csv_in_another_encoding_than_said_is_refused(reader: RestrictedReader, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "nom;n\nÉglise;1\n".encode("cp1252"))
    assert refusal(reader, path, Reading(encoding="utf-8")).code == "wrong_encoding"


# Places in columns


@pytest.mark.parametrize(
    ("content", "epsg", "place"),
    [
        ("nom;x;y\nA;617284,5;6717902\n", 2154, ("x", "y", None)),
        ("nom;lon;lat\nA;2.5;47.8\n", 4326, ("lon", "lat", None)),
        ("Coord_X;Coord_Y\n1662000;7200000\n", 3948, ("Coord_X", "Coord_Y", None)),
        ("x;y;lon;lat\n617284;6717902;2.5;47.8\n", 2154, ("x", "y", None)),
        ("lon;lat;X_L93;Y_L93\n2.5;47.8;617284;6717902\n", 2154, ("X_L93", "Y_L93", None)),
        ('nom;geo_point_2d\nA;"47.8, 2.5"\n', 4326, ("geo_point_2d", "geo_point_2d", None)),
        ("nom;wkt\nA;POINT(617284 6717902)\n", 2154, (None, None, "wkt")),
        ("nom;geom\nA;0101000020E610000000000000000004406666666666E64740\n", 4326, (None, None, "geom")),
        ('nom;geometry\nA;"{""type"":""Point"",""coordinates"":[2.5,47.8]}"\n', 4326, (None, None, "geometry")),
    ],
)
def test_the_place_of_rows_is_found_in_their_columns(
    reader: RestrictedReader, tmp_path: Path, content: str, epsg: int, place: tuple[str | None, ...]
) -> None:
    layer = layer_of(reader, csv_file(tmp_path, content))
    assert layer.place is not None
    assert (layer.place.x, layer.place.y, layer.place.wkt) == place
    assert (layer.crs, layer.geometry_types) == (epsg, {"Point": 1})


@pytest.mark.parametrize(
    ("pairs", "epsg"),
    [
        (("[2.5,47.8]", "[2.6, 47.9]"), 4326),
        (("47.8, 2.5", "47.9,2.6"), 4326),
        (("[2.5,47.8]", "[47.9,2.6]"), 4326),
        (("617284;6717902", "617290;6717910"), 2154),
        (("6717902,617284", "6717910,617290"), 2154),
    ],
)
def test_a_pair_of_coordinates_is_read_in_the_order_in_which_it_lies_in_france(
    reader: RestrictedReader, tmp_path: Path, pairs: tuple[str, ...], epsg: int
) -> None:
    """Charging points are published as “[longitude,latitude]”, other open data as “latitude, longitude”."""
    layer = layer_of(reader, csv_file(tmp_path, "nom;coordonneesXY\n" + "".join(f'A;"{pair}"\n' for pair in pairs)))
    assert layer.crs == epsg
    expected = (2.5, 47.8, 2.6, 47.9) if epsg == 4326 else (617284, 6717902, 617290, 6717910)
    assert layer.bounds == pytest.approx(expected)


def test_columns_that_only_sound_like_coordinates_are_none(reader: RestrictedReader, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "nom;x;y\nA;3;4000\nB;5;6000\n")
    assert not layer_of(reader, path).has_geometry
    assert layer_of(reader, path, Reading(x="x", y="y")).geometry_types == {"Point": 2}


def test_addresses_have_no_geometry(reader: RestrictedReader, tmp_path: Path) -> None:
    layer = layer_of(reader, csv_file(tmp_path, "adresse;code postal;ville\n1 rue de l'Église;45000;Orléans\n"))
    assert not layer.has_geometry
    assert layer.place is None


def test_rows_in_two_systems_are_counted(reader: RestrictedReader, tmp_path: Path) -> None:
    rows = "A;2.5;47.8\n" * 3 + "B;617284;6717902\n"
    layer = layer_of(reader, csv_file(tmp_path, "nom;x;y\n" + rows))
    assert layer.crs == 4326
    assert layer.reference is not None
    assert layer.reference.outside == 1


# Geometries


def test_invalid_geometries_are_told_with_what_repair_does(reader: RestrictedReader, files: Path) -> None:
    geometry = layer_of(reader, files / "polygons.gpkg").geometry
    assert geometry is not None
    assert (geometry.nulls, geometry.empty, geometry.checked, geometry.lost) == (1, 1, 3, 1)
    assert geometry.invalid == {"Self-intersection": 1, "Too few points in geometry component": 1}
    bowtie = geometry.examples[0]
    assert (bowtie.index, bowtie.before, bowtie.after, bowtie.lost) == (2, 0.0, 50.0, False)


def test_heights_measures_and_arcs_are_told(reader: RestrictedReader, files: Path) -> None:
    names = ("heights.gpkg", "measured.gpkg", "arcs.gpkg")
    found = [layer_of(reader, files / name).geometry for name in names]
    assert [(g.heights, g.measured, g.curves) for g in found if g] == [
        (True, False, 0),
        (False, True, 0),
        (False, False, 1),
    ]


# Archives


def test_an_archive_lists_its_datasets_as_layers(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    members = {
        f"lieux/Places{suffix.upper()}": (files / f"places{suffix}").read_bytes()
        for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg")
    }
    content: dict[str, bytes | str] = {
        **members,
        "table.csv": "a;b\n1;2\n",
        "lieux/données.gpkg": (files / "view.gpkg").read_bytes(),
        "lisez-moi.txt": "bonjour",
        "__MACOSX/._table.csv": "x",
    }
    info = inspected(reader, zipped(tmp_path / "livraison.zip", content))
    assert [layer.name for layer in info.layers] == ["lieux/données/places", "lieux/données/v", "lieux/Places", "table"]
    assert info.format == "GPKG, ESRI Shapefile, CSV"


def test_a_dataset_that_cannot_be_read_does_not_spoil_the_others(reader: RestrictedReader, tmp_path: Path) -> None:
    info = inspected(reader, zipped(tmp_path / "a.zip", {"bon.csv": "a;b\n1;2\n", "mauvais.geojson": "{"}))
    assert [layer.name for layer in info.layers] == ["bon"]
    assert [(name, problem.code) for name, problem in info.unread] == [("mauvais", "truncated")]


def test_an_archive_is_unpacked_whole_with_its_paths(reader: RestrictedReader, tmp_path: Path) -> None:
    members = {"A/Data/zones.csv": "a;b\n1;2\n", "A/Data/ZONES.cpg": "UTF-8", "A/Actes/acte.pdf": b"%PDF-1.4"}
    parts = reader.unpack(reader.admit(zipped(tmp_path / "a.zip", members)))
    assert {part.label for part in parts} == set(members)
    places = {part.label: reader.path_of(part.name) for part in parts}
    assert places["A/Actes/acte.pdf"].read_bytes() == b"%PDF-1.4"
    assert places["A/Data/zones.csv"].parent == places["A/Data/ZONES.cpg"].parent


@pytest.mark.parametrize("path", ["../a.pdf", "/a.pdf", "a/../../b.pdf"])
def test_an_archive_that_leads_out_of_itself_is_not_unpacked(
    reader: RestrictedReader, tmp_path: Path, path: str
) -> None:
    name = reader.admit(zipped(tmp_path / "a.zip", {path: b"%PDF-"}))
    with pytest.raises(ReadRefused) as refused:
        reader.unpack(name)
    assert refused.value.problem.code == "archive_path"


@pytest.mark.parametrize("suffix", [".csv.gz", ".tar.gz", ".tar"])
def test_other_archives_are_read(reader: RestrictedReader, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"table{suffix}"
    content = b"a;b\n1;2\n"
    if suffix == ".csv.gz":
        path.write_bytes(gzip.compress(content))
    else:
        with tarfile.open(path, "w:gz" if suffix.endswith("gz") else "w") as archive:
            entry = tarfile.TarInfo("dossier/table.csv")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    assert layer_of(reader, path).features == 1


def test_a_shapefile_without_index_is_read(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    assert layer_of(reader, shapefile(files, tmp_path, shx=None)).features == 3
    inside = {f"a{suffix}": (files / f"places{suffix}").read_bytes() for suffix in (".shp", ".dbf")}
    assert layer_of(reader, zipped(tmp_path / "a.zip", inside)).features == 3


def test_companions_of_another_case_are_found(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    for suffix in (".shx", ".dbf", ".prj"):
        shutil.copy(files / f"places{suffix}", tmp_path / f"Places{suffix.upper()}")
    shutil.copy(files / "places.shp", tmp_path / "PLACES.SHP")
    name = reader.admit(tmp_path / "PLACES.SHP", *(tmp_path / f"Places{s}" for s in (".SHX", ".DBF", ".PRJ")))
    (layer,) = reader.inspect(name, reading=Reading()).layers
    assert (layer.crs, len(layer.columns)) == (2154, 3)


def test_a_table_or_shapes_alone_are_read(reader: RestrictedReader, files: Path, tmp_path: Path) -> None:
    assert not layer_of(reader, files / "places.dbf").has_geometry
    layer = layer_of(reader, shapefile(files, tmp_path, dbf=None, cpg=None))
    assert (layer.features, layer.columns, layer.notes) == (3, (), ("no_table",))


def test_what_was_unpacked_goes_with_its_archive(reader: RestrictedReader, tmp_path: Path) -> None:
    name = reader.admit(zipped(tmp_path / "a.zip", {"a.csv": "a\n1\n", "b.csv": "a\n1\n"}))
    reader.inspect(name, reading=Reading())
    files = reader._folders().files
    before = len(list(files.iterdir()))
    reader.dismiss(name)
    assert before - len(list(files.iterdir())) == 3


# Real files of others


def shared(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in SHARED.glob(pattern))


REAL = shared(
    "broken/archives/*",
    "broken/gdal_gpkg/*",
    "broken/gdal_shp/*.shp",
    "broken/qgis/*",
    "broken/shapefile_js/*",
    "encoding/*/*.shp",
    "encoding/*/*.[tT][aA][bB]",
    "geojson_good/*json",
    "montpellier_opendata/*/*.*",
    "cnig_plu/*/*/*.shp",
    "cnig_pcrs/*.zip",
    "cnig_ppr/*.gpkg",
    "eau_raepa/*/*.zip",
    "eau_raepa/*/*.shp",
    "eau_raepa/*/*.csv",
    "eau_raepa/*/*.xlsx",
    "dxf/*.dxf",
    "telecom/*.csv",
    "routes_panneaux_pano/*",
)


def outcome(reader: RestrictedReader, path: Path) -> tuple[FileInfo | None, Problem | None]:
    try:
        return inspected(reader, path), None
    except ReadRefused as refused:
        return None, refused.problem


@pytest.mark.parametrize("path", REAL, ids=lambda path: str(path.relative_to(SHARED)))
def test_real_files_are_read_whole_or_refused_in_words(reader: RestrictedReader, path: Path) -> None:
    info, problem = outcome(reader, path)
    assert problem is None or (problem.code in MESSAGES and "%(" not in problem.message)
    assert info is None or all(layer.complete for layer in info.layers)


@pytest.mark.skipif(not REAL, reason="no shared data here")
def test_a_town_shapefile_with_accented_fields_and_no_code(reader: RestrictedReader) -> None:
    layer = layer_of(reader, SHARED / "montpellier_opendata/VilleMTP_MTP_OuvragesArt/VilleMTP_MTP_OuvragesArt.zip")
    assert (layer.features, layer.crs, layer.columns[0].name) == (67, 2154, "DÉNOMINATI")
    assert layer.reference is not None
    assert layer.reference.how == "name"
