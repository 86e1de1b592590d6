"""A delivery of RAEPA as people make one: the templates in use filled by GDAL, every field with a value of its own."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely

from networks.water.exchange.tables import Shapefile
from networks.water.raepa import TABLES
from tests.networks.conftest import Place, X, Y

# GDAL of another process; without pandas, which takes most of the time that it begins in.
APPEND = """
import json, sys
sys.modules["pandas"] = None
import numpy as np, pyogrio.raw, shapely
for told in json.load(sys.stdin):
    days = set(told["days"])
    columns = told["columns"].items()
    data = [np.array(values, dtype="datetime64[D]" if name in days else None) for name, values in columns]
    pyogrio.raw.write(
        told["path"], np.array(shapely.to_wkb(shapely.from_wkt(told["shapes"])), object), data, list(told["columns"]),
        geometry_type=told["type"], crs="EPSG:2154", driver="ESRI Shapefile", append=True, encoding="UTF-8",
    )
"""

type Record = Mapping[str, Any]
type Tables = dict[str, dict[str, tuple[Record, Any]]]
"""By table: rows by their identifier, with their geometry."""

ORIGIN = {
    "MOUVRAGE": "Syndicat du Lys", "GEXPLOIT": "Régie de l’eau", "ANFINPOSE": "1992", "ANDEBPOSE": "1990",
    "QUALGLOCXY": "01", "QUALGLOCZ": "02", "DATEMAJ": "2024-05-06", "SOURMAJ": "Bureau d’études", "QUALANNEE": "02",
    "DATEGEOLOC": "2023-03-04", "SOURGEOLOC": "Géomètre", "SOURATTRIB": "Plans de récolement",
}  # fmt: skip
WATER = {
    "ENSERVICE": "O", "BRANCHEMNT": "N", "MATERIAU": "11", "DIAMETRE": 100, "MODECIRC": "02", "CONTCANAEP": "02",
    "FONCCANAEP": "02", "IDCANPPALE": "", "PROFGEN": 1.25, "LONGCANA": 102, "NBRANCHE": 3,
}  # fmt: skip
SEWER = {
    "ENSERVICE": "O", "BRANCHEMNT": "N", "TYPRESEAU": "02", "MATERIAU": "13", "DIAMETRE": 200, "MODECIRC": "01",
    "CONTCANASS": "02", "FONCCANASS": "02", "IDCANPPALE": "", "ZAMONT": 95.5, "ZAVAL": 94.25, "SENSECOUL": "1",
    "LONGCANA": 90, "NBRANCHE": 5,
}  # fmt: skip


def line(*places: Place) -> Any:
    return shapely.LineString([(X + x, Y + y) for x, y in places])


def spot(x: float, y: float) -> Any:
    return shapely.Point(X + x, Y + y)


def node(x: float, y: float, **values: Any) -> tuple[Record, Any]:
    place = {"X": X + x, "Y": Y + y, "DIAMETRE": 100, "IDCANAMONT": "", "IDCANAVAL": "", "IDCANPPALE": "",
             "IDOUVRAGE": "", "Z": 98.75}  # fmt: skip
    return ORIGIN | place | values, spot(x, y)


def water(start: str, end: str, *places: Place, **values: Any) -> tuple[Record, Any]:
    return ORIGIN | WATER | {"IDNINI": start, "IDNTERM": end} | values, line(*places)


def sewer(start: str, end: str, *places: Place, **values: Any) -> tuple[Record, Any]:
    return ORIGIN | SEWER | {"IDNINI": start, "IDNTERM": end} | values, line(*places)


def delivery() -> Tables:
    """A small town's water and sewers. C3 ends 0.3 m from its valve, C4 0.2 m from the pipe that it leaves, S3 0.25 m
    from its manhole; S2 is drawn against its flow.
    """
    return {
        "RAEPA_OUVRAEP_P": {"R1": node(0, 0, FNOUVAEP="03", Z=121.5), "CH1": node(220, 60, FNOUVAEP="04")},
        "RAEPA_APPARAEP_P": {
            "V1": node(100, 0, FNAPPAEP="03", IDCANAMONT="C1", IDCANAVAL="C2"),
            "H1": node(100, 60, FNAPPAEP="06", IDCANAMONT="C2", IDOUVRAGE="CH1"),
            "M1": node(200, 0, FNAPPAEP="07"),
            "P1": node(40, 2, FNAPPAEP="01", IDCANPPALE="C1", DIAMETRE=25),
        },
        "RAEPA_CANALAEP_L": {
            "C1": water("R1", "V1", (0, 0), (50, 5), (100, 0)),
            "C2": water("V1", "H1", (100, 0), (100, 60), MATERIAU="24", CONTCANAEP="03", PROFGEN=0.8),
            "C3": water("", "", (100.3, 0), (200, 0), MATERIAU="18", ANFINPOSE="0000", ANDEBPOSE="", QUALANNEE="00"),
            "C4": water("", "", (150, 0.2), (150, 80), ENSERVICE="N", MATERIAU="10"),
            "B2": water("V1", "", (100, 0), (110, -9), BRANCHEMNT="O", IDCANPPALE="C1", DIAMETRE=25),
            "B1": water("", "", (60, 4), (60, 20), BRANCHEMNT="O", IDCANPPALE="C1", DIAMETRE=32, MATERIAU="16"),
        },
        "RAEPA_OUVRASS_P": {
            "G1": node(0, 100, FNOUVASS="06", TYPRESEAU="02"),
            "G2": node(90, 100, FNOUVASS="06", TYPRESEAU="02"),
            "X1": node(90, 190, FNOUVASS="05", TYPRESEAU="02"),
        },
        "RAEPA_APPARASS_P": {"D1": node(0, 190, FNAPPASS="04", TYPRESEAU="01")},
        "RAEPA_CANALASS_L": {
            "S1": sewer("G1", "G2", (0, 100), (90, 100)),
            "S2": sewer("X1", "G2", (90, 190), (90, 100), SENSECOUL="0", ZAMONT=94.25, ZAVAL=93.5),
            "S3": sewer("", "", (0, 190), (0, 100.25), TYPRESEAU="03", CONTCANASS="03", MODECIRC="02", MATERIAU="99"),
            "SB1": sewer("", "", (30, 100), (30, 112), BRANCHEMNT="O", IDCANPPALE="S1", DIAMETRE=125, SENSECOUL="0"),
        },
        "RAEPA_REPARAEP_P": {
            "F1": (
                {"X": X + 50, "Y": Y + 5, "SUPPREPARE": "01", "DEFREPAREE": "02", "IDSUPREPAR": "C1",
                 "DATEREPAR": "2023-01-02", "MOUVRAGE": "Syndicat du Lys"},
                spot(50, 5),
            )
        },
    }  # fmt: skip


def packed(tables: Tables, templates: Path, folder: Path, name: str) -> Path:
    """An archive of the tables. The templates hold an empty row at (0, 0), as they come; theirs has no repairs."""
    inside = folder / name
    inside.mkdir()
    appended = []
    for table, rows in tables.items():
        source = templates / f"{table}.shp"
        if source.is_file():
            for part in templates.glob(f"{table}.*"):
                shutil.copyfile(part, inside / part.name)
            appended.append(addition(inside / source.name, table, list(rows.items())))
        else:
            written(inside, table, rows)
    append(appended)
    archive = folder / f"{name}.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for path in sorted(inside.iterdir()):
            made.write(path, path.name)
    return archive


def addition(path: Path, table: str, rows: Sequence[tuple[str, tuple[Record, Any]]]) -> dict[str, Any]:
    """What APPEND is told of one table."""
    fields = [field for field in TABLES[table].fields if any(field.name in values for _key, (values, _at) in rows)]
    identifier = TABLES[table].identifier
    columns = {identifier: [key for key, _row in rows]} | {
        field.name: [values.get(field.name) for _key, (values, _at) in rows] for field in fields
        if field.name != identifier
    }  # fmt: skip
    days = [field.name for field in fields if field.kind == "D"]
    return {"path": str(path), "columns": columns, "days": days, "shapes": [at.wkt for _key, (_values, at) in rows],
            "type": "LineString" if TABLES[table].content == "pipes" else "Point"}  # fmt: skip


def append(tables: Sequence[dict[str, Any]]) -> None:
    if not tables:
        return
    done = subprocess.run(
        [sys.executable, "-c", APPEND], input=json.dumps(tables), capture_output=True, text=True, check=False
    )
    assert not done.returncode, done.stderr[-800:]


def written(folder: Path, table: str, rows: Mapping[str, tuple[Record, Any]]) -> None:
    from datetime import date

    with Shapefile(folder, table, TABLES[table].fields, lines=TABLES[table].content == "pipes") as made:
        for key, (values, at) in rows.items():
            days = {field.name for field in TABLES[table].fields if field.kind == "D"}
            plain = {name: date.fromisoformat(one) if name in days and one else one for name, one in values.items()}
            made.write(plain | {TABLES[table].identifier: key}, at)
