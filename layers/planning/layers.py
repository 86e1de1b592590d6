"""The layers of planning: documents in force, easements, risk plans, with the symbols of the CNIG.

The symbols are the styles that the CNIG publishes (github.com/cnigfr/DDU-SG5-SYMBOLISATION, Licence Ouverte 2.0), kept
in `styles/` and read as any QGIS style is.
"""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from gis_core.codes import code_list
from layers.cadastre.layers import OPEN_LICENCE, column, symbol
from layers.catalogue.models import Layer
from layers.catalogue.services import LayerDeclaration, ThemeDeclaration
from layers.settings.qml.reading import read_qml

STYLES = Path(__file__).parent / "styles"
THEME = ThemeDeclaration(slug="urbanisme", title="Urbanisme", title_en="Planning", order=25)
GPU = "Document d’urbanisme en vigueur, standard CNIG"
GEOMETRIES = {"surf": Layer.Geometry.POLYGON, "lin": Layer.Geometry.LINE, "pct": Layer.Geometry.POINT}
# The variants of the standard by shape: one line of the list of layers, which opens.
PRESCRIPTIONS: Final = tuple(
    f"{what}-{kind}"
    for what in ("plu-prescriptions", "plu-informations", "sup-generateurs", "sup-assiettes")
    for kind in GEOMETRIES
)
SHAPES = {"surf": ("surfaces", "areas"), "lin": ("lignes", "lines"), "pct": ("points", "points")}
SYMBOLS = {"surf": "fill", "lin": "line", "pct": "circle"}

type Line = dict[str, Any]

# Of the zones that rule building: 01 and 02 prescriptions, 03 interdiction, 04 strict interdiction (TypeReglement,
# CNIG and COVADIS, "Plan de prévention des risques"); zones that rule land (délaissement, expropriation) count apart.
LAND: dict[str, Any] = {"nature": {"in": ["foncier"]}}
FORBIDDEN: dict[str, Any] = {"typereglement": {"in": ["03", "04"]}}
ALLOWED: dict[str, Any] = {"typereglement": {"in": ["01", "02"]}}

NOMFIC = column("nomfic", "Pièce écrite", "Written piece", tiles=False)
URLFIC = column("urlfic", "Adresse de la pièce", "Address of the piece", tiles=False)
IDURBA = column("idurba", "Document", "Document", tiles=False)
APPROVED = column("approved_date", "Approuvé le", "Approved on", "date", tiles=False)
SECTORS: Final = code_list("layers.planning", "sectors")
THIN: Final = "1f"  # the opacity of the fills of zones, 12 %: their edges and names carry the meaning
SECTOR_COLOURS: Final = {"01": "#f4b6a6", "02": "#d8a7d8", "03": "#cfe3b4"}
FAMILIES = (
    ("Patrimoine (AC)", "Heritage (AC)", ("AC1", "AC2", "AC3", "AC4", "AC4bis"), "#8e44ad"),
    ("Risques et salubrité (PM)", "Risks (PM)", tuple(f"PM{number}" for number in range(1, 10)), "#c0392b"),
    ("Énergie et canalisations (I)", "Energy and pipes (I)", tuple(f"I{number}" for number in range(1, 11)), "#d68910"),
    ("Eau (AS)", "Water (AS)", ("AS1", "AS2"), "#2471a3"),
    (
        "Communications (EL, T)",
        "Transport (EL, T)",
        (*(f"EL{n}" for n in range(1, 13)), *(f"T{n}" for n in range(1, 10))),
        "#5d6d7e",
    ),
    ("Télécommunications (PT)", "Telecommunications (PT)", ("PT1", "PT2", "PT2LH", "PT3", "PT4"), "#117a65"),
)


@cache
def official(style: str, geometry: str, columns: tuple[str, ...], other: str) -> list[Line]:
    """The legend of a style of the CNIG, by these columns; what its rules leave out is drawn as its last line.

    The style draws nothing of other codes: a prescription that nobody sees would be taken for none.
    """
    carried = [column(name, name, name) for name in columns]
    read = read_qml((STYLES / f"{style}.qml").read_bytes(), Layer(title=style, geometry_type=geometry, columns=carried))
    legend: list[Line] = read.style["legend"]
    return [*legend, {**legend[-1], "label": other, "where": {}}]


def zone_legend() -> list[Line]:
    """The official colours, thin: parcels, buildings and the names of zones are read through them."""
    legend = [discreet(line) for line in official("plu_zone_urba", "polygon", ("typezone",), "Autre zone")]
    sectors = [
        symbol(label, label_en, "fill", where={"typezone": code}, fill=SECTOR_COLOURS[code] + THIN, stroke="#7f7f7f")
        for code, (label, label_en) in SECTORS.items()
    ]
    return [*legend[:-1], *sectors, legend[-1]]


def discreet(line: Line) -> Line:
    symbol_of_line = line["symbol"]
    return {**line, "symbol": symbol_of_line | {"fill": symbol_of_line["fill"][:7] + THIN}}


def zones() -> LayerDeclaration:
    return LayerDeclaration(
        visible_at_first=False,
        slug="plu-zones",
        title="Zonage d’urbanisme",
        title_en="Planning zones",
        theme=THEME,
        order=40,
        table="planning_zones_in_force",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="libelle",
        columns=[
            column("libelle", "Zone", "Zone"),
            column("libelong", "Libellé", "Long name", tiles=False),
            column("typezone", "Type de zone", "Kind of zone"),
            column("formdomi", "Forme dominante", "Dominant form", tiles=False),
            *(NOMFIC, URLFIC, column("datvalid", "Validée le", "Validated on", "date", tiles=False)),
            *(IDURBA, column("typedoc", "Type de document", "Kind of document", tiles=False), APPROVED),
        ],
        legend=zone_legend,
        labels={"column": "libelle", "size": 13, "bold": True, "from_scale": 25_000},
        abstract="Zones des plans locaux d’urbanisme et secteurs des cartes communales en vigueur.",
        attribution=GPU,
        licence=OPEN_LICENCE,
        min_zoom=10,
    )


def details(what: str, kind: str, order: int) -> LayerDeclaration:
    """Prescriptions or information that are surfaces, lines or points."""
    name, code, singular = {
        "prescriptions": ("Prescriptions", "psc", "prescription"),
        "informations": ("Informations d’urbanisme", "inf", "information"),
    }[what]
    codes, (shape_label, shape_label_en) = (f"type{code}", f"stype{code}"), SHAPES[kind]
    english = {"prescriptions": "Prescriptions", "informations": "Planning information"}[what]
    return LayerDeclaration(
        visible_at_first=False,
        slug=f"plu-{what}-{kind}",
        title=f"{name} ({shape_label})",
        title_en=f"{english} ({shape_label_en})",
        theme=THEME,
        order=order,
        table=f"planning_{what}_{kind}",
        rows=Layer.Rows.REFERENCE,
        geometry_type=GEOMETRIES[kind],
        title_field="libelle",
        columns=[
            column("libelle", "Libellé", "Name", tiles=False),
            column("txt", "Numéro", "Number"),
            column(codes[0], "Type", "Kind"),
            column(codes[1], "Sous-type", "Sub-kind"),
            column("nature", "Nature", "Nature", tiles=False),
            *(NOMFIC, URLFIC, column("datvalid", "Validée le", "Validated on", "date", tiles=False), IDURBA, APPROVED),
        ],
        legend=partial(official, f"plu_{singular}_{kind}", GEOMETRIES[kind], codes, f"Autre {singular}"),
        abstract=f"{name} des documents d’urbanisme en vigueur.",
        attribution=GPU,
        licence=OPEN_LICENCE,
        min_zoom=11,
    )


def easements(what: str, kind: str, order: int) -> LayerDeclaration:
    """Footprints or generators of easements that are surfaces, lines or points."""
    (shape_label, shape_label_en), identifier = SHAPES[kind], {"assiettes": "idass", "generateurs": "idgen"}[what]
    name, english = {
        "assiettes": ("Servitudes, assiettes", "Easements, footprints"),
        "generateurs": ("Servitudes, générateurs", "Easements, generators"),
    }[what]
    return LayerDeclaration(
        visible_at_first=False,
        slug=f"sup-{what}-{kind}",
        title=f"{name} ({shape_label})",
        title_en=f"{english} ({shape_label_en})",
        theme=THEME,
        order=order,
        table=f"planning_{what}_{kind}",
        rows=Layer.Rows.REFERENCE,
        geometry_type=GEOMETRIES[kind],
        title_field="name",
        columns=[
            column("name", "Nom", "Name", tiles=False),
            column("category", "Catégorie", "Category"),
            column("easement", "Servitude", "Easement", tiles=False),
            column("type", "Nature", "Kind", tiles=False),
            column("manager", "Gestionnaire", "Manager", tiles=False),
            column("since_date", "Depuis le", "Since", "date", tiles=False),
            column("idsup", "Identifiant de la servitude", "Identifier of the easement", tiles=False),
            column(identifier, "Identifiant", "Identifier", tiles=False),
        ],
        legend=easement_legend(kind, faint=what == "assiettes"),
        abstract="Servitudes d’utilité publique : "
        + {"assiettes": "où elles pèsent.", "generateurs": "d’où elles viennent."}[what],
        attribution="Servitudes d’utilité publique, standard CNIG",
        licence=OPEN_LICENCE,
        min_zoom=9,
    )


def easement_legend(kind: str, *, faint: bool) -> list[Line]:
    known = [
        easement_line(kind, faint, label, label_en, {"category": {"in": list(codes)}}, colour)
        for label, label_en, codes, colour in FAMILIES
    ]
    return [*known, easement_line(kind, faint, "Autre servitude", "Other easement", {}, "#616161")]


def easement_line(kind: str, faint: bool, label: str, label_en: str, where: Mapping[str, Any], colour: str) -> Line:
    style: dict[str, Any] = {"stroke": colour, "stroke_width": 1.5}
    if kind == "surf":
        style["fill"] = f"{colour}{'1f' if faint else '80'}"
    elif kind == "pct":
        style |= {"fill": colour, "stroke": "#ffffff", "radius": 5}
    return symbol(label, label_en, SYMBOLS[kind], where=dict(where), **style)


def risks() -> LayerDeclaration:
    return LayerDeclaration(
        visible_at_first=False,
        slug="risques-zones",
        title="Plans de prévention des risques",
        title_en="Risk prevention plans",
        theme=THEME,
        order=80,
        table="planning_risk_zones",
        rows=Layer.Rows.REFERENCE,
        geometry_type=Layer.Geometry.POLYGON,
        title_field="code",
        columns=[
            column("code", "Zone", "Zone"),
            column("name", "Libellé", "Name", tiles=False),
            column("typereglement", "Type de règlement", "Kind of rule"),
            column("nature", "Objet du règlement", "Subject of the rule"),
            column("plan", "Plan", "Plan", tiles=False),
            column("type", "Nature du plan", "Kind of plan", tiles=False),
            column("state", "État", "State", tiles=False),
            column("state_date", "Depuis le", "Since", "date", tiles=False),
            column("procedure", "Procédure", "Procedure", tiles=False),
        ],
        legend=[
            symbol(
                "Délaissement ou expropriation",
                "Land to be given up",
                "fill",
                where=LAND,
                fill="#8c6bb133",
                stroke="#6e016b",
                dash=[4, 3],
            ),
            symbol(
                "Interdiction",
                "Forbidden",
                "fill",
                where=FORBIDDEN,
                fill="#d7301f66",
                stroke="#7f1d12",
            ),
            symbol("Prescriptions", "Conditions", "fill", where=ALLOWED, fill="#2b8cbe59", stroke="#08519c"),
            symbol("Autre zone réglementée", "Other zone", "fill", fill="#96969659", stroke="#525252"),
        ],
        abstract="Zonage réglementaire des plans de prévention des risques.",
        attribution="Plans de prévention des risques, standard CNIG",
        licence=OPEN_LICENCE,
        min_zoom=10,
    )


def declarations() -> Sequence[LayerDeclaration]:
    """In the order of the layer tree: points above lines above surfaces."""
    kinds = ("pct", "lin", "surf")
    return (
        *(details("prescriptions", kind, 10 + rank) for rank, kind in enumerate(kinds)),
        *(details("informations", kind, 20 + rank) for rank, kind in enumerate(kinds)),
        zones(),
        *(easements("generateurs", kind, 50 + rank) for rank, kind in enumerate(kinds)),
        *(easements("assiettes", kind, 60 + rank) for rank, kind in enumerate(kinds)),
        risks(),
    )
