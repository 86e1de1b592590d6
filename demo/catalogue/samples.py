"""Texts, states and lines that the catalogue shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from gis_core.desk.cells import Cell, Line
from gis_core.desk.journal import ACTION, DATE, PERSON, Journal, JournalPage
from gis_core.desk.listing import Column
from gis_core.desk.pager import PageLinks
from permits.procedure import State

SHORT: Final = "Le chantier est enregistré."
LONG: Final = (
    "L’interdépartementalisation des canalisations d’assainissement de Saint-Rémy-en-Bouzemont-Saint-Genest-et-Isson "
    "(https://sig.example.fr/reseaux/assainissement/canalisations/anticonstitutionnellement/2026/11) est enregistrée."
)
TABS: Final = (("chantiers", "Chantiers"), ("arretes", "Arrêtés"), ("demandes", "Demandes"), ("public", "Public"))
LONG_WORDS: Final = (
    "Autorisations", "Déviations", "Interruptions", "Réglementations", "Concertations", "Canalisations",
)  # fmt: skip
LONG_TABS: Final = tuple((f"b{rank}", f"{word} intercommunales") for rank, word in enumerate(LONG_WORDS, 1))


def say(request: HttpRequest, *, long: bool) -> None:
    """One message of each kind."""
    text = LONG if long else SHORT
    messages.success(request, text)
    messages.info(request, LONG if long else "Cette adresse a été reprise du cadastre.")
    messages.warning(request, LONG if long else "Deux chantiers se gênent ces jours-là.")
    messages.error(request, LONG if long else "Le chantier n’est pas enregistré : la commune manque.")


def missing(_request: HttpRequest) -> HttpResponse:
    raise Http404


def refuse_access(_request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def badges() -> list[Cell]:
    """The states of permits, and the tones of cells."""
    states = [Cell(str(state.label), tone=f"state state-{state.value}") for state in State]
    tones = [
        Cell("En retard", tone="deadline late", lines=(Line("depuis douze jours"),)),
        Cell("Bientôt", tone="deadline soon"),
        Cell("Sans objet", tone="nothing"),
        Cell("à vérifier", tone="tag unsure"),
    ]
    return states + tones


@dataclass(frozen=True, slots=True)
class Reading:
    """A line of a journal, as those of the tables of readings."""

    at: datetime
    by_name: str
    action: str
    purpose: str
    numbers: tuple[str, ...]

    def get_action_display(self) -> str:
        return self.action


READINGS: Final = Journal(
    columns=(
        DATE,
        PERSON,
        ACTION,
        Column("purpose", "Motif"),
        Column(
            "numbers", "Dossiers", cell=lambda line, _: Cell(links=tuple((one, "#content") for one in line.numbers))
        ),
    ),
    nothing="Personne n’a encore lu ce dossier.",
)
MONDAY: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def journal(text: str = "") -> JournalPage:
    """Three lines; with `text`, each says it."""
    numbers = tuple(f"PC0450012600{rank:03d}" for rank in range(1, 8))
    lines = [
        Reading(MONDAY, "Jeanne Martin", "Lecture", text or "Instruction du dossier", numbers[:1]),
        Reading(MONDAY, "", "Export", text or "Statistiques de l’année", numbers),
        Reading(MONDAY, text[:80] or "Paul Durand", "Modification", text or "Changement d’adresse", numbers[:2]),
    ]
    pages = PageLinks(first=51, last=53, previous="#content", next="#content")
    return JournalPage(READINGS.columns, READINGS.lines(lines), READINGS.nothing, pages)


def empty_journal() -> JournalPage:
    return JournalPage(READINGS.columns, [], READINGS.nothing)


@dataclass(frozen=True, slots=True)
class Record:
    """An inspection, which may be struck out."""

    pk: int
    struck_at: datetime | None = None
    struck_by: str = ""


def strikes() -> dict[str, Any]:
    """A record that is struck out, one that may be, one whose form is open."""
    return {"records": [Record(1, MONDAY, "Jeanne Martin"), Record(2), Record(3)], "struck": 3, "may": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """A document that was taken out of its file, as `AttachedDocument` says it."""

    pk: int
    title: str
    closed: bool = True
    active: bool = False
    removed_at: datetime = MONDAY
    removed_by: str = "Jeanne Martin"
    removed_reason: str = "Déposé deux fois"
    erased_at: datetime | None = None
    erased_by: str = ""
    visa_number: str = ""
    visa_date: datetime | None = None


def removals(text: str = "") -> dict[str, Any]:
    """One that is there, one that is kept, one whose content is erased."""
    removed = [
        Removed(pk=1, title=text or "Plan de masse", removed_reason=text or "Déposé deux fois"),
        Removed(
            pk=2, title="Notice", erased_at=MONDAY, erased_by="Paul Durand", visa_number="2026-114", visa_date=MONDAY
        ),
    ]
    retention = "Ils sont gardés dix ans après la fin du dossier."
    return {"piece": removed[0], "removed": removed, "retention": retention, "may_erase": True, "hidden": "unseen"}
