"""Notices and contacts of two members, and what a valid request for each address of theirs holds."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Member, User
from layers.intake.models import FileImport
from networks.notifications.models import Notice, Settings
from networks.notifications.services.contacts import Consent, Person, write_contacts
from networks.notifications.services.notices import Address, Context, draft
from networks.notifications.services.sending import STOP
from tests import factories

Form = dict[str, Any]
NOTICES = "reseaux/avis/"
ONE = f"{NOTICES}<int:notice_id>/"
CONTACTS = f"{NOTICES}contacts/"
SECRET, MISSING = "secret-des-rapports", 999_999_999
LIST = b"nom;mobile\nJeanne;0639980003\n"
COUNTS = dict.fromkeys(("made", "changed", "placed", "sms", "email", "rows", "good", "wrong"), 0)


def things(ours: Member, theirs: Member, technician: User, stranger: User) -> dict[str, Any]:
    """A notice, a contact, an import that is over, and the message of an e-mail, of each member."""
    settings.SMS_REPORT_SECRET = SECRET
    made: dict[str, Any] = {}
    for whose, member, person in (("own", ours, technician), ("other", theirs, stranger)):
        rights = rights_of(person)
        with acting_as(rights):
            everybody = Settings(
                member=member, reader_roles=["network_technician", "gis_administrator"], basis="mission"
            )
            everybody.save()
            address = Address(address="1 rue Haute, 45260 Lorris")
            notice = draft(owner=member, targets=[address], context=Context(place="x", reason="y"), rights=rights)
            somebody = Person(
                name="Jeanne", address=address.address, email="jeanne@demo.invalid", mail=Consent(given=True)
            )
            ((_place, contact, _new),) = write_contacts(member, [somebody], why="essai")
        made[f"notice {whose}"], made[f"contact {whose}"] = notice.pk, contact
        made[f"list {whose}"], made[f"message {whose}"] = contact_list(member, person).pk, message(notice)
    return made


def contact_list(owner: Member, person: User) -> FileImport:
    """A list that was read, and could be forgotten."""
    with factories.as_owner():
        return FileImport.objects.create(
            source="contacts", title="abonnes.csv", owner=owner, folder=f"liste-{owner.pk}", made_by=person,
            state=FileImport.State.READY, plan=COUNTS,
        )  # fmt: skip


def message(notice: Notice) -> int:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into notifications_message"
            " (notice_id, channel, value, key, addresses, state, attempts, provider_id, why)"
            " values (%s, 'email', 'jeanne@demo.invalid', gen_random_uuid(), '{}', 'handed', 1, '', '') returning id",
            [notice.pk],
        )
        (pk,) = cursor.fetchone()
    return int(pk)


def arguments(rows: dict[str, Any], whose: str, route: str) -> dict[str, Any]:
    """What stands in the addresses of notices."""
    found: dict[str, Any] = {
        "notice_id": rows.get(f"notice {whose}", MISSING),
        "contact_id": rows.get(f"contact {whose}", MISSING),
        "import_id": rows.get(f"list {whose}", MISSING),
        "token": STOP.sign(str(rows[f"message {whose}"])) if f"message {whose}" in rows else "1:faux",
        "secret": SECRET if whose == "own" else "autre",
        "name": "destinataires.csv",
    }
    if route.startswith(("avis/", "api/v1/warning/")):
        return {name: found[name] for name in ("token", "secret")}
    if not route.startswith(NOTICES):
        return {}
    return {name: found[name] for name in ("notice_id", "contact_id", "import_id", "name")}


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body; None where the route needs none."""
    told = {"kind": "works", "place": "rue Haute", "reason": "essai"}
    made: dict[tuple[str, str], Form] = {
        (NOTICES, "POST"): {"member": "membre-notre", "addresses": "1 rue Haute", "area": "", **told},
        (ONE, "POST"): {**told, "sms": "x", "title": "x", "body": "x", "version": 1, "do": "save"},
        (CONTACTS, "POST"): {"q": "jeanne"},
        (f"{CONTACTS}ajouter/", "POST"): {"name": "Paul", "email": "paul@demo.invalid"},
        (f"{CONTACTS}<int:contact_id>/", "POST"): {"name": "Jeanne", "email": "jeanne@demo.invalid"},
        (f"{CONTACTS}importer/", "POST"): {"file": SimpleUploadedFile("abonnes.csv", LIST)},
        (f"{CONTACTS}importer/<int:import_id>/", "POST"): {"action": "forget"},
        (f"{NOTICES}reglages/<slug:slug>/", "POST"): {
            "reader_roles": ["network_technician"], "basis": "consent", "contact_years": 5, "message_months": 12,
        },
    }  # fmt: skip
    return made.get((route, method))


def body(route: str, method: str) -> dict[str, Any] | None:
    """A JSON body, as the keywords of the test client."""
    if (route, method) == ("api/v1/warning/reports/<str:secret>", "POST"):
        return {"data": {"reports": [], "replies": []}, "content_type": "application/json"}
    return None
