"""The layer of planning applications, by state; each member's people see their own files on it."""

from typing import Final

from gis_core.codes import code_list
from layers.cadastre.layers import column, symbol
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from permits.models import Permit

SLUG = "permits"
SEEN_FROM: Final = 11.8
"""The zoom of the map from which applications are counted."""
THEME = ThemeDeclaration(
    slug="autorisations", title="Autorisations d’urbanisme", title_en="Planning applications", order=22
)
KINDS: Final = code_list("permits", "kinds")
# State, French, English, colour of the fill, pattern of the outline: never the colour alone.
STATES: tuple[tuple[str, str, str, str, list[int] | None], ...] = (
    ("received", "Déposé", "Received", "#f2c14e", [2, 2]),
    ("incomplete", "Incomplet", "Incomplete", "#e07b39", [6, 3]),
    ("instruction", "En instruction", "Under instruction", "#2f7fb8", None),
    ("granted", "Accordé", "Granted", "#3f8f52", None),
    ("works", "Chantier ouvert", "Works begun", "#1f6b5a", [8, 3, 2, 3]),
    ("finished", "Achevé", "Finished", "#6b8f71", None),
    ("refused", "Refusé", "Refused", "#b0353b", [2, 4]),
    ("rejected", "Rejeté, pièces manquantes", "Rejected, pieces missing", "#8c5a5a", [2, 4]),
    ("withdrawn", "Retiré par le demandeur", "Withdrawn", "#8b8f8a", [2, 6]),
    ("expired", "Périmé", "Expired", "#6f6a75", [2, 6]),
    ("deferred", "Sursis à statuer", "Decision put off", "#a8742a", [6, 3, 2, 3]),
    ("inadmissible", "Irrecevable", "Inadmissible", "#7a5f4a", [2, 4]),
    ("revoked", "Décision retirée", "Decision withdrawn", "#a0407a", [6, 2]),
    ("annulled", "Annulé par le juge", "Annulled by the court", "#6d3f8c", [6, 2]),
)


def declaration() -> LayerDeclaration:
    labels = {state: [french, english] for state, french, english, _colour, _dash in STATES}
    return LayerDeclaration(
        slug=SLUG,
        title="Autorisations d’urbanisme",
        title_en="Planning applications",
        theme=THEME,
        order=10,
        table=Permit._meta.db_table,
        rows=Layer.Rows.OWNER,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="number",
        columns=[
            column("number", "Numéro", "Number"),
            column("kind", "Nature", "Kind", values=KINDS),
            column("state", "État", "State", values=labels),
            column("tacit", "Tacite", "Tacit", "boolean", tiles=False),
            column("filed_date", "Déposé le", "Filed on", "date"),
            column("next_date", "Prochaine échéance", "Next deadline", "date", tiles=False),
            column("due_date", "Décision avant la fin du", "Decision until", "date", tiles=False),
            column("ended_date", "Terminé le", "Ended on", "date", tiles=False),
            column("valid_until_date", "Valable jusqu’au", "Valid until", "date", tiles=False),
            column("insee", "Code INSEE", "INSEE code", tiles=False),
        ],
        legend=[
            symbol(
                french,
                english,
                "fill",
                where={"state": state},
                fill=f"{colour}73",
                stroke=colour,
                stroke_width=2,
                dash=dash,
            )
            for state, french, english, colour, dash in STATES
        ],
        labels={"column": "number", "size": 12, "from_scale": 5_000},
        abstract="Dossiers d’autorisation d’urbanisme par état, sur leurs parcelles à la date du dépôt.",
        attribution="Registre des autorisations d’urbanisme",
        visibility=Layer.Visibility.SIGNED_IN,
        visible_at_first=False,
        min_zoom=11,
    )
