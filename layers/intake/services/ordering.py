"""From what a person chose to an import of a layer: who may, and what may be wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.files.reader.fields import LENGTH, TAKEN
from gis_core.members.organisations import partners
from gis_core.members.rights import ADMINISTRATORS, WRITERS, Rights, Role
from gis_core.models import Member, User
from layers.catalogue.legend import columns_used
from layers.catalogue.models import Layer, Theme
from layers.features.crs import is_known
from layers.intake.choices import ANSWERED, TYPES, Choices, Description, Field, Mode, kinds_of
from layers.intake.geocoders import can_geocode
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport
from layers.intake.reference_source import date_given
from layers.intake.services import imports
from layers.intake.services.deliveries import layer_of

NAME = re.compile(r"[a-z][a-z0-9_]*")
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
LONGEST_LABEL = 80
LONGEST_TEXT = 5000
MOST_FIELDS = 500


def updatable_layers(rights: Rights) -> list[Layer]:
    """The layers whose rows imports may change: those with a table of their own, of the members one administers."""
    layers = Layer.objects.visible_to(rights).filter(rows=Layer.Rows.LAYER, table__startswith="layer_")
    mine = layers if rights.agency else layers.filter(owner_id__in=rights.list_administered_ids())
    return list(mine.select_related("owner", "theme").order_by("title"))


def updatable_layer(slug: str, rights: Rights) -> Layer:
    """One of them. Raises Invalid."""
    for layer in updatable_layers(rights):
        if layer.slug == slug:
            return layer
    raise Invalid(_("Choose a layer that you administer."), parameter="layer")


def imports_seen_by(rights: Rights, members: Sequence[Member] | None = None) -> QuerySet[FileImport]:
    """The imports of layers that the asker works on, for `members` that were asked for already. Raises Forbidden."""
    return imports.imports_of(LAYER, rights, members).select_related("owner", "made_by", "layer", "reverted_by")


def import_of(import_id: int, rights: Rights) -> FileImport:
    """An import that the asker works on. Raises Forbidden, NotFound."""
    made = imports_seen_by(rights).filter(pk=import_id).first()
    if made is None:
        raise NotFound(_("There is no such import, or it is not yours to work on."))
    return made


@transaction.atomic
def order(
    delivery: FileImport,
    number: int,
    *,
    mode: Mode,
    layer: Layer | None,
    choices: Choices,
    user: User,
    rights: Rights,
) -> FileImport:
    """Keep what was chosen and queue the dry run. Raises Invalid (with the `parameter` that is wrong), Forbidden."""
    made = register(delivery, number, mode=mode, layer=layer, choices=choices, user=user, rights=rights)
    imports.queue(LAYER, LAYER.read_step, made, user, rights)
    return made


def register(
    delivery: FileImport,
    number: int,
    *,
    mode: Mode,
    layer: Layer | None,
    choices: Choices,
    user: User | None,
    rights: Rights,
) -> FileImport:
    """Keep what was chosen. Raises Invalid (with the `parameter` that is wrong), Forbidden, Conflict."""
    owner = layer.owner if layer else delivery.owner
    if not rights.has_role(owner.pk if owner else None, ADMINISTRATORS):
        raise Forbidden(_("Your role does not allow this."))
    if delivery.state != FileImport.State.CHOOSING:
        raise Conflict(_("The file has not been read yet."))
    data_set, source_layer = layer_of(delivery, number)
    check(choices, source_layer, mode=mode, layer=layer, owner=owner, rights=rights)
    return FileImport.objects.create(
        source=LAYER.slug,
        title=title_of(data_set, source_layer),
        owner=owner,
        folder=delivery.folder,
        files=delivery.files,
        contents=[data_set | {"layers": [source_layer]}],
        choices=choices.as_json() | {"mode": mode.value, "number": number},
        layer=layer,
        files_of=delivery,
        made_by=user,
    )


def title_of(data_set: Mapping[str, Any], layer: Mapping[str, Any]) -> str:
    """The file, and the layer in it where there are several."""
    alone = len(data_set["layers"]) == 1
    return str(data_set["file"] if alone else f"{data_set['file']} · {layer['name']}")[: imports.LONGEST_TITLE]


# -- what may be wrong with choices ------------------------------------------------------------------------------------


def check(
    choices: Choices,
    source_layer: Mapping[str, Any],
    *,
    mode: str,
    layer: Layer | None,
    owner: Member | None,
    rights: Rights,
) -> None:
    """Raises Invalid with the `parameter` that is wrong."""
    if not source_layer["features"]:
        raise Invalid(_("The layer is empty: there is nothing to import."))
    check_source(choices, source_layer)
    check_fields(choices, source_layer)
    if choices.key and choices.key not in choices.column_names():
        raise Invalid(_("The unique reference must be a field that comes in."), parameter="key")
    if choices.outside and not rights.agency:
        raise Invalid(_("Only the agency lets rows outside the territory in."), parameter="outside")
    if mode == Mode.CREATE:
        check_description(choices, owner, rights)
    elif layer is None:
        raise Invalid(_("Choose a layer that you administer."), parameter="layer")
    else:
        check_against(choices, layer, mode)


def check_source(choices: Choices, source_layer: Mapping[str, Any]) -> None:
    """Whether places can be read: a CRS, or addresses."""
    if choices.addresses:
        names = {one["name"] for one in source_layer["fields"]}
        if not can_geocode() or not set(choices.addresses) <= names:
            raise Invalid(_("Choose the fields that make up the address."), parameter="addresses")
        if choices.geometry != Layer.Geometry.POINT:
            raise Invalid(_("Addresses become points."), parameter="addresses")
        return
    if choices.geometry not in kinds_of(source_layer):
        raise Invalid(_("The file holds no geometry of this kind."), parameter="geometry")
    if choices.opening.crs is None or not is_known(choices.opening.crs):
        raise Invalid(_("Say in which coordinate reference system the file is."), parameter="crs")


def check_fields(choices: Choices, source_layer: Mapping[str, Any]) -> None:
    sources = {one["name"] for one in source_layer["fields"]}
    if len(choices.fields) > MOST_FIELDS:
        raise Invalid(_("At most %(most)s fields come in.") % {"most": MOST_FIELDS}, parameter="fields")
    for field in choices.fields:
        check_field(field, sources)
    for name in find_duplicates(choices.column_names()):
        raise Invalid(_("Two fields are called %(name)s.") % {"name": name}, parameter="fields")


def check_field(field: Field, sources: set[str]) -> None:
    names = {"name": field.name, "source": field.source}
    if field.source and field.source not in sources:
        raise Invalid(_("The file has no field %(source)s.") % names, parameter="fields")
    if not NAME.fullmatch(field.name) or len(field.name) > LENGTH or field.name in TAKEN | ANSWERED:
        message = _(
            "%(name)s cannot be the name of a field: small letters, digits and _ only, and not a reserved word."
        )
        raise Invalid(message % names, parameter="fields")
    if not field.label.strip() or len(field.label) > LONGEST_LABEL:
        raise Invalid(_("The field %(name)s needs a label of at most 80 characters.") % names, parameter="fields")
    if field.type not in TYPES and field.type not in ("area_m2", "length_m"):
        raise Invalid(_("The field %(name)s needs a type.") % names, parameter="fields")
    if not set(field.roles) <= set(Role.values):
        raise Invalid(_("Unknown role for the field %(name)s.") % names, parameter="fields")


def find_duplicates(names: Iterable[str]) -> list[str]:
    all_names = list(names)
    return sorted({name for name in all_names if all_names.count(name) > 1})


def check_description(choices: Choices, owner: Member | None, rights: Rights) -> None:
    described = choices.layer
    if described is None or not described.title.strip():
        raise Invalid(_("A new layer needs a title."), parameter="title")
    check_lengths(described)
    if described.slug and (not SLUG.fullmatch(described.slug) or len(described.slug) > 50):
        message = _("The short name is made of lower-case letters, digits and hyphens, at most 50.")
        raise Invalid(message, parameter="slug")
    if not described.new_theme and not Theme.objects.filter(slug=described.theme).exists():
        raise Invalid(_("Choose a theme, or name a new one."), parameter="theme")
    if described.source_date:
        date_given(described.source_date)
    check_audience(described, owner, rights)
    if described.title_field and described.title_field not in choices.column_names():
        raise Invalid(_("The field that names an object must come in."), parameter="title_field")


def check_lengths(described: Description) -> None:
    limits = {"title": 120, "licence": 120, "attribution": 200, "contact": 200, "new_theme": 80}
    limits |= {"abstract": LONGEST_TEXT, "lineage": LONGEST_TEXT}
    for name, limit in limits.items():
        if len(getattr(described, name)) > limit:
            message = _("This text is longer than %(limit)s characters.") % {"limit": limit}
            raise Invalid(message, parameter=name)


def check_audience(described: Description, owner: Member | None, rights: Rights) -> None:
    if described.visibility not in Layer.Visibility.values:
        raise Invalid(_("Choose who sees the layer."), parameter="visibility")
    if described.visibility == Layer.Visibility.OWNER and owner is None:
        raise Invalid(_("Only a member’s layer can be for its owner alone."), parameter="visibility")
    if described.visibility == Layer.Visibility.MEMBERS:
        allowed = set(partners(rights).values_list("pk", flat=True))
        if not described.shared_with or not set(described.shared_with) <= allowed:
            raise Invalid(_("Choose at least one member to share the layer with."), parameter="shared_with")
    if not set(described.editor_roles) <= {role.value for role in WRITERS}:
        raise Invalid(_("Unknown roles."), parameter="editor_roles")


def check_against(choices: Choices, layer: Layer, mode: str) -> None:
    """What is chosen must fit the layer that exists."""
    if layer.geometry_type != choices.geometry:
        message = _("The layer holds %(kind)s geometries: choose another layer, or another mode.")
        raise Invalid(message % {"kind": layer.get_geometry_type_display().lower()}, parameter="layer")
    names = set(choices.column_names())
    columns = {column["name"]: column["type"] for column in layer.columns}
    if mode == Mode.REPLACE:
        check_replacement(layer, names)
        return
    if unknown := sorted(names - set(columns)):
        raise Invalid(_("The layer has no column %(name)s.") % {"name": unknown[0]}, parameter="fields")
    if wrong := [one.name for one in choices.fields if one.type != columns[one.name]]:
        message = _("The column %(name)s of the layer has another type.")
        raise Invalid(message % {"name": wrong[0]}, parameter="fields")
    if mode == Mode.SYNCHRONISE and not choices.key:
        raise Invalid(_("Choose the unique reference by which the file is compared."), parameter="key")


def check_replacement(layer: Layer, names: set[str]) -> None:
    """Columns that the style or the rules of the layer use must stay."""
    used = columns_used(layer) | {rule["column"] for rule in layer.rules if rule.get("column")}
    if missing := sorted(used - names):
        message = _(
            "The style or the rules of the layer use %(names)s: let these columns come in, or change them first."
        )
        raise Invalid(message % {"names": ", ".join(missing)}, parameter="fields")
