"""/regles/: the rules of zones, entered beside the text of the regulation; files of the SRU standard in and out."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.models import Member
from layers.planning.models import Document
from simulation.engine.regulation import Content, content_with
from simulation.engine.sru import Rule
from simulation.models import ZoneRules
from simulation.pages.frame import show
from simulation.rule_fields import CONTENT, GROUPS, REMARK, SENTENCES, FieldGroup, RuleField, join_rules, split_rules
from simulation.services import keeping
from simulation.services.messages import ATTRIBUTES

POST_TOO = ["GET", "HEAD", "POST"]
MOST_BODY = keeping.MOST_BYTES + 1_000_000
LONGEST_REMARK = 500
LONGEST_SENTENCES = 20_000
TAB = "zone_rules"


# -- the form ---------------------------------------------------------------------------------------------------------


def form_field(one: RuleField) -> forms.Field:
    label: Any = f"{one.label} ({one.unit})" if one.unit else one.label
    if one.choices is not None:
        return forms.ChoiceField(label=label, choices=list(one.choices.items()), required=False)
    if one.whole:
        return forms.IntegerField(label=label, min_value=0, max_value=int(one.most), required=False)
    return forms.FloatField(label=label, min_value=0, max_value=one.most, required=False, localize=True)


class ZoneRulesForm(EditForm):
    """The fields of every group; `contents` are the texts of the regulation from which a rule may come."""

    def __init__(self, *args: Any, contents: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        for group in GROUPS:
            for one in group.fields:
                self.fields[one.name] = form_field(one)
            self.fields[f"{REMARK}{group.name}"] = forms.CharField(
                label=gettext_lazy("Exceptions, in words"), required=False, max_length=LONGEST_REMARK
            )
            if contents:
                self.fields[f"{CONTENT}{group.name}"] = forms.ChoiceField(
                    label=gettext_lazy("Text of the regulation"), required=False, choices=[("", "—"), *contents]
                )
        for name, (_category, sentences) in SENTENCES.items():
            label: Any = sentences
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=LONGEST_SENTENCES, widget=forms.Textarea(attrs={"rows": 4})
            )

    def groups(self) -> Iterator[tuple[FieldGroup, list[forms.BoundField]]]:
        """Each group with its fields, for the template."""
        for group in GROUPS:
            names = [*(one.name for one in group.fields), f"{REMARK}{group.name}", f"{CONTENT}{group.name}"]
            yield group, [self[name] for name in names if name in self.fields]

    def usual_groups(self) -> list[tuple[FieldGroup, list[forms.BoundField]]]:
        return [one for one in self.groups() if not one[0].rare]

    def rare_groups(self) -> list[tuple[FieldGroup, list[forms.BoundField]]]:
        return [one for one in self.groups() if one[0].rare]

    def has_rare(self) -> bool:
        """Whether something that few regulations say is entered, or wrong."""
        fields = [field for _group, some in self.rare_groups() for field in some]
        return any(field.errors or field.value() not in (None, "") for field in fields)

    def sentences(self) -> list[forms.BoundField]:
        return [self[name] for name in SENTENCES]


class FileForm(AccessibleForm):
    file = forms.FileField(
        label=gettext_lazy("File of the SRU standard"),
        help_text=gettext_lazy("Level 2 (rules, JSON), or level 1 (text of the regulation, XML or JSON)."),
    )
    zone = forms.ChoiceField(label=gettext_lazy("Zone of the rules that name none"), required=False)

    def __init__(self, *args: Any, zones: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["zone"].choices = [("", "—"), *((one, one) for one in zones)]  # type: ignore[attr-defined]


# -- pages ------------------------------------------------------------------------------------------------------------


@require_safe
@page
def rule_list(request: HttpRequest) -> HttpResponse:
    """The documents of the user's members, with how many zones have rules."""
    members = keeping.members_entering(rights_of_request(request))
    return show(request, "rule_list", TAB, {"places": keeping.documents_of(members)})


def place(request: HttpRequest, slug: str, idurba: str) -> tuple[Member, Document]:
    """Whose rules of which document a page is about. Raises NotFound, Forbidden."""
    rights = rights_of_request(request)
    member = keeping.member_entering(slug, rights)
    return member, keeping.document_of(idurba, member, rights)


@page
def too_large(request: HttpRequest, slug: str, idurba: str) -> HttpResponse:
    """The page again, without what was sent."""
    member, document = place(request, slug, idurba)
    form = FileForm({}, {}, zones=[])
    form.errors.clear()
    form.add_error("file", _("The file is too large: %(most)s MB at most.") % {"most": keeping.MOST_BYTES // 1_000_000})
    return show_document(request, member, document, form, 413)


@upload_page(too_large, MOST_BODY)
@require_http_methods(POST_TOO)
@page
def document_page(request: HttpRequest, slug: str, idurba: str) -> HttpResponse:
    """The zones of a document; a file of the standard brings rules or texts."""
    member, document = place(request, slug, idurba)
    if request.method != "POST":
        return show_document(request, member, document)
    form = FileForm(request.POST, request.FILES, zones=[one.zone for one in keeping.zones_of(document, member)])
    if not form.is_valid():
        return show_document(request, member, document, form, 400)
    try:
        report = keeping.import_file(
            document, member, form.cleaned_data["file"].read(), form.cleaned_data["zone"], signed_in_user(request),
            rights_of_request(request),
        )  # fmt: skip
    except ArpentError as error:
        return show_document(request, member, document, form, blame(form, error))
    for sentence in report.sentences:
        messages.success(request, sentence)
    return redirect("zone_rules_document", slug, idurba)


def show_document(
    request: HttpRequest, member: Member, document: Document, form: FileForm | None = None, status: int = 200
) -> HttpResponse:
    zones = keeping.zones_of(document, member)
    texts = keeping.texts_kept(document, member)
    context = {
        "member": member,
        "document": document,
        "zones": zones,
        "text": texts[0] if texts else None,
        "form": form or FileForm(zones=[one.zone for one in zones]),
    }
    return show(request, "rule_document", TAB, context, status)


@require_http_methods(POST_TOO)
@page
def zone_page(request: HttpRequest, slug: str, idurba: str, zone: str) -> HttpResponse:
    """The rules of a zone, beside its regulation."""
    member, document = place(request, slug, idurba)
    line = keeping.zone_of(document, member, zone)
    contents = keeping.contents_of_zone(document, member, zone)
    choices = [(one.identifier, one.label) for one in contents]
    form = ZoneRulesForm(
        request, row=f"zone rules {member.pk} {idurba} {zone}", contents=choices,
        read=lambda _name: dict(split_rules(keeping.kept_rules(document, member, zone)).values),
    )  # fmt: skip
    rules = keeping.kept_rules(document, member, zone)
    others = list(split_rules(rules).others)
    if request.method == "POST" and form.is_valid():
        entered = join_rules(form.cleaned_data, others, content_finder(contents, rules))
        try:
            keeping.save_rules(document, member, zone, entered, signed_in_user(request), rights_of_request(request))
        except ArpentError as error:
            blame(form, error)
        else:
            messages.success(request, _("The rules of the zone %(zone)s are saved.") % {"zone": zone})
            return redirect("zone_rules_zone", slug, idurba, zone)
    context = {
        "member": member,
        "document": document,
        "line": line,
        "contents": contents,
        "form": form,
        "others": [describe_rule(rule) for rule in others],
        "kept": ZoneRules.objects.filter(owner=member, idurba=idurba, zone=zone).select_related("changed_by").first(),
    }
    return show(request, "rule_zone", TAB, context, 400 if form.is_bound else 200)


def content_finder(contents: Sequence[Content], rules: Sequence[Rule]) -> Callable[[str, str], str]:
    """Says the content of a sentence: the one that has its words, else the one that its rule had."""
    before = {(one.category, one.libelle): rule.content for rule in rules for one in rule.constraints}
    return lambda category, line: content_with(contents, line) or before.get((category, line), "")


def describe_rule(rule: Rule) -> str:
    """A rule that the fields do not show, in one line."""
    conditions = [one.libelle or one.category for some in rule.alternatives for one in some]
    parts = []
    for one in rule.constraints:
        values = [f"{ATTRIBUTES.get(name, name)} {value}" for name, value in one.values.items()]
        parts.append(" · ".join(filter(None, [one.category, one.libelle, *map(str, values), one.commentaire])))
    return " — ".join([*conditions, *parts])


@require_safe
@page
def export(request: HttpRequest, slug: str, idurba: str) -> HttpResponse:
    """The rules of a zone (`zone`), or of all, as the standard writes them."""
    member, document = place(request, slug, idurba)
    zone = request.GET.get("zone", "")
    content = json.dumps(keeping.export_rules(document, member, zone), ensure_ascii=False, indent=2)
    name = "-".join(filter(None, ["regles", idurba, zone]))
    return file_response(content, "application/json", f"{name}.json")
