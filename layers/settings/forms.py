"""The forms of a layer's settings. They keep what was typed; the services decide."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from gis_core.desk.edit_forms import EditForm
from gis_core.members.organisations import partners
from gis_core.members.rights import Rights, Role
from gis_core.models import Member
from layers.catalogue.measured import OTHERS, SURFACES, tolerances_of
from layers.catalogue.models import Layer, Theme
from layers.catalogue.validators import LONGEST_TEXT
from layers.features.display import display_number
from layers.settings.services.administering import is_edited
from layers.settings.services.asking import with_pending_settings

TOLERANCES = (*SURFACES, *OTHERS)
EDITORS = (Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
"""The roles that a layer may be edited by; the others write nothing of their member's."""


class DescriptionForm(EditForm):
    """What a layer is, where it comes from, who sees and who edits it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    theme = forms.ChoiceField(label=_("Theme"), help_text=_("Its heading among the layers of the map."))
    abstract = forms.CharField(
        label=_("What it shows"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown under the layer’s name in the map."),
    )
    lineage = forms.CharField(
        label=_("How it was made"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Survey, digitising, from which plan, with which accuracy."),
    )
    source_date = forms.DateField(
        label=_("Date of the data"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    attribution = forms.CharField(
        label=_("Attribution"), max_length=200, required=False, help_text=_("Shown on the map, such as “© IGN 2024”.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    contact = forms.CharField(label=_("Whom to ask"), max_length=200, required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Layer.Visibility, widget=forms.RadioSelect)
    shared_with = forms.TypedMultipleChoiceField(
        label=_("Members it is shared with"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    editor_roles = forms.MultipleChoiceField(
        label=_("Who edits it, at its owner"),
        required=False,
        choices=[(role.value, role.label) for role in EDITORS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: nobody but the agency."),
    )
    strict_locking = forms.BooleanField(
        label=_("Refuse edits that do not say which version they saw"),
        required=False,
        help_text=_("QGIS does not say it: there the layer becomes read-only."),
    )
    visible_at_first = forms.BooleanField(label=_("Shown when the map opens"), required=False)
    order = forms.IntegerField(
        label=_("Rank in its theme"), min_value=0, max_value=32_767, help_text=_("The smallest comes first.")
    )
    tolerance_m2 = forms.FloatField(label=_("Area (m²)"), min_value=0, max_value=1_000)
    tolerance_percent = forms.FloatField(label=_("Share of the parcel (%)"), min_value=0, max_value=100)
    tolerance_m = forms.FloatField(label=_("Length (m)"), min_value=0, max_value=100)

    def __init__(self, *args: Any, layer: Layer, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        self.layer = layer
        self.choose("theme", [(str(theme.pk), str(theme)) for theme in Theme.objects.all()])
        offered = Q(pk__in=partners(rights).order_by().values("pk")) | Q(pk__in=layer.shared_with)
        members = Member.objects.filter(offered).exclude(pk=layer.owner_id or 0).order_by("name")
        self.partners = list(members.values_list("pk", "name"))
        self.choose("shared_with", self.partners)
        self.choose("visibility", [one for one in Layer.Visibility.choices if self.may_choose(one[0])])
        for name in set(self.fields) - set(self.names(layer)) - {"theme"}:
            del self.fields[name]
        if layer.geometry_type == Layer.Geometry.POINT and "tolerance_m" in self.fields:
            self.fields["tolerance_m"].label = _("Distance from the limit (m)")

    together = (("visibility", "shared_with"),)

    def may_choose(self, visibility: str) -> bool:
        if visibility == Layer.Visibility.OWNER:
            return self.layer.owner_id is not None
        return visibility != Layer.Visibility.MEMBERS or bool(self.partners)

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("visibility") == Layer.Visibility.MEMBERS and not given.get("shared_with"):
            self.add_error("shared_with", _("Choose at least one member, or another answer to who sees it."))
        return given

    def values(self) -> dict[str, Any]:
        """The settings that a good form gives the layer."""
        given = dict(self.cleaned_data)
        given["theme_id"] = int(given.pop("theme"))
        return given

    @staticmethod
    def names(layer: Layer) -> list[str]:
        """The settings that this form changes."""
        without = set(TOLERANCES) - set(tolerances_of(layer))
        if not is_edited(layer):
            without |= {"editor_roles", "strict_locking"}
        return ["theme_id" if name == "theme" else name for name in DescriptionForm.base_fields if name not in without]

    @classmethod
    def beginnings(cls, layer: Layer) -> dict[str, Any]:
        kept = {name: getattr(layer, name) for name in cls.names(layer)}
        short = {name: short_number(kept[name]) for name in TOLERANCES if name in kept}
        return kept | short | {"theme": str(layer.theme_id)}


def short_number(value: float) -> float:
    """`5` rather than `5.0` where somebody reads it."""
    return int(value) if value == int(value) else value


def differences(form: forms.Form, now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a form whose value somebody else has just changed to something other than what was typed."""
    changed = []
    for name, field in form.fields.items():
        theirs = now.get(name)
        if name in now and field.has_changed(theirs, form[name].data):
            changed.append({"label": field.label, "now": format_form_value(field, theirs)})
    return changed


def format_form_value(field: forms.Field, value: Any) -> str:
    """A value as the form shows it."""
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value) or "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, float):
        return display_number(value)
    return choices.get(str(value), str(value)) if value not in (None, "") else "—"


READERS = (Role.READER, Role.TOWN_HALL, *EDITORS)
"""The roles that a field may be reserved to."""
CODED = ("text", "integer", "number")
"""The types of fields that may have a list of values."""
MOST_VALUES = 1_000


class FieldForm(EditForm):
    """What one field of a layer is called, who sees it, what may be written in it; beside the form of all fields."""

    together = (("values", "only_these"), ("in_tiles", "roles"), ("when_field", "when_values", "required"))

    label = forms.CharField(label=_("Label"), max_length=120)
    label_en = forms.CharField(label=_("Label in English"), max_length=120, required=False)
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)
    in_tiles = forms.BooleanField(
        label=_("In the tiles"),
        required=False,
        help_text=_("What the style and the labels of the map may follow. Everybody who sees the layer can read it."),
    )
    required = forms.BooleanField(label=_("Must be filled in"), required=False)
    read_only = forms.BooleanField(label=_("Only read: edits leave it as it is"), required=False)
    maximum_length = forms.IntegerField(label=_("Most characters"), min_value=1, max_value=LONGEST_TEXT, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Reserved to"),
        required=False,
        choices=[(role.value, role.label) for role in READERS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everybody who sees the layer. Otherwise these roles at its owner, and the agency."),
    )
    values = forms.CharField(
        label=_("Values"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One on each line: the value as it is stored, then if need be | its word | its word in English."),
    )
    only_these = forms.BooleanField(label=_("No other value may be written"), required=False)
    addresses = forms.BooleanField(label=_("Addresses are proposed while one types"), required=False)
    when_field = forms.ChoiceField(
        label=_("Asked only where this field"),
        required=False,
        help_text=_(
            "An object’s form shows it where the other field has one of these values, or where it is filled in already."
        ),
    )
    when_values = forms.CharField(
        label=_("has one of these values"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("One on each line, as it is stored."),
    )

    def __init__(self, beside: "NamingForm", column: Mapping[str, Any]) -> None:
        super().__init__(
            beside.request,
            row=beside.layer,
            read=lambda _layer: self.beginnings(column),
            bound=beside.is_bound,
            beside=beside,
            prefix=column["name"],
        )
        self.column, self.about = column, column["label"]
        if column["type"] != "text":
            del self.fields["maximum_length"], self.fields["addresses"]
        if column["type"] not in CODED:
            del self.fields["values"], self.fields["only_these"]
        others = [one for one in beside.layer.columns if one["type"] in CODED and one["name"] != column["name"]]
        self.others = {one["name"]: one for one in others}
        choices = [("", _("Always asked")), *((one["name"], one["label"]) for one in others)]
        self.fields["when_field"].choices = choices  # type: ignore[attr-defined]  # a field of choices

    @staticmethod
    def beginnings(column: Mapping[str, Any]) -> dict[str, Any]:
        labels_by_code = dict(column.get("values") or {})
        codes = [*labels_by_code, *(one for one in column.get("choices") or [] if str(one) not in labels_by_code)]
        lines = (" | ".join([str(code), *(label for label in labels_by_code.get(code, []) if label)]) for code in codes)
        ((field, wanted),) = (column.get("when") or {"": []}).items()
        condition = {
            "addresses": column.get("suggest") == "addresses",
            "when_field": field,
            "when_values": "\n".join(map(str, wanted)),
        }
        return {**column, **condition, "values": "\n".join(lines), "only_these": column.get("choices") is not None}

    def clean_values(self) -> list[tuple[Any, list[str]]]:
        """Each value with its words; those that have none are their own."""
        lines = [line.strip() for line in self.cleaned_data["values"].splitlines()]
        values = [self.value_in(line) for line in lines if line]
        if len(values) > MOST_VALUES:
            raise forms.ValidationError(_("At most %(most)s values.") % {"most": MOST_VALUES})
        if len({str(value) for value, _labels in values}) < len(values):
            raise forms.ValidationError(_("A value is there twice: keep one."))
        return values

    def value_in(self, line: str) -> tuple[Any, list[str]]:
        code, *labels = (part.strip() for part in line.split("|"))
        if not code or len(labels) > 2:
            raise forms.ValidationError(_("“%(line)s”: write value | word | word in English.") % {"line": line[:80]})
        return convert(code, self.column["type"]), labels

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("roles") and given.get("in_tiles"):
            self.add_error(
                "in_tiles", _("A field that only some roles see cannot be in the tiles: untick one of the two.")
            )
        if given.get("only_these") and "values" in given and not given["values"]:
            self.add_error("values", _("Write the values that may be written."))
        self.check_condition(given)
        return given

    def check_condition(self, given: dict[str, Any]) -> None:
        """Which objects the field is asked of, `{}` for all: under `when` of what was given."""
        given["when"] = {}
        if not given.get("when_field"):
            return
        lines = [line.strip() for line in given.get("when_values", "").splitlines()]
        kind = self.others[given["when_field"]]["type"]
        try:
            values = [convert(line, kind) for line in lines if line]
        except forms.ValidationError as error:
            self.add_error("when_values", error)
            return
        if not values or len(values) > MOST_VALUES:
            self.add_error("when_values", _("Write the values of the other field for which this one is asked."))
        if given.get("required"):
            self.add_error("required", _("The field is not asked of all objects: it cannot have to be filled in."))
        given["when"] = {given["when_field"]: values}

    def spec(self) -> dict[str, Any]:
        """The field as the layer keeps it."""
        given, column = self.cleaned_data, self.column
        kept = {"name": column["name"], "label": given["label"], "type": column["type"]}
        kept |= {name: column[name] for name in ("default", "minimum", "maximum") if column.get(name) is not None}
        chosen = {name: given.get(name) for name in OPTIONAL if given.get(name)}
        values = given.get("values") or []
        labels = {str(value): [one[0], one[1] if len(one) > 1 else ""] for value, one in values if one}
        return {
            **kept,
            **chosen,
            **({"suggest": "addresses"} if given.get("addresses") else {}),
            **({"values": labels} if labels else {}),
            **({"choices": [value for value, _labels in values]} if given.get("only_these") and values else {}),
        }


def convert(text: str, kind: str) -> Any:
    """A value of a field of this type. Raises ValidationError."""
    try:
        return CONVERSIONS[kind](text)
    except ValueError as error:
        raise forms.ValidationError(_("“%(code)s” is no number.") % {"code": text[:80]}) from error


def number_in(text: str) -> float | int:
    """A number with a comma or a point."""
    value = float(text.replace(",", "."))
    if value != value or abs(value) > 2**53:
        raise ValueError(text)
    return int(value) if value == int(value) else value


CONVERSIONS: dict[str, Callable[[str], Any]] = {"text": str, "integer": int, "number": number_in}
OPTIONAL = ("label_en", "unit", "in_tiles", "required", "read_only", "maximum_length", "roles", "when")


class OrderField(forms.MultipleChoiceField):
    """Names in an order; the page sends them as it shows them, and maybe some that are no longer there."""

    widget = forms.MultipleHiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(one) for one in initial or ()] != [str(one) for one in data or ()]

    def valid_value(self, value: Any) -> bool:
        return True


class NamingForm(EditForm):
    """Which field names a feature, and the order of the fields."""

    column = OrderField(label=_("Order of the fields"), required=False)
    title_field = forms.ChoiceField(
        label=_("Field that names an object"), help_text=_("Its title in the map, in searches and in lists.")
    )

    def __init__(self, request: HttpRequest, *, layer: Layer, bound: bool) -> None:
        super().__init__(request, row=layer, read=self.beginnings, bound=bound)
        self.layer = layer
        choices = [(column["name"], column["label"]) for column in layer.columns]
        for name in ("title_field", "column"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    @staticmethod
    def beginnings(layer: Layer) -> dict[str, Any]:
        return {"title_field": layer.title_field, "column": [column["name"] for column in layer.columns]}

    def order_at_first(self) -> SafeString:
        """The order that the page began with, in hidden fields."""
        return self["column"].as_hidden(only_initial=True) if self.says_initial else SafeString()

    def rank(self, name: str) -> int:
        """Where a field stands; one that was not named comes last."""
        order = self["column"].value()
        return order.index(name) if name in order else len(order)


STRENGTHS = [("", _("Not checked")), ("soft", _("Told in the list of problems")), ("hard", _("Refused"))]
ON_GEOMETRY = {
    "valid": (_("Outlines that cross themselves"), ("line", "polygon")),
    "inside_territory": (_("Outside the owner’s territory"), ("point", "line", "polygon")),
    "no_overlap": (_("Objects that overlap"), ("point", "line", "polygon")),
    "snapped_ends": (_("Ends that nearly meet another object"), ("line",)),
}
WITH_TOLERANCE = ("inside_territory", "no_overlap", "snapped_ends")


class RulesForm(EditForm):
    """The reference that is unique, and what edits are checked by, as the worker was last asked."""

    together = (*((kind, f"{kind}_m") for kind in WITH_TOLERANCE), ("unique_soft", "unique_hard"))

    key_column = forms.ChoiceField(
        label=_("Unique reference"),
        required=False,
        help_text=_("The field by which a new delivery finds its objects again. No two of one owner’s have the same."),
    )

    def __init__(self, request: HttpRequest, *, layer: Layer, rights: Rights, bound: bool) -> None:
        super().__init__(
            request, row=layer, read=lambda layer: self.beginnings(with_pending_settings(layer, rights)), bound=bound
        )
        self.layer = layer
        coded = [column for column in layer.columns if column["type"] in ("text", "integer")]
        columns = [(column["name"], column["label"]) for column in coded]
        self.fields["key_column"].choices = [("", _("None")), *columns]  # type: ignore[attr-defined]
        self.kinds = [kind for kind, (_label, types) in ON_GEOMETRY.items() if layer.geometry_type in types]
        for kind in self.kinds:
            self.fields[kind] = forms.ChoiceField(label=ON_GEOMETRY[kind][0], choices=STRENGTHS, required=False)
            if kind in WITH_TOLERANCE:
                self.fields[f"{kind}_m"] = forms.FloatField(
                    label=_("Tolerance (m)"), min_value=0, max_value=1000, required=False
                )
        for strength in ("soft", "hard"):
            self.fields[f"unique_{strength}"] = forms.MultipleChoiceField(
                label=UNIQUE[strength], required=False, choices=columns, widget=forms.CheckboxSelectMultiple
            )

    @staticmethod
    def beginnings(layer: Layer) -> dict[str, Any]:
        started: dict[str, Any] = {"key_column": layer.key_column, "unique_soft": [], "unique_hard": []}
        for rule in layer.rules:
            strength = "hard" if rule.get("hard") else "soft"
            if rule["kind"] == "unique":
                started[f"unique_{strength}"].append(rule["column"])
            else:
                started |= {rule["kind"]: strength, f"{rule['kind']}_m": rule.get("tolerance_m")}
        return started

    def pairs(self) -> list[tuple[Any, Any]]:
        """Each rule's field with that of its tolerance, None for none."""
        return [(self[kind], self[f"{kind}_m"] if kind in WITH_TOLERANCE else None) for kind in self.kinds]

    def rules(self) -> list[dict[str, Any]]:
        """The rules that a good form gives the layer."""
        given = self.cleaned_data
        made: list[dict[str, Any]] = []
        for kind in self.kinds:
            if given[kind]:
                tolerance = given.get(f"{kind}_m")
                extra = {} if tolerance is None else {"tolerance_m": tolerance}
                made.append({"kind": kind, "hard": given[kind] == "hard", **extra})
        for strength in ("hard", "soft"):
            columns = [
                name for name in given[f"unique_{strength}"] if strength == "hard" or name not in given["unique_hard"]
            ]
            made += [{"kind": "unique", "hard": strength == "hard", "column": name} for name in columns]
        return made


UNIQUE = {"soft": _("Same value twice: told in the list of problems"), "hard": _("Same value twice: refused")}
