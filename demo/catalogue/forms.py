"""Forms of the catalogue: the kit's own, whose values are written nowhere."""

from typing import Any, Literal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gis_core.desk.edit_forms import Difference, FormConflict, conflict_page, make_hidden_input
from gis_core.desk.forms import AccessibleForm

type Given = Literal["empty", "wrong", "long"]
LONG_WORD = "Anticonstitutionnellement-interdépartementalisation-hydrogéomorphologique"
WAYS = (("carte", "Sur la carte"), ("rue", "Par la rue"), ("pr", "Par les points de repère de la route départementale"))


class WorkForm(AccessibleForm):
    title = forms.CharField(label="Titre", max_length=40, help_text="Ce que tout le monde lira.")
    kind = forms.ChoiceField(label="Nature", choices=(("", "Choisir…"), ("voirie", "Voirie"), ("eau", "Eau potable")))
    starts_on = forms.DateField(label="Début", widget=forms.DateInput(attrs={"type": "date"}))
    cost = forms.IntegerField(label="Coût (€)", min_value=0, max_value=1_000_000, required=False)
    where = forms.ChoiceField(label="Où", choices=WAYS, widget=forms.RadioSelect)
    communes = forms.MultipleChoiceField(
        label="Communes", choices=(("45001", "Adon"), ("45315", "Sully-sur-Loire"), ("45336", "Villemurlin")),
        widget=forms.CheckboxSelectMultiple, required=False, help_text="Celles que le chantier touche.",
    )  # fmt: skip
    note = forms.CharField(label="Remarque", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    public = forms.BooleanField(label="Le public voit ce chantier", required=False, help_text="Sans le coût.")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("title") and not given.get("communes"):
            raise forms.ValidationError("Un chantier touche au moins une commune.")
        return given


class LongForm(AccessibleForm):
    title = forms.CharField(label=LONG_WORD, initial=LONG_WORD * 2, help_text=LONG_WORD, required=False)
    kind = forms.ChoiceField(label="Nature", choices=((LONG_WORD, f"{LONG_WORD} et {LONG_WORD}"),))
    where = forms.ChoiceField(label=LONG_WORD, choices=((LONG_WORD, LONG_WORD),), widget=forms.RadioSelect)
    public = forms.BooleanField(label=f"{LONG_WORD} {LONG_WORD}", required=False)


WRONG = {"title": "Un titre beaucoup trop long pour la place qu’il a", "cost": "-3", "starts_on": "demain"}


def form(request: HttpRequest, given: Given) -> forms.Form:
    """The form of a state; what was sent is checked, and kept nowhere."""
    made = LongForm if given == "long" else WorkForm
    if request.method == "POST":
        return made(request.POST)
    return made(WRONG) if given == "wrong" else made()


class UploadForm(AccessibleForm):
    kind = forms.ChoiceField(
        label="Nature des pièces", choices=(("", "Choisir…"), ("plan", "Plan"), ("photo", "Photo"))
    )
    file = forms.FileField(label="Fichiers", help_text="PDF, JPEG, PNG ou DOCX : 50 Mo chacun au plus.")


def upload(data: dict[str, str] | None) -> forms.Form:
    return UploadForm(data)


def conflict(request: HttpRequest) -> HttpResponse:
    """The page on which two people's changes are told apart."""
    differences = [
        Difference("title", "Titre", "Réfection de la rue", "Réfection de la rue Basse", "Réfection du bourg"),
        Difference("note", "Remarque", "—", f"{LONG_WORD}\n{LONG_WORD}", "La déviation passe par la place."),
    ]
    return conflict_page(request, FormConflict(differences, [make_hidden_input("cost", "480")], ["Début", "Nature"]))


def repeat_page(request: HttpRequest) -> HttpResponse:
    """The page that asks about a form that is sent a second time with other values."""
    return render(request, "form_repeated.html", {"location": request.path, "again": [], "files": False}, status=409)
