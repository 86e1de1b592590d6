"""The restricted reader: what it says about bad files, and what a hostile file cannot make it do."""

import base64
import contextlib
import gc
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from django.core.management import call_command

from gis_core.files.reader import (
    Limits,
    Problem,
    ReaderKilled,
    ReaderUnavailable,
    Reading,
    ReadRefused,
    RestrictedReader,
    launch,
)
from gis_core.files.reader.child import lockdown, wire
from gis_core.files.reader.child.geojson import GeoJsonFile
from gis_core.files.reader.child.trouble import Trouble
from gis_core.files.reader.messages import MESSAGES
from gis_core.management.commands import worker

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "geojson"
SHARED = Path(os.environ.get("ARPENT_SHARED_DATA", ROOT.parent / "shared" / "data"))
BROKEN = sorted((SHARED / "broken" / "geojson").rglob("*json"))
SMALL = Limits(wall_seconds=20, cpu_seconds=20, memory_bytes=512 * 1024 * 1024)
FOREVER = 30

WHOLE_FILE = {
    "empty.geojson": "empty_file",
    "blank.geojson": "empty_file",
    "truncated.geojson": "truncated",
    "truncated_text.geojson": "truncated",
    "array.geojson": "not_an_object",
    "html.geojson": "not_json",
    "utf16.geojson": "other_format",
    "latin1.geojson": "not_utf8",
    "zip.geojson": "other_format",
    "cut.geojson.gz": "truncated_gzip",
    "damaged.geojson.gz": "bad_gzip",
    "nul_byte.geojson": "nul_character",
    "nul_in_text.geojson": "nul_character",
    "only_nul.geojson": "nul_character",
    "trailing.geojson": "trailing_data",
    "comma.geojson": "bad_json",
    "unknown_type.geojson": "unknown_type",
    "topology.geojson": "unknown_type",
    "wrong_case.geojson": "type_case",
    "no_type.geojson": "missing_type",
    "no_features.geojson": "no_features",
    "missing_features.geojson": "missing_features",
    "features_object.geojson": "features_not_list",
    "duplicate_members.geojson": "duplicate_key",
    "lambert_as_degrees.geojson": "wrong_crs_seems",
    "degrees_as_lambert.geojson": "wrong_crs_seems",
    "unknown_crs.geojson": "unsupported_crs",
    "linked_crs.geojson": "crs_not_name",
    "text_crs.geojson": "crs_not_object",
}
ONE_FEATURE = {
    "nan.geojson": "not_finite",
    "infinity.geojson": "not_finite",
    "huge_integer.geojson": "number_too_large",
    "duplicate_key.geojson": "duplicate_key",
    "nul_property.geojson": "property_nul",
    "half_character.geojson": "property_not_unicode",
    "nested_property.geojson": "property_too_deep",
    "one_elsewhere.geojson": "out_of_range_seems",
    "open_ring.geojson": "ring_not_closed",
    "boolean_coordinate.geojson": "coordinate_not_number",
    "empty_polygon.geojson": "empty_geometry",
}
ACCEPTED = {
    "good.geojson.gz": 4326,
    "bom.geojson": 4326,
    "crs84.geojson": 4326,
    "lambert_declared.geojson": 2154,
    "crs_after_features.geojson": 2154,
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestrictedReader]:
    with RestrictedReader(SMALL, quarantine_root=tmp_path_factory.mktemp("quarantine")) as opened:
        yield opened


def refusal(reader: RestrictedReader, path: Path) -> Problem:
    with pytest.raises(ReadRefused) as caught:
        reader.inspect(reader.admit(path))
    return caught.value.problem


def test_what_is_answered_names_the_file_that_was_requested(reader: RestrictedReader) -> None:
    assert reader.inspect(reader.admit(DATA / "bom.geojson")).file == "bom.geojson"


def test_a_refusal_names_the_file_that_was_requested(reader: RestrictedReader, tmp_path: Path) -> None:
    path = tmp_path / "Plan détaillé.geojson"
    path.write_text("{")
    for reading in (None, Reading()):
        with pytest.raises(ReadRefused) as caught:
            reader.inspect(reader.admit(path), reading=reading)
        assert caught.value.file == "Plan détaillé.geojson"


def problems(reader: RestrictedReader, path: Path) -> list[Problem]:
    return [problem for batch in reader.features(reader.admit(path)) for problem in batch.problems]


def assert_in_words(problem: Problem) -> None:
    assert problem.code in MESSAGES
    assert "%(" not in problem.message
    assert "Traceback" not in problem.message


def tar_gz() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("parcelles.json"))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("parcelles.shp", b"\0\0\x27\x0a" + bytes(96), "un shapefile (.shp)"),
        ("photo.tif", b"II*\0" + bytes(96), "une image TIFF"),
        ("photo.tif", b"MM\0*" + bytes(96), "une image TIFF"),
        ("cadastre.tar.gz", tar_gz(), "une archive TAR"),
        ("cadastre.tar", gzip.decompress(tar_gz()), "une archive TAR"),
        ("tif.gz", gzip.compress(b"II*\0" + bytes(96)), "une image TIFF"),
        ("parcelles.zip", b"PK\x03\x04", "une archive ZIP"),
    ],
    ids=["shp", "tif", "tif_big_endian", "tar_gz", "tar", "tif_gz", "zip"],
)
def test_another_format_is_named_with_what_is_expected(
    reader: RestrictedReader, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    problem = refusal(reader, path)
    assert problem.code == "other_format"
    assert said in problem.message
    assert "un fichier GeoJSON est attendu" in problem.message


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("topology.geojson", b'{"type": "Topology"}'),
        ("array.geojson", b"[]"),
        ("features.geojson", b'{"type": "FeatureCollection", "features": {}}'),
        ("comma.geojson", b'{"type": "FeatureCollection", "features": [1,,2]}'),
        ("colon.geojson", b'{"type" "FeatureCollection", "features": []}'),
        ("quote.geojson", b"{type: 1}"),
        ("escape.geojson", b'{"type": "\\q"                         }'),
        ("after.geojson", b'{"type": "FeatureCollection", "features": [] "crs": 3}'),
    ],
)
def test_french_words_hold_no_english_ones(reader: RestrictedReader, tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    words = refusal(reader, tmp_path / name).message
    english = r"\b(file|feature|geometry|object|array|string|expect\w*|found|invalid|escape|value|delimiter)\b"
    assert not re.search(english, words, re.IGNORECASE), words


@pytest.mark.parametrize(("name", "code"), WHOLE_FILE.items())
def test_a_file_that_cannot_be_read_says_why(reader: RestrictedReader, name: str, code: str) -> None:
    problem = refusal(reader, DATA / name)
    assert problem.code == code
    assert_in_words(problem)


@pytest.mark.parametrize(("name", "code"), ONE_FEATURE.items())
def test_a_bad_feature_is_refused_alone(reader: RestrictedReader, name: str, code: str) -> None:
    (problem,) = problems(reader, DATA / name)
    assert problem.code == code
    assert problem.index is not None
    assert_in_words(problem)


@pytest.mark.parametrize(("name", "epsg"), ACCEPTED.items())
def test_a_good_file_is_read_in_its_crs(reader: RestrictedReader, name: str, epsg: int) -> None:
    quarantined = reader.admit(DATA / name)
    assert reader.inspect(quarantined).layers[0].crs == epsg
    (batch,) = reader.features(quarantined)
    assert shapely.from_wkb(batch.features[0].wkb).geom_type == "Point"


def test_every_test_file_is_expected_somewhere() -> None:
    named = {*WHOLE_FILE, *ONE_FEATURE, *ACCEPTED, "null_geometry.geojson"}
    assert named == {path.name for path in DATA.iterdir()}


def test_a_cut_file_tells_where_it_ends(reader: RestrictedReader) -> None:
    assert refusal(reader, DATA / "truncated.geojson").params == {"line": 13, "column": 8}


def test_wrong_coordinates_tell_what_they_look_like(reader: RestrictedReader) -> None:
    assert refusal(reader, DATA / "lambert_as_degrees.geojson").params["seems"] == 2154
    assert refusal(reader, DATA / "degrees_as_lambert.geojson").params["seems"] == 4326


def test_a_byte_order_mark_is_noted(reader: RestrictedReader) -> None:
    assert reader.inspect(reader.admit(DATA / "bom.geojson")).notes == ("utf8_bom",)


def test_a_feature_without_geometry_is_counted_and_given(reader: RestrictedReader) -> None:
    name = reader.admit(DATA / "null_geometry.geojson")
    assert reader.inspect(name).layers[0].without_geometry == 1
    (batch,) = reader.features(name)
    assert [feature.wkb is None for feature in batch.features] == [True, False]


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000])
def test_a_nesting_bomb_is_refused(reader: RestrictedReader, tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.geojson"
    path.write_text('{"type":"FeatureCollection","features":[' + text)
    assert refusal(reader, path).code == "too_deep"


def test_positions_and_lines_are_right_in_a_file_of_many_pieces(reader: RestrictedReader, tmp_path: Path) -> None:
    feature = '{"type":"Feature","properties":{"é":"%s"},"geometry":{"type":"Point","coordinates":[2,47]}}'
    lines = [feature % ("x" * (number % 977)) for number in range(3000)]
    path = tmp_path / "long.geojson"
    path.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + ',\n{"type"]}')
    assert refusal(reader, path).params["line"] == 3002
    path.write_text('{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}")
    assert sum(len(batch.features) for batch in reader.features(reader.admit(path))) == 3000


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_broken_files_from_elsewhere_are_read_or_refused_in_words(reader: RestrictedReader, path: Path) -> None:
    try:
        found = problems(reader, path)
    except ReadRefused as refused:
        found = [refused.problem]
    for problem in found:
        assert_in_words(problem)


@pytest.mark.skipif(not BROKEN, reason="shared data is absent")
def test_there_are_broken_files_from_elsewhere() -> None:
    assert len(BROKEN) >= 27


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(features=2), "too_many_features"),
        (Limits(vertices=2), "too_many_vertices"),
        (Limits(file_bytes=200), "file_too_large"),
        (Limits(value_chars=1000), "value_too_long"),
    ],
)
def test_limits_are_told(tmp_path: Path, limits: Limits, code: str) -> None:
    point = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [2, 47]}}
    long = {**point, "properties": {"name": "x" * 600_000}}
    document = {"type": "FeatureCollection", "features": [point, point, point, long]}
    path = tmp_path / "file.geojson"
    path.write_text(json.dumps(document))
    with (
        RestrictedReader(limits, quarantine_root=tmp_path / "quarantine") as reader,
        pytest.raises(ReadRefused) as caught,
    ):
        reader.inspect(reader.admit(path))
    assert caught.value.problem.code == code


def test_a_compressed_bomb_is_refused_by_its_real_size(tmp_path: Path) -> None:
    path = tmp_path / "bomb.geojson.gz"
    path.write_bytes(gzip.compress(b" " * 50_000_000))
    limits = Limits(file_bytes=1_000_000)
    with (
        RestrictedReader(limits, quarantine_root=tmp_path / "quarantine") as reader,
        pytest.raises(ReadRefused) as caught,
    ):
        reader.inspect(reader.admit(path))
    assert caught.value.problem.code == "file_too_large"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("/vsicurl/http://localhost/a.geojson", "virtual_path"),
        ("http://localhost/a.geojson", "virtual_path"),
        ("/etc/passwd", "outside_quarantine"),
        ("1/../../canary", "outside_quarantine"),
        ("../canary", "outside_quarantine"),
        ("1/..", "outside_quarantine"),
        ("", "outside_quarantine"),
        ("1/a\0b", "outside_quarantine"),
    ],
)
def test_only_names_in_quarantine_are_opened(
    reader: RestrictedReader, monkeypatch: pytest.MonkeyPatch, name: str, code: str
) -> None:
    with pytest.raises(ReadRefused) as by_parent:
        reader.inspect(name)
    monkeypatch.setattr(reader, "_check_name", str)
    with pytest.raises(ReadRefused) as by_child:
        reader.inspect(name)
    assert by_parent.value.problem.code == by_child.value.problem.code == code


def test_a_link_in_quarantine_is_not_followed(reader: RestrictedReader) -> None:
    name = reader.admit(DATA / "bom.geojson")
    folder = (reader._quarantine and reader._quarantine.files) or Path()
    (folder / name).unlink()
    (folder / name).symlink_to("/etc/passwd")
    with pytest.raises(ReadRefused) as caught:
        reader.inspect(name)
    assert caught.value.problem.code == "cannot_open"


def test_what_is_not_a_file_is_not_admitted(reader: RestrictedReader, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    found = []
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "absent.geojson"):
        with pytest.raises(ReadRefused) as caught:
            reader.admit(path)
        found.append(caught.value.problem.code)
    assert found == ["not_a_file", "not_a_file", "missing_file"]


def test_the_quarantine_is_removed(tmp_path: Path) -> None:
    with RestrictedReader(SMALL, quarantine_root=tmp_path) as reader:
        reader.admit(DATA / "bom.geojson")
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())


OPEN_AND_WAIT = """
import sys, time
from pathlib import Path
from gis_core.files.reader.launch import Quarantine
Quarantine.create(Path(sys.argv[1]))
print("open", flush=True)
time.sleep(60)
"""


def test_what_a_killed_reader_left_goes_when_a_worker_starts_and_the_living_keep_theirs(
    monkeypatch: pytest.MonkeyPatch, data_dir: Path
) -> None:
    root = data_dir / "quarantine"
    others = set(root.glob("reader-*"))  # of readers of this process that live on
    arguments = [sys.executable, "-c", OPEN_AND_WAIT, str(root)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE) as opened:
        assert opened.stdout
        assert opened.stdout.readline() == b"open\n"
        living = set(root.glob("reader-*"))
        start_worker(monkeypatch)
        assert set(root.glob("reader-*")) == living
        opened.kill()
    with RestrictedReader(SMALL) as reader:
        mine = {reader._folders().base}
        start_worker(monkeypatch)
        assert (set(root.glob("reader-*")) - others) & (living | mine) == mine


def start_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_arguments: object) -> None:
        pass

    monkeypatch.setattr(worker, "work", nothing)
    call_command("worker", "--once")


def test_a_full_or_closed_quarantine_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReaderUnavailable), RestrictedReader(SMALL, quarantine_root=tmp_path / "file"):
        pass


def test_a_new_reading_ends_the_one_before_loudly(reader: RestrictedReader) -> None:
    first = reader.features(reader.admit(DATA / "null_geometry.geojson"), batch_size=1)
    next(first)
    list(reader.features(reader.admit(DATA / "bom.geojson")))
    with pytest.raises(RuntimeError):
        next(first)


def test_a_tired_child_is_replaced(reader: RestrictedReader) -> None:
    name = reader.admit(DATA / "bom.geojson")
    reader.inspect(name)
    before = reader._child
    reader._cpu = SMALL.cpu_seconds
    assert reader.inspect(name).format == "GeoJSON"
    assert reader._child is not before


def test_a_reader_that_is_lost_while_it_is_open_leaves_nothing(tmp_path: Path) -> None:
    reader = RestrictedReader(SMALL, quarantine_root=tmp_path)
    child = reader.__enter__()._child
    assert child
    reader.isolation = {"itself": reader}  # a cycle, as the traceback of an error makes one
    del reader
    gc.collect()
    assert (child.returncode, list(tmp_path.iterdir())) == (-signal.SIGKILL, [])


def test_an_open_reader_is_not_opened_again(reader: RestrictedReader) -> None:
    before = reader._child
    with pytest.raises(RuntimeError):
        reader.__enter__()
    assert reader._child is before


# A hostile file is played by a child whose reading is replaced: same lock-down, worse intentions.


def hostile(monkeypatch: pytest.MonkeyPatch, deed: str) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import ctypes, os, pathlib, socket, subprocess, time\n"
        "import child.main as m\n"
        "from child.trouble import Trouble\n"
        f"def deed(self):\n    {deed}\n"
        "def inspect(self):\n"
        "    try:\n        deed(self)\n"
        "    except OSError as error:\n        raise Trouble('cannot_open', reason=str(error.errno))\n"
        "    raise Trouble('cannot_open', reason='done')\n"
        "m.GeoJsonFile.inspect = inspect\n"
        "m.main()\n"
    )
    start = launch.start
    monkeypatch.setattr(launch, "start", lambda *arguments: start(*arguments, code=code))


def played(tmp_path: Path, limits: Limits = SMALL) -> Problem:
    with RestrictedReader(limits, quarantine_root=tmp_path) as reader:
        return refusal(reader, DATA / "bom.geojson")


@pytest.mark.parametrize(
    "deed",
    [
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "open('/etc/passwd').read()",
        "open('../canary').read()",
        "os.listdir('/')",
        "os.listdir('/proc')",
        "open('new', 'w')",
        "open('/tmp/new', 'w')",
        "open('1/bom.geojson', 'a')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "subprocess.run(['/bin/true'])",
        "os.kill(os.getppid(), 9)",
        "os.symlink('/etc/passwd', 'link')",
        "os.chmod('1/bom.geojson', 0o777)",
    ],
)
def test_the_child_can_do_nothing_but_read_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deed: str
) -> None:
    hostile(monkeypatch, deed)
    reason = played(tmp_path).params["reason"]
    assert reason in {"1", "13", "38", "101"}


def test_a_hang_is_killed_at_the_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hostile(monkeypatch, f"time.sleep({FOREVER})")
    began = time.monotonic()
    assert played(tmp_path, Limits(wall_seconds=0.5)).code == "took_too_long"
    assert time.monotonic() - began < FOREVER, "it came to its end first"


def test_a_busy_loop_is_killed_at_the_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hostile(monkeypatch, "while True: pass")
    assert played(tmp_path, Limits(cpu_seconds=1)).code == "too_much_cpu"


def test_a_busy_loop_that_ignores_its_signal_is_killed_at_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hostile(monkeypatch, "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n    while True: pass")
    assert played(tmp_path, Limits(cpu_seconds=1)).code == "too_much_cpu"


@pytest.mark.parametrize(("number", "for_memory", "code"), [
    (signal.SIGKILL, False, "killed"), (signal.SIGTERM, False, "killed"), (signal.SIGKILL, True, "killed_for_memory"),
])  # fmt: skip
def test_a_reader_that_was_killed_says_nothing_of_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, for_memory: bool, code: str
) -> None:
    kills = iter([0, 1 if for_memory else 0, 1, 1])
    monkeypatch.setattr(launch, "processes_killed_for_memory", lambda: next(kills))
    with RestrictedReader(SMALL, quarantine_root=tmp_path) as reader:
        name = reader.admit(DATA / "bom.geojson")
        assert reader._child is not None
        os.kill(reader._child.pid, number)
        with pytest.raises(ReaderKilled) as caught:
            reader.inspect(name)
        assert caught.value.code == code
        assert "processeur" not in str(caught.value.message)
        assert reader.inspect(name).format == "GeoJSON"


def test_a_reader_that_gets_no_thread_says_nothing_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as context:
        reason = "Unknown error: Failed to launch worker thread: Resource temporarily unavailable"
        hostile(context, f"from child.trouble import broken_at; raise broken_at(1, {reason!r})")
        with RestrictedReader(SMALL, quarantine_root=tmp_path) as reader:
            name = reader.admit(DATA / "bom.geojson")
            with pytest.raises(ReaderKilled) as caught:
                reader.inspect(name)
            assert caught.value.code == "no_thread"
            context.undo()
            assert reader.inspect(name).format == "GeoJSON"


@pytest.mark.skipif(os.geteuid() != 0, reason="readers have no account of their own")
def test_many_readers_at_once_have_threads_enough(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("nom;adresse\nA;1 rue\n")
    with contextlib.ExitStack() as stack:
        readers = [
            stack.enter_context(RestrictedReader(Limits.for_documents(1 << 20), quarantine_root=tmp_path))
            for _one in range(20)
        ]
        formats = [reader.inspect(reader.admit(path), reading=Reading(mend=True)).format for reader in readers]
        assert formats == ["CSV"] * 20


def test_a_memory_bomb_is_told_and_the_next_file_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as context:
        hostile(context, "bytearray(3 << 30)")
        with RestrictedReader(Limits(), quarantine_root=tmp_path) as reader:
            assert refusal(reader, DATA / "bom.geojson").code == "too_much_memory"
            context.undo()
            assert reader.inspect(reader.admit(DATA / "bom.geojson")).format == "GeoJSON"


def test_a_huge_file_in_a_small_memory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "large.geojson"
    path.write_text('{"type":"MultiPoint","coordinates":[' + "[2.5,47.5]," * 4_000_000 + "[2,47]]}")
    small = Limits(memory_bytes=150 * 1024 * 1024)
    with RestrictedReader(small, quarantine_root=tmp_path / "quarantine") as reader:
        assert refusal(reader, path).code in {"too_much_memory", "value_too_long"}


def test_a_crash_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hostile(monkeypatch, "os.abort()")
    assert played(tmp_path).code == "reader_stopped"


NONSENSE = [
    b"\xff" * 64,
    wire.HEADER.pack(2, 0) + b"[]",
    wire.HEADER.pack(4, 0) + b"{{}}",
    wire.HEADER.pack(2, 0) + b"{}",
    wire.pack({"info": {"format": 1, "layers": [None]}}),
    wire.pack({"trouble": "x"}),
    wire.HEADER.pack(4_000_000, 0) + b"[" * 4_000_000,
]


@pytest.mark.parametrize("frame", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_from_the_child_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, frame: bytes) -> None:
    packed = base64.b64encode(zlib.compress(frame))
    hostile(monkeypatch, f"import base64, zlib; os.write(3, zlib.decompress(base64.b64decode({packed!r})))")
    assert played(tmp_path).code == "reader_fault"


def test_a_machine_without_isolation_opens_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(RestrictedReader, "_recipe", None)
    monkeypatch.setattr(launch, "is_isolated", lambda hello: False)
    with pytest.raises(ReaderUnavailable) as caught, RestrictedReader(SMALL, quarantine_root=tmp_path):
        pass
    assert caught.value.code == "not_isolated"
    assert not list(tmp_path.iterdir())


def test_a_child_that_reaches_the_network_or_files_is_not_isolated() -> None:
    shut = {"network": False, "files": False, "processes": False}
    assert launch.is_isolated(shut)
    for door in shut:
        assert not launch.is_isolated(shut | {door: True})
    assert not launch.is_isolated({})


def test_the_self_check_sees_open_doors() -> None:
    assert lockdown.reaches_network()
    assert lockdown.reads(__file__)
    assert lockdown.signals(os.getpid())


def test_a_file_cut_anywhere_is_called_cut() -> None:
    text = (
        '{"type":"FeatureCollection","ok":true,"features":[{"type":"Feature","properties":{"é\\u00e9":"Orléans",'
        '"f":false,"n":null,"x":-1.5e-3},"geometry":{"type":"Point","coordinates":[-1.5e0,47.9]}}],"z":null}'
    ).encode()
    codes = set()
    for end in range(1, len(text)):
        with pytest.raises(Trouble) as caught:
            GeoJsonFile(lambda end=end: io.BytesIO(text[:end]), Limits().for_child()).inspect()
        codes.add(caught.value.code)
    assert codes == {"truncated"}
