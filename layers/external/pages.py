"""/couches-externes/: layers of other servers, and the servers that may be asked."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.parameters import whole_number
from gis_core.desk.signed_in import page as page
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError
from gis_core.http.problem import status_of
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member
from layers.external.forms import ExternalChangeForm, ExternalLayerForm, HostForm, ServiceForm
from layers.external.models import AllowedHost, ExternalLayer
from layers.external.services import declaring

OFFERS_ON_PAGE = 500


@require_safe
@page
def externals(request: HttpRequest) -> HttpResponse:
    """The layers of other servers that the asker administers, and the servers that may be asked."""
    rights = rights_of_page(request)
    context = {
        "layers": declaring.list_administered_externals(rights),
        "hosts": AllowedHost.objects.all(),
        "host_form": HostForm(),
    }
    return external_page(request, "externals", context)


@require_safe
@page
def new_external(request: HttpRequest) -> HttpResponse:
    """Which server, then which of its layers: what was asked stands in the address, nothing is kept."""
    rights = rights_of_page(request)
    is_submitted = "service" in request.GET
    form = ServiceForm(request.GET if is_submitted else None)
    if not is_submitted:
        return external_page(request, "service", {"form": form})
    if not form.is_valid():
        return external_page(request, "service", {"form": form}, status=400)
    service, kind = form.cleaned_data["service"].strip(), form.cleaned_data["kind"]
    try:
        if kind == ExternalLayer.Kind.XYZ:
            declaring.check_template(service)
            return declaration_page(request, rights, service, kind, "", {})
        inspected = declaring.inspect_service(service, kind)
    except ArpentError as error:
        form.add_error("service", error.message)
        extra = {"form": form, "missing_host": error.extra.get("host") if rights.agency else None}
        return external_page(request, "service", extra, status=status_of(error))
    name = request.GET.get("name", "")
    offer = next((one for one in inspected.offers if one.name == name and not one.why_not), None)
    if offer is not None:
        started = {"title": offer.title, "abstract": offer.abstract, "attribution": offer.values.get("attribution")}
        return declaration_page(request, rights, service, inspected.kind, name, started)
    offers = sorted(inspected.offers, key=lambda one: bool(one.why_not))
    context = {"form": form, "service": service, "kind": inspected.kind, "offers": offers[:OFFERS_ON_PAGE]}
    return external_page(request, "offers", context | {"more": max(0, len(offers) - OFFERS_ON_PAGE)})


def declaration_page(
    request: HttpRequest, rights: Rights, service: str, kind: str, name: str, started: dict[str, Any]
) -> HttpResponse:
    form = ExternalLayerForm(rights=rights, kind=kind, initial={"visibility": "signed_in", **started})
    return external_page(request, "declare", {"form": form, "service": service, "kind": kind, "name": name})


@require_POST
@page
def declare(request: HttpRequest) -> HttpResponse:
    """Put a layer in the catalogue."""
    rights = rights_of_page(request)
    service, kind = request.POST.get("service", "")[:1000], request.POST.get("kind", "")
    name = request.POST.get("name", "")[:200]
    form = ExternalLayerForm(request.POST, rights=rights, kind=kind)
    context = {"form": form, "service": service, "kind": kind, "name": name}
    if kind not in ExternalLayer.Kind.values or not form.is_valid():
        return external_page(request, "declare", context, status=400)
    try:
        owner = owner_chosen(form, rights)
        made = declaring.declare(
            service=service, kind=kind, name=name, owner=owner, chosen=form.layer_values(), rights=rights
        )
    except ArpentError as error:
        return external_page(request, "declare", context, status=blame(form, error))
    messages.success(request, _("%(title)s is in the map, for those who may see it.") % {"title": made})
    return redirect("externals")


def owner_chosen(form: ExternalLayerForm, rights: Rights) -> Member | None:
    """The member that the layer is for; the only one that the asker administers; None for the whole platform."""
    administered = Member.objects.administered_by(rights)
    if "member" not in form.fields:
        return administered.filter(pk__in=[pk for pk, role in rights.roles.items() if role in ADMINISTRATORS]).first()
    slug = form.cleaned_data["member"]
    return administered.get(slug=slug) if slug else None


@require_http_methods(["GET", "HEAD", "POST"])
@page
def external(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a layer is called and who sees it."""
    rights = rights_of_page(request)
    layer = declaring.get_administered_external(slug, rights)
    form = ExternalChangeForm(request, row=layer, read=values_of, rights=rights, kind=layer.kind, layer=layer)
    context = {"form": form, "layer": layer}
    if request.method != "POST":
        return external_page(request, "external", context)
    if not form.is_valid():
        return external_page(request, "external", context, status=400)
    version = str(layer.version) if form.was_compared else request.POST.get("version", "")
    try:
        declaring.change(slug, form.layer_values(), version=whole_number(version) or 0, rights=rights)
    except ArpentError as error:
        now = declaring.get_administered_external(slug, rights)
        return external_page(request, "external", {"form": form, "layer": now}, status=blame(form, error))
    messages.success(request, _("The settings are saved."))
    return redirect("external", slug=slug)


def values_of(layer: ExternalLayer) -> dict[str, Any]:
    started = {name: getattr(layer, name) for name in declaring.CHOSEN} | {"theme": str(layer.theme_id)}
    return started | {"min_zoom": layer.min_zoom, "max_zoom": layer.max_zoom}


@require_POST
@page
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    title = declaring.remove(slug, rights_of_page(request))
    messages.success(request, _("%(title)s is no longer in the catalogue.") % {"title": title})
    return redirect("externals")


@require_POST
@page
def allow(request: HttpRequest) -> HttpResponse:
    """Put a server on the list."""
    rights = rights_of_page(request)
    form = HostForm(request.POST)
    if not form.is_valid():
        return hosts_page(request, rights, form, 400)
    try:
        made = declaring.allow_host(form.cleaned_data["host"], form.cleaned_data["note"], rights)
    except ArpentError as error:
        form.add_error("host", error.message)
        return hosts_page(request, rights, form, status_of(error))
    messages.success(request, _("The server %(host)s may be asked now.") % {"host": made})
    if query := {name: request.POST[name] for name in ("kind", "service") if request.POST.get(name)}:
        return redirect(reverse("external_new", query=query))
    return redirect("externals")


def hosts_page(request: HttpRequest, rights: Rights, form: HostForm, status: int) -> HttpResponse:
    context = {
        "layers": declaring.list_administered_externals(rights),
        "hosts": AllowedHost.objects.all(),
        "host_form": form,
    }
    return external_page(request, "externals", context, status=status)


@require_POST
@page
def forbid(request: HttpRequest, host_id: int) -> HttpResponse:
    """Take a server off the list."""
    gone = declaring.forbid_host(host_id, rights_of_page(request))
    messages.success(request, _("The server %(host)s is no longer asked.") % {"host": gone})
    return redirect("externals")


def blame(form: Form, error: ArpentError) -> int:
    """Put an error at the field that it is about; returns the answer's status."""
    errors: dict[str, Any] = error.extra.get("errors", {})
    for name, faults in errors.items():
        field = {"theme_id": "theme"}.get(name, name)
        form.add_error(field if field in form.fields else None, faults)
    if not errors:
        form.add_error(None, error.message)
    return status_of(error)


def external_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"external/{template}.html", {"section": "layers", **context}, status=status)
