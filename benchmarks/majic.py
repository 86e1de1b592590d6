"""A delivery of MAJIC is loaded: lines a second, and memory. The measured process is `manage.py import_majic`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.database import BenchDatabase
from benchmarks.import_runs import ImportRun, run_import
from benchmarks.rows import Row
from layers.owners.importers.majic_layout import LAYOUTS

LOADED = Row("import de propriétaires MAJIC, lu par le lecteur restreint, chargé et indexé",
             None, "lignes/s", "at least", 20_000)  # fmt: skip
MEMORY = Row("mémoire pendant cet import, avec le lecteur", None, "Mio", "at most", 800)
YEAR = 2026
PARCELS = 200_000
# Lines of each kind for one parcel: the parcel, a subdivision, and for half of them a local (two lines), an owner.
OWNERS_SHARE, PREMISES_SHARE = 2, 2
WIDTHS = {"NBAT": 250, "BATI": 200, "PROP": 700}


def empty_rows() -> list[Row]:
    return [LOADED, MEMORY]


def majic_rows(made: BenchDatabase) -> list[Row]:
    """The second import of the same delivery: it replaces the first one's rows, as each year's does."""
    folder = delivery(made)
    import_delivery(made, folder)
    seen = import_delivery(made, folder)
    lines = seen.report["loaded"]
    note = f"{lines} lignes (NBAT, BATI, PROP), qui remplacent celles d'avant"
    return [replace(LOADED, ours=lines / seen.seconds, note=note), replace(MEMORY, ours=seen.memory)]


def delivery(made: BenchDatabase) -> Path:
    """The files, made once."""
    folder = made.place.data / "bench/majic"
    if not folder.exists():
        making = folder.with_name("majic-making")
        making.mkdir(parents=True, exist_ok=True)
        with made.connect("owner") as connection:
            rows = connection.execute("select idu, insee from cadastre_parcel order by id limit %s", [PARCELS])
            parcels = [(str(idu), str(insee)) for idu, insee in rows]
        for file in WIDTHS:
            with (making / f"REV{file}.450").open("w") as opened:
                opened.write(f"450            MESURE                D40101{YEAR}{YEAR}\n")
                opened.writelines(f"{line}\n" for line in lines_of(file, parcels))
        making.rename(folder)
    return folder


def lines_of(file: str, parcels: list[tuple[str, str]]) -> Iterator[str]:
    for rank, (idu, insee) in enumerate(parcels):
        place = {"ccodep": insee[:2], "ccodir": "0", "ccocom": insee[2:]}
        parcel = place | {"ccopre": idu[5:8], "ccosec": idu[8:10], "dnupla": idu[10:]}
        account = f"A{rank // OWNERS_SHARE % 100_000:05d}"
        if file == "NBAT":
            yield line(
                file, "10", parcel | {"dcntpa": f"{rank % 10_000:09d}", "dnupro": account, "dvoilib": "RUE D ESSAI"}
            )
            yield line(file, "21", parcel | {"dnupro": account})
        elif file == "BATI" and rank % PREMISES_SHARE == 0:
            yield line(file, "00", parcel | {"invar": f"{rank:010d}", "dnubat": "A", "dpor": "01001"})
            yield line(file, "10", place | {"invar": f"{rank:010d}", "dnupro": account})
        elif file == "PROP" and rank % OWNERS_SHARE == 0:
            named = {"ddenom": f"FICTIF{rank}/EVE", "dqualp": "MME", "dnomus": f"FICTIF{rank}", "dprnus": "EVE"}
            person = {"dnulp": "01", "dnuper": f"P{rank % 100_000:05d}", "ccodro": "P", "gtoper": "1"}
            yield line(
                file,
                "",
                place | {"dnupro": account, "jdatnss": "01/01/1970", "dlign4": "1 RUE D ESSAI"} | person | named,
            )


def line(file: str, kind: str, values: dict[str, str]) -> str:
    layout = LAYOUTS[YEAR][file]
    text = layout.records[kind].write(values, WIDTHS[file])
    if layout.kind is None:
        return text
    first, width = layout.kind
    return text[: first - 1] + kind + text[first - 1 + width :]


def import_delivery(made: BenchDatabase, folder: Path) -> ImportRun:
    """Load the delivery. Raises RuntimeError where nothing of it came in."""
    seen = run_import(made, "majic", "import_majic", str(folder))
    if seen.report["exit_code"] == 2:
        raise RuntimeError("nothing was loaded")
    return seen
