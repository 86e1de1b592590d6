"""The list of trees: what it is filtered by, its columns, its files."""

from dataclasses import dataclass
from typing import Annotated

from gis_core.desk import Column, Filter, Listing, ListQuery
from tests.example_desk.trees.models import StreetTree
from tests.example_desk.trees.sources import SPECIES


@dataclass(frozen=True, kw_only=True)
class TreeQuery(ListQuery):
    """Trees of one species, planted in one year or later."""

    species: Annotated[str, Filter("Essence", codes=SPECIES)] = ""
    planted_from: Annotated[int | None, Filter("Planté depuis")] = None


def rows(query: TreeQuery, rights):
    """The trees that the user may see and that the query keeps, by their number."""
    found = StreetTree.objects.visible_to(rights).order_by("reference")
    if query.species:
        found = found.filter(species=query.species)
    if query.planted_from is not None:
        found = found.filter(planted_year__gte=query.planted_from)
    return found


TREES = Listing(
    name="street_trees",
    title="Arbres d’alignement",
    query=TreeQuery,
    rows=rows,
    columns=lambda _query: (
        Column("reference", "Numéro", sort=True),
        Column("species", "Essence", codes=SPECIES, sort=True),
        Column("planted_year", "Planté en", kind="integer", sort=True),
        Column("height_m", "Hauteur", kind="number", on_page=False),
    ),
    files=("csv", "xlsx"),
    geometry="geom",
)
