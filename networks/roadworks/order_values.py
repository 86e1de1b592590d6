"""What the fields of an order hold for a request: its works, measures and detour in words, in French."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from gis_core.letters.document import format_day
from gis_core.letters.kinds import Value
from gis_core.letters.services import letterhead_of
from gis_core.letters.template import TO_COMPLETE
from gis_core.models import Commune
from layers.features.display import display_number
from networks.roadworks.french import at, between, of
from networks.roadworks.gauges import serves_lorries
from networks.roadworks.kinds import kind_of_order
from networks.roadworks.models import Work, WorkDetour, WorkOrder, WorkRequest
from networks.roadworks.services import stretches
from networks.roadworks.services.competence import Authority, competent
from networks.roadworks.services.keeping import sheet_of
from networks.roadworks.services.requests import locate_request
from networks.roadworks.services.works import describe_closed_direction

MEASURES: Final = {
    Work.Measure.CLOSED: "La circulation est interdite à tous les véhicules",
    Work.Measure.ONE_WAY: "La circulation est interdite dans un sens",
    Work.Measure.ALTERNATE: "La circulation se fait par alternat",
    Work.Measure.NARROWED: "La chaussée est rétrécie",
}
NO_PARKING: Final = (
    "Le stationnement est interdit et gênant au sens de l’article R.417-10 du code de la route ; les véhicules en"
    " infraction peuvent être mis en fourrière (articles L.325-1 à L.325-3)"
)
CGCT: Final = "le code général des collectivités territoriales, notamment"
ROADS: Final = "le code de la voirie routière, notamment"
TITLE_NEEDED: Final = "le code général de la propriété des personnes publiques, notamment son article L.2122-1"
TRAFFIC_POWERS: Final = {
    Authority.COMMUNE: f"{CGCT} ses articles L.2213-1 et L.2213-2",
    Authority.DEPARTEMENT: f"{CGCT} son article L.3221-4",
}
PARKING_POWERS: Final = TRAFFIC_POWERS | {Authority.COMMUNE: f"{CGCT} son article L.2213-6"}
KEEPER_POWERS: Final = {
    Authority.DEPARTEMENT: f"{CGCT} son article L.3221-4",
    Authority.EPCI: f"{ROADS} son article L.141-12",
}
UNKNOWN_POWER: Final = f"{TO_COMPLETE} : textes qui donnent compétence à l’autorité]"
STOPPING: Final = (Work.Measure.CLOSED, Work.Measure.ONE_WAY)
APPEALS: Final = (
    "La présente décision peut faire l’objet d’un recours devant le tribunal administratif"
    f" {TO_COMPLETE} : ville du tribunal] dans un délai de deux mois à compter de sa publication ou de sa notification"
    " (code de justice administrative, article R.421-1)."
)
SIGNS: Final = "livre I, huitième partie : signalisation temporaire"


def order_field_values(one: WorkRequest, code: str) -> dict[str, Value]:
    """What is known of a request; a field without a value is to be completed where a template names it."""
    work = one.work
    kind = kind_of_order(code, one.kind)
    competence = competent(locate_request(one), kind, one.owner)
    commune = Commune.objects.filter(insee=one.insee).values_list("name", flat=True).first() or one.insee
    with override("fr"):
        return {
            "demande": str(one.pk),
            "date_demande": format_day(one.received_date),
            "autorite": signs(competence.one, commune),
            "vu": texts(competence.one, kind),
            "lieu_travaux": (work and work.located) or one.place,
            "commune": commune,
            "a_commune": at(commune),
            "reperes": references(one),
            "travaux": one.description.rstrip(" ."),
            "periode": period(*((work.starts_on, work.ends_on) if work else (one.starts_on, one.ends_on))),
            "horaires": (work and work.hours) or "",
            "manifestation": bool(work and work.kind == Work.Kind.EVENT),
            "mesures": measures(work) if work else (),
            "deviation": describe_detours(work) if work else (),
            "emprise": space_taken(one),
            "entreprise": one.company,
            "demandeur_nom": one.applicant_name,
            "demandeur_adresse": one.applicant_address,
            **appeals_of(one),
        }


def references(one: WorkRequest) -> str:
    """Those of the works, kept or read on the numbered road that they follow; else those that were asked for."""
    stretch = ""
    if (work := one.work) is not None:
        stretch = between(work.start_reference or "", work.end_reference or "") or between(
            *stretches.references_along(work.geom)
        )
    return stretch or between(one.start_reference, one.end_reference)


def abrogation_values(one: WorkRequest, former: WorkOrder) -> dict[str, Value]:
    """Whoever signed the former order ends it, by the same texts."""
    return order_field_values(one, former.kind) | {
        "lieu_travaux": former.place,
        "arrete_abroge": former.number,
        "date_arrete_abroge": format_day(former.numbered_date),
        "objet_arrete_abroge": former.title,
    }


def signatory_of(given: Mapping[str, Value]) -> str:
    """Who signs, as far as it is known: a decision bears the name of a person (CRPA L.212-1)."""
    authority = str(given["autorite"])
    return authority if TO_COMPLETE in authority else f"{authority},\n{TO_COMPLETE} : prénom et nom]"


def signs(authority: Authority, commune: str) -> str:
    known = {
        Authority.COMMUNE: f"Le maire {of(commune)}",
        Authority.EPCI: "Le président de l’établissement public de coopération intercommunale",
        Authority.DEPARTEMENT: "Le président du conseil départemental",
        Authority.STATE: "Le préfet",
    }
    return known.get(authority, f"{TO_COMPLETE} : autorité qui signe]")


def texts(authority: Authority, kind: str) -> list[str]:
    """The texts that an order refers to: the law alone, nothing local; what gives the power comes first.

    The mayor grants what takes hold in the ground of communal roads as their keeper: by no article of the police.
    """
    match kind:
        case WorkRequest.Kind.TRAFFIC:
            return [
                TRAFFIC_POWERS.get(authority, UNKNOWN_POWER),
                "le code de la route, notamment ses articles R.411-8 et R.411-25",
                f"l’instruction interministérielle sur la signalisation routière ({SIGNS})",
            ]
        case WorkRequest.Kind.PARKING:
            return [PARKING_POWERS.get(authority, UNKNOWN_POWER), TITLE_NEEDED, f"{ROADS} son article L.113-2"]
        case WorkRequest.Kind.ALIGNMENT:
            return [f"{ROADS} ses articles L.112-1 et L.112-3"]
    articles = [TITLE_NEEDED, f"{ROADS} son article L.113-2"]
    if authority == Authority.COMMUNE:
        return articles
    return [KEEPER_POWERS.get(authority, UNKNOWN_POWER), *articles]


def period(first: date, last: date) -> str:
    """« le 2 mars 2026 », « du 2 mars 2026 au 6 mars 2026 »."""
    if first == last:
        return f"le {format_day(first)}"
    return f"du {format_day(first)} au {format_day(last)}"


def space_taken(one: WorkRequest) -> str:
    sizes = [f"{display_number(size, 1)} m" for size in (one.length_m, one.width_m) if size is not None]
    return " sur ".join(sizes)


def measures(work: Work) -> list[str]:
    sentences = [MEASURES[Work.Measure(work.measure)]] if work.measure in MEASURES else []
    if work.measure == Work.Measure.ONE_WAY:
        sentences[0] += f" : {describe_closed_direction(work) or f'{TO_COMPLETE} : lequel]'}"
    if work.speed_kmh:
        sentences.append(f"La vitesse est limitée à {work.speed_kmh} km/h")
    if work.no_parking:
        sentences.append(NO_PARKING)
    if work.no_overtaking:
        sentences.append("Le dépassement est interdit")
    return sentences


def describe_detours(work: Work) -> list[str]:
    """Class by class of vehicles. One that is to be computed again is not told: the order waits for it, and for the way
    of lorries where they may not pass and none leads them around.
    """
    kept = list(WorkDetour.objects.filter(work=work))
    follow = sorted((one for one in kept if not one.outdated), key=lambda one: serves_lorries(one.gauge or ""))
    sentences = [describe_detour(one) for one in follow]
    if len(sentences) < len(kept):
        sentences.append(f"{TO_COMPLETE} : déviation, les travaux ont changé depuis qu’elle a été calculée]")
    if work.measure in STOPPING and leaves_lorries(follow):
        sentences.append(f"{TO_COMPLETE} : itinéraire des poids lourds]")
    return sentences


def leaves_lorries(follow: Sequence[WorkDetour]) -> bool:
    """Whether lorries lack a way in a direction that others are led in."""
    led = {one.direction for one in follow}
    lorries = {one.direction for one in follow if serves_lorries(one.gauge or "")}
    both = _("both directions")
    if both in lorries:
        return False
    # Two ways, one for each direction, lead as far as one for both.
    return not led - {both} <= lorries or (both in led and len(lorries) < 2)


def describe_detour(one: WorkDetour) -> str:
    """« Tous véhicules, jusqu’à 44 t, vers l’est : prendre la D 2020 sur 1,2 km, puis la rue Haute sur 300 m »."""
    head = ", ".join(filter(None, (one.gauge, one.direction)))
    sheet = sheet_of(one).rstrip(".")
    sheet = sheet[:1].lower() + sheet[1:]
    return f"{head} : {sheet}" if head else sheet


def appeals_of(one: WorkRequest) -> dict[str, Value]:
    """The usual sentence where the letterhead says nothing; the court is that of the place."""
    if letterhead_of(one.owner).appeals:
        return {}
    return {"recours": APPEALS}
