"""The demo's people: one for each role at each member, with random passwords kept in `<data>/demo-accounts.json`."""

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from gis_core.members.rights import Role
from gis_core.models import Commune, Member, Membership, TownHall, User

ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 16
# username stem, role, first name, last name
PEOPLE = (
    ("lecture", Role.READER, "Camille", "Lecture"),
    ("mairie", Role.TOWN_HALL, "Dominique", "Mairie"),
    ("instruction", Role.PERMIT_INSTRUCTOR, "Camille", "Instruction"),
    ("reseaux", Role.NETWORK_TECHNICIAN, "Sacha", "Réseaux"),
    ("sig", Role.GIS_ADMINISTRATOR, "Alix", "Sig"),
)
AGENCY = ("agence", Role.AGENCY_ADMINISTRATOR, "Morgan", "Agence")


@dataclass(frozen=True, slots=True)
class Account:
    """One line of demo-accounts.json; `member` is its slug."""

    username: str
    password: str
    member: str
    role: str


def seed_accounts(members: Iterable[tuple[Member, str]], agency: Member, path: Path) -> list[Account]:
    """Create who is missing, give every account the password of the file, write the file.

    `members` come with the short name that ends their usernames.
    """
    known = {account.username: account.password for account in read_accounts(path)}
    accounts = [seed_person(member, short, person, known) for member, short in members for person in PEOPLE]
    accounts.append(seed_person(agency, "", AGENCY, known))
    write_accounts(path, accounts)
    return accounts


def seed_person(member: Member, short: str, person: tuple[str, Role, str, str], known: dict[str, str]) -> Account:
    stem, role, first_name, last_name = person
    username = f"{stem}.{short}" if short else stem
    password = known.get(username) or "".join(secrets.choice(ALPHABET) for _letter in range(PASSWORD_LENGTH))
    user = User.objects.filter(username=username).first() or User(username=username)
    if not user.pk or not user.is_active or not user.check_password(password):
        user.email, user.first_name, user.last_name = f"{username}@demo.invalid", first_name, last_name
        user.is_active = True
        user.set_password(password)
        user.save()
    membership, _made = Membership.objects.update_or_create(user=user, member=member, defaults={"role": role})
    if role == Role.TOWN_HALL and not TownHall.objects.filter(membership=membership).exists():
        commune = Commune.objects.filter(territories__member=member).order_by("insee").first()
        if commune:
            TownHall.objects.create(membership=membership, commune=commune)
    return Account(username, password, member.slug, role.value)


def read_accounts(path: Path) -> list[Account]:
    """The accounts of an earlier run; none when the file is absent or not ours."""
    try:
        return [Account(**entry) for entry in json.loads(path.read_text())]
    except (OSError, ValueError, TypeError):
        return []


def write_accounts(path: Path, accounts: list[Account]) -> None:
    """Replace the file at once. Its owner alone reads it, until root opens it to the backups' user."""
    written = path.with_suffix(".new")
    written.unlink(missing_ok=True)
    with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump([asdict(account) for account in accounts], file, ensure_ascii=False, indent=2)
        file.write("\n")
    written.replace(path)
