"""A layer's style as an SLD 1.0 document, the one that QGIS and most map servers read. Lengths are in pixels."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from layers.catalogue.label_text import label_parts
from layers.catalogue.legend import apart, plain_fill
from layers.catalogue.models import Layer
from layers.catalogue.qml import format_value, line_label

NAMESPACES = {
    "version": "1.0.0",
    "xmlns": "http://www.opengis.net/sld",
    "xmlns:ogc": "http://www.opengis.net/ogc",
}
COMPARISONS = {
    "from": "PropertyIsGreaterThanOrEqualTo",
    "above": "PropertyIsGreaterThan",
    "to": "PropertyIsLessThanOrEqualTo",
    "below": "PropertyIsLessThan",
}
# SLD has no diamond: it is a square on its corner.
SHAPES = {"diamond": "square"}
TURNED = {"diamond": "45"}
INK, HALO = "#33413c", "#f8f6f0"

type Line = Mapping[str, Any]
type Where = Mapping[str, Any]
type Symbol = Mapping[str, Any]


def sld_of(layer: Layer) -> str:
    """The document; labels of the legend in the asker's language."""
    root = Element("StyledLayerDescriptor", NAMESPACES)
    layer_element = SubElement(root, "NamedLayer")
    text(layer_element, "Name", layer.slug)
    style = SubElement(layer_element, "UserStyle")
    text(style, "Title", line_label({"label": str(layer)}))
    rules = SubElement(style, "FeatureTypeStyle")
    earlier: list[Where] = []
    for line in layer.legend:
        where = line.get("where") or {}
        rule = begin_rule(rules, layer, line_label(line))
        conditions(rule, where, [one for one in earlier if not apart(one, where)])
        scales(rule, layer.scale_to, layer.scale_from)
        symbolizer(rule, line["symbol"])
        if where:
            earlier.append(where)
    if layer.labels:
        label_rule(rules, layer)
    return tostring(root, encoding="unicode", xml_declaration=True)


def begin_rule(parent: Element, layer: Layer, title: str) -> Element:
    rule = SubElement(parent, "Rule")
    text(rule, "Title", title)
    return rule


def text(parent: Element, tag: str, content: str) -> Element:
    made = SubElement(parent, tag)
    made.text = content
    return made


def scales(rule: Element, nearest: int | None, farthest: int | None) -> None:
    if nearest:
        text(rule, "MinScaleDenominator", str(nearest))
    if farthest:
        text(rule, "MaxScaleDenominator", str(farthest))


# -- conditions -------------------------------------------------------------------------------------------------------


def conditions(rule: Element, where: Where, earlier: Sequence[Where]) -> None:
    """What the line asks for, without what lines before it have drawn."""
    parts = [part for name, condition in where.items() for part in condition_elements(name, condition)]
    parts += [
        negation(
            junction("And", [part for name, condition in one.items() for part in condition_elements(name, condition)])
        )
        for one in earlier
    ]
    if parts:
        SubElement(rule, "ogc:Filter").append(junction("And", parts))


def condition_elements(name: str, condition: Any) -> Iterable[Element]:
    """The comparisons that a condition of a legend on this column is."""
    if not isinstance(condition, dict):
        return [equal(name, condition)]
    if "in" in condition:
        return [junction("Or", [equal(name, value) for value in condition["in"]])]
    return [comparison(COMPARISONS[bound], name, value) for bound, value in condition.items()]


def equal(name: str, value: Any) -> Element:
    if value is None:
        made = Element("ogc:PropertyIsNull")
        text(made, "ogc:PropertyName", name)
        return made
    return comparison("PropertyIsEqualTo", name, value)


def comparison(tag: str, name: str, value: Any) -> Element:
    made = Element(f"ogc:{tag}")
    text(made, "ogc:PropertyName", name)
    text(made, "ogc:Literal", format_value(value))
    return made


def junction(tag: str, parts: Sequence[Element]) -> Element:
    if len(parts) == 1:
        return parts[0]
    made = Element(f"ogc:{tag}")
    made.extend(parts)
    return made


def negation(part: Element) -> Element:
    made = Element("ogc:Not")
    made.append(part)
    return made


# -- symbols ----------------------------------------------------------------------------------------------------------


def symbolizer(rule: Element, given: Symbol) -> None:
    match given["kind"]:
        case "fill":
            made = SubElement(rule, "PolygonSymbolizer")
            fill(made, given)
            stroke(made, given)
        case "line":
            stroke(SubElement(rule, "LineSymbolizer"), given)
        case _:
            mark(SubElement(SubElement(rule, "PointSymbolizer"), "Graphic"), given)


def mark(graphic: Element, given: Symbol) -> None:
    shape: str = given.get("shape", "circle")
    made = SubElement(graphic, "Mark")
    text(made, "WellKnownName", SHAPES.get(shape, shape))
    fill(made, given)
    stroke(made, given)
    text(graphic, "Size", f"{2 * given.get('radius', 4):g}")
    if shape in TURNED:
        text(graphic, "Rotation", TURNED[shape])


def fill(parent: Element, given: Symbol) -> None:
    if colour := plain_fill(given):
        made = SubElement(parent, "Fill")
        ink(made, "fill", colour)


def stroke(parent: Element, given: Symbol) -> None:
    width = given.get("stroke_width", 1)
    if not given.get("stroke") or not width:
        return
    made = SubElement(parent, "Stroke")
    ink(made, "stroke", given["stroke"])
    css(made, "stroke-width", f"{width:g}")
    if given.get("dash"):
        css(made, "stroke-dasharray", " ".join(f"{length:g}" for length in given["dash"]))


def ink(parent: Element, name: str, colour: str) -> None:
    """A colour and how opaque it is, of #rgb, #rgba, #rrggbb or #rrggbbaa."""
    digits = colour[1:]
    wide = "".join(one * 2 for one in digits) if len(digits) < 6 else digits
    css(parent, name, f"#{wide[:6].lower()}")
    if len(wide) == 8:
        css(parent, f"{name}-opacity", f"{int(wide[6:], 16) / 255:.3g}")


def css(parent: Element, name: str, value: str) -> None:
    SubElement(parent, "CssParameter", name=name).text = value


def label_rule(rules: Element, layer: Layer) -> None:
    """Labels of all objects, drawn or not, as in the map."""
    given = layer.labels
    rule = begin_rule(rules, layer, line_label({"label": str(layer)}))
    limits = [limit for limit in (given.get("from_scale"), layer.scale_from) if limit]
    scales(rule, layer.scale_to, min(limits, default=None))
    made = SubElement(rule, "TextSymbolizer")
    label_of(SubElement(made, "Label"), layer)
    font = SubElement(made, "Font")
    css(font, "font-family", "Sans Serif")
    css(font, "font-size", f"{given.get('size', 12):g}")
    css(font, "font-weight", "bold" if given.get("bold") else "normal")
    halo = SubElement(made, "Halo")
    text(halo, "Radius", "1")
    ink(SubElement(halo, "Fill"), "fill", HALO)
    ink(SubElement(made, "Fill"), "fill", given.get("colour") or INK)


def label_of(label: Element, layer: Layer) -> None:
    """The columns, their prefixes and blanks between them as text; SLD 1.0 has no words for codes."""
    last: Element | None = None
    for part in label_parts(layer):
        if last is None:
            label.text = part["prefix"] or None
        else:
            last.tail = f" {part['prefix']}"
        last = SubElement(label, "ogc:PropertyName")
        last.text = part["column"]
