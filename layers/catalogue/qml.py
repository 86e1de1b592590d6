"""A layer's style as a QGIS style file (.qml): the same symbols, labels and scales, in millimetres."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from layers.catalogue.label_text import USUAL_PRIORITY, label_parts
from layers.catalogue.legend import apart, hatch_angles
from layers.catalogue.models import Layer, in_language

MM = 25.4 / 96  # of a pixel of the screen
POINTS = 72 / 96
KINDS = {"fill": "fill", "line": "line", "circle": "marker"}
OPERATORS = {"from": ">=", "above": ">", "to": "<=", "below": "<"}
NO_LIMIT = 100_000_000
HEADER = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"

type Line = Mapping[str, Any]
type Symbol = Mapping[str, Any]


def qml_of(layer: Layer) -> str:
    """The style file; labels of the legend in the asker's language."""
    root = Element("qgis", version="3.40.0", styleCategories="Symbology|Labeling|Rendering")
    root.set("hasScaleBasedVisibilityFlag", "1" if layer.scale_from or layer.scale_to else "0")
    root.set("minScale", str(layer.scale_from or NO_LIMIT))
    root.set("maxScale", str(layer.scale_to or 0))
    root.set("labelsEnabled", "1" if layer.labels else "0")
    renderer(root, layer.legend)
    if layer.labels:
        labeling(root, layer)
    SubElement(root, "layerOpacity").text = "1"
    return f"{HEADER}{tostring(root, encoding='unicode')}"


def renderer(root: Element, legend: Sequence[Line]) -> None:
    column = category_column(legend)
    if len(legend) == 1 and not legend[0].get("where"):
        made = SubElement(root, "renderer-v2", type="singleSymbol", symbollevels="0")
    elif column:
        made = SubElement(root, "renderer-v2", type="categorizedSymbol", symbollevels="0", attr=column)
        categories(made, legend, column)
    else:
        made = SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0")
        rules(made, legend)
    symbols = SubElement(made, "symbols")
    for number, line in enumerate(legend):
        symbol(symbols, str(number), line["symbol"])


def category_column(legend: Sequence[Line]) -> str | None:
    """The column whose values, and nothing else, choose the lines; the last may be for what is left."""
    wheres = [line.get("where") or {} for line in legend]
    chosen = wheres[:-1] if wheres and not wheres[-1] else wheres
    names = {name for where in chosen for name in where}
    plain = all(len(where) == 1 and not is_bounds(next(iter(where.values()))) for where in chosen)
    return names.pop() if plain and len(names) == 1 else None


def is_bounds(condition: Any) -> bool:
    return isinstance(condition, dict) and "in" not in condition


def categories(parent: Element, legend: Sequence[Line], column: str) -> None:
    made = SubElement(parent, "categories")
    for number, line in enumerate(legend):
        category = SubElement(made, "category", symbol=str(number), label=line_label(line), render="true")
        condition = (line.get("where") or {"": ""}).get(column, "")
        if isinstance(condition, dict):
            for value in condition["in"]:
                SubElement(category, "val", value=format_value(value), type=type_of(value))
        else:
            category.set("value", format_value(condition))
            category.set("type", type_of(condition))


def rules(parent: Element, legend: Sequence[Line]) -> None:
    """A rule for each line. Those after it pick nothing that it picks: QGIS draws by every rule that fits."""
    made = SubElement(parent, "rules", key="lines")
    for number, line in enumerate(legend):
        rule = SubElement(made, "rule", symbol=str(number), key=f"line-{number}", label=line_label(line))
        own = line.get("where") or {}
        earlier = [before["where"] for before in legend[:number] if before.get("where")]
        also = [f"NOT coalesce({filter_of(where)}, false)" for where in earlier if not apart(where, own)]
        if parts := [filter_of(own), *also] if own else ["ELSE"] * bool(earlier):
            rule.set("filter", " AND ".join(parts))


def filter_of(where: Mapping[str, Any]) -> str:
    return " AND ".join(
        part for name, condition in where.items() for part in comparisons(quote_identifier(name), condition)
    )


def comparisons(column: str, condition: Any) -> list[str]:
    if condition is None:
        return [f"{column} IS NULL"]
    if not isinstance(condition, dict):
        return [f"{column} = {literal(condition)}"]
    if "in" not in condition:
        return [f"{column} {OPERATORS[name]} {literal(bound)}" for name, bound in condition.items()]
    values = ", ".join(literal(value) for value in condition["in"] if value is not None)
    in_list = f"{column} IN ({values})" if values else ""
    empty = f"{column} IS NULL" if None in condition["in"] else ""
    both = " OR ".join(part for part in (in_list, empty) if part)
    return [f"({both})"]


def quote_identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def format_value(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(str(value))


def type_of(value: Any) -> str:
    """Qt's name of a value's type."""
    names = {bool: "bool", int: "long", float: "double", str: "string", type(None): "NULL"}
    return names[type(value)]


def line_label(line: Line) -> str:
    return printable(in_language(line["label"], line.get("label_en", "")))


def printable(text: str) -> str:
    """Without the characters that XML does not take."""
    return "".join(one for one in text if one.isprintable() or one == " ")


# -- symbols ----------------------------------------------------------------------------------------------------------


def symbol(parent: Element, name: str, given: Symbol) -> None:
    kind = given["kind"]
    made = begin_symbol(parent, name, KINDS[kind])
    if given.get("hatch"):
        draw_hatch(made, name, given)
        return
    drawn = {"fill": fill, "line": line, "circle": marker}[kind]
    symbol_layer(made, *drawn(given))


def begin_symbol(parent: Element, name: str, kind: str) -> Element:
    return SubElement(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")


def symbol_layer(parent: Element, class_name: str, properties: Mapping[str, str]) -> Element:
    layer = SubElement(parent, "layer", {"class": class_name, "enabled": "1", "pass": "0", "locked": "0"})
    options = SubElement(layer, "Option", type="Map")
    for key, value in properties.items():
        SubElement(options, "Option", name=key, type="QString", value=value)
    return layer


def draw_hatch(parent: Element, name: str, given: Symbol) -> None:
    """The fill, then the lines of the hatch, the outline above both."""
    hatch = given["hatch"]
    if given.get("fill"):
        symbol_layer(parent, *fill({**given, "stroke": None}))
    for rank, angle in enumerate(hatch_angles(hatch)):
        spacing = {"distance": millimetres(hatch["spacing"]), "distance_unit": "MM"}
        layer = symbol_layer(parent, "LinePatternFill", {"angle": f"{angle:g}", **spacing, "offset": "0"})
        place = rank + bool(given.get("fill"))
        lines = {"stroke": hatch["colour"], "stroke_width": hatch["width"]}
        symbol_layer(begin_symbol(layer, f"@{name}@{place}", "line"), *line(lines))
    symbol_layer(parent, *fill({**given, "fill": None}))


def fill(given: Symbol) -> tuple[str, dict[str, str]]:
    body = {"color": colour(given.get("fill")), "style": "solid" if given.get("fill") else "no"}
    return "SimpleFill", {**body, **stroke(given, "outline")}


def line(given: Symbol) -> tuple[str, dict[str, str]]:
    return "SimpleLine", {**stroke(given, "line"), "capstyle": "round", "joinstyle": "round", **dashes(given)}


def marker(given: Symbol) -> tuple[str, dict[str, str]]:
    size = {"size": millimetres(2 * given.get("radius", 4)), "size_unit": "MM", "name": given.get("shape", "circle")}
    return "SimpleMarker", {**size, "color": colour(given.get("fill")), **stroke(given, "outline")}


def stroke(given: Symbol, name: str) -> dict[str, str]:
    visible = given.get("stroke") and given.get("stroke_width", 1) > 0
    return {
        f"{name}_color": colour(given.get("stroke")),
        f"{name}_style": ("dash" if given.get("dash") and name == "outline" else "solid") if visible else "no",
        f"{name}_width": millimetres(given.get("stroke_width", 1)),
        f"{name}_width_unit": "MM",
    }


def dashes(given: Symbol) -> dict[str, str]:
    dash = given.get("dash") or []
    lengths = [*dash, *dash] if len(dash) % 2 else dash
    if not lengths:
        return {"use_custom_dash": "0"}
    return {"use_custom_dash": "1", "customdash": ";".join(map(millimetres, lengths)), "customdash_unit": "MM"}


def millimetres(pixels: float) -> str:
    return f"{pixels * MM:.4f}"


def colour(text: str | None) -> str:
    """QGIS's "r,g,b,a" of #rgb, #rgba, #rrggbb or #rrggbbaa."""
    digits = (text or "#00000000")[1:]
    wide = "".join(one * 2 for one in digits) if len(digits) < 6 else digits
    return ",".join(str(int(part, 16)) for part in (wide[0:2], wide[2:4], wide[4:6], wide[6:8] or "ff"))


# -- labels -----------------------------------------------------------------------------------------------------------


def labeling(root: Element, layer: Layer) -> None:
    given = layer.labels
    settings = SubElement(SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
    field, is_expression = label_field(layer)
    text = SubElement(settings, "text-style", fieldName=field, isExpression=is_expression, fontFamily="Sans Serif")
    text.set("fontSize", f"{given.get('size', 12) * POINTS:.2f}")
    text.set("fontSizeUnit", "Point")
    text.set("fontWeight", "75" if given.get("bold") else "50")
    text.set("textColor", colour(given.get("colour") or "#33413c"))
    SubElement(text, "text-buffer", bufferDraw="1", bufferSize="1", bufferSizeUnits="MM", bufferColor="248,246,240,235")
    placement = {Layer.Geometry.LINE: "2", Layer.Geometry.POINT: "6"}.get(Layer.Geometry(layer.geometry_type), "0")
    priority = str(given.get("priority", USUAL_PRIORITY))
    SubElement(settings, "placement", placement=placement, priority=priority)
    scale = given.get("from_scale")
    limits = {"scaleVisibility": "1" if scale else "0", "scaleMax": str(scale or 0), "scaleMin": "0"}
    SubElement(settings, "rendering", {"drawLabels": "1", **limits})


def label_field(layer: Layer) -> tuple[str, str]:
    """What QGIS writes: the name of a column, or an expression; and whether it is one, as its files say it."""
    parts = label_parts(layer)
    if len(parts) == 1 and not parts[0]["prefix"] and not parts[0]["short"]:
        return parts[0]["column"], "0"
    texts = [label_expression(part, before=" " if rank else "") for rank, part in enumerate(parts)]
    return f"trim(concat({', '.join(texts)}))", "1"


def label_expression(part: Mapping[str, Any], *, before: str) -> str:
    """A part of a label, NULL where the column has no value."""
    value = quote_identifier(part["column"])
    if part["short"]:
        pairs = ", ".join(literal(printable(one)) for pair in part["short"].items() for one in pair)
        value = f"coalesce(map_get(map({pairs}), {value}), {value})"
    prefix = before + printable(part["prefix"])
    return f"{literal(prefix)} || {value}" if prefix else value
