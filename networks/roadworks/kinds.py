"""The orders and letters that answer requests for works on roads (`gis_core.letters`), with what a template may name.

They are in French; built-in words are in `letter_templates/` and name nobody: a published order is read by everybody.
"""

from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gis_core.letters.kinds import Field, Holds, LetterKind
from gis_core.members.rights import Role
from networks.roadworks.models import WorkRequest

ABOUT, SERIES = "road-request", "VOI"
FOLDER: Final = Path(__file__).parent / "letter_templates"
PERMISSION, PARKING, TRAFFIC, REFUSAL = "road-permission", "road-parking", "road-traffic", "road-refusal"
ALIGNMENT, ABROGATION = "road-alignment", "road-abrogation"
ORDERS: Final = (PERMISSION, PARKING, TRAFFIC, ABROGATION)
"""What is published once it is numbered."""
ANSWERS: Final = (*ORDERS, ALIGNMENT)
"""What gives what was asked, and somebody signs; an alignment goes to the owner of the land alone."""
USUAL: Final = {
    WorkRequest.Kind.PERMISSION: PERMISSION,
    WorkRequest.Kind.PARKING: PARKING,
    WorkRequest.Kind.ALIGNMENT: ALIGNMENT,
    WorkRequest.Kind.TRAFFIC: TRAFFIC,
}
"""The order that answers each request."""


def kind_of_order(code: str, requested: str) -> str:
    """What a letter decides on, whatever the request asked: works under a road have a traffic order, too."""
    return next((kind for kind, order in USUAL.items() if order == code), requested)


FIELDS: Final = (
    Field("demande", _("number of the request"), "12"),
    Field("date_demande", _("day when it was received"), "5 janvier 2026"),
    Field("autorite", _("who signs"), "Le maire de Lorris"),
    Field(
        "vu",
        _("texts that give the power"),
        ("le code général des collectivités territoriales, notamment ses articles L.2213-1 et L.2213-2",),
        Holds.LIST,
    ),
    Field("lieu_travaux", _("place"), "rue des Essais"),
    Field("commune", _("commune"), "Lorris"),
    Field("a_commune", _("commune after “à”: à Lorris, au Bignon, aux Choux"), "à Lorris"),
    Field("reperes", _("references on the numbered road"), "D 44 PR 12+350 à D 44 PR 12+480"),
    Field("travaux", _("works"), "Renouvellement d’une conduite d’eau potable"),
    Field("periode", _("days"), "du 2 mars 2026 au 6 mars 2026"),
    Field("horaires", _("hours"), "de 8 h à 17 h"),
    Field("manifestation", _("these are no works but an event"), False, Holds.FLAG),
    Field("mesures", _("measures"), ("La circulation est interdite à tous les véhicules",), Holds.LIST),
    Field("deviation", _("detour, a line for each direction"), ("Vers l’est : D 2020 sur 1,2 km",), Holds.LIST),
    Field("emprise", _("length and width taken"), "20 m sur 2,5 m"),
    Field("entreprise", _("company that carries out the works"), "Travaux publics du Lys"),
    Field("demandeur_nom", _("name of the applicant"), "Jeanne Exemple"),
    Field("demandeur_adresse", _("address of the applicant"), "1 rue des Lilas\n45260 Lorris"),
)


ABROGATED: Final = (
    Field("arrete_abroge", _("number of the order that is abrogated"), "VOI-2026-000012"),
    Field("date_arrete_abroge", _("day of the order that is abrogated"), "2 mars 2026"),
    Field("objet_arrete_abroge", _("subject of the order that is abrogated"), "Arrêté réglementant la circulation"),
)


def kind(code: str, name: Any, file: str, fields: tuple[Field, ...] = FIELDS) -> LetterKind:
    """A kind with its built-in template: the first line of the file is the subject."""
    title, _line, body = (FOLDER / f"{file}.txt").read_text().partition("\n")
    return LetterKind(
        code=code,
        name=name,
        group=_("Orders on roads"),
        series=SERIES,
        fields=fields,
        title=title,
        body=body.strip(),
        editors=frozenset({Role.NETWORK_TECHNICIAN}),
        nominative=True,
    )


KINDS: Final = (
    kind(PERMISSION, _("Permission de voirie"), "permission-voirie"),
    kind(PARKING, _("Permis de stationnement"), "permis-stationnement"),
    kind(TRAFFIC, _("Traffic order"), "arrete-circulation"),
    kind(ALIGNMENT, _("Individual alignment"), "arrete-alignement"),
    kind(REFUSAL, _("Refusal of a request"), "refus"),
    kind(ABROGATION, _("Order of abrogation"), "abrogation", FIELDS + ABROGATED),
)
BEGUN_ALONE: Final = tuple(one for one in KINDS if one.code != ABROGATION)
"""What is begun from a request; an abrogation is begun from the order that it ends."""
