"""Lists of the catalogue: a real `Listing` over rows that exist nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from demo.catalogue.maps import places
from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_pages import list_file, view_list
from gis_core.desk.list_query import ListQuery, choice, text, whole_number
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.desk.saved_filters import SavedFilter
from gis_core.http.middleware import rights_of_request

FIRST_DAY: Final = date(2026, 1, 5)
KINDS: Final = (("voirie", "Voirie"), ("eau", "Eau potable"), ("reseaux", "Réseaux secs"))
WORK_STATES: Final[dict[str, tuple[str, str]]] = {
    "open": ("Ouvert", ""),
    "late": ("En retard", "late"),
    "closed": ("Fermé", "nothing"),
}
LONG_TITLE: Final = (
    "Renouvellement des canalisations d’assainissement intercommunales et raccordement "
    "anticonstitutionnellement-interdépartemental-hydrogéomorphologique"
)


@dataclass(frozen=True, slots=True)
class Work:
    """A row: works that nobody does."""

    rank: int
    title: str

    @property
    def number(self) -> str:
        return f"CH-2026-{self.rank:05d}"

    @property
    def state(self) -> str:
        return ("open", "late", "closed")[self.rank % 3]

    @property
    def kind(self) -> str:
        return KINDS[self.rank % len(KINDS)][0]

    @property
    def starts_on(self) -> date:
        return FIRST_DAY + timedelta(days=self.rank % 300)

    @property
    def cost(self) -> int | None:
        return None if self.rank % 7 == 0 else self.rank * 137 % 98_765 + 480


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkQuery(ListQuery):
    text: str = text("Recherche", name="q", placeholder="numéro, titre")
    kind: str = choice("Nature", KINDS, every="Toutes", allowed=lambda: dict(KINDS))
    state: str = choice("État", [(code, label) for code, (label, _tone) in WORK_STATES.items()], every="Tous")
    year: int | None = whole_number("Année", name="annee", low=1990, high=2100)


@dataclass(frozen=True, slots=True)
class Works:
    """So many rows, each made when it is shown; filters leave few of them, and none for “rien”."""

    total: int
    query: WorkQuery
    backwards: bool
    title: str

    def all(self) -> Sequence[int]:
        if self.query.text == "rien":
            return ()
        rows: Sequence[int] = range(self.total, 0, -1) if self.backwards else range(1, self.total + 1)
        if self.query.kind or self.query.state:
            rows = [rank for rank in rows if self.fits(self.work(rank))]
        return rows

    def fits(self, work: Work) -> bool:
        return self.query.kind in ("", work.kind) and self.query.state in ("", work.state)

    def work(self, rank: int) -> Work:
        return Work(rank, self.title.format(rank=rank))

    def between(self, first: int, last: int) -> Sequence[Work]:
        return [self.work(rank) for rank in self.all()[first:last]]

    def count(self, most: int) -> int:
        return min(len(self.all()), most + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """A state of the list: how many rows there are, and what its address asks for."""

    slug: str
    label: str
    total: int = 12
    given: dict[str, str] = field(default_factory=dict)
    title: str = "Réfection de la rue n° {rank}"
    pager: Pager = field(default_factory=Pager)
    geometry: str = ""


def listing(state: ListState, order: str) -> Listing[WorkQuery, Work]:
    return Listing(
        name="catalogue",
        title="Chantiers",
        query=WorkQuery,
        rows=lambda query, _rights: Works(state.total, query, order.startswith("-"), state.title),
        columns=(
            Column("number", "Chantier", cell=title_cell, sort="rank"),
            Column("title", "Titre"),
            Column("kind", "Nature", labels=dict(KINDS), cell=kind_cell),
            Column("state", "État", cell=state_cell),
            Column("starts_on", "Début", "date", sort="rank"),
            Column("cost", "Coût (€)", "integer", heading="Coût", unit="€"),
        ),
        on_page=("number", "kind", "state", "starts_on", "cost"),
        key=lambda work: str(work.rank),
        pager=state.pager,
        caption="Chantiers, dans l’ordre de leur numéro",
        count=count_works,
        nothing="Aucun chantier encore : le premier viendra du formulaire « Nouveau chantier ».",
        files=("csv", "xlsx", "ods", *(("geojson",) if state.geometry else ())),
        saved=True,
        geometry=state.geometry,
    )


def count_works(count: int) -> str:
    return f"{count:_} chantier{'s' if count > 1 else ''}".replace("_", "\u202f")


def title_cell(work: Work, _related: Any) -> Cell:
    return Cell(work.number, href="#content", lines=(Line(work.title),))


def kind_cell(work: Work, _related: Any) -> Cell:
    return Cell("AEP", title="Alimentation en eau potable") if work.kind == "eau" else Cell(dict(KINDS)[work.kind])


def state_cell(work: Work, _related: Any) -> Cell:
    label, tone = WORK_STATES[work.state]
    lines = (Line("depuis le", work.starts_on),) if work.state == "late" else ()
    return Cell(label, tone=tone, lines=lines)


SHORT: Final = Pager(rows=10)
STATES: Final = (
    ListState(slug="normale", label="Normale"),
    ListState(
        slug="filtree", label="Filtrée et triée", total=400, given={"kind": "voirie", "sort": "-number"}, pager=SHORT
    ),
    ListState(slug="dix-mille", label="10 000 lignes", total=12_345, pager=SHORT),
    ListState(
        slug="la-suite",
        label="La liste continue",
        total=12_345,
        given={"offset": "20"},
        pager=Pager(rows=10, farthest=20),
    ),
    ListState(slug="vide", label="Vide", total=0),
    ListState(slug="aucune", label="Rien ne convient", given={"q": "rien"}),
    ListState(slug="erreur", label="Filtre refusé", given={"annee": "dix"}),
    ListState(slug="mots-longs", label="Mots longs", title=LONG_TITLE, pager=SHORT),
    ListState(slug="carte", label="Avec sa carte", geometry="geom"),
)
KEPT: Final = [SavedFilter("Voirie en retard", "kind=voirie&state=late"), SavedFilter(LONG_TITLE[:60], "q=rien")]


def answer(request: HttpRequest, state: ListState) -> tuple[dict[str, Any], int] | HttpResponse:
    """The context of the list and its status; or a file of it."""
    own = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    given, rights = own or state.given, rights_of_request(request)
    made = listing(state, given.get("sort", ""))
    if given.get("format") == "geojson":
        return places("full")
    if "format" in given:
        return list_file(made, WorkQuery.parse(given), rights, given)
    view, status = view_list(made, rights, given, {}, KEPT)
    return {"list": view, "action": request.path}, status
