"""The demo's planning applications: 400 files of the two communities, in every state, over the last three years.

Days are counted back from the day of seeding, so that on that day some files are due within the week; the same seed
gives the same files on the same day. What explains the houses of the photo of 2024 has days of its own. Eight buildings
of that photo have no permit (`UNEXPLAINED`): no file lies on their parcels or beside them.

Rows are inserted at once; their columns are derived as `permits.services` derives them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

import shapely
from django.contrib.gis.geos import GEOSGeometry

from demo.owners import FIRST_NAMES, SURNAMES
from demo.photos.changes import FLOWN_2020, new_buildings_2024
from demo.stories import Story, changes, explaining, tell_stories
from demo.territory import Parcel, Territory
from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.members.rights import Role
from gis_core.models import Member, TownHall, User
from layers.catalogue.models import Layer
from layers.features.search_terms import search_text
from permits.acts.authorities import communes_of
from permits.deadlines.calendar import PARIS
from permits.deadlines.events import Initial
from permits.deadlines.law import Kind
from permits.deadlines.opinions import Body, Protection, due_on, rule_for
from permits.models import Applicant, Authority, Consultation, Event, Permit, Settings, Signatory, Team
from permits.numbers import LETTERS, Number
from permits.services.filing import as_multi
from permits.services.reading import derive, read_initial
from permits.services.recording import announce

# Parcels of the buildings that the photo of 2024 shows and that no permit explains, for the demo's own seed.
UNEXPLAINED = ("45901000AC0020", "45901000AC0200", "45902000AC0197", "45904000AC0052", "45904000AC0122",
               "45905000AC0077", "45905000AC0135", "45906000ZB0066")  # fmt: skip
MAYORS = ("Odile AUBRELOIN", "Luc BRIZECOURT", "Ida CHANTEMOY", "Remi DORVELLE")
DEPUTIES = ("Marc ESTREBAUD", "Yves FLORIMAIN", "Hugo GRANDVEAU")
DELEGATION = "l’arrêté du maire du 10 juillet 2020 portant délégation à l’adjoint à l’urbanisme"
APART_M = 1.0
BUILT_USES, OPEN_USES, WORK_USES = ("house", "hamlet", "core"), ("orchard", "meadow"), ("farm", "activity")
PLOT_M2, LARGE_M2 = (300, 2_500), (1_500, 9_000)
WORKS: Mapping[Kind, Sequence[str]] = {
    Kind.DP: (
        "Pose d’une clôture en grillage rigide et d’un portail",
        "Ravalement des façades",
        "Abri de jardin de {small} m²",
        "Piscine enterrée de {pool} m²",
        "Véranda de {small} m² en façade arrière",
        "Panneaux photovoltaïques en toiture, {pool} m²",
        "Création de deux fenêtres de toit",
        "Remplacement des menuiseries et des volets",
        "Réfection de la couverture en tuiles plates",
        "Transformation du garage en chambre, {small} m²",
        "Carport de {small} m²",
    ),
    Kind.PCMI: (
        "Maison individuelle de plain-pied de {house} m² avec garage",
        "Maison individuelle à étage de {house} m²",
        "Maison individuelle de {house} m² et piscine",
        "Maison à ossature bois de {house} m²",
    ),
    Kind.PC: (
        "Hangar agricole de {large} m² à toiture photovoltaïque",
        "Extension d’un bâtiment d’activité, {large} m²",
        "Atelier et bureaux de {large} m²",
        "Transformation d’une grange en deux logements",
        "Bâtiment de stockage de {large} m²",
    ),
    Kind.PA: ("Lotissement de {lots} lots à bâtir", "Aire de stationnement de {places} places",
              "Aire d’accueil de camping-cars"),
    Kind.PD: ("Démolition d’une grange en ruine", "Démolition d’un appentis de {small} m²", "Démolition d’un garage"),
    Kind.CUA: ("Vente du bien", "Succession", "Vente d’une maison d’habitation"),
    Kind.CUB: ("Construction d’une maison individuelle", "Division en {lots} lots à bâtir",
               "Construction de deux maisons individuelles"),
}  # fmt: skip
CHANGED = ("Déplacement de l’implantation de 1,50 m", "Ouverture supplémentaire en façade sud", "Garage supprimé",
           "Teinte de l’enduit et des menuiseries modifiée", "Toiture en ardoises au lieu de tuiles")  # fmt: skip
TRANSFERRED = "Transfert à un nouveau bénéficiaire"
COMPANIES = (
    "SCI fictive des Tilleuls",
    "EARL fictive du Moulin",
    "SARL fictive Lys Habitat",
    "GAEC fictif de la Garenne",
)
STREETS = ("rue du Puits", "rue des Tilleuls", "chemin du Moulin", "place de l’Église", "route de la Garenne")
BODIES = {
    Consultation.Body.ABF: "UDAP du territoire de démonstration",
    Consultation.Body.SDIS: "Service d’incendie et de secours (démonstration)",
    Consultation.Body.WATER: "Syndicat des eaux du Lys (démonstration)",
    Consultation.Body.ELECTRICITY: "Réseau électrique (démonstration)",
    Consultation.Body.ROADS: "Service des routes (démonstration)",
}
GEOMETRIES = """
    select n, st_asewkb(st_multi(st_collectionextract(st_union(p.geom), 3)))
    from unnest(%s::int[], %s::text[]) as given (n, idu) join cadastre_parcel p using (idu) group by n
"""

type Say = Callable[[str], None]


@dataclass(slots=True)
class Ground:
    """Where files may lie: parcels by the kind of file, each given once."""

    parcels: Mapping[str, Parcel]
    free: defaultdict[Kind, list[str]] = field(default_factory=lambda: defaultdict(list))
    used: set[str] = field(default_factory=set)

    def take(self, kind: Kind) -> Parcel:
        """The next free parcel for such a file. Raises IndexError when there is none."""
        while (idu := self.free[kind].pop()) in self.used:
            pass
        self.used.add(idu)
        return self.parcels[idu]


@dataclass(slots=True)
class People:
    """Who instructs and who receives for a member."""

    member: Member
    instructor: User
    second: User
    town_halls: Mapping[str, User]


def seed_permits(make: Callable[[], Territory], seed: int, say: Say) -> bool:
    """Make the files where the demo's communes have none; returns whether they were made.

    Needs the owner's role, in a transaction.
    """
    if Permit.objects.filter(insee__startswith="459").exists():
        return False
    say("Chargement : autorisations d’urbanisme…")
    territory = make()
    communities = {commune.epci for commune in territory.communes}
    teams = {member.slug: people_of(member) for member in Member.objects.filter(slug__in=communities)}
    stories = stories_of(territory, seed, database_clock.today())
    permits = insert_files(stories, territory, teams)
    insert_parts(stories, permits)
    announce()
    return True


def stories_of(territory: Territory, seed: int, day: date) -> list[Story]:
    """Every story of the demo, by its day of filing."""
    stories = [*tell_stories(seed, day), *explaining(list_explained_parcels(territory), seed, day)]
    stories += changes(stories, seed, day)
    return sorted(stories, key=lambda story: story.filed)


# -- people -----------------------------------------------------------------------------------------------------------


def people_of(member: Member) -> People:
    """The demo's accounts at a member, with their teams and the member's settings made."""
    people = {role: User.objects.get(memberships__member=member, memberships__role=role) for role in (
        Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR, Role.TOWN_HALL)}  # fmt: skip
    instructor, second, mayor = people.values()
    Settings.objects.get_or_create(
        member=member, defaults={"applicant_roles": [Role.PERMIT_INSTRUCTOR, Role.TOWN_HALL]}
    )
    authorities_of(member)
    for name, members in (("Droit des sols", (instructor, second)), ("Certificats et déclarations", (instructor,))):
        team, _made = Team.objects.get_or_create(member=member, name=name)
        team.people.add(*members)
    halls = TownHall.objects.filter(membership__member=member).values_list("commune_id", flat=True)
    return People(member, instructor, second, dict.fromkeys(map(str, halls), mayor))


def authorities_of(member: Member) -> None:
    """The mayor of each commune decides on its files and signs; a deputy signs by delegation."""
    for rank, (insee, name) in enumerate(communes_of(member).items()):
        authority, made = Authority.objects.get_or_create(
            owner=member,
            insee=insee,
            defaults={
                "quality": Authority.Quality.MAYOR,
                "name": f"Commune de {name}",
                "address": f"Mairie\nPlace de la Mairie\n{name}",
                "place": name,
                "visas": "l’arrêté du maire du 6 juillet 2020 relatif aux autorisations d’urbanisme",
                "court": "tribunal administratif d’Orléans (28 rue de la Bretonnerie, 45057 Orléans Cedex 1)",
                "since_date": date(2020, 7, 3),
            },
        )
        if made:
            sign(authority, MAYORS[rank % len(MAYORS)], "Le maire" if rank % 2 else "La maire", "")
            sign(authority, DEPUTIES[rank % len(DEPUTIES)], "L’adjoint à l’urbanisme", DELEGATION)


def sign(authority: Authority, name: str, quality: str, delegation: str) -> None:
    first, _space, last = name.partition(" ")
    Signatory.objects.create(
        authority=authority,
        first_name=first,
        last_name=last,
        quality=quality,
        delegation=delegation,
        since_date=date(2020, 7, 3),
    )


def applicant(story: Story, chance: Random) -> Applicant:
    """Somebody who does not exist, at an address of mail and a telephone number that are given to nobody."""
    surname = chance.choice(SURNAMES)
    _title, names = chance.choice(FIRST_NAMES)
    person = f"{chance.choice(names).capitalize()} {surname}"
    company = story.kind in (Kind.PC, Kind.PA) and chance.random() < 0.7
    made = Applicant(
        name=chance.choice(COMPANIES) if company else person,
        address=f"{chance.randint(1, 99)} {chance.choice(STREETS)}, 45999 Commune de démonstration",
        email=f"{surname.lower()}.{chance.randint(1, 999)}@demo.invalid",
        phone=f"01 99 00 {chance.randint(0, 99):02d} {chance.randint(0, 99):02d}",
    )
    if hasattr(made, "search_text"):
        made.search_text = search_text(made.name)
    return made


# -- where ------------------------------------------------------------------------------------------------------------


def list_explained_parcels(territory: Territory) -> list[str]:
    """Parcels of the houses that stand on the photo of 2024, not on that of 2020, and that the plan knows."""
    built = {building.parcel_idu for building in territory.buildings}
    late = [one for one in territory.parcels if one.created_date > FLOWN_2020 and one.use in ("house", "hamlet")]
    return sorted(one.idu for one in late if one.idu in built)


def find_unexplained_ground(territory: Territory) -> set[str]:
    """The parcels of the buildings that no permit explains, and those that touch them."""
    parcels = territory.parcels
    idus = {building.parcel_idu for building in new_buildings_2024(territory)}
    tree = shapely.STRtree([one.geom for one in parcels])
    shapes = [one.geom for one in parcels if one.idu in idus]
    _shape, found = tree.query(shapes, predicate="dwithin", distance=APART_M)
    return {parcels[int(rank)].idu for rank in found}


def ground_of(territory: Territory, chance: Random) -> Ground:
    """Parcels by kind: what is built or not, farms and workshops, what lies open; none near what is unexplained."""
    ground = Ground({one.idu: one for one in territory.parcels})
    ground.used |= find_unexplained_ground(territory) | set(list_explained_parcels(territory))
    built = {building.parcel_idu for building in territory.buildings}
    for parcel in territory.parcels:
        for kind in kinds_for(parcel, parcel.idu in built):
            ground.free[kind].append(parcel.idu)
    for idus in ground.free.values():
        chance.shuffle(idus)
    return ground


def kinds_for(parcel: Parcel, built: bool) -> tuple[Kind, ...]:
    if parcel.use in BUILT_USES and built:
        return (Kind.DP, Kind.PD, Kind.CUA)
    if parcel.use == "house" and PLOT_M2[0] <= parcel.geom.area <= PLOT_M2[1]:
        return (Kind.PCMI, Kind.CUB)
    if parcel.use in WORK_USES:
        return (Kind.PC,)
    if parcel.use in OPEN_USES and LARGE_M2[0] <= parcel.geom.area <= LARGE_M2[1]:
        return (Kind.PA,)
    return ()


def place_of(parcel: Parcel, names: Mapping[str, tuple[str, str]]) -> str:
    postcode, name = names[parcel.insee]
    return f"{parcel.address}, {postcode} {name}" if parcel.address else f"{postcode} {name}"


# -- rows -------------------------------------------------------------------------------------------------------------


def insert_files(stories: Sequence[Story], territory: Territory, teams: Mapping[str, People]) -> list[Permit]:
    """The files with their numbers, parcels and what follows from their events; parents first."""
    chance = Random(f"permits {territory.seed}")
    ground = ground_of(territory, chance)
    names = {one.insee: (one.postcode, one.name) for one in territory.communes}
    epci = {one.insee: one.epci for one in territory.communes}
    plan_date = Layer.objects.filter(slug="parcels").values_list("source_date", flat=True).first()
    made: dict[int, Permit] = {}
    sequences: defaultdict[str, int] = defaultdict(int)
    for story in stories:
        if story.parent is not None:
            continue
        parcel = ground.parcels[story.explains] if story.explains else ground.take(story.kind)
        permit = Permit(insee=parcel.insee, idus=[parcel.idu], address=place_of(parcel, names), plan_date=plan_date)
        permit.number = next_number(story, parcel.insee, sequences)
        made[id(story)] = finish(permit, story, teams[epci[parcel.insee]], works(story, chance))
    put_on_ground(list(made.values()))
    Permit.objects.bulk_create(made.values())
    for story in stories:
        if story.parent is not None:
            made[id(story)] = change_of(story, made, teams, epci, chance)
    Permit.objects.bulk_create(one for one in made.values() if one.parent_id)
    return [made[id(story)] for story in stories]


def change_of(
    story: Story, made: Mapping[int, Permit], teams: Mapping[str, People], epci: Mapping[str, str], chance: Random
) -> Permit:
    """A modification or a transfer, on its parent's ground."""
    parent = made[id(story.parent)]
    permit = Permit(
        parent=parent,
        insee=parent.insee,
        idus=parent.idus,
        address=parent.address,
        plan_date=parent.plan_date,
        geom=parent.geom,
        number=f"{parent.number}{story.change}01",
    )
    words = TRANSFERRED if story.change == "T" else chance.choice(CHANGED)
    return finish(permit, story, teams[epci[permit.insee]], words)


def finish(permit: Permit, story: Story, people: People, words: str) -> Permit:
    """Everything else of a file, and the columns that follow from its events."""
    permit.owner, permit.kind, permit.filed_date, permit.description = people.member, story.kind, story.filed, words
    permit.silence_refuses = story.silence_refuses
    if story.instructed:
        permit.instructor = people.second if story.chance.random() < 0.3 else people.instructor
    permit.recorded_by = people.town_halls.get(permit.insee, permit.instructor or people.instructor)
    parent = permit.parent
    initials: dict[int, Initial] = {}
    if parent is not None and story.parent is not None:
        initials[parent.pk] = read_initial(parent, events_of(story.parent, parent), story.day)
    derive(permit, events_of(story, permit), story.day, initials)
    return permit


def next_number(story: Story, insee: str, sequences: defaultdict[str, int]) -> str:
    """Stories come by their day of filing, so numbers follow each other."""
    key = Number(LETTERS[story.kind], insee, f"{story.filed:%y}", "").packed
    sequences[key] += 1
    return f"{key}0{sequences[key]:04d}"


def works(story: Story, chance: Random) -> str:
    words = WORKS[story.kind] if not story.explains else WORKS[story.kind][:2]
    return chance.choice(words).format(
        small=chance.randint(8, 19), pool=chance.randint(18, 40), house=chance.randint(85, 160),
        large=chance.randint(12, 90) * 10, lots=chance.randint(2, 8), places=chance.randint(12, 40),
    )  # fmt: skip


def put_on_ground(permits: Sequence[Permit]) -> None:
    """The shape of each file's parcels, as filing takes it from the plan."""
    pairs = [(rank, idu) for rank, permit in enumerate(permits) for idu in permit.idus]
    for rank, ewkb in fetch_all(GEOMETRIES, [[rank for rank, _idu in pairs], [idu for _rank, idu in pairs]]):
        permits[rank].geom = as_multi(GEOSGeometry(memoryview(bytes(ewkb))))


def insert_parts(stories: Sequence[Story], permits: Sequence[Permit]) -> None:
    """Events, applicants, consultations."""
    events: list[Event] = []
    applicants: list[Applicant] = []
    consultations: list[Consultation] = []
    for story, permit in zip(stories, permits, strict=True):
        events += events_of(story, permit)
        person = applicant(story, story.chance)
        person.permit = permit
        applicants.append(person)
        consultations += consultations_of(story, permit)
    Event.objects.bulk_create(events)
    Applicant.objects.bulk_create(applicants)
    Consultation.objects.bulk_create(consultations)


def events_of(story: Story, permit: Permit) -> list[Event]:
    rows = []
    for one in sorted(story.happened, key=lambda one: one.on):
        by = permit.recorded_by if one.what in ("filed", "pieces_came") else permit.instructor or permit.recorded_by
        recorded = instant(one.on + timedelta(days=one.late))
        struck = instant(one.on + timedelta(days=2)) if one.struck else None
        rows.append(
            Event(
                permit=permit,
                what=one.what,
                on_date=one.on,
                detail=dict(one.detail),
                recorded_at=recorded,
                recorded_by=by,
                struck_at=struck,
                struck_by=by if struck else None,
                struck_reason=one.struck,
            )
        )
    return rows


def instant(day: date) -> datetime:
    """In the morning of a day in Paris, never in the future."""
    return min(datetime.combine(day, time(9, 30), PARIS), database_clock.now())


def consultations_of(story: Story, permit: Permit) -> Iterator[Consultation]:
    for one in story.consulted:
        rule = rule_for(Body(one.body), story.kind, story.filed, {Protection.SURROUNDINGS})
        if rule is None:
            raise LookupError(f"{one.body} {story.kind}")
        yield Consultation(
            permit=permit,
            body=one.body,
            name=BODIES[Consultation.Body(one.body)],
            email=f"{one.body}@demo.invalid",
            requested_date=one.on,
            months=rule.months,
            article=rule.article,
            uncertain=rule.uncertain,
            due_date=due_on(one.on, rule.months),
            silence=rule.silence,
            answered_date=one.answered,
            opinion=one.opinion,
            text=one.text,
            recorded_by=permit.instructor or permit.recorded_by,
        )
