"""The style of a layer as a form: its parts are compared, and said in words where two people changed the same one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from json import dumps
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gis_core.desk.edit_forms import Difference, EditForm
from gis_core.desk.forms import TypedJSONField
from layers.catalogue.models import Layer
from layers.features.display import display_number
from layers.settings.services.styling import check_style, style_given, style_of

BOUNDS = {"from": "≥", "above": ">", "to": "≤", "below": "<"}


class StylePart(TypedJSONField):
    """A part of a style. A browser writes 12.0 as 12."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return comparable(initial) != comparable(self.to_python(data))
        except ValidationError:
            return True


def comparable(value: Any) -> str:
    return dumps(plain_numbers(value), sort_keys=True)


def plain_numbers(value: Any) -> Any:
    """The same, with whole numbers as integers."""
    if isinstance(value, dict):
        return {name: plain_numbers(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class StyleForm(EditForm):
    """How a layer looks. Its editor sends the whole style in one field."""

    together = (("scale_from", "scale_to"),)
    legend = StylePart(label=_("Legend"), required=False)
    labels = StylePart(label=_("Labels"), required=False)
    scale_from = StylePart(label=_("Shown from the scale"), required=False)
    scale_to = StylePart(label=_("Shown up to the scale"), required=False)

    def __init__(self, request: HttpRequest, *, layer: Layer, bound: bool) -> None:
        super().__init__(request, row=layer, read=style_of, bound=bound)
        self.layer = layer
        if bound:
            split_style(self.data)

    def at_first(self) -> list[SafeString]:
        """The style that the page began with, in hidden fields."""
        return [field.as_hidden(only_initial=True) for field in self] if self.says_initial else []

    def current_style(self) -> dict[str, Any]:
        """What was sent, as far as it is a style; else what is saved."""
        sent = self.is_bound and self.is_valid()
        return dict(self.cleaned_data) if sent else style_of(self.layer)

    def style(self) -> dict[str, Any]:
        """The style of a form that was sent. Raises Invalid where it is none, FormConflict."""
        return check_style(self.cleaned_data if self.is_valid() else None)

    def describe(self, name: str, value: Any) -> str:
        if name == "legend":
            return "\n".join(describe_line(line, self.layer) for line in objects_in(value)) or "—"
        if name == "labels":
            return describe_labels(value, self.layer)
        return f"1:{display_number(value)}" if isinstance(value, int) else gettext("no limit")

    def difference(self, unit: Sequence[BoundField]) -> Difference:
        difference = super().difference(unit)
        return without_common_lines(difference) if unit[0].name == "legend" else difference


def split_style(data: QueryDict) -> None:
    """Put the parts of the style that the editor sent in one field where the form reads them. Raises Invalid.

    The page of a conflict sends the parts alone.
    """
    if "style" in data:
        for name, part in style_given(str(data["style"])).items():
            data[name] = dumps(part)
        del data["style"]


def without_common_lines(difference: Difference) -> Difference:
    """A legend of a hundred lines without those that are the same in all three."""
    columns = [difference.before.split("\n"), difference.theirs.split("\n"), difference.mine.split("\n")]
    common = set.intersection(*map(set, columns))
    if all(set(lines) == common for lines in columns):
        return difference
    before, theirs, mine = (without_common(lines, common) for lines in columns)
    return replace(difference, before=before, theirs=theirs, mine=mine)


def without_common(lines: Sequence[str], common: set[str]) -> str:
    kept = [line for line in lines if line not in common]
    if same := len(lines) - len(kept):
        summary = ngettext("and %(count)s line that is the same", "and %(count)s lines that are the same", same)
        kept.append(summary % {"count": same})
    return "\n".join(kept)


def objects_in(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def describe_line(line: Mapping[str, Any], layer: Layer) -> str:
    """A line of a legend: its label, which objects it draws, and how."""
    where = line.get("where")
    conditions = [describe_condition(name, value, layer) for name, value in where.items()] if where else []
    said = [*conditions, describe_symbol(line.get("symbol") or {})]
    return f"{line.get('label', '')} · {' · '.join(one for one in said if one)}"


def describe_condition(name: str, value: Any, layer: Layer) -> str:
    label = label_of(name, layer)
    if not isinstance(value, dict):
        return f"{label} = {'—' if value is None else value}"
    if "in" in value:
        return f"{label} = {', '.join(str(one) for one in value['in'])}"
    return f"{label} {', '.join(f'{BOUNDS.get(bound, bound)} {limit}' for bound, limit in value.items())}"


def label_of(name: str, layer: Layer) -> str:
    return next((str(column["label"]) for column in layer.columns if column["name"] == name), name)


def describe_symbol(symbol: Mapping[str, Any]) -> str:
    """Its colours, the width of its outline, its shape, its size."""
    said = [symbol.get("shape"), symbol.get("fill")]
    if hatch := symbol.get("hatch"):
        said.append(gettext("hatched %(colour)s") % {"colour": hatch.get("colour")})
    if stroke := symbol.get("stroke"):
        width = display_number(symbol.get("stroke_width", 1))
        said.append(gettext("outline %(colour)s, %(width)s px") % {"colour": stroke, "width": width})
    if symbol.get("dash"):
        said.append(gettext("dashed %(lengths)s") % {"lengths": " ".join(map(str, symbol["dash"]))})
    if symbol.get("radius") is not None:
        said.append(gettext("radius %(radius)s px") % {"radius": display_number(symbol["radius"])})
    return ", ".join(str(one) for one in said if one)


def describe_labels(value: Any, layer: Layer) -> str:
    """Which field is written beside each object, and how."""
    if not isinstance(value, dict) or not value.get("column"):
        return gettext("none")
    also = value.get("also")
    columns = [value["column"], *(also if isinstance(also, list) else [])]
    said = [" + ".join(label_of(str(name), layer) for name in columns)]
    if value.get("size"):
        said.append(f"{display_number(value['size'])} px")
    if value.get("bold"):
        said.append(gettext("bold"))
    if value.get("colour"):
        said.append(str(value["colour"]))
    if value.get("from_scale"):
        said.append(gettext("from 1:%(scale)s on") % {"scale": display_number(value["from_scale"])})
    if value.get("priority") is not None:
        said.append(gettext("priority %(priority)s") % {"priority": value["priority"]})
    return ", ".join(said)
