"""Fictitious owners of the demo territory: a delivery in the layout of MAJIC, loaded as real ones are.

The same parcels give the same owners. Names are invented; nobody is called so.
"""

import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Role
from gis_core.models import Member
from layers.intake.reference_source import Order
from layers.owners.importers.load_majic import import_majic
from layers.owners.importers.majic_layout import LAYOUTS
from layers.owners.models import Holding, Level, OwnerAccess

YEAR = 2026
HEADER_DATE = f"D40101{YEAR}{YEAR}"
WIDTHS = {"NBAT": 250, "BATI": 200, "PROP": 700}
SURNAMES = ("AUBRELOIN", "BRIZECOURT", "CHANTEMOY", "DORVELLE", "ESTREBAUD", "FLORIMAIN", "GRANDVEAU", "HERBELUNE",
            "JOLIVRAIS", "LESTOURNEL", "MORVANDIN", "NIVERLAND", "OUDRAMONT", "PERRELOUP", "QUINTEVAL", "ROSEMBRE",
            "SAUVETERREL", "TRISTEMARE", "VALDOUIN", "YVREFOND")  # fmt: skip
FIRST_NAMES = (("M", ("PAUL", "LUC", "JEAN", "HUGO", "ANDRE", "MARC", "REMI", "YVES")),
               ("MME", ("ANNE", "EVE", "LEA", "MARIE", "JEANNE", "ZOE", "SOLENE", "ROSE")))  # fmt: skip
STREETS = ("RUE DU PUITS", "RUE DES TILLEULS", "CHE DU MOULIN", "PL DE L EGLISE", "RTE DE LA GARENNE")
# What each role of the demo reads: enough to try the three levels.
LEVELS = {
    Role.READER: Level.NONE,
    Role.TOWN_HALL: Level.NAMES,
    Role.PERMIT_INSTRUCTOR: Level.NAMES,
    Role.GIS_ADMINISTRATOR: Level.ALL,
}
PARCELS = "select idu, insee, area_m2 from cadastre_parcel where insee like '459%' order by idu"
# One account for every so many parcels, and the share of them that belongs to the commune.
PARCELS_OF_AN_ACCOUNT = 3
COMMUNAL = 0.05
BUILT = 0.4

type ParcelRow = tuple[str, str, int | None]


@dataclass(slots=True)
class Delivery:
    """The lines of the three files."""

    lines: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, file: str, kind: str, insee: str, **values: object) -> None:
        place = {"ccodep": insee[:2], "ccodir": "0", "ccocom": insee[2:]}
        layout = LAYOUTS[YEAR][file]
        line = layout.records[kind].write(place | values, WIDTHS[file])
        if layout.kind is not None:
            first, width = layout.kind
            line = line[: first - 1] + kind + line[first - 1 + width :]
        self.lines[file].append(line)

    def write(self, folder: Path) -> list[Path]:
        paths = []
        for file, lines in self.lines.items():
            paths.append(folder / f"REV{file}.450")
            paths[-1].write_text("\n".join([f"450            DEMONSTRATION         {HEADER_DATE}", *lines]) + "\n")
        return paths


def seed_owners() -> bool:
    """Load the owners where there are none, and say who reads them; returns whether they were loaded."""
    for member in Member.objects.filter(slug__in=("cc-lys", "cc-val-de-rimarde", "departement-demo")):
        for role, level in LEVELS.items():
            OwnerAccess.objects.get_or_create(member=member, role=role, defaults={"level": level})
    if Holding.objects.filter(insee__startswith="459").exists():
        return False
    parcels = fetch_all(PARCELS)
    with tempfile.TemporaryDirectory() as folder:
        report = import_majic(Order(paths=delivery(parcels).write(Path(folder))))
    if report.refused:
        raise RuntimeError(report.as_json())
    return True


def delivery(parcels: Sequence[ParcelRow]) -> Delivery:
    """Three files for these parcels."""
    made = Delivery()
    communes: defaultdict[str, list[ParcelRow]] = defaultdict(list)
    for parcel in parcels:
        communes[parcel[1]].append(parcel)
    for insee, rows in communes.items():
        add_commune(made, insee, rows)
    return made


def add_commune(made: Delivery, insee: str, rows: Sequence[ParcelRow]) -> None:
    chance = Random(f"owners {insee}")
    accounts = [
        f"{chance.choice('ABCDEGHLMPRT')}{number:05d}" for number in range(1, 2 + len(rows) // PARCELS_OF_AN_ACCOUNT)
    ]
    made.add("PROP", "", insee, dnupro="+00001", dnulp="01", dnuper="M00001", ccodro="P", gtoper="2", ccogrm="4",
             ddenom=f"COMMUNE {insee}", dlign4="0001 PL DE LA MAIRIE", dlign6=f"{insee} COMMUNE {insee}")  # fmt: skip
    for account in accounts:
        add_owners(made, insee, account, chance)
    for number, (idu, _insee, area_m2) in enumerate(rows, start=1):
        account = "+00001" if chance.random() < COMMUNAL else chance.choice(accounts)
        add_parcel(made, insee, idu, area_m2 or 0, account)
        if chance.random() < BUILT:
            add_premises(made, insee, idu, account, number)


def add_owners(made: Delivery, insee: str, account: str, chance: Random) -> None:
    """One person, a couple, or a usufructuary and the bare owner."""
    rights = chance.choices((("P",), ("P", "P"), ("U", "N")), (6, 3, 1))[0]
    surname, street, house = chance.choice(SURNAMES), chance.choice(STREETS), chance.randint(1, 99)
    for rank, right in enumerate(rights, start=1):
        title, names = FIRST_NAMES[(rank + house) % 2]
        first = chance.choice(names)
        born = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(1935, 2000)}"
        made.add("PROP", "", insee, dnupro=account, dnulp=f"{rank:02d}", dnuper=f"P{chance.randint(0, 99_999):05d}",
                 ccodro=right, ccodem="I" if rights == ("P", "P") else "", gtoper="1", ddenom=f"{surname}/{first}",
                 dqualp=title, dnomlp=surname, dprnlp=first, dnomus=surname, dprnus=first, jdatnss=born,
                 dldnss="45 DEMONSTRATION", dlign4=f"{house:04d} {street}",
                 dlign6=f"{insee} COMMUNE {insee}")  # fmt: skip


def parts(idu: str) -> dict[str, str]:
    return {"ccopre": idu[5:8], "ccosec": idu[8:10], "dnupla": idu[10:]}


def add_parcel(made: Delivery, insee: str, idu: str, area_m2: int, account: str) -> None:
    made.add("NBAT", "10", insee, **parts(idu), dcntpa=f"{area_m2:09d}", dnupro=account, dvoilib="LE BOURG")
    made.add("NBAT", "21", insee, **parts(idu), dnupro=account)


def add_premises(made: Delivery, insee: str, idu: str, account: str, number: int) -> None:
    invar = f"{number:010d}"
    made.add("BATI", "00", insee, invar=invar, **parts(idu), dnubat="A", descr="01", dniv="00", dpor="01001")
    made.add("BATI", "10", insee, invar=invar, dnupro=account)
