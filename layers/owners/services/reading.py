"""Reading owners from tables that open only for what a line of the journal names."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction

from gis_core.database.statements import execute, fetch_one
from layers.features.display import code_label
from layers.owners.code_lists import EXEMPTIONS, GROUPS, LEGAL_PERSON, RIGHTS, SHARES
from layers.owners.models import Birth, Exemption, Holding, Owner, Premises

type Key = tuple[str, int]
"""An account and a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerSeen:
    """Somebody with a right; `born` and `birthplace` are None for whoever may not read them."""

    name: str
    right_code: str
    right: str
    share: str
    group: str
    siren: str
    address: str
    born: str | None
    birthplace: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeen:
    """An account and its owners; it holds the `ground`, or `premises` (how many of them, and where)."""

    code: str
    ground: bool
    premises: tuple[str, ...]
    owners: tuple[OwnerSeen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelSeen:
    """A parcel of the register in one year. `exemptions` is empty also for whoever may not read them."""

    idu: str
    year: int
    area_m2: int
    address: str
    subdivisions: int
    accounts: tuple[AccountSeen, ...]
    exemptions: tuple[str, ...]


@contextmanager
def open_owners(line: int) -> Iterator[None]:
    """Inside, the tables of owners show what this line of the journal names, and nothing else."""
    with transaction.atomic():
        execute("select set_config('arpent.consultation', %s, true)", [str(line)])
        yield
        execute("select set_config('arpent.consultation', '', true)")


def count(idus: Sequence[str], year: int | None = None) -> int:
    """How many owners `read_parcels` shows of the same, where the asker may read them: what the journal is told."""
    (owners,) = fetch_one("select arpent.count_owners(%s, %s)", [list(idus), year])
    return int(owners)


def read_parcels(line: int, idus: Sequence[str], year: int | None = None) -> tuple[ParcelSeen, ...]:
    """The parcels that the register knows, each in its latest year (or in the one given), in the order asked."""
    with open_owners(line):
        holdings = {one.idu: one for one in of_year(Holding.objects.filter(idu__in=idus).order_by("year"), year)}
        on = {(one.idu, one.year) for one in holdings.values()}
        premises = [one for one in Premises.objects.filter(idu__in=idus).order_by("id") if (one.idu, one.year) in on]
        accounts = {(one.account, one.year) for one in holdings.values()}
        accounts |= {(one.account, one.year) for one in premises}
        owners = owners_of_accounts(accounts)
        exemptions = [one for one in Exemption.objects.filter(idu__in=idus).order_by("id") if (one.idu, one.year) in on]
    by_parcel: defaultdict[str, list[Premises]] = defaultdict(list)
    for one in premises:
        by_parcel[one.idu].append(one)
    return tuple(
        parcel_seen(holdings[idu], by_parcel[idu], owners, [one for one in exemptions if one.idu == idu])
        for idu in idus
        if idu in holdings
    )


def of_year(holdings: Iterable[Holding], year: int | None) -> Iterator[Holding]:
    return (one for one in holdings if year is None or one.year == year)


def owners_of_accounts(accounts: set[Key]) -> dict[Key, list[OwnerSeen]]:
    """The owners of accounts in their years, in the register's order; births where the asker may read them."""
    codes = [account for account, _year in accounts]
    births = {(b.account, b.year, b.rank, b.person): b for b in Birth.objects.filter(account__in=codes)}
    owners: defaultdict[Key, list[OwnerSeen]] = defaultdict(list)
    for owner in Owner.objects.filter(account__in=codes).order_by("account", "rank", "person"):
        if (owner.account, owner.year) in accounts:
            birth = births.get((owner.account, owner.year, owner.rank, owner.person))
            owners[owner.account, owner.year].append(owner_seen(owner, birth))
    return owners


def owner_seen(owner: Owner, birth: Birth | None) -> OwnerSeen:
    return OwnerSeen(
        name=owner_name(owner),
        right_code=owner.right_code,
        right=code_label(RIGHTS, owner.right_code),
        share=code_label(SHARES, owner.share_code),
        group=code_label(GROUPS, owner.group_code.lstrip("0") or owner.group_code[:1]),
        siren=owner.siren,
        address=owner.address,
        born=birth.born if birth else None,
        birthplace=birth.birthplace if birth else None,
    )


def owner_name(owner: Owner) -> str:
    """A person as one writes to them; a company as the register calls it."""
    if owner.kind == LEGAL_PERSON or not owner.name:
        return owner.denomination.replace("/", " ").strip()
    return " ".join(part for part in (owner.title, owner.name, owner.first_names) if part)


def parcel_seen(
    holding: Holding,
    premises: Sequence[Premises],
    owners: Mapping[Key, Sequence[OwnerSeen]],
    exemptions: Sequence[Exemption],
) -> ParcelSeen:
    """A parcel with the account of its ground, then those of the premises on it."""
    codes = dict.fromkeys([holding.account, *(one.account for one in premises)])
    accounts = tuple(
        AccountSeen(
            code=code,
            ground=code == holding.account,
            premises=tuple(one.where or one.invar for one in premises if one.account == code),
            owners=tuple(owners.get((code, holding.year), ())),
        )
        for code in codes
    )
    return ParcelSeen(
        idu=holding.idu,
        year=holding.year,
        area_m2=holding.area_m2,
        address=holding.address,
        subdivisions=holding.subdivisions,
        accounts=accounts,
        exemptions=tuple(describe_exemption(one) for one in exemptions),
    )


def describe_exemption(exemption: Exemption) -> str:
    years = "–".join(year for year in (exemption.first_year, exemption.last_year) if year.strip("0"))
    return " ".join(part for part in (exemption.subdivision, code_label(EXEMPTIONS, exemption.code), years) if part)
