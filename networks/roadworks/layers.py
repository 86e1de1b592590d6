"""The layer of works: everybody sees those that are announced, each member's people change theirs."""

from datetime import date, timedelta
from typing import Any

from gis_core.database import clock as database_clock
from layers.cadastre.layers import symbol
from layers.catalogue.columns import code_column, column
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration
from networks.roads.layers import EDITORS, ROADS
from networks.roadworks.models import Work

KINDS = {
    "road": ("Travaux de voirie", "Works on the road"),
    "water": ("Travaux d’eau potable", "Works on drinking water"),
    "sewer": ("Travaux d’assainissement", "Works on sewers"),
    "network": ("Travaux d’un autre réseau", "Works on another network"),
    "building": ("Travaux sur un bâtiment", "Works on a building"),
    "event": ("Manifestation", "Event"),
}
MEASURES = {
    "closed": ("Route barrée", "Road closed"),
    "one_way": ("Un sens fermé", "One direction closed"),
    "alternate": ("Circulation alternée", "Alternating traffic"),
    "narrowed": ("Chaussée rétrécie", "Lane narrowed"),
    "none": ("Circulation maintenue", "Traffic goes on"),
}
WAYS = {
    "forward": ("Du début vers la fin du tracé", "From the beginning to the end of the line"),
    "backward": ("De la fin vers le début du tracé", "From the end to the beginning of the line"),
}
STATES = {
    "draft": ("Brouillon", "Draft"),
    "planned": ("Prévu", "Planned"),
    "cancelled": ("Annulé", "Cancelled"),
}
AGO = timedelta(days=30)
"""How long works that are over stay on the map, pale; then the calendar knows them."""
COLOURS = {
    "closed": "#b0353b",
    "one_way": "#b4501e",
    "alternate": "#8a6400",
    "narrowed": "#1f6fb2",
    "none": "#59636b",
}
DASHES: dict[str, list[int] | None] = {"one_way": [10, 4], "alternate": [6, 4], "narrowed": [2, 4]}
CANCELLED: dict[str, Any] = {"stroke": "#8d8d8d", "stroke_width": 2, "dash": [2, 6]}
DRAFT: dict[str, Any] = {"stroke": "#7a5195", "stroke_width": 3, "dash": [1, 5]}
WIDTHS = {"closed": 6, "one_way": 5, "alternate": 5, "narrowed": 5, "none": 4}


def columns() -> list[dict[str, Any]]:
    """All but the internal remark: roles of a column are those at any member, and works of all are in one layer."""
    return [
        column("reference", "Référence", "Reference", in_tiles=True, maximum_length=30, read_only=True),
        column("title", "Titre", "Title", in_tiles=True, required=True, maximum_length=120),
        code_column("kind", "Nature", "Kind", KINDS, in_tiles=True, default="road"),
        code_column("state", "État", "State", STATES, in_tiles=True, default="draft"),
        column("starts_on", "Premier jour", "First day", "date", in_tiles=True, required=True),
        column("ends_on", "Dernier jour", "Last day", "date", in_tiles=True, required=True),
        column("hours", "Heures", "Hours", maximum_length=60),
        code_column("measure", "Circulation", "Traffic", MEASURES, in_tiles=True, default="none"),
        code_column("closed_way", "Sens fermé", "Closed direction", WAYS),
        column("speed_kmh", "Vitesse limitée à", "Speed limit", "integer", unit="km/h", minimum=5, maximum=130),
        column("no_parking", "Stationnement interdit", "No parking", "boolean"),
        column("no_overtaking", "Dépassement interdit", "No overtaking", "boolean"),
        column("new_surface", "Revêtement neuf à la fin", "New surface at the end", "boolean"),
        column("place", "Lieu", "Place", maximum_length=200),
        column("description", "Ce qui est dit au public", "What everybody is told", maximum_length=1000),
    ]


def legend_on(day: date) -> list[dict[str, Any]]:
    """Current works by what traffic meets, coming ones thinner, those just over pale; older ones are not drawn.

    The day is written in it: `networks.roadworks.services.legends` has it follow the days.
    """
    now, since = day.isoformat(), (day - AGO).isoformat()
    open_yet: dict[str, Any] = {"ends_on": {"from": now}}
    current: dict[str, Any] = {"state": "planned", "starts_on": {"to": now}} | open_yet
    coming: dict[str, Any] = {"state": "planned", "starts_on": {"above": now}}
    closing = {"measure": {"in": ["closed", "one_way"]}}
    return [
        *(
            symbol(*MEASURES[code], "line", where={"measure": code} | current, stroke=COLOURS[code],
                   stroke_width=WIDTHS[code], dash=DASHES.get(code))
            for code in MEASURES
        ),
        symbol("À venir, route ou sens fermé", "Coming, road or direction closed", "line", where=coming | closing,
               stroke="#c8686d", stroke_width=3),
        symbol("À venir, sans fermeture", "Coming, nothing closed", "line", where=coming, stroke="#5b8ad0",
               stroke_width=3),
        symbol("Terminé depuis moins de 30 jours", "Over for less than 30 days", "line",
               where={"state": "planned", "ends_on": {"from": since, "below": now}}, stroke="#d6b3bd", stroke_width=2),
        symbol("Brouillon", "Draft", "line", where={"state": "draft"} | open_yet, **DRAFT),
        symbol("Annulé", "Cancelled", "line", where={"state": "cancelled"} | open_yet, **CANCELLED),
    ]  # fmt: skip


def declaration() -> LayerDeclaration:
    return LayerDeclaration(
        slug="works",
        title="Travaux et manifestations",
        title_en="Works and events",
        order=5,
        table=Work._meta.db_table,
        geometry_type=Layer.Geometry.LINE,
        title_field="title",
        key_column="reference",
        columns=columns(),
        legend=lambda: legend_on(database_clock.today()),
        abstract="Travaux et manifestations sur la voirie, avec leurs jours et ce que la circulation rencontre.",
        min_zoom=9,
        rows=Layer.Rows.OWNER,
        theme=ROADS,
        attribution="Service des routes",
        visible_at_first=False,
        editor_roles=EDITORS,
    )
