"""The parts of the kit that the catalogue shows, and the states in which each is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from demo.catalogue import forms, jobs, lists, maps, samples

type Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Specimen:
    """What a state puts into the page: a template, its context, the status of the answer."""

    template: str
    context: Context = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class State:
    """A state of a part: shown in the page of the catalogue, or (`whole`) a page of its own."""

    slug: str
    label: str
    show: Callable[[HttpRequest], Specimen | HttpResponse]
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the kit: what it is for, and the objects and templates that it is made of."""

    slug: str
    label: str
    purpose: str
    made_of: tuple[str, ...]
    states: tuple[State, ...]
    styles: tuple[str, ...] = ()

    def state(self, slug: str) -> State | None:
        return next((one for one in self.states if one.slug == slug), None)


def lists_of() -> Iterable[State]:
    for one in lists.STATES:
        yield State(one.slug, one.label, lambda request, one=one: _list(request, one))  # type: ignore[misc]


def _list(request: HttpRequest, state: lists.ListState) -> Specimen | HttpResponse:
    answer = lists.answer(request, state)
    return answer if isinstance(answer, HttpResponse) else Specimen("catalogue/list.html", *answer)


def fix_specimen(template: str, **context: Any) -> Callable[[HttpRequest], Specimen]:
    """The same for everybody."""
    return lambda _request: Specimen(template, context)


def form_state(slug: str, label: str, given: forms.Given) -> State:
    return State(slug, label, lambda request: Specimen("catalogue/form.html", {"form": forms.form(request, given)}))


def map_state(slug: str, label: str, kind: maps.Kind) -> State:
    def show(request: HttpRequest) -> Specimen | HttpResponse:
        if request.GET.get("format") == "geojson":
            return maps.places(kind)
        return Specimen("catalogue/map.html", {"small_map": maps.small_map(kind)})

    return State(slug, label, show)


def says(request: HttpRequest, long: bool) -> Specimen:
    samples.say(request, long=long)
    return Specimen("catalogue/messages.html", {"long": long, "text": samples.LONG if long else samples.SHORT})


PARTS: tuple[Part, ...] = (
    Part(
        slug="liste",
        label="Liste",
        purpose="Des lignes que l’on filtre, trie, parcourt et emporte.",
        made_of=("gis_core.desk.listing.Listing", "desk/filters.html", "desk/list.html", "desk/cell.html"),
        states=tuple(lists_of()),
    ),
    Part(
        slug="formulaire",
        label="Formulaire",
        purpose="Ce que l’on saisit, ce qui est refusé et pourquoi, ce qu’un autre a changé entre-temps.",
        made_of=(
            "gis_core.desk.forms.AccessibleForm",
            "gis_core.desk.edit_forms",
            "form_fields.html",
            "desk/field.html",
        ),
        states=(
            form_state("vide", "À remplir", "empty"),
            form_state("erreurs", "Refusé", "wrong"),
            form_state("mots-longs", "Mots longs", "long"),
            State("conflit", "Conflit", forms.conflict, whole=True),
            State("deja-enregistre", "Déjà enregistré", forms.repeat_page, whole=True),
        ),
    ),
    Part(
        slug="navigation",
        label="Navigation",
        purpose="Où l’on est, et ce qui est à côté : les onglets d’un bureau, le fil, les pages d’une liste.",
        made_of=("gis_core.desk.tabs", "desk/tabs.html", "desk/pager.html", "base.html"),
        states=(
            State("onglets", "Onglets", fix_specimen("catalogue/tabs.html", rooms=samples.TABS, here="chantiers")),
            State("mots-longs", "Mots longs", fix_specimen("catalogue/tabs.html", rooms=samples.LONG_TABS, here="b4")),
        ),
    ),
    Part(
        slug="messages",
        label="Messages",
        purpose="Ce qui vient d’être fait, ce qui ne va pas, ce qu’il faut savoir.",
        made_of=("django.contrib.messages", "base.html"),
        states=(
            State("courts", "Courts", lambda request: says(request, long=False)),
            State("mots-longs", "Mots longs", lambda request: says(request, long=True)),
            State("introuvable", "Page introuvable", samples.missing, whole=True),
            State("interdite", "Page interdite", samples.refuse_access, whole=True),
        ),
    ),
    Part(
        slug="tache",
        label="Tâche de fond",
        purpose="Un travail long : où il en est, l’arrêter, ce qu’il a donné.",
        made_of=("gis_core.models.Job", "desk/job.html", "desk/job_state.html", "{% job_stop %}"),
        states=(
            State("en-cours", "En cours", fix_specimen("catalogue/jobs.html", jobs=jobs.open_jobs())),
            State("finies", "Finies", fix_specimen("catalogue/jobs.html", jobs=jobs.list_ended_jobs())),
            State("mots-longs", "Mots longs", fix_specimen("catalogue/jobs.html", jobs=jobs.long_jobs())),
            State("tableau", "Dans un tableau", fix_specimen("catalogue/job_table.html", jobs=jobs.all_jobs())),
        ),
    ),
    Part(
        slug="documents",
        label="Documents",
        purpose="Les fichiers joints à un dossier : les ajouter, les voir, les retirer.",
        made_of=(
            "gis_core.desk.documents.Documents",
            "desk/field.html",
            "desk/document_removal.html",
            "desk/removed_documents.html",
        ),
        states=(
            State("ajout", "Ajout", lambda request: Specimen("catalogue/upload.html", {"form": forms.upload(None)})),
            State("refus", "Refus", lambda request: Specimen("catalogue/upload.html", {"form": forms.upload({})})),
            State("retrait", "Retrait", fix_specimen("catalogue/removals.html", **samples.removals())),
            State(
                "mots-longs", "Mots longs", fix_specimen("catalogue/removals.html", **samples.removals(samples.LONG))
            ),
        ),
    ),
    Part(
        slug="etats",
        label="États",
        purpose="Un mot et une forme disent l’état ; la couleur ne fait que l’appuyer.",
        made_of=("gis_core.desk.cells.Cell", "desk/cell.html"),
        states=(State("tous", "Tous", fix_specimen("catalogue/badges.html", badges=samples.badges())),),
        styles=("permits/permits.css",),
    ),
    Part(
        slug="dialogues",
        label="Dialogues",
        purpose="Rien ne couvre la page, sauf une session finie ; le reste se déplie sur place.",
        made_of=("gis_core/session.js", "<details>"),
        states=(State("tous", "Tous", fix_specimen("catalogue/dialogs.html", text=samples.LONG)),),
    ),
    Part(
        slug="carte",
        label="Petite carte",
        purpose="Où sont les lignes de la page ; la table dit la même chose.",
        made_of=("gis_core.desk.small_map.SmallMap", "{% small_map %}", "webmap/src/maps/"),
        states=(
            map_state("normale", "Normale", "full"),
            map_state("chargement", "Chargement", "loading"),
            map_state("vide", "Vide", "empty"),
            map_state("panne", "Panne", "failed"),
        ),
    ),
    Part(
        slug="journal",
        label="Journal",
        purpose="Qui a lu ou changé quoi, quand et pourquoi.",
        made_of=("gis_core.desk.journal.Journal", "desk/journal.html", "desk/strike.html"),
        states=(
            State("lignes", "Lignes", fix_specimen("catalogue/journal.html", journal=samples.journal())),
            State("vide", "Vide", fix_specimen("catalogue/journal.html", journal=samples.empty_journal())),
            State(
                "mots-longs",
                "Mots longs",
                fix_specimen("catalogue/journal.html", journal=samples.journal(samples.LONG)),
            ),
            State(
                "rayures", "Rayures", fix_specimen("catalogue/strikes.html", reason=samples.SHORT, **samples.strikes())
            ),
        ),
    ),
)


def part_of(slug: str) -> Part | None:
    return next((one for one in PARTS if one.slug == slug), None)
