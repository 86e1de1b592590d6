"""The Département of a road, by what BD TOPO says of its manager and its communes."""

from typing import Final

from layers.intake.cells import bare
from networks.roads.references import department_code

NAMES: Final = (
    "Ain,Aisne,Allier,Alpes-de-Haute-Provence,Hautes-Alpes,Alpes-Maritimes,Ardèche,Ardennes,Ariège,Aube,Aude,Aveyron,"
    "Bouches-du-Rhône,Calvados,Cantal,Charente,Charente-Maritime,Cher,Corrèze,,Côte-d'Or,Côtes-d'Armor,Creuse,Dordogne,"
    "Doubs,Drôme,Eure,Eure-et-Loir,Finistère,Gard,Haute-Garonne,Gers,Gironde,Hérault,Ille-et-Vilaine,Indre,"
    "Indre-et-Loire,Isère,Jura,Landes,Loir-et-Cher,Loire,Haute-Loire,Loire-Atlantique,Loiret,Lot,Lot-et-Garonne,Lozère,"
    "Maine-et-Loire,Manche,Marne,Haute-Marne,Mayenne,Meurthe-et-Moselle,Meuse,Morbihan,Moselle,Nièvre,Nord,Oise,Orne,"
    "Pas-de-Calais,Puy-de-Dôme,Pyrénées-Atlantiques,Hautes-Pyrénées,Pyrénées-Orientales,Bas-Rhin,Haut-Rhin,Rhône,"
    "Haute-Saône,Saône-et-Loire,Sarthe,Savoie,Haute-Savoie,Paris,Seine-Maritime,Seine-et-Marne,Yvelines,Deux-Sèvres,"
    "Somme,Tarn,Tarn-et-Garonne,Var,Vaucluse,Vendée,Vienne,Haute-Vienne,Vosges,Yonne,Territoire de Belfort,Essonne,"
    "Hauts-de-Seine,Seine-Saint-Denis,Val-de-Marne,Val-d'Oise"
)
"""By code, 01 to 95; 20 is there no more."""
BY_NAME: Final = {bare(name): f"{code:02}" for code, name in enumerate(NAMES.split(","), 1) if name} | {
    "corse du sud": "2A", "haute corse": "2B", "guadeloupe": "971", "martinique": "972", "guyane": "973",
    "la reunion": "974", "mayotte": "976",
}  # fmt: skip


def department_of(insee: str) -> str:
    """Of a commune: two signs of its code, three overseas; "" for what is no code. As `arpent.department_of` says."""
    return department_code(insee[:3] if insee[:2] in ("97", "98") else insee[:2])


def department_in(manager: str, *communes: str | None) -> str:
    """Of a section: that of its manager, for a road along the boundary lies in both; else that of its communes."""
    plain = bare(manager).removeprefix("departement ").removeprefix("de l ").removeprefix("de la ")
    plain = plain.removeprefix("du ").removeprefix("des ").removeprefix("de ").removeprefix("d ")
    return BY_NAME.get(plain) or next((code for one in communes if one and (code := department_of(one))), "")
