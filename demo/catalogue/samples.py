"""Texts, states and lines that the catalogue shows."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from gis_core.desk.cells import Cell, Line
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


def forbidden(_request: HttpRequest) -> HttpResponse:
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
class JournalLine:
    """A line as `permits/readings.html` reads it."""

    at: datetime
    by_name: str
    get_action_display: str
    purpose: str
    numbers: tuple[str, ...]


def journal(text: str = "") -> list[JournalLine]:
    """Three lines; with `text`, each says it."""
    at = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    numbers = tuple(f"PC0450012600{rank:03d}" for rank in range(1, 8))
    return [
        JournalLine(at, "Jeanne Martin", "Lecture", text or "Instruction du dossier", numbers[:1]),
        JournalLine(at, "", "Export", text or "Statistiques de l’année", numbers),
        JournalLine(at, text[:80] or "Paul Durand", "Modification", text or "Changement d’adresse", numbers[:2]),
    ]
