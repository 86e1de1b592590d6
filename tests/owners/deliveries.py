"""Deliveries of MAJIC for tests, and rows of the nominative tables."""

from pathlib import Path
from typing import Any

from gis_core.models import Member, User
from layers.owners.importers.majic_layout import LAYOUTS
from layers.owners.models import Birth, Exemption, Holding, Level, Owner, OwnerAccess, Premises
from tests import factories

WIDTHS = {"NBAT": 250, "BATI": 200, "PROP": 700}
IDU = "45901000AB0001"
ACCOUNT = "450901A00001"


def header(year: int = 2025) -> str:
    return f"450            DIRECTION D'ESSAI     D40405{year}{year}"


def line(file: str, kind: str = "", insee: str = "45901", **values: object) -> str:
    layout = LAYOUTS[2025][file]
    place = {"ccodep": insee[:2], "ccodir": "0", "ccocom": insee[2:]}
    text = layout.records[kind].write(place | values, WIDTHS[file])
    if layout.kind is None:
        return text
    first, width = layout.kind
    return text[: first - 1] + kind + text[first - 1 + width :]


def parcel(plan: int = 1, account: str = "A00001", insee: str = "45901", **values: object) -> str:
    given = {
        "ccosec": "AB",
        "dnupla": f"{plan:04d}",
        "dcntpa": "000001234",
        "dnupro": account,
        "dvoilib": "RUE D ESSAI",
    }
    return line("NBAT", "10", insee, **given | values)


def owner(account: str = "A00001", rank: int = 1, insee: str = "45901", **values: object) -> str:
    person = {"dnulp": f"{rank:02d}", "dnuper": f"P{rank:05d}", "ccodro": "P", "gtoper": "1", "dqualp": "MME"}
    named = {"ddenom": "FICTIF/EVE", "dnomus": "FICTIF", "dprnus": "EVE", "jdatnss": "18/05/1980", "dldnss": "45 ESSAI"}
    return line("PROP", "", insee, **{"dnupro": account, "dlign4": "0012 RUE D ESSAI"} | person | named | values)


def written(folder: Path, name: str, *lines: str, year: int = 2025, end: str = "\n", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("".join(f"{one}{end}" for one in (header(year), *lines)).encode(encoding))
    return path


def give(member: Member, role: str, level: Level = Level.NAMES) -> None:
    with factories.as_owner():
        OwnerAccess.objects.update_or_create(member=member, role=role, defaults={"level": level})


def reader_of(insee: str = "45901", level: Level = Level.NAMES, role: str = "permit_instructor") -> User:
    """Somebody who reads the owners of a commune, which is made."""
    member = factories.member(factories.commune(insee=insee))
    give(member, role, level)
    return factories.user(member, role)


def owned(idu: str = IDU, account: str = ACCOUNT, owners: int = 1, year: int = 2025, **values: Any) -> None:
    """A parcel, its account and owners called FICTIF, with their births, a local and an exemption."""
    insee = idu[:5]
    with factories.as_owner():
        Holding.objects.create(year=year, insee=insee, idu=idu, account=account, area_m2=1234, address="RUE D ESSAI")
        Exemption.objects.create(year=year, insee=insee, idu=idu, code="NA", first_year="2020", last_year="2030")
        Premises.objects.create(year=year, insee=insee, invar=idu[-10:], idu=idu, account=account, where="bât. A")
        for rank in range(1, owners + 1):
            who = {
                "year": year,
                "insee": insee,
                "account": account,
                "rank": f"{rank % 100:02d}",
                "person": f"P{rank:05d}",
            }
            named = {"name": f"FICTIF{rank}", "first_names": "EVE", "title": "MME", "right_code": "P", "kind": "1"}
            Owner.objects.create(**who, **named | values)
            Birth.objects.create(**who, born="18/05/1980", birthplace="45 ESSAI")
