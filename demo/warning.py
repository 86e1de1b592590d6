"""Fictitious contacts of the demo's members that have a water network, at three in five of its connections.

Numbers are of the range that ARCEP keeps for fiction (06 39 98 xx xx), e-mail addresses end in demo.invalid: nothing
that is sent to them reaches anybody. Needs the owner's role.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any

from django.db.models import QuerySet

from demo.owners import FIRST_NAMES, SURNAMES
from gis_core.database import clock as database_clock
from gis_core.models import Member
from layers.features.search_terms import search_text
from networks.notifications.models import Channel, Contact, OptOut
from networks.notifications.services.places import address_key
from networks.water.models import WaterConnection

SHARE = 0.6
MOST = 9_000
"""So many numbers there are for fiction, less some."""
OBJECTIONS = 6
HOWS = ("formulaire d’abonnement", "guichet", "téléphone")

type Say = Callable[[str], None]


def seed_contacts(seed: int, say: Say) -> bool:
    """Make the contacts where there are none; returns whether they were made."""
    owners = list(Member.objects.filter(pk__in=WaterConnection.objects.values("owner")).order_by("slug"))
    if not owners or Contact.objects.exists():
        return False
    say("Chargement : contacts fictifs des abonnés…")
    chance, today = Random(seed), database_clock.today()
    made = [
        contact(number, connection, chance, today) for number, connection in enumerate(choose_served(owners, chance))
    ]
    Contact.objects.bulk_create(made)
    objecting = [one for one in made if one.phone][len(made) // 12 :: len(made) // OBJECTIONS]
    OptOut.objects.bulk_create(
        [OptOut(owner_id=one.owner_id, channel=Channel.SMS, value=one.phone, how="reply", at=database_clock.now())
         for one in objecting],
        ignore_conflicts=True,
    )  # fmt: skip
    return True


def choose_served(owners: Sequence[Member], chance: Random) -> Iterator[WaterConnection]:
    """All over the territory, so that a cut anywhere finds people; sensitive users all of them."""
    known: QuerySet[Any] = WaterConnection.objects.filter(owner__in=owners)
    drawn = (one for one in known.exclude(address=None).order_by("id") if one.sensitive or chance.random() < SHARE)
    return islice(drawn, MOST)


def contact(number: int, connection: WaterConnection, chance: Random, today: date) -> Contact:
    _title, first_names = chance.choice(FIRST_NAMES)
    first, last = chance.choice(first_names).title(), chance.choice(SURNAMES)
    name = connection.sensitive_name or f"{last} {first}"
    # Every thirtieth shares the telephone of the one before: two people of one home.
    phone = f"+3363998{number - (number % 30 == 29):04d}" if chance.random() < 0.88 else ""
    email = f"{first}.{last}.{number}@demo.invalid".lower() if not phone or chance.random() < 0.6 else ""
    told: dict[str, Any] = {"on": today - timedelta(days=chance.randrange(30, 900)), "how": chance.choice(HOWS)}
    agreed = chance.random() < 0.93
    return Contact(
        owner_id=connection.owner_id,
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
