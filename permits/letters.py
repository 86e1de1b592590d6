"""The letters of planning applications: their kinds, with what a template may name, and the values of a file.

Letters are in French; the built-in templates (`letter_templates/`) say of the law what has a source there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from gis_core.database import clock as database_clock
from gis_core.french import at_commune
from gis_core.letters.document import format_day
from gis_core.letters.kinds import Field, Holds, LetterKind, Value
from gis_core.members.rights import Role
from layers.features.display import display_number, with_unit
from permits import labels
from permits.deadlines import clock, law
from permits.deadlines import events as legal
from permits.deadlines.law import Ground, Kind
from permits.models import Consultation, Event, Permit
from permits.numbers import format_number, format_parcel
from permits.procedure import What
from permits.services.applicants import Person
from permits.services.figures import destinations, figures_of, format_area
from permits.services.reading import legal_events, legal_file, timeline_with_notice

ABOUT, SERIES = "permit", "ADS"
FOLDER = Path(__file__).parent / "letter_templates"
ACKNOWLEDGEMENT, MISSING_DOCUMENTS, LONGER, CONSULTATION = (
    "permit-receipt",
    "permit-pieces",
    "permit-longer",
    "permit-consultation",
)
POSTED = "permit-posted"
GRANTED, GRANTED_WITH, REFUSED = "permit-granted", "permit-granted-with", "permit-refused"
RECORDED = {
    MISSING_DOCUMENTS: What.DOCUMENTS_REQUESTED,
    LONGER: What.LONGER_NOTIFIED,
}
"""The event that is recorded when such a letter was notified."""
IN_THE_FIRST_MONTH = (MISSING_DOCUMENTS, LONGER)

FILE = (
    Field("numero", _("number of the file"), "PC 045 187 26 A0012"),
    Field("nature", _("what is asked for"), "Permis de construire, maison individuelle (PCMI)"),
    Field("certificat", _("whether it is a planning certificate"), False, Holds.FLAG),
    Field("declaration", _("whether it is a prior declaration"), False, Holds.FLAG),
    Field("commune", _("commune"), "Lorris"),
    Field("a_commune", _("commune after “à”: à Lorris, au Bignon, aux Choux"), "à Lorris"),
    Field("parcelles", _("parcels"), "AB 12, AB 13"),
    Field("adresse_terrain", _("address of the ground"), "12 rue des Essais"),
    Field("travaux", _("works"), "Construction d’une maison individuelle et d’un garage"),
    Field("date_depot", _("day of filing"), "5 janvier 2026"),
    Field("date_limite", _("last day for the decision"), "5 mars 2026"),
    Field("date_notification", _("last day for notices"), "5 février 2026"),
    Field("delai_mois", _("usual delay, in months"), "2"),
    Field("article_delai", _("article of the usual delay"), "R.423-23 b"),
    Field("silence", _("what no answer means"), "permis tacite (article R.424-1)"),
    Field("instructeur", _("instructor"), "Camille Instructrice"),
    Field("surface_avant", _("floor area before the works"), "120 m²"),
    Field("surface_creee", _("floor area created"), "42,5 m²"),
    Field("surface_supprimee", _("floor area removed"), "0 m²"),
    Field("surface_apres", _("floor area after the works"), "162,5 m²"),
    Field("emprise_creee", _("emprise created"), "48 m²"),
    Field("hauteur", _("greatest height"), "7,2 m"),
    Field("logements", _("dwellings created"), "1"),
    Field("destinations", _("destinations after the works"), ("Logement",), Holds.LIST),
)
APPLICANT = (
    Field("demandeur_nom", _("name of the applicant"), "Jeanne Exemple"),
    Field("demandeur_adresse", _("address of the applicant"), "1 rue des Lilas\n45260 Lorris"),
    Field("demandeur_siret", _("SIRET of the applicant"), "123 456 789 00013"),
    Field("mandataire", _("representative of the applicant"), "Étude Fictive"),
    Field("architecte", _("architect"), "Atelier Fictif"),
    Field("architecte_numero", _("number at the order of architects"), "S12345"),
)
MISSING = (
    Field(
        "pieces_manquantes",
        _("missing pieces"),
        ("Plan de masse coté (PCMI 2)", "Notice décrivant le terrain (PCMI 4)"),
        Holds.LIST,
    ),
    Field("mois_pour_completer", _("months to send the pieces"), "3"),
    Field("delai_en_cours", _("delay as it stands, in months"), "3"),
    Field("rejet", _("what happens without the pieces"), "votre demande fera l’objet d’une décision tacite de rejet"),
)
ANNOUNCED = (
    Field("delai_porte", _("longer delay that was notified, in months"), "4"),
    Field("motifs_portes", _("why it was notified, with the articles"),
          ("Participation du public (R.423-24)",), Holds.LIST),
    Field("motifs_possibles", _("why the delay may be longer, with the articles"),
          ("Abords d’un monument (R.423-24)",), Holds.LIST),
    Field("delai_possible", _("longer delay that may be notified, in months"), "3"),
    Field("date_limite_possible", _("last day for the decision with it"), "5 avril 2026"),
)  # fmt: skip
LENGTHENED = (
    Field(
        "majorations", _("why the delay is longer, with the articles"), ("Abords d’un monument (R.423-24)",), Holds.LIST
    ),
    Field("delai_majore", _("the longer delay, in months"), "3"),
    Field("date_limite_majoree", _("last day for the decision with it"), "5 avril 2026"),
)
DECIDED = (
    Field("accord", _("title of an act that grants"), "accordant le permis de construire"),
    Field("accorde", _("words of an act that grants"), "Le permis de construire PC 045 187 26 A0012 est accordé"),
    Field("refus", _("title of an act that refuses"), "refusant le permis de construire"),
    Field("refuse", _("words of an act that refuses"), "Le permis de construire PC 045 187 26 A0012 est refusé"),
    Field("avis", _("opinions received"), ("Service d’incendie (SDIS) : favorable, le 2 février 2026",), Holds.LIST),
)
FORM_FIELDS = (
    Field("organisme", _("who is consulted"), "Service d’incendie (SDIS)"),
    Field("motifs", _("why it is consulted"), ("Servitude PT2 sur la parcelle AB 12",), Holds.LIST),
    Field("date_reponse", _("last day to answer"), "5 février 2026"),
    Field("silence_avis", _("opinion without an answer"), "favorable"),
)

POSTINGS_MADE = (
    Field(
        "affichages",
        _("postings at the town hall, with their days"),
        ("l’avis de dépôt de la demande (article R.423-6), du 7 janvier 2026 au 5 mars 2026",),
        Holds.LIST,
    ),
    Field("affichage_en_cours", _("whether a posting has no last day yet"), False, Holds.FLAG),
)
POSTING_LABELS = {
    What.FILING_POSTED: "l’avis de dépôt (article R.423-6 du code de l’urbanisme)",
    What.POSTED_AT_TOWN_HALL: "un extrait de la décision (article R.424-15 du code de l’urbanisme)",
}


def letter_kind(
    code: str, name: Any, file: str, *more: tuple[Field, ...], nominative: bool = True, **options: Any
) -> LetterKind:
    """A kind with its built-in template: the first line of the file is the subject."""
    title, _line, body = (FOLDER / f"{file}.txt").read_text().partition("\n")
    return LetterKind(
        code=code,
        name=name,
        group=_("Planning applications"),
        series=SERIES,
        fields=sum(more, FILE + (APPLICANT if nominative else ())),
        title=title,
        body=body.strip(),
        editors=frozenset({Role.PERMIT_INSTRUCTOR}),
        nominative=nominative,
        **options,
    )


KINDS = (
    letter_kind(ACKNOWLEDGEMENT, _("Receipt of filing"), "receipt", ANNOUNCED),
    letter_kind(MISSING_DOCUMENTS, _("Missing pieces"), "pieces", MISSING),
    letter_kind(LONGER, _("Longer delay"), "longer", LENGTHENED),
    letter_kind(CONSULTATION, _("Request for an opinion"), "consultation", FORM_FIELDS, nominative=False),
)
"""Those that decide nothing; acts are in `permits.acts.kinds`."""

GROUNDS: Mapping[Ground, Any] = {
    Ground.OTHER_REGIME: "Autorisation ou prescriptions au titre d’un autre régime",
    Ground.DEROGATION: "Dérogation aux règles du plan local d’urbanisme (L.152-4, L.152-6)",
    Ground.PROTECTED_SURROUNDINGS: "Site patrimonial remarquable ou abords d’un monument historique",
    Ground.FARMLAND_COMMISSION: "Avis de la commission de préservation des espaces agricoles (CDPENAF)",
    Ground.PUBLIC_PARTICIPATION: "Participation du public",
    Ground.COMMISSION: "Consultation d’une commission départementale ou régionale",
    Ground.AGRICULTURE_MINISTER: "Avis du ministre chargé de l’agriculture",
    Ground.RURAL_DEROGATION: "Dérogation L.111-3",
    Ground.BUILDING_CODE_DEROGATION: "Dérogation au code de la construction et de l’habitation",
    Ground.COMMERCIAL_OPERATION: "Autorisation d’exploitation commerciale",
    Ground.ELECTRONIC_PARTICIPATION: "Participation du public par voie électronique",
    Ground.REGISTERED_MONUMENT: "Immeuble inscrit au titre des monuments historiques",
    Ground.PUBLIC_BUILDING: "Établissement recevant du public",
    Ground.TALL_BUILDING: "Immeuble de grande hauteur",
    Ground.PUBLIC_INQUIRY: "Enquête publique",
}
"""Why a delay is longer, as the letter says it and its form offers it; others are called as on the page of the file."""
OPINIONS = {
    legal.Opinion.FAVOURABLE: "favorable",
    legal.Opinion.WITH_PRESCRIPTIONS: "favorable avec prescriptions",
    legal.Opinion.UNFAVOURABLE: "défavorable",
}
LENGTHENS = (clock.What.LONGER, clock.What.PROLONGED, clock.What.BY_HAND)
ACTS = {
    Kind.PC: "permis de construire",
    Kind.PCMI: "permis de construire",
    Kind.PA: "permis d’aménager",
    Kind.PD: "permis de démolir",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRequest:
    """What the instructor says of the letter to begin: pieces, why the delay is longer, which consultation.

    `possible` are the grounds on which a longer delay may still be notified. Of an act: who signs, the reasons, and
    which prescriptions of opinions are carried over (None: all).
    """

    documents: Sequence[str] = ()
    grounds: Sequence[Ground] = ()
    possible: Sequence[Ground] = ()
    consultation: Consultation | None = None
    signatory: int | None = None
    reasons: Sequence[str] = ()
    prescriptions: Sequence[str] | None = None


def letter_field_values(permit: Permit, request: LetterRequest, applicant: Person | None) -> dict[str, Value]:
    """What the fields of every kind hold for a file; a field without a value is empty."""
    rows = list(Event.objects.filter(permit=permit).current().order_by("id"))
    what = Kind(permit.kind)
    commune = permit.commune_label
    values: dict[str, Value] = {
        "numero": format_number(permit.number),
        "certificat": what.certifies,
        "declaration": what is Kind.DP,
        "commune": commune,
        "a_commune": at_commune(commune),
        "parcelles": ", ".join(format_parcel(idu) for idu in permit.idus),
        "adresse_terrain": permit.address,
        "travaux": permit.description,
        "date_depot": format_day(permit.filed_date),
        "date_limite": day_or_nothing(permit.due_date),
        "date_notification": day_or_nothing(permit.notify_by_date),
        "instructeur": str(permit.instructor or ""),
        "pieces_manquantes": request.documents or detail_of(rows, What.DOCUMENTS_REQUESTED, "pieces"),
        "rejet": "une opposition tacite à votre déclaration en résultera"
        if what is Kind.DP
        else "votre demande fera l’objet d’une décision tacite de rejet",
        "avis": [describe_opinion(one) for one in permit.consultations.exclude(opinion="")],
    }
    with override("fr"):
        values["nature"] = permit.get_kind_display()
    return (
        values
        | acts_of(what, format_number(permit.number))
        | delays_of(permit, request, rows)
        | consultation_values(request.consultation)
        | posting_values(rows)
        | applicant_values(applicant)
        | figure_values(permit)
    )


def applicant_values(person: Person | None) -> dict[str, Value]:
    """What the form (Cerfa) says of who applies; nothing in a letter that names nobody."""
    if person is None:
        return {"demandeur_nom": "", "demandeur_adresse": ""}
    return {
        "demandeur_nom": person.name,
        "demandeur_adresse": person.address,
        "demandeur_siret": format_siret(person.siret),
        "mandataire": person.agent,
        "architecte": person.architect,
        "architecte_numero": person.architect_number,
    }


def format_siret(siret: str) -> str:
    """« 123 456 789 00013 »."""
    return " ".join(filter(None, (siret[:3], siret[3:6], siret[6:9], siret[9:])))


AREA_FIELDS = {
    "surface_avant": "floor_before_m2",
    "surface_creee": "floor_created_m2",
    "surface_supprimee": "floor_removed_m2",
    "surface_apres": "floor_after_m2",
    "emprise_creee": "emprise_created_m2",
}
FIGURE_FIELDS = (*AREA_FIELDS, "hauteur", "logements", "destinations")


def figure_values(permit: Permit) -> dict[str, Value]:
    """What the form (Cerfa) says in figures; a field of which it says nothing is empty."""
    figures = figures_of(permit)
    with override("fr"):
        names = destinations()
        values: dict[str, Value] = {
            field: format_area(area) if (area := getattr(figures, name)) is not None else ""
            for field, name in AREA_FIELDS.items()
        }
        values["hauteur"] = "" if figures.height_m is None else with_unit(display_number(float(figures.height_m)), "m")
        values["logements"] = "" if figures.dwellings is None else display_number(figures.dwellings, 0)
    return values | {"destinations": [names.get(code, code) for code in figures.destinations]}


def posting_values(rows: Sequence[Event]) -> dict[str, Value]:
    """What was posted at the town hall from which day to which, and whether one of them is still posted."""
    posted = [row for row in rows if row.what in POSTING_LABELS]
    return {
        "affichages": [describe_posting(row) for row in posted if row.detail.get("posted_until")],
        "affichage_en_cours": any(not row.detail.get("posted_until") for row in posted),
    }


def describe_posting(row: Event) -> str:
    """« l’avis de dépôt (article R.423-6 du code de l’urbanisme), du 7 janvier 2026 au 5 mars 2026 »."""
    until = date.fromisoformat(row.detail["posted_until"])
    return f"{POSTING_LABELS[What(row.what)]}, du {format_day(row.on_date)} au {format_day(until)}"


def acts_of(what: Kind, number: str) -> dict[str, Value]:
    """How the act of each nature is called, and what it says."""
    if what is Kind.DP:
        return {
            "accord": "de non-opposition à la déclaration préalable",
            "accorde": f"Il n’est pas fait opposition à la déclaration préalable {number}",
            "refus": "d’opposition à la déclaration préalable",
            "refuse": f"Il est fait opposition à la déclaration préalable {number}",
        }
    if what.certifies:
        return {
            "accord": "délivrant le certificat d’urbanisme",
            "accorde": f"Le certificat d’urbanisme {number} est délivré",
        }
    act = ACTS[what]
    return {
        "accord": f"accordant le {act}",
        "accorde": f"Le {act} {number} est accordé",
        "refus": f"refusant le {act}",
        "refuse": f"Le {act} {number} est refusé",
    }


def delays_of(permit: Permit, request: LetterRequest, rows: Sequence[Event]) -> dict[str, Value]:
    """The usual delay, the longer one that a notice received today would make, what silence means."""
    filed, what = permit.filed_date, Kind(permit.kind)
    events = legal_events(rows)
    grounds = request.grounds or [Ground(one) for one in detail_of(rows, What.LONGER_NOTIFIED, "grounds")]
    timeline = clock.read_or_none(legal_file(permit), events, database_clock.today())
    usual = next(law.rules_of(law.Effect.USUAL, what, filed), None)
    if timeline is None or usual is None:
        return {}
    values: dict[str, Value] = {
        "delai_mois": str(usual.months),
        "delai_en_cours": str(timeline.months or usual.months),
        "article_delai": usual.article,
        "mois_pour_completer": str(law.the("answer_months", filed).months),
        "silence": describe_silence(permit, timeline),
    }
    values |= delay_values(permit, request, rows, timeline, usual)
    if grounds:
        then = timeline_with_notice(permit, rows, grounds)
        values["majorations"] = [describe_ground(one, what, filed) for one in grounds]
        if then is not None:
            values |= {"delai_majore": str(then.months or ""), "date_limite_majoree": day_or_nothing(then.due_on)}
    return values


def delay_values(
    permit: Permit, request: LetterRequest, rows: Sequence[Event], timeline: clock.Timeline, usual: law.Rule
) -> dict[str, Value]:
    """The longer delay that holds already, and the one that may be notified, where they are longer."""
    what, filed = Kind(permit.kind), permit.filed_date
    now = timeline.months or usual.months
    values: dict[str, Value] = {}
    if now > usual.months:
        effective = {one.event for one in timeline.steps if one.what in LENGTHENS and one.effective}
        notices = [row.detail for row in rows if str(row.pk) in effective]
        names = dict.fromkeys(name for detail in notices for name in detail.get("grounds", ()))
        by_hand = [f"{detail['reason']} ({detail['article']})" for detail in notices if "article" in detail]
        values["delai_porte"] = str(now)
        values["motifs_portes"] = [*(describe_ground(Ground(name), what, filed) for name in names), *by_hand]
    then = timeline_with_notice(permit, rows, request.possible) if request.possible else None
    if then is not None and then.months is not None and then.months > now:
        values["delai_possible"] = str(then.months)
        values["date_limite_possible"] = day_or_nothing(then.due_on)
        values["motifs_possibles"] = [describe_ground(one, what, filed) for one in request.possible]
    return values


def consultation_values(consultation: Consultation | None) -> dict[str, Value]:
    if consultation is None:
        return {}
    silence = OPINIONS.get(legal.Opinion(consultation.silence)) if consultation.silence else ""
    article = f" (article {consultation.article})" if consultation.article else ""
    return {
        "organisme": body_label(consultation),
        "motifs": [describe_reason(one) for one in consultation.reason],
        "date_reponse": format_day(consultation.due_date),
        "silence_avis": f"{silence}{article}" if silence else "",
    }


# -- in words ---------------------------------------------------------------------------------------------------------


def day_or_nothing(day: date | None) -> str:
    return format_day(day) if day else ""


def detail_of(rows: Sequence[Event], what: What, name: str) -> list[str]:
    """What the last event of its kind says."""
    return next((list(row.detail[name]) for row in reversed(rows) if row.what == what), [])


def describe_ground(ground: Ground, what: Kind, filed: date) -> str:
    effects = (law.Effect.MORE, law.Effect.WHOLE, law.Effect.AFTER_REPORT)
    articles = [
        rule.article for effect in effects for rule in law.rules_of(effect, what, filed) if ground in rule.grounds
    ]
    with override("fr"):
        name = str(GROUNDS.get(ground) or labels.GROUNDS[ground])
    return f"{name} ({', '.join(articles)})" if articles else name


def describe_silence(permit: Permit, timeline: clock.Timeline) -> str:
    what = Kind(permit.kind)
    if what.certifies:
        return "certificat tacite, qui n’a que les effets d’un certificat d’information (article R.410-12)"
    if timeline.silence == legal.Outcome.REFUSED:
        return f"refus implicite (article {'R.424-2' if permit.silence_refuses else 'R.424-3'})"
    meaning = "décision tacite de non-opposition" if what is Kind.DP else "permis tacite"
    return f"{meaning} (article R.424-1)"


def body_label(consultation: Consultation) -> str:
    with override("fr"):
        return consultation.name or str(consultation.get_body_display())


def describe_reason(reason: Any) -> str:
    """A reason as the suggestion of the consultation keeps it: a text, or something with a title."""
    return str(reason.get("title") or reason.get("label") or "") if isinstance(reason, dict) else str(reason)


def describe_opinion(consultation: Consultation) -> str:
    when = f", le {format_day(consultation.answered_date)}" if consultation.answered_date else ""
    return f"{body_label(consultation)} : {OPINIONS[legal.Opinion(consultation.opinion)]}{when}"
