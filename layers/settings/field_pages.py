"""/couches/{slug}/champs/: the fields of a layer, what names and identifies its objects, what edits are checked by."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gis_core.desk.edit_forms import compare_together
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.http.problem import status_of
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.catalogue.models import Layer
from layers.features.services import rules as ruling
from layers.settings.forms import FieldForm, NamingForm, RulesForm
from layers.settings.pages import fault_messages, page, settings_page
from layers.settings.services.administering import get_administered_layer, has_own_table
from layers.settings.services.asking import OPEN, last_job
from layers.settings.services.checking import unfit
from layers.settings.services.keys import KIND as KEY
from layers.settings.services.keys import ask_for_key
from layers.settings.services.saving import save, tag_of

COLUMNS = ["columns", "title_field"]
RULES = ["key_column", "rules"]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def fields(request: HttpRequest, slug: str) -> HttpResponse:
    """What the fields are called, who sees them, what may be written in them."""
    rights = rights_of_page(request)
    layer = get_administered_layer(slug, rights)
    if request.method != "POST":
        return fields_page(request, layer)
    naming, forms = forms_of_request(request, layer)
    if not all([naming.is_valid(), *(form.is_valid() for form in forms)]):
        return fields_page(request, layer, forms=forms, naming=naming, status=400)
    try:
        check_own_table(layer)
        values = {"columns": specs(naming, forms), "title_field": naming.cleaned_data["title_field"]}
        check_title(values)
        # What the forms compared field by field is what is there now: nobody else changes the row meanwhile.
        tag = tag_of(layer, COLUMNS) if naming.was_compared else request.POST.get("seen", "")
        saved = save(slug, values, tag=tag, rights=rights)
    except ArpentError as error:
        faults = fault_messages(error)
        return fields_page(request, layer, forms=forms, naming=naming, faults=faults, status=status_of(error))
    messages.success(request, _("The fields are saved."))
    warn_of_unfit(request, layer, saved)
    return redirect("layer_fields", slug=slug)


def forms_of_request(request: HttpRequest, layer: Layer) -> tuple[NamingForm, list[FieldForm]]:
    """The forms of all fields, in the order that they were sent in; a field that was not named comes last.

    Raises FormConflict for all that somebody else changed, too.
    """
    naming = NamingForm(request, layer=layer, bound=True)
    forms = [FieldForm(naming, column) for column in layer.columns]
    compare_together(naming, *forms)
    if naming.was_compared:
        forms = [form for form in forms if form["label"].html_name in request.POST]
    return naming, sorted(forms, key=lambda form: naming.rank(form.column["name"]))


def specs(naming: NamingForm, forms: Sequence[FieldForm]) -> list[dict[str, Any]]:
    """All fields as the layer keeps them; those that came after the page was opened stay as they are."""
    known = {form.column["name"]: form.spec() for form in forms}
    columns = [known.get(column["name"], column) for column in naming.layer.columns]
    return sorted(columns, key=lambda column: naming.rank(column["name"]))


def check_own_table(layer: Layer) -> None:
    if not has_own_table(layer):
        raise Conflict(_("The fields of this layer are those that the code of the platform says."))


def check_title(values: Mapping[str, Any]) -> None:
    """The field that names an object is read by everybody who sees the layer."""
    names = {column["name"] for column in values["columns"] if not column.get("roles")}
    if values["title_field"] not in names:
        raise Invalid(_("The field that names an object cannot be reserved to some roles: choose another one."))


def warn_of_unfit(request: HttpRequest, before: Layer, after: Layer) -> None:
    """Say how many objects do not fit what has just been asked of a field: they stay as they are."""
    former = {column["name"]: column for column in before.columns}
    for column in after.columns:
        count = unfit(after, column, former.get(column["name"], {}))
        if count:
            message = ngettext(
                "“%(label)s”: %(count)s object does not fit what is asked now. It stays as it is until it is edited.",
                "“%(label)s”: %(count)s objects do not fit what is asked now. They stay so until they are edited.",
                count,
            )
            messages.warning(request, message % {"label": column["label"], "count": count})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The unique reference and the rules: the worker puts them in place, once they hold."""
    rights = rights_of_page(request)
    layer = get_administered_layer(slug, rights)
    if request.method != "POST":
        return redirect(f"{reverse('layer_fields', args=[slug])}#rules")
    assert isinstance(request.user, User)
    form = RulesForm(request, layer=layer, rights=rights, bound=True)
    if not form.is_valid():
        return fields_page(request, layer, ruled=form, status=400)
    try:
        check_own_table(layer)
        if not form.was_compared and tag_of(layer, RULES) != request.POST.get("seen"):
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
    if sort_rules(form.rules()) != sort_rules(layer.rules):
        made.append(ruling.ask_for_rules(layer, form.rules(), rights=rights, started_by=user))
    return made


def sort_rules(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rules to compare: in any order, a tolerance that is not given being none."""
    return sorted(repr(sorted((name, value) for name, value in rule.items() if value is not None)) for rule in rules)


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
    rights = rights_of_page(request)
    faulty = ruled or naming
    naming = naming or NamingForm(request, layer=layer, bound=False)
    ruled = ruled or RulesForm(request, layer=layer, rights=rights, bound=False)
    context = {
        "own": has_own_table(layer),
        "fields": forms or [FieldForm(naming, column) for column in layer.columns],
        "naming": naming,
        "ruled": ruled,
        "rules_seen": tag_of(layer, RULES),
        "faults": faults or [],
        "form": faulty,
        "jobs": last_jobs(layer, rights),
    }
    return settings_page(request, layer, "fields", COLUMNS, context, status=status)


def last_jobs(layer: Layer, rights: Rights) -> list[dict[str, Any]]:
    """The last job of each kind for this layer, while it says something that the form does not."""
    jobs = []
    for kind in (KEY, ruling.KIND):
        job = last_job(layer, kind, rights)
        if job is not None and job.state != Job.State.DONE:
            state, message = describe_job(job)
            jobs.append({"job": job, "state": state, "message": message, "open": job.state in OPEN})
    return jobs
