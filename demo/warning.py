"""300 fictitious contacts of the demo's members that have a water network, at its connections.

Numbers are of the range that ARCEP keeps for fiction (06 39 98 xx xx), e-mail addresses end in demo.invalid: nothing
that is sent to them reaches anybody. Needs the owner's role.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from demo.owners import FIRST_NAMES, SURNAMES
from gis_core.models import Member
from layers.features.words import search_text
from networks.warning.models import Channel, Contact, OptOut
from networks.warning.services.places import address_key
from networks.water.models import WaterConnection

CONTACTS = 300
OBJECTIONS = 6
HOWS = ("formulaire d’abonnement", "guichet", "téléphone")

type Say = Callable[[str], None]


def seed_contacts(seed: int, say: Say) -> bool:
    """Make the contacts where there are none; returns whether they were made."""
    owners = list(Member.objects.filter(pk__in=WaterConnection.objects.values("owner")).order_by("slug"))
    if not owners or Contact.objects.exists():
        return False
    say("Chargement : contacts fictifs des abonnés…")
    chance, today = Random(seed), timezone.localdate()
    made = [one for rank, owner in enumerate(owners) for one in contacts_of(owner, rank, len(owners), chance, today)]
    Contact.objects.bulk_create(made)
    objecting = [one for one in made if one.phone][CONTACTS // 12 :: CONTACTS // OBJECTIONS]
    OptOut.objects.bulk_create(
        [OptOut(owner_id=one.owner_id, channel=Channel.SMS, value=one.phone, how="reply", at=timezone.now())
         for one in objecting],
        ignore_conflicts=True,
    )  # fmt: skip
    return True


def contacts_of(owner: Member, rank: int, owners: int, chance: Random, today: date) -> Iterator[Contact]:
    """A member's share: whole streets, so that a cut finds people, where the sensitive users are first of all."""
    count = CONTACTS // owners
    served: QuerySet[Any] = WaterConnection.objects.filter(owner=owner)
    served = served.exclude(address=None)
    sensitive = list(served.exclude(sensitive=None).order_by("id")[: count // 10])
    others = served.filter(sensitive=None).order_by("address", "id")
    whole = others.count()
    step = max(1, whole // 5)
    streets = [one for part in range(5) for one in others[part * step : part * step + count // 5]]
    for number, connection in enumerate([*sensitive, *streets][:count]):
        yield contact(owner, rank * count + number, connection, chance, today)


def contact(owner: Member, number: int, connection: WaterConnection, chance: Random, today: date) -> Contact:
    _title, first_names = chance.choice(FIRST_NAMES)
    first, last = chance.choice(first_names).title(), chance.choice(SURNAMES)
    name = connection.sensitive_name or f"{last} {first}"
    # Every thirtieth shares the telephone of the one before: two people of one home.
    phone = f"+3363998{number - (number % 30 == 29):04d}" if chance.random() < 0.88 else ""
    email = f"{first}.{last}.{number}@demo.invalid".lower() if not phone or chance.random() < 0.6 else ""
    told: dict[str, Any] = {"on": today - timedelta(days=chance.randrange(30, 900)), "how": chance.choice(HOWS)}
    agreed = chance.random() < 0.93
    return Contact(
        owner=owner,
        reference=f"AB{number + 1:05d}",
        name=name,
        name_key=search_text(name).strip(),
        address=connection.address or "",
        address_key=address_key(connection.address or ""),
        connection=f"water-connections:{connection.pk}",
        geom=connection.geom,
        phone=phone,
        mobile=bool(phone),
        email=email,
        sms_consent=agreed if phone else None,
        sms_consent_date=told["on"] if phone else None,
        sms_consent_how=told["how"] if phone else "",
        email_consent=True if email else None,
        email_consent_date=told["on"] if email else None,
        email_consent_how=told["how"] if email else "",
        search_text=search_text(name, connection.address, email, phone.removeprefix("+"), f"AB{number + 1:05d}"),
        confirmed_date=told["on"],
    )
