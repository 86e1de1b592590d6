"""/couches/{slug}/champs/: the fields of a layer, what names and identifies its objects, what edits are checked by."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.edit_forms import lock
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.models import Job, User
from gis_core.problem import status_of
from gis_core.rights import Rights
from gis_core.services.jobs import jobs_seen_by, standing
from layers.catalogue.models import Layer
from layers.features.services import rules as ruling
from layers.settings.forms import FieldForm, NamingForm, RulesForm
from layers.settings.pages import page, rights_of_page, settings_page
from layers.settings.services.administering import administered_layer, has_own_table
from layers.settings.services.checking import unfit
from layers.settings.services.keys import KIND as KEY
from layers.settings.services.keys import ask_for_key
from layers.settings.services.saving import save, seen

COLUMNS = ["columns", "title_field"]
RULES = ["key_column", "rules"]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def fields(request: HttpRequest, slug: str) -> HttpResponse:
    """What the fields are called, who sees them, what may be written in them."""
    rights = rights_of_page(request)
    layer = administered_layer(slug, rights)
    if request.method != "POST":
        return fields_page(request, layer)
    forms, naming = posted(request, layer)
    if not all([naming.is_valid(), *(form.is_valid() for form in forms)]):
        return fields_page(request, layer, forms=forms, naming=naming, status=400)
    try:
        check_own_table(layer)
        values = {"columns": [form.spec() for form in forms], "title_field": naming.cleaned_data["title_field"]}
        check_title(values)
        saved = save(slug, values, tag=request.POST.get("seen", ""), rights=rights)
    except ArpentError as error:
        told = [words for found in error.extra.get("errors", {}).values() for words in found] or [error.message]
        return fields_page(request, layer, forms=forms, naming=naming, faults=told, status=status_of(error))
    messages.success(request, _("The fields are saved."))
    tell_unfit(request, layer, saved)
    return redirect("layer_fields", slug=slug)


def posted(request: HttpRequest, layer: Layer) -> tuple[list[FieldForm], NamingForm]:
    """The forms of all fields, in the order that they were sent in; a field that was not named comes last."""
    sent = {name: rank for rank, name in enumerate(request.POST.getlist("column"))}
    columns = sorted(layer.columns, key=lambda column: sent.get(column["name"], len(sent)))
    return [FieldForm(request.POST, column=column) for column in columns], NamingForm(request.POST, layer=layer)


def check_own_table(layer: Layer) -> None:
    if not has_own_table(layer):
        raise Conflict(_("The fields of this layer are those that the code of the platform says."))


def check_title(values: Mapping[str, Any]) -> None:
    """The field that names an object is read by everybody who sees the layer."""
    names = {column["name"] for column in values["columns"] if not column.get("roles")}
    if values["title_field"] not in names:
        raise Invalid(_("The field that names an object cannot be reserved to some roles: choose another one."))


def tell_unfit(request: HttpRequest, before: Layer, after: Layer) -> None:
    """Say how many objects do not fit what has just been asked of a field: they stay as they are."""
    former = {column["name"]: column for column in before.columns}
    for column in after.columns:
        count = unfit(after, column, former.get(column["name"], {}))
        if count:
            words = ngettext(
                "“%(label)s”: %(count)s object does not fit what is asked now. It stays as it is until it is edited.",
                "“%(label)s”: %(count)s objects do not fit what is asked now. They stay so until they are edited.",
                count,
            )
            messages.warning(request, words % {"label": column["label"], "count": count})


@require_POST
@page
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The unique reference and the rules: the worker puts them in place, once they hold."""
    rights = rights_of_page(request)
    layer = administered_layer(slug, rights)
    assert isinstance(request.user, User)
    form = RulesForm(request.POST, layer=layer)
    if not form.is_valid():
        return fields_page(request, layer, ruled=form, status=400)
    try:
        check_own_table(layer)
        lock(layer)
        if seen(layer, RULES) != request.POST.get("seen"):
            raise Conflict(_("Somebody changed these settings meanwhile; nothing was saved."))
        begun = ask(layer, form, rights, request.user)
    except ArpentError as error:
        form.add_error(None, error.message)
        return fields_page(request, layer, ruled=form, status=status_of(error))
    messages.success(
        request, _("The worker puts it in place; what it says shows below.") if begun else _("Nothing changed.")
    )
    return redirect("layer_fields", slug=slug)


def ask(layer: Layer, form: RulesForm, rights: Rights, user: User) -> list[Job]:
    """The jobs that put in place what differs."""
    made = []
    if (key := form.cleaned_data["key_column"]) != layer.key_column:
        made.append(ask_for_key(layer, key, rights=rights, started_by=user))
    if ordered(form.rules()) != ordered(layer.rules):
        made.append(ruling.ask_for_rules(layer, form.rules(), rights=rights, started_by=user))
    return made


def ordered(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rules to compare: in any order, a tolerance that is not given being none."""
    return sorted(repr(sorted((name, value) for name, value in rule.items() if value is not None)) for rule in found)


def fields_page(
    request: HttpRequest,
    layer: Layer,
    *,
    forms: list[FieldForm] | None = None,
    naming: NamingForm | None = None,
    ruled: RulesForm | None = None,
    faults: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "own": has_own_table(layer),
        "fields": forms or [FieldForm(column=column) for column in layer.columns],
        "naming": naming or NamingForm(layer=layer),
        "ruled": ruled or RulesForm(layer=layer),
        "rules_seen": seen(layer, RULES),
        "faults": faults or [],
        "form": ruled or naming,
        "jobs": last_jobs(layer, rights_of_page(request)),
    }
    return settings_page(request, layer, "fields", COLUMNS, context, status=status)


def last_jobs(layer: Layer, rights: Rights) -> list[dict[str, Any]]:
    """The last job of each kind for this layer, while it says something that the form does not."""
    found = []
    for kind in (KEY, ruling.KIND):
        job = jobs_seen_by(rights).filter(kind=kind, parameters__layer=layer.pk).order_by("-pk").first()
        if job is not None and job.state != Job.State.DONE:
            state, message = standing(job)
            open_ = job.state in (Job.State.WAITING, Job.State.RUNNING)
            found.append({"job": job, "state": state, "message": message, "open": open_})
    return found
