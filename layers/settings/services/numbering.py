"""How members number the new objects of the layers that they edit."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer, in_language
from layers.features.models import Numbering
from layers.settings.services.administering import has_own_table

LONGEST: Final = 60
NUMBER: Final = re.compile(r"\{0{1,12}\}")
COMMUNE: Final = "{insee}"
NUMBERED_SQL: Final = """
    select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
    where p.proname = 'number_object' and p.pronamespace = to_regnamespace('arpent')
"""


def list_numbered_layers(member: Member, rights: Rights) -> list[Layer]:
    """The layers whose new objects the database may number and that people of this member edit, by theme."""
    tables = [name for (name,) in fetch_all(NUMBERED_SQL)]
    layers = Layer.objects.visible_to(rights).filter(table__in=tables).exclude(key_column="").select_related("theme")
    layers = layers.order_by("theme__order", "theme__title", "order", "title")
    own = layers.filter(Q(owner=None) | Q(owner=member))
    return [one for one in own if one.may_edit_rows_of(member.pk, rights) and has_text_key(one)]


def has_text_key(layer: Layer) -> bool:
    return any(one["name"] == layer.key_column and one["type"] == "text" for one in layer.columns)


def kind_column(layer: Layer) -> Mapping[str, Any] | None:
    """The field by whose values patterns may differ: the first of a closed list that everybody fills in."""
    coded = [one for one in layer.columns if one.get("choices") and one.get("default") is None and not one.get("roles")]
    required = [one for one in coded if one.get("required")]
    return next(iter(required or ([] if not has_own_table(layer) else coded)), None)


def kinds_in(layer: Layer) -> list[tuple[str, str]]:
    """The values by which patterns may differ, with their words."""
    column = kind_column(layer)
    if column is None:
        return []
    labels = column.get("values") or {}
    return [(str(one), in_language(*labels[str(one)]) if str(one) in labels else str(one)) for one in column["choices"]]


def read_patterns(layer: Layer, text: str) -> dict[str, str]:
    """Patterns by value, `""` for the others, from lines `pattern` or `value | pattern`. Raises Invalid."""
    known = {code for code, _label in kinds_in(layer)}
    patterns: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        value, _bar, pattern = line.rpartition("|")
        value, pattern = value.strip(), pattern.strip()
        if value and value not in known:
            raise Invalid(
                _("“%(value)s” is not one of the values: %(known)s.")
                % {"value": value[:40], "known": ", ".join(sorted(known)) or "—"}
            )
        if value in patterns:
            raise Invalid(_("“%(value)s” has two patterns: keep one.") % {"value": value or pattern})
        check_pattern(pattern)
        patterns[value] = pattern
    return patterns


def check_pattern(pattern: str) -> None:
    bare = NUMBER.sub("", pattern, count=1).replace(COMMUNE, "", 1)
    if len(pattern) > LONGEST or not NUMBER.search(pattern) or "{" in bare or "}" in bare:
        raise Invalid(
            _("“%(pattern)s”: write the number as {0000}, once, and the commune as {insee} if need be.")
            % {"pattern": pattern[:80]}
        )


def format_patterns(patterns: Mapping[str, str]) -> str:
    """The lines that `read_patterns` reads."""
    lines = [f"{value} | {pattern}" for value, pattern in patterns.items() if value]
    return "\n".join([*lines, *([patterns[""]] if "" in patterns else [])])


def patterns_of(member: Member, layers: Sequence[Layer]) -> dict[int, dict[str, str]]:
    """By layer, the patterns of a member."""
    kept = Numbering.objects.filter(owner=member, layer__in=layers)
    return {one.layer_id: one.patterns for one in kept}


@transaction.atomic
def save_patterns(member: Member, layers: Sequence[Layer], patterns: Mapping[int, Mapping[str, str]]) -> None:
    """Keep the patterns of a member by layer; a layer without any is not numbered."""
    known = {one.layer_id: one for one in Numbering.objects.filter(owner=member, layer__in=layers)}
    for layer in layers:
        given, kept = dict(patterns.get(layer.pk, {})), known.get(layer.pk)
        column = kind_column(layer)
        name = str(column["name"]) if column else ""
        if not given:
            if kept is not None:
                kept.delete()
        elif kept is None:
            Numbering.objects.create(owner=member, layer=layer, column=name, patterns=given)
        elif (kept.patterns, kept.column) != (given, name):
            Numbering.objects.filter(pk=kept.pk).update(patterns=given, column=name)
