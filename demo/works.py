"""Sixty works and events on the demo’s roads, made once: around today, on real streets, some in each other’s way; and
the requests that led to some of them, with their orders.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

from django.contrib.gis.geos import MultiLineString

from demo.owners import FIRST_NAMES, SURNAMES
from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.letters.kinds import kind_of
from gis_core.letters.template import TO_COMPLETE
from gis_core.members.rights import Rights, Role, acting_as, rights_of
from gis_core.models import Member, User
from layers.catalogue.services import announce_changed_slugs
from networks.roads.models import RoadSection
from networks.roads.references import format_route
from networks.roadworks.gauges import GAUGES
from networks.roadworks.kinds import USUAL
from networks.roadworks.models import Work, WorkRequest
from networks.roadworks.services import keeping, orders, publication

SLUGS = ("departement-demo", "cc-lys", "cc-val-de-rimarde")
COUNT, CLASHING = 60, 8
Kind, Measure, State = Work.Kind, Work.Measure, Work.State
# Kind, title, how traffic goes, days, whether the surface is new afterwards.
WORKS = (
    (Kind.ROAD, "Réfection de la couche de roulement", Measure.CLOSED, 4, True),
    (Kind.ROAD, "Reprise des accotements", Measure.ALTERNATE, 6, False),
    (Kind.ROAD, "Pose de bordures et trottoirs", Measure.NARROWED, 20, False),
    (Kind.WATER, "Renouvellement de la conduite d’eau potable", Measure.ALTERNATE, 25, False),
    (Kind.WATER, "Création d’un branchement d’eau", Measure.NARROWED, 2, False),
    (Kind.SEWER, "Réhabilitation du collecteur d’eaux usées", Measure.CLOSED, 15, False),
    (Kind.NETWORK, "Déploiement de la fibre optique", Measure.ALTERNATE, 8, False),
    (Kind.NETWORK, "Enfouissement du réseau électrique", Measure.ONE_WAY, 18, False),
    (Kind.BUILDING, "Échafaudage et dépôt de matériaux", Measure.NARROWED, 30, False),
    (Kind.EVENT, "Vide-grenier", Measure.CLOSED, 1, False),
    (Kind.EVENT, "Course cycliste", Measure.ONE_WAY, 1, False),
)
# What each kind of works is asked for: on which form, as what, in which words.
ASKED = {
    Kind.WATER: ("14023", "permission", "Ouverture d’une tranchée pour la conduite d’eau potable"),
    Kind.NETWORK: ("14023", "permission", "Pose de fourreaux sous accotement"),
    Kind.BUILDING: ("14023", "stationnement", "Échafaudage de pied devant la façade"),
    Kind.SEWER: ("14024", "circulation", "Route barrée pour la reprise du collecteur"),
    Kind.EVENT: ("14024", "circulation", "Vide-grenier de l’association des fêtes"),
}
COMPANIES = ("Lys Travaux Publics", "Canalisations du Gâtinais", "Fibre & Réseaux 45", "Façades Rimarde")
REQUESTED, PUBLISHED, DETOURS = 16, 3, 2
DETOUR_FOR = (GAUGES["cars"][1], "Véhicules légers")
COMPLETION = "selon les plans joints à la demande"
SIGNATORY = "Le maire,\nCamille Essai"
HOW_LONG = "[à compléter : durée de l’occupation]"
HOURS = (None, None, "8 h 30 – 17 h", "9 h – 16 h 30", "21 h – 6 h")
FIRST_DAY, LAST_DAY = -40, 120

type Say = Callable[[str], None]


def seed_works(seed: int, say: Say) -> None:
    """Days count from today. Needs the owner's role, in a transaction, and the roads."""
    members = {one.pk: one for one in Member.objects.filter(slug__in=SLUGS)}
    if Work.objects.filter(owner__in=members).exists():
        return
    sections: list[RoadSection] = list(
        RoadSection.objects.filter(owner__in=members).exclude(nature="chemin").order_by("pk")
    )
    streets = [one for one in sections if one.geom.length > 60]
    if not streets:
        return
    say("Travaux et manifestations…")
    chance, today = Random(f"{seed} works"), database_clock.today()
    made = [work(section, chance, today) for section in chance.sample(streets, COUNT - CLASHING)]
    made += [clashing(one, chance) for one in chance.sample(made, CLASHING)]
    for one in made:
        cancelled = one.state == State.CANCELLED
        one.state = State.PLANNED if cancelled else one.state
        one.save()
        if cancelled:
            one.state = State.CANCELLED
            one.save()
        one.refresh_from_db()
    announce_changed_slugs(["works"])
    seed_requests(made, chance, today)


def seed_requests(made: Sequence[Work], chance: Random, today: date) -> None:
    """Requests for works to come, some of them answered; a few orders are published."""
    asked = [one for one in made if one.kind in ASKED and one.state != State.CANCELLED and one.ends_on >= today]
    asked.sort(key=lambda one: one.kind != Kind.BUILDING)
    requests = [request(one, chance, today) for one in asked[:REQUESTED]]
    for one in requests:
        one.save()
    for one in [one for one in requests if one.kind == WorkRequest.Kind.PARKING][:PUBLISHED]:
        publish(one)
    traffic = [one for one in requests if one.kind == WorkRequest.Kind.TRAFFIC]
    led = find_detoured_works([one.work for one in traffic if one.work] + list(made), today)
    traffic.sort(key=lambda one: one.work not in led)
    permissions = [one for one in requests if one.kind == WorkRequest.Kind.PERMISSION and one.state == "accepted"]
    for one in (*traffic[:1], *permissions[:1]):
        publish(one)


def find_detoured_works(made: Sequence[Work], today: date) -> list[Work]:
    """The first works that got a detour: announced ones that close a road."""
    closing = [
        one for one in made if one.measure == Measure.CLOSED and one.state == State.PLANNED and one.ends_on >= today
    ]
    led: list[Work] = []
    for one in dict.fromkeys(closing):
        if len(led) == DETOURS:
            break
        with acting_as(rights := technician_of(one.owner_id)), suppress(Invalid):
            keeping.keep_detours(one, *DETOUR_FOR, rights=rights)
            led.append(one)
    return led


def request(work: Work, chance: Random, today: date) -> WorkRequest:
    form, kind, words = ASKED[Kind(work.kind)]
    received = min(work.starts_on, today) - timedelta(days=chance.randrange(5, 50))
    state = "received" if work.starts_on > today + timedelta(days=40) else "accepted"
    company = chance.choice(COMPANIES)
    title, names = chance.choice(FIRST_NAMES)
    private = kind == "stationnement" and chance.random() < 0.5
    insee = work.insee or ""
    surname = chance.choice(SURNAMES).capitalize()
    return WorkRequest(
        owner_id=work.owner_id,
        state=state,
        form=form,
        kind=kind,
        received_date=received,
        decided_date=received + timedelta(days=4) if state == "accepted" else None,
        insee=insee,
        place=work.place or "",
        description=words,
        starts_on=work.starts_on,
        ends_on=work.ends_on,
        length_m=12,
        width_m=1.5,
        is_company=not private,
        applicant_name=f"{title} {chance.choice(names).capitalize()} {surname}" if private else company,
        applicant_address=f"{chance.randint(1, 40)} rue des Essais",
        company=company,
        work=work,
    )


def technician_of(member_id: int) -> Rights:
    return rights_of(User.objects.get(memberships__member_id=member_id, memberships__role=Role.NETWORK_TECHNICIAN))


def publish(one: WorkRequest) -> None:
    """Its order, as a technician of the member writes, completes, numbers and publishes it."""
    rights = technician_of(one.owner_id)
    with acting_as(rights):
        letter = orders.begin(one, kind_of(USUAL[WorkRequest.Kind(one.kind)]), rights)
        words = {
            "title": letter.title,
            "recipient": letter.recipient,
            "body": complete_body(letter.body.replace(HOW_LONG, "quinze ans")),
            "signatory": SIGNATORY,
        }
        final = orders.finalise(one, letter, words, letter.version, rights)
        one.refresh_from_db()
        # Streets of the demo may bear a made-up applicant's name.
        publication.publish(one, final, version=one.version, rights=rights, confirmed=True)


def complete_body(body: str) -> str:
    """What a person would complete by hand."""
    body = re.sub(rf"\\?{re.escape(TO_COMPLETE)} : ville du tribunal\\?\]", "d’Orléans", body)
    return re.sub(rf"\\?{re.escape(TO_COMPLETE)}[^\]]*\]", COMPLETION, body)


def work(section: RoadSection, chance: Random, today: date) -> Work:
    kind, title, measure, days, new_surface = chance.choice(WORKS)
    starts = today + timedelta(days=chance.randrange(FIRST_DAY, LAST_DAY))
    if kind == Kind.EVENT:
        starts += timedelta(days=6 - starts.weekday())
    place = f"{format_route(section.route)}, {section.name_left}" if section.route else section.name_left
    return Work(
        owner_id=section.owner_id,
        state=chance.choices((State.PLANNED, State.DRAFT, State.CANCELLED), (84, 12, 4))[0],
        kind=kind,
        title=title,
        place=place,
        starts_on=starts,
        ends_on=starts + timedelta(days=days - 1),
        hours=None if kind == Kind.EVENT else chance.choice(HOURS),
        measure=measure,
        closed_way=Work.Way.FORWARD if measure == Measure.ONE_WAY else None,
        speed_kmh=None if measure == Measure.CLOSED else 30,
        no_parking=measure != Measure.NONE,
        no_overtaking=measure == Measure.ALTERNATE,
        new_surface=new_surface,
        geom=MultiLineString(section.geom, srid=2154),
    )


def clashing(other: Work, chance: Random) -> Work:
    """Other works on the same stretch, which begin while those go on."""
    given: dict[str, Any] = {
        name: getattr(other, name) for name in ("owner_id", "place", "geom", "no_parking", "no_overtaking")
    }
    kind, title, measure, days, new_surface = chance.choice([one for one in WORKS if one[0] != other.kind])
    starts = other.starts_on + timedelta(days=chance.randrange(max(1, (other.ends_on - other.starts_on).days)))
    ends = starts + timedelta(days=days - 1)
    way = Work.Way.BACKWARD if measure == Measure.ONE_WAY else None
    return Work(state=State.PLANNED, kind=kind, title=title, measure=measure, closed_way=way, starts_on=starts,
                ends_on=ends, new_surface=new_surface, **given)  # fmt: skip
