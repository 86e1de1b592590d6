"""/reseaux/profil/: the longitudinal profile of a way, on the screen, as a file, on paper."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_core.codes import CodeList
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Invalid
from gis_core.files.writing.csvtext import CSV, csv_file
from gis_core.files.writing.rows import Column
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from layers.features.display import code_label
from networks.water import code_lists
from networks.water.pages.frame import show
from networks.water.profile.bands import Labels, name_of, rows, values
from networks.water.profile.document import PAPERS, TitleBlock, accuracies, pdf_of
from networks.water.profile.drawing import draw
from networks.water.profile.layout import EXAGGERATIONS, SCALES, USUAL, screen_layout
from networks.water.services.profiles import LONGEST_REFERENCE, Branches, Drawn, Request, profile_for

FAMILIES = {"sewer": gettext_lazy("Sewer"), "water": gettext_lazy("Drinking water")}
PARAMETERS = ("family", "pipes", "pipe", "from", "to", "from_ref", "to_ref", "scale", "exaggeration")


class ProfileForm(AccessibleForm):
    """From one node to another by their references; the scales. A way that a link gives stays as it is."""

    family = forms.ChoiceField(label=gettext_lazy("Network"), required=False, choices=FAMILIES)
    from_ref = forms.CharField(label=gettext_lazy("From node"), max_length=LONGEST_REFERENCE, required=False)
    to_ref = forms.CharField(label=gettext_lazy("To node"), max_length=LONGEST_REFERENCE, required=False)
    scale = forms.TypedChoiceField(label=gettext_lazy("Scale along the way"), required=False, coerce=int)
    exaggeration = forms.TypedChoiceField(label=gettext_lazy("Heights enlarged"), required=False, coerce=int)

    def __init__(self, *args: Any, given: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        scales = [(str(one), f"1/{one}") for one in SCALES]
        self.fields["scale"].choices = [("", _("Chosen for the screen")), *scales]  # type: ignore[attr-defined]
        self.fields["exaggeration"].choices = [(str(one), f"× {one}") for one in EXAGGERATIONS]  # type: ignore[attr-defined]
        self.fields["to_ref"].widget.attrs["placeholder"] = _("outlet, or source")
        self.kept = [(name, given[name]) for name in ("pipes", "pipe", "from", "to") if given.get(name)]
        if self.kept:
            for name in ("family", "from_ref", "to_ref"):
                del self.fields[name]
            self.kept.append(("family", given.get("family", "sewer")))


@require_safe
@page
def profile(request: HttpRequest) -> HttpResponse:
    """The form, and the profile that it asks for; `format=svg` or `format=csv` to take away."""
    given = parameters_in(request)
    usual = {"exaggeration": str(USUAL)}
    file_format = request.GET.get("format", "")
    form = ProfileForm(initial=usual | given, given=given)
    if file_format:
        return export_profile(file_format, request)
    context: dict[str, Any] = {"form": form, "query": urlencode(given), "papers": [*PAPERS]}
    try:
        query = Request.parse(given)
        if query.names_pipes:
            context |= profile_context(query, profile_for(query, rights_of_request(request)))
    except ArpentError as error:
        context["form"] = form = ProfileForm(usual | given, given=given)
        status = blame(form, error)
        if isinstance(error, Branches):
            context["longest"] = longest_query(error, given)
            context["count"] = len(error.longest)
        return show(request, "profile", "network_profile", context, status=status)
    return show(request, "profile", "network_profile", context)


@require_safe
@page
def paper(request: HttpRequest) -> HttpResponse:
    """The same on paper, to scale. Raises Invalid, NotFound."""
    size = request.GET.get("paper", "A3")
    if size not in PAPERS:
        raise Invalid(_("The paper is A3 or A4."), parameter="paper")
    query = Request.parse(parameters_in(request))
    drawn = profile_for(query, rights_of_request(request))
    block = TitleBlock(
        member=drawn.member.name,
        author=str(request.user),
        network=str(FAMILIES[drawn.profile.family]),
        notes=drawn.notes,
    )
    content = pdf_of(
        drawn.profile,
        block,
        labels_of(code_lists.MATERIALS),
        paper=size,
        scale=query.scale,
        exaggeration=query.exaggeration,
    )
    return file_response(content, "application/pdf", file_name(drawn, "pdf"))


def parameters_in(request: HttpRequest) -> dict[str, str]:
    given: dict[str, str] = {name: request.GET.get(name, "") for name in PARAMETERS}
    return {name: value for name, value in given.items() if value}


def longest_query(error: Branches, given: dict[str, str]) -> str:
    kept = {name: given[name] for name in ("family", "scale", "exaggeration") if name in given}
    pipes = ",".join(map(str, error.longest))
    return urlencode(kept | {"pipes": pipes}, safe=",")


def labels_of(labels: CodeList) -> Labels:
    """A list of values in the asker's language."""
    return {code: code_label(labels, code) for code in labels}


def kinds_of(drawn: Drawn) -> Labels:
    return labels_of(code_lists.WATER_NODES if drawn.profile.family == "water" else code_lists.SEWER_NODES)


def profile_context(query: Request, drawn: Drawn) -> dict[str, Any]:
    result, materials = drawn.profile, labels_of(code_lists.MATERIALS)
    layout = screen_layout(result, query.scale, query.exaggeration)
    drawing = draw(result, layout, materials)
    return {
        "profile": result,
        "drawn": drawn,
        "drawing": drawing,
        "layout": layout,
        "flatter": layout.exaggeration != query.exaggeration,
        "ends": [name_of(result.points[0]), name_of(result.points[-1])],
        "accuracies": accuracies(result),
        "no_height": not result.heights,
        "rows": rows(result, kinds_of(drawn), materials),
        "map": reverse("map"),
        "layer": f"{result.family}-pipes",
    }


# -- files ------------------------------------------------------------------------------------------------------------


def export_profile(file_format: str, request: HttpRequest) -> HttpResponse:
    """The profile that the query string asks for, as an SVG or CSV file. Raises Invalid, NotFound."""
    if file_format not in ("svg", "csv"):
        raise Invalid(_("A profile is taken away as SVG or CSV."), parameter="format")
    query = Request.parse(parameters_in(request))
    drawn = profile_for(query, rights_of_request(request))
    if file_format == "csv":
        return file_response(as_csv(drawn), CSV, file_name(drawn, "csv"))
    made = screen_layout(drawn.profile, query.scale, query.exaggeration).still()
    svg = draw(drawn.profile, made, labels_of(code_lists.MATERIALS)).svg
    content = f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}'
    return file_response(content, "image/svg+xml", file_name(drawn, "svg"))


def file_name(drawn: Drawn, suffix: str) -> str:
    ends = [slugify(name_of(point)) for point in (drawn.profile.points[0], drawn.profile.points[-1])]
    return "-".join(["profil", *(end for end in ends if end)])[:80] + f".{suffix}"


def as_csv(drawn: Drawn) -> bytes:
    result = drawn.profile
    sewer = result.family == "sewer"
    columns = [
        Column("node", _("Manhole no.") if sewer else _("Node"), "text"),
        Column("kind", _("Kind"), "text"),
        Column("ground_z", _("Height of the cover") if sewer else _("Height of the ground"), "number"),
        *([Column("natural_z", _("Natural ground (model of heights)"), "number")] if result.natural else []),
        Column("arriving_z", _("Invert, arriving") if sewer else _("Top of the pipe, arriving"), "number"),
        Column("leaving_z", _("Invert, leaving") if sewer else _("Top of the pipe, leaving"), "number"),
        Column("bottom_z", _("Invert of the structure"), "number"),
        Column("depth_m", _("Depth"), "number"),
        Column("drop_m", _("Drop"), "number"),
        Column("at_m", _("Cumulated distances"), "number"),
        Column("pipe", _("Pipe"), "text"),
        Column("length_m", _("Partial distances"), "number"),
        Column("slope_percent", _("Slope (%)"), "number"),
        Column("diameter_mm", _("Diameter (mm)"), "integer"),
        Column("material", _("Material"), "text"),
        Column("accuracy_z", _("Accuracy class in Z"), "text"),
        Column("remarks", _("Remarks"), "text"),
        Column("between", _("Not on record, put between known heights"), "text"),
    ]
    return csv_file(columns, values(result, kinds_of(drawn), labels_of(code_lists.MATERIALS)))
