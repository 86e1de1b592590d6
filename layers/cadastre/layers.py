"""The reference layers that every installation has."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from gis_core.codes import code_list
from gis_core.members.rights import Rights
from layers.catalogue.alternative_legends import AlternativeLegend
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration

TERRITORY = ThemeDeclaration(slug="territoire", title="Territoire", title_en="Territory", order=10)
CADASTRE = ThemeDeclaration(slug="cadastre", title="Cadastre", title_en="Land registry", order=20)
STREETS = ThemeDeclaration(
    slug="adresses-et-voies", title="Adresses et voies", title_en="Addresses and roads", order=30
)

DGFIP = "© DGFiP – Plan cadastral informatisé, Etalab"
IGN = "© IGN – Admin Express, INSEE"
BAN = "© Base adresse nationale, IGN"
OPEN_LICENCE = "Licence Ouverte 2.0"

BUILDING_KINDS: Final = code_list("layers.cadastre", "building_kinds")
ROAD_KINDS: Final = code_list("layers.cadastre", "road_kinds")


def column(
    name: str,
    label: str,
    label_en: str,
    kind: str = "text",
    *,
    tiles: bool = True,
    values: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Any]:
    """One declared column; `values` gives the labels of a coded one as {code: (French, English)}."""
    unit = {"area_m2": "m²", "length_m": "m"}.get(kind)
    declared = {"name": name, "label": label, "label_en": label_en, "type": kind, "unit": unit, "in_tiles": tiles}
    return declared | ({"values": {code: list(labels) for code, labels in values.items()}} if values else {})


def symbol(
    label: str, label_en: str, kind: str, *, where: dict[str, Any] | None = None, **style: Any
) -> dict[str, Any]:
    """One line of a legend."""
    style = {"fill": None, "stroke": None, "stroke_width": 1, "dash": None} | style
    return {"label": label, "label_en": label_en, "where": where or {}, "symbol": {"kind": kind, **style}}


INSEE = column("insee", "Code INSEE", "INSEE code", tiles=False)
CREATED = column("created_date", "Créé le", "Created", "date", tiles=False)
UPDATED = column("updated_date", "Mis à jour le", "Updated", "date", tiles=False)
SHEET = column("sheet", "Feuille", "Sheet", tiles=False)
PLAN_QUALITIES: Final = code_list("layers.cadastre", "plan_qualities")
SECTION_BLUE = "#7a5195"
SHEET_GREY, WATER_BLUE, ROAD_BROWN = "#5f6b7a", "#3d7ea6", "#8a6d3b"


def of_the_plan(slug: str, title: str, title_en: str, order: int, table: str, **style: Any) -> LayerDeclaration:
    """A layer of named objects that the sheets of the plan bring."""
    return LayerDeclaration(
        slug=slug,
        title=title,
        title_en=title_en,
        theme=CADASTRE,
        order=order,
        table=table,
        rows=Layer.Rows.REFERENCE,
        title_field="name",
        columns=[column("name", "Nom", "Name"), INSEE, SHEET, CREATED, UPDATED],
        attribution=DGFIP,
        licence=OPEN_LICENCE,
        visible_at_first=False,
        **style,
    )


# Metres at which a building's colour changes, and the colours below, between and above them.
STOREYS: Final = (3, 6, 9, 12, 18)
SHADES: Final = ("#f3e3c3", "#ecc48a", "#dd9b62", "#c66b4b", "#9c3f45", "#5f2348")


def height_lines(_rights: Rights) -> list[dict[str, Any]]:
    """Buildings by the height of their ridge."""
    least, most = STOREYS[0], STOREYS[-1]
    lines = [(f"moins de {least} m", f"less than {least} m", {"below": least})]
    lines += [
        (f"{low} à {high} m", f"{low} to {high} m", {"from": low, "below": high}) for low, high in pairwise(STOREYS)
    ]
    lines.append((f"{most} m et plus", f"{most} m and more", {"from": most}))
    heights = [
        symbol(french, english, "fill", where={"ridge_m": limits}, fill=colour, stroke="#6b5a4a")
        for (french, english, limits), colour in zip(lines, SHADES, strict=True)
    ]
    return [*heights, symbol("Hauteur inconnue", "Height not known", "fill", fill="#dfe3e6", stroke="#9aa3ab")]


LAYERS = (
    LayerDeclaration(
        slug="communes",
        title="Communes",
        title_en="Communes",
        theme=TERRITORY,
        order=10,
        table="gis_core_commune",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="name",
        columns=[
            column("name", "Nom", "Name"),
            column("insee", "Code INSEE", "INSEE code"),
            column("population", "Population", "Population", "integer", tiles=False),
            column("source_date", "Millésime", "Vintage", "date", tiles=False),
        ],
        legend=[symbol("Limite de commune", "Commune boundary", "line", stroke="#6b4f2a", stroke_width=2, dash=[6, 3])],
        abstract="Limites des communes du territoire.",
        attribution=IGN,
        licence=OPEN_LICENCE,
        max_zoom=16,
    ),
    LayerDeclaration(
        slug="sections",
        title="Sections cadastrales",
        title_en="Cadastral sections",
        theme=CADASTRE,
        order=30,
        table="cadastre_section",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="code",
        columns=[
            column("code", "Section", "Section"),
            column("idu", "Identifiant", "Identifier"),
            column("prefix", "Préfixe", "Prefix", tiles=False),
            INSEE,
            CREATED,
            UPDATED,
        ],
        legend=[symbol("Limite de section", "Section boundary", "line", stroke=SECTION_BLUE, stroke_width=1.5)],
        abstract="Découpage du plan cadastral en sections.",
        attribution=DGFIP,
        licence=OPEN_LICENCE,
        min_zoom=12,
    ),
    LayerDeclaration(
        slug="parcels",
        title="Parcelles",
        title_en="Parcels",
        theme=CADASTRE,
        order=20,
        table="cadastre_parcel",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="label",
        columns=[
            column("label", "Référence", "Reference"),
            column("idu", "Identifiant", "Identifier"),
            column("section", "Section", "Section", tiles=False),
            column("number", "Numéro", "Number"),
            column("area_m2", "Contenance", "Registered area", "area_m2", tiles=False),
            column("surveyed", "Arpentée", "Surveyed", "boolean", tiles=False),
            INSEE,
            SHEET,
            CREATED,
            UPDATED,
        ],
        legend=[symbol("Parcelle", "Parcel", "fill", fill="#f5e9c900", stroke="#9c8a5c", stroke_width=1)],
        abstract="Parcelles du plan cadastral. La contenance est la surface inscrite au cadastre, pas une mesure.",
        attribution=DGFIP,
        licence=OPEN_LICENCE,
        min_zoom=13,
    ),
    LayerDeclaration(
        slug="buildings",
        title="Bâtiments",
        title_en="Buildings",
        theme=CADASTRE,
        order=10,
        table="cadastre_building",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="kind",
        columns=[
            column("kind", "Nature", "Kind", values=BUILDING_KINDS),
            column("name", "Nom", "Name", tiles=False),
            column("ridge_m", "Hauteur au faîtage", "Height of the ridge", "length_m"),
            column("eaves_m", "Hauteur à l’égout", "Height of the eaves", "length_m", tiles=False),
            column("ground_m", "Altitude du sol", "Altitude of the ground", "length_m", tiles=False),
            column("heights_source", "Hauteurs mesurées sur", "Heights measured on", tiles=False),
            column("heights_date", "Date des hauteurs", "Date of the heights", "date", tiles=False),
            INSEE,
            SHEET,
            CREATED,
            UPDATED,
        ],
        legends=(AlternativeLegend(name="height", title="Hauteur", title_en="Height", lines=height_lines),),
        legend=[
            symbol("Bâti dur", "Solid building", "fill", where={"kind": "01"}, fill="#d9a78b", stroke="#a4674a"),
            symbol("Bâti léger", "Light building", "fill", where={"kind": "02"}, fill="#ecd9c6", stroke="#b8977a"),
        ],
        abstract="Bâtiments du plan cadastral.",
        attribution=DGFIP,
        licence=OPEN_LICENCE,
        min_zoom=14,
    ),
    LayerDeclaration(
        slug="cadastral-sheets",
        title="Feuilles cadastrales",
        title_en="Cadastral sheets",
        theme=CADASTRE,
        order=40,
        table="cadastre_sheet",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="idu",
        columns=[
            column("idu", "Identifiant", "Identifier"),
            column("section", "Section", "Section"),
            column("number", "Numéro de feuille", "Sheet number"),
            column("quality", "Qualité du plan", "Quality of the plan", values=PLAN_QUALITIES, tiles=False),
            column("scale", "Échelle (dénominateur)", "Scale (denominator)", "integer", tiles=False),
            column("edition_date", "Édition du plan", "Edition of the plan", "date", tiles=False),
            column("prefix", "Préfixe", "Prefix", tiles=False),
            INSEE,
            CREATED,
            UPDATED,
        ],
        legend=[symbol("Limite de feuille", "Sheet boundary", "line", stroke=SHEET_GREY, dash=[8, 4])],
        abstract="Découpage du plan cadastral en feuilles, avec leur échelle, leur qualité et leur date d’édition.",
        attribution=DGFIP,
        licence=OPEN_LICENCE,
        visible_at_first=False,
        min_zoom=12,
    ),
    of_the_plan(
        "named-places",
        "Lieux-dits",
        "Named places",
        50,
        "cadastre_namedplace",
        geometry_type=Layer.Geometry.POLYGON,
        legend=[symbol("Lieu-dit", "Named place", "line", stroke="#8c564b", dash=[2, 3])],
        abstract="Lieux-dits du plan cadastral, feuille par feuille.",
        min_zoom=12,
    ),
    of_the_plan(
        "water",
        "Eaux du plan",
        "Waters of the plan",
        60,
        "cadastre_water",
        geometry_type=Layer.Geometry.POLYGON,
        legend=[symbol("Cours ou plan d’eau", "Water", "fill", fill="#b9d9ea", stroke=WATER_BLUE)],
        abstract="Cours d’eau, fossés et plans d’eau dessinés sur le plan cadastral.",
        min_zoom=13,
    ),
    of_the_plan(
        "plan-roads",
        "Noms de voies du plan",
        "Road names of the plan",
        70,
        "cadastre_planroad",
        geometry_type=Layer.Geometry.LINE,
        legend=[symbol("Nom de voie", "Road name", "line", stroke=ROAD_BROWN, dash=[6, 3])],
        abstract="Lignes le long desquelles le plan cadastral écrit le nom des voies.",
        min_zoom=14,
    ),
    of_the_plan(
        "plan-road-areas",
        "Emprises de voies du plan",
        "Road outlines of the plan",
        80,
        "cadastre_planroadarea",
        geometry_type=Layer.Geometry.POLYGON,
        legend=[symbol("Emprise de voie", "Road outline", "fill", fill="#efe6d5", stroke=ROAD_BROWN)],
        abstract="Voies que le plan cadastral dessine par leur emprise : chemins d’exploitation, voies de lotissement.",
        min_zoom=14,
    ),
    LayerDeclaration(
        slug="roads",
        title="Voies",
        title_en="Roads",
        theme=STREETS,
        order=20,
        table="cadastre_road",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.LINE,
        title_field="name",
        columns=[
            column("name", "Nom", "Name"),
            column("kind", "Nature", "Kind", values=ROAD_KINDS),
            column("number", "Numéro", "Number"),
            column("width_m", "Largeur de chaussée", "Carriageway width", "length_m"),
            INSEE,
        ],
        legend=[
            symbol(
                "Route départementale",
                "Departmental road",
                "line",
                where={"kind": "departementale"},
                stroke="#c98a1b",
                stroke_width=4,
            ),
            symbol(
                "Voie communale",
                "Municipal road",
                "line",
                where={"kind": "communale"},
                stroke="#8d8d8d",
                stroke_width=3,
            ),
            symbol(
                "Voie de desserte",
                "Residential road",
                "line",
                where={"kind": "residential"},
                stroke="#a5a5a5",
                stroke_width=2.5,
            ),
            symbol(
                "Chemin rural",
                "Rural track",
                "line",
                where={"kind": "rural"},
                stroke="#a08a66",
                stroke_width=1.5,
                dash=[4, 3],
            ),
        ],
        abstract="Axes des voies nommées.",
        attribution=BAN,
        licence=OPEN_LICENCE,
        min_zoom=11,
    ),
    LayerDeclaration(
        slug="addresses",
        title="Adresses",
        title_en="Addresses",
        theme=STREETS,
        order=10,
        table="cadastre_address",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POINT,
        title_field="label",
        columns=[
            column("label", "Adresse", "Address", tiles=False),
            column("number", "Numéro", "Number", "integer"),
            column("suffix", "Répétition", "Suffix"),
            column("road_name", "Voie", "Road", tiles=False),
            column("postcode", "Code postal", "Postcode", tiles=False),
            column("commune_name", "Commune", "Commune", tiles=False),
            column("parcel_idu", "Parcelle", "Parcel", tiles=False),
            INSEE,
        ],
        legend=[symbol("Adresse", "Address", "circle", fill="#2f6f9f", stroke="#ffffff", stroke_width=1)],
        abstract="Numéros des voies, placés devant leur parcelle.",
        attribution=BAN,
        licence=OPEN_LICENCE,
        min_zoom=15,
    ),
)
