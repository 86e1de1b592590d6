"""The forms of the wizard. They keep what was typed; the services decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis_core.desk.forms import AccessibleForm
from gis_core.members.organisations import partners
from gis_core.members.rights import WRITERS, Rights, Role
from layers.catalogue.models import Layer, Theme
from layers.intake.choices import (
    FEATURE_ID,
    MOST_FIELDS,
    Choices,
    Description,
    Field,
    Join,
    Mode,
    Opening,
    default_fields,
    default_title_field,
    filling,
    height_fields,
    id_field,
    id_filling,
    kinds_of,
    match_fields,
    shape_field,
)
from layers.intake.geocoders import can_geocode
from layers.intake.models import FileImport
from layers.intake.services.joining import joinable_layers
from layers.intake.services.placing import address_match_fields
from layers.intake.services.reading import crs_of

CRS = [
    (2154, "RGF93 · Lambert-93 (EPSG:2154)"),
    *((3900 + zone, f"RGF93 · CC{zone} (EPSG:{3900 + zone})") for zone in range(42, 51)),
    (4326, "WGS 84 · longitude, latitude (EPSG:4326)"),
    (4171, "RGF93 · longitude, latitude (EPSG:4171)"),
    (3857, "WGS 84 · Web Mercator (EPSG:3857)"),
    (27572, "NTF · Lambert II étendu (EPSG:27572)"),
    (27561, "NTF · Lambert I (EPSG:27561)"),
    (27563, "NTF · Lambert III (EPSG:27563)"),
    (32630, "WGS 84 · UTM 30N (EPSG:32630)"),
    (32631, "WGS 84 · UTM 31N (EPSG:32631)"),
    (32632, "WGS 84 · UTM 32N (EPSG:32632)"),
]
ENCODINGS = [
    ("utf-8", "UTF-8"),
    ("cp1252", "Windows (cp1252)"),
    ("iso8859-15", "ISO-8859-15"),
    ("cp850", "DOS (cp850)"),
    ("mac-roman", "Mac"),
    ("utf-16", "UTF-16"),
]
SEPARATORS = [(";", _("semicolon")), (",", _("comma")), ("\t", _("tabulation")), ("|", "|")]
COMPARED = (Mode.SYNCHRONISE, Mode.ATTRIBUTES)
KEPT, NEW_THEME = "", "+"
LICENCES = ("Licence Ouverte 2.0", "ODbL 1.0", "CC BY 4.0", "CC BY-SA 4.0")
TYPE_LABELS = [
    ("text", _("text")),
    ("integer", _("whole number")),
    ("number", _("decimal number")),
    ("boolean", _("yes or no")),
    ("date", _("date")),
    ("datetime", _("date and time")),
]
KIND_LABELS = {"point": _("points"), "line": _("lines"), "polygon": _("polygons")}


def set_choices(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined]  # a field of choices


class OpeningForm(AccessibleForm):
    """How a layer is to be read, where the file does not say it or says it wrongly."""

    crs = forms.TypedChoiceField(label=_("Coordinate reference system"), coerce=int, empty_value=None, required=False)
    other_crs = forms.IntegerField(label=_("Another EPSG code"), min_value=1000, max_value=99_999, required=False)
    encoding = forms.ChoiceField(label=_("Encoding of the texts"), required=False)
    separator = forms.ChoiceField(label=_("Separator of the columns"), required=False)
    x = forms.ChoiceField(label=_("Longitude or x"), required=False)
    y = forms.ChoiceField(label=_("Latitude or y"), required=False)
    swapped = forms.BooleanField(label=_("Exchange x and y: latitude or northing comes first"), required=False)

    def __init__(self, *args: Any, layer: Mapping[str, Any], data_set: Mapping[str, Any], **options: Any) -> None:
        place = {name: value for name, value in (layer.get("place") or {}).items() if value}
        chosen = {name: value for name, value in layer["opening"].items() if value is not None}
        super().__init__(*args, **{"initial": place | chosen, **options})
        self.likely_place = place
        code_in_file = layer["crs"]
        known = dict(CRS)
        codes = [code for code in (code_in_file, *likely_systems(layer)) if code]
        likely = [(code, known.get(code, f"EPSG:{code}")) for code in codes]
        unchosen = gettext("as found in the file") if code_in_file else "—"
        set_choices(self, "crs", [("", unchosen), *dict(likely + CRS).items()])
        set_choices(self, "encoding", [(KEPT, gettext("as found in the file")), *ENCODINGS])
        set_choices(self, "separator", [(KEPT, gettext("as found in the file")), *SEPARATORS])
        if "CSV" not in data_set["format"]:
            del self.fields["separator"]
        if not (layer.get("encoding") or {}).get("name"):
            del self.fields["encoding"]
        if not kinds_of(layer):
            del self.fields["swapped"]
        names = [(one["name"], one["name"]) for one in layer["fields"]]
        for name in ("x", "y"):
            set_choices(self, name, [("", gettext("none")), *names])
            if layer.get("place") is None and layer.get("has_geometry", True):
                del self.fields[name]

    def opening(self) -> Opening:
        given, (x, y) = self.cleaned_data, self.place()
        return Opening(
            crs=given.get("other_crs") or given.get("crs"),
            encoding=given.get("encoding") or None,
            separator=given.get("separator") or None,
            x=x,
            y=y,
            swapped=bool(given.get("swapped")),
        )

    def place(self) -> tuple[str | None, str | None]:
        """The columns of coordinates that were chosen; none where they are those found anyway."""
        x, y = (self.cleaned_data.get(name) or None for name in ("x", "y"))
        likely_columns = (self.likely_place.get("x"), self.likely_place.get("y"))
        return (None, None) if (x, y) == likely_columns else (x, y)


def likely_systems(layer: Mapping[str, Any]) -> list[int]:
    """The systems that the coordinates look like, where it is not the one that the file names."""
    reference = layer.get("reference") or {}
    return list(reference.get("possible") or [reference.get("seems")])


class ComingInForm(AccessibleForm):
    """What every import asks: which geometries, which reference, what about the rows outside the territory."""

    geometry = forms.ChoiceField(label=_("Geometries that come in"), widget=forms.RadioSelect)
    addresses = forms.MultipleChoiceField(
        label=_("Fields that make up the address"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Number, street, postcode, town: each row is looked up among the addresses of the platform."),
    )
    join = forms.ChoiceField(
        label=_("Or the layer that has the places"),
        required=False,
        help_text=_(
            "Each row takes the place of the object that has the same reference, such as a parcel by its number."
        ),
    )
    join_field = forms.ChoiceField(label=_("Field that holds this reference"), required=False)
    key = forms.ChoiceField(
        label=_("Unique reference"),
        required=False,
        help_text=_("The field by which next year’s file will be compared with this layer."),
    )
    outside = forms.BooleanField(label=_("Rows outside the territory come in too"), required=False)

    def __init__(
        self, *args: Any, delivery: FileImport, layer: Mapping[str, Any], rights: Rights, **options: Any
    ) -> None:
        self.layer, self.rights, self.delivery = layer, rights, delivery
        super().__init__(*args, **options)
        self.kinds = kinds_of(layer)
        set_choices(self, "geometry", [(kind, f"{KIND_LABELS[kind]} ({count})") for kind, count in self.kinds.items()])
        set_choices(self, "addresses", [(one["name"], one["name"]) for one in layer["fields"]])
        self.offer_layers()
        if len(self.kinds) < 2:
            del self.fields["geometry"]
        if self.kinds or not can_geocode():
            del self.fields["addresses"]
        if not rights.agency or delivery.owner_id is None:
            del self.fields["outside"]

    def offer_layers(self) -> None:
        """The layers that may have the places of a table without any."""
        joinable = [] if self.kinds else joinable_layers(self.rights)
        if not joinable:
            del self.fields["join"], self.fields["join_field"]
            return
        self.joinable = {f"{layer.slug}.{name}": layer for layer, name, _label in joinable}
        labels = [(f"{layer.slug}.{name}", f"{layer.title} · {label}") for layer, name, label in joinable]
        set_choices(self, "join", [("", gettext("none")), *labels])
        set_choices(self, "join_field", [("", gettext("none")), *((one["name"],) * 2 for one in self.layer["fields"])])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("join") and not given.get("join_field"):
            self.add_error("join_field", gettext("Choose the field that holds the reference of the objects."))
        return given

    def join_chosen(self) -> Join | None:
        slug, _dot, column = str(self.cleaned_data.get("join") or "").rpartition(".")
        return Join(layer=slug, column=column, source=self.cleaned_data["join_field"]) if slug else None

    def geometry_chosen(self) -> str:
        if chosen := self.cleaned_data.get("join"):
            return str(self.joinable[chosen].geometry_type)
        return str(self.cleaned_data.get("geometry") or next(iter(self.kinds), "point"))

    def common(self, fields: Sequence[Field]) -> dict[str, Any]:
        """What both ways of importing choose alike."""
        given = self.cleaned_data
        addresses = tuple(given.get("addresses") or ())
        opening = Opening(**self.layer["opening"] | {"crs": crs_of(self.layer)})
        return {
            "fields": tuple(fields),
            "geometry": self.geometry_chosen(),
            "outside": bool(given.get("outside")),
            "addresses": addresses,
            "opening": opening,
            "join": self.join_chosen(),
        }


class NewLayerForm(ComingInForm):
    """`names` are the fields of the file, which keep theirs whatever their columns are called."""

    title = forms.CharField(label=_("Title"), max_length=120)
    theme = forms.ChoiceField(label=_("Theme"))
    new_theme = forms.CharField(label=_("Name of the new theme"), max_length=80, required=False)
    abstract = forms.CharField(
        label=_("What it shows"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    lineage = forms.CharField(
        label=_("How the data were made"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Source, survey, date of the plan, precision: what the next reader will ask."),
    )
    source_date = forms.DateField(
        label=_("Date of the data"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    licence = forms.CharField(
        label=_("Licence"), max_length=120, required=False, widget=forms.TextInput(attrs={"list": "licences"})
    )
    attribution = forms.CharField(
        label=_("Attribution"),
        max_length=200,
        required=False,
        help_text=_("Shown on the map, such as “© Lys 2026”."),
    )
    contact = forms.CharField(label=_("Contact"), max_length=200, required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Layer.Visibility, widget=forms.RadioSelect)
    shared_with = forms.MultipleChoiceField(
        label=_("Members it is shared with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    editor_roles = forms.MultipleChoiceField(
        label=_("Who edits it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("People of the owner with these roles. None: nobody, the file alone brings it up to date."),
    )
    visible_at_first = forms.BooleanField(label=_("Shown when the map opens"), required=False)
    title_field = forms.ChoiceField(label=_("Field that names an object"), required=False)

    def __init__(self, *args: Any, names: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        themes = [(theme.slug, str(theme)) for theme in Theme.objects.all()]
        set_choices(self, "theme", [*themes, (NEW_THEME, gettext("a new theme…"))])
        set_choices(self, "key", [("", gettext("none")), *names])
        set_choices(self, "title_field", names)
        self.partners = [(str(one.pk), one.name) for one in partners(self.rights)]
        set_choices(self, "shared_with", self.partners)
        set_choices(self, "editor_roles", [(role.value, role.label) for role in Role if role in WRITERS])
        unfit = set()
        if not self.partners:
            unfit.add(Layer.Visibility.MEMBERS.value)
        if self.delivery.owner_id is None:
            unfit.add(Layer.Visibility.OWNER.value)
        set_choices(self, "visibility", [one for one in Layer.Visibility.choices if one[0] not in unfit])

    def choices(self, fields: Sequence[Field]) -> Choices:
        given = self.cleaned_data
        common = self.common(fields)
        if common["addresses"]:
            common["fields"] += address_match_fields()
        common["fields"] += height_fields(self.layer, common["geometry"], common["fields"])
        is_new_theme = given["theme"] == NEW_THEME
        members = given["visibility"] == Layer.Visibility.MEMBERS
        names = {one.source: one.name for one in fields}
        described = Description(
            slug="",
            theme="" if is_new_theme else given["theme"],
            new_theme=given["new_theme"].strip() if is_new_theme else "",
            source_date=given["source_date"].isoformat() if given["source_date"] else "",
            shared_with=tuple(int(one) for one in given["shared_with"]) if members else (),
            editor_roles=tuple(given["editor_roles"]),
            title_field=names.get(given["title_field"], given["title_field"]),
            **{name: given[name] for name in AS_GIVEN},
        )
        return Choices(**common, key=names.get(given["key"], given["key"]), layer=described)


AS_GIVEN = ("title", "abstract", "lineage", "licence", "attribution", "contact", "visibility", "visible_at_first")


class ExistingLayerForm(ComingInForm):
    """The file onto a layer that exists; which one, and how, stands in the page's address.

    `names` are the columns of the layer, or the fields of the file where the layer is replaced.
    """

    def __init__(self, *args: Any, target: Layer, mode: str, names: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.target, self.mode = target, mode
        set_choices(self, "key", [("", gettext("none")), *names])
        if mode == Mode.ATTRIBUTES:
            self.offer_attributes(names)
        if mode in COMPARED:
            self.fields["key"].required = True
            self.fields["key"].label = gettext("Compare by")
            self.fields["key"].help_text = gettext("The field whose value says that a row and an object are the same.")
        if mode == Mode.APPEND:
            del self.fields["key"]

    def offer_attributes(self, names: Sequence[tuple[str, str]]) -> None:
        """Nothing of places; the number of each object too, where the file has it as our exports do."""
        for name in ("geometry", "addresses", "outside", "join", "join_field"):
            self.fields.pop(name, None)
        if id_field(self.layer):
            set_choices(
                self, "key", [("", gettext("none")), (FEATURE_ID, gettext("number of the object (id)")), *names]
            )
            self.initial["key"] = self.initial.get("key") or FEATURE_ID

    def geometry_chosen(self) -> str:
        return str(self.target.geometry_type) if self.target.geometry_type in self.kinds else super().geometry_chosen()

    def choices(self, fields: Sequence[Field]) -> Choices:
        common = self.common(fields)
        key = self.cleaned_data.get("key", self.target.key_column)
        if key == FEATURE_ID:
            common["fields"] += (id_filling(id_field(self.layer)),)
        if self.mode != Mode.ATTRIBUTES:
            columns = self.target.columns
            common["fields"] += height_fields(self.layer, common["geometry"], common["fields"], columns)
        if self.mode == Mode.REPLACE:
            key = {one.source: one.name for one in fields}.get(key, key)
        names = {one.name for one in fields}
        if common["addresses"]:
            columns = {column["name"] for column in self.target.columns}
            common["fields"] += tuple(one for one in address_match_fields() if one.name in columns)
        kept = self.mode != Mode.APPEND or key in names
        return Choices(**common, key=key if kept else "")


class FieldRow:
    """One field of the file in the table of fields: kept or not, under which name, of which type, seen by whom."""

    def __init__(
        self, number: int, source_field: Mapping[str, Any], field: Field, *, kept: bool, fixed: bool = False
    ) -> None:
        self.number, self.source_field, self.field, self.kept, self.fixed = number, source_field, field, kept, fixed
        self.roles = "+".join(field.roles)
        self.types = [one for one in TYPE_LABELS if one[0] in fitting(source_field)]


def fitting(source_field: Mapping[str, Any]) -> set[str]:
    """The types that a field's values may take."""
    guess = source_field["guess"]
    wider = {"integer": {"number"}, "date": {"datetime"}}
    return {"text", guess, *wider.get(guess, ())}


def field_rows(layer: Mapping[str, Any], target: Layer | None, data: Mapping[str, Any] | None) -> list[FieldRow]:
    """The table of fields at first, or as it was filled in; columns of a layer that is replaced keep their names."""
    proposed = {one.source: one for one in default_fields(layer)}
    if target is not None:
        proposed |= {one.source: one for one in match_fields(layer, target.columns)}
    rows: list[FieldRow] = []
    shape = shape_field(layer)
    for number, source_field in enumerate(layer["fields"]):
        if source_field["name"] not in proposed:
            continue
        field = proposed[source_field["name"]]
        chosen = sum(row.kept for row in rows)
        filled = source_field["null_share"] < 1 or target is not None
        kept = filled and chosen < MOST_FIELDS and source_field["name"] != shape
        if data is not None:
            field, kept = parse_field(number, field, data)
        rows.append(FieldRow(number, source_field, field, kept=kept))
    return rows


def parse_field(number: int, field: Field, data: Mapping[str, Any]) -> tuple[Field, bool]:
    """What was filled in for one field, and whether it is kept."""
    text = {name: str(data.get(f"field-{number}-{name}", "")).strip() for name in ("name", "label", "type", "roles")}
    roles = tuple(role for role in text["roles"].split("+") if role)
    given = Field(
        source=field.source,
        name=text["name"] or field.name,
        label=text["label"] or field.label,
        type=text["type"] or field.type,
        roles=roles,
    )
    return given, f"field-{number}-keep" in data


def roles_choices() -> list[tuple[str, str]]:
    """Who sees a field: everybody who sees the layer, or people of its owner from some role on."""
    audiences = [("", gettext("everybody who sees the layer"))]
    roles = list(Role)
    for role in (Role.READER, Role.PERMIT_INSTRUCTOR, Role.GIS_ADMINISTRATOR):
        above = "+".join(one.value for one in roles if one.rank >= role.rank)
        label = (
            gettext("the owner’s people")
            if role == Role.READER
            else gettext("the owner’s: %(role)s and above") % {"role": role.label}
        )
        audiences.append((above, label))
    return audiences


class MappingRow:
    """One column of a layer that exists and the field that fills it."""

    def __init__(self, number: int, column: Mapping[str, Any], source: str) -> None:
        self.number, self.column, self.source = number, column, source


def mapping_rows(layer: Mapping[str, Any], target: Layer, data: Mapping[str, Any] | None) -> list[MappingRow]:
    matched = {one.name: one.source for one in match_fields(layer, target.columns)}
    return [
        MappingRow(
            number,
            column,
            matched.get(column["name"], "") if data is None else str(data.get(f"column-{number}", "")),
        )
        for number, column in enumerate(target.columns)
    ]


def fields_of_rows(rows: Sequence[MappingRow]) -> list[Field]:
    return [filling(row.source, row.column) for row in rows if row.source]


def beginnings(layer: Mapping[str, Any], delivery: FileImport, title: str) -> dict[str, Any]:
    """What the form of a new layer says at first."""
    fields = default_fields(layer)
    owner = delivery.owner
    return {
        "title": title,
        "visibility": Layer.Visibility.OWNER.value if owner else Layer.Visibility.SIGNED_IN.value,
        "editor_roles": [Role.GIS_ADMINISTRATOR.value, Role.NETWORK_TECHNICIAN.value],
        "title_field": next((one.source for one in fields if one.name == default_title_field(fields)), ""),
        "geometry": next(iter(kinds_of(layer)), "point"),
    }
