"""A QGIS style file (.qml) as the style of a layer: what maps onto it is taken, everything else is told in words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import sqrt
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.markup import parse_xml
from layers.catalogue.label_text import USUAL_PRIORITY
from layers.catalogue.legend import apart
from layers.catalogue.models import Layer
from layers.catalogue.validators import LABEL_SIZES, LARGEST_DENOMINATOR, MOST_ALSO, MOST_LINES, PRIORITIES
from layers.settings.qml.filters import NotSaidError, Where, both, where_of
from layers.settings.qml.symbols import KINDS, PIXELS, Symbol, Warnings, number, pixels, symbol_of

MOST_BYTES = 4_000_000
FARTHEST = 1e9
LONGEST_LABEL = 200
GEOMETRIES = {"fill": Layer.Geometry.POLYGON, "line": Layer.Geometry.LINE, "circle": Layer.Geometry.POINT}
NUMBERS = ("integer", "number", "area_m2", "length_m")
JOINING = {"trim", "concat", "coalesce", "map_get", "map", "to_string"}
TOKEN = re.compile(
    r"""(?P<blank>[\s(),]+|\|\||'(?:[^']|'')*')|"(?P<quoted>(?:[^"]|"")+)"|(?P<call>[^\W\d]\w*)(?=\s*\()"""
    r"""|(?P<bare>[^\W\d]\w*)|(?P<other>.)""",
    re.DOTALL,
)
PLAIN_NAME = re.compile(r'\s*"((?:[^"]|"")+)"\s*|\s*([^\W\d]\w*)\s*')


@dataclass(frozen=True, slots=True)
class Reading:
    """The style that was read, and what could not be taken of it."""

    style: dict[str, Any]
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        return {"style": self.style, "told": self.warnings}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of QGIS that draws: what it picks, its symbol, between which denominators (0 for no limit)."""

    label: str
    where: Where
    symbol: str
    nearest: float
    farthest: float
    excludes: bool = False
    """Whether its filter leaves out by itself what rules before it pick."""

    def draws_at(self, denominator: float) -> bool:
        return self.nearest <= denominator and (not self.farthest or denominator <= self.farthest)


def read_qml(content: bytes, layer: Layer) -> Reading:
    """Read a .qml for a layer. Raises Invalid when it is none, or holds no style for such a layer."""
    root = parse_xml(content, most_bytes=MOST_BYTES)
    if root.tag != "qgis":
        raise Invalid(_("This is no QGIS style: its first element is not “qgis”. Save the style as a .qml file."))
    warnings = Warnings()
    renderer = root.find("renderer-v2")
    if renderer is None:
        raise Invalid(_("This QGIS style says nothing of how vector features are drawn."))
    legend = Renderer(renderer, layer, opacity_of(root), warnings).legend()
    scale_from, scale_to = scales_of(root)
    warn_of_the_rest(root, warnings)
    style = {
        "legend": legend,
        "labels": labels_of(root, layer, warnings),
        "scale_from": scale_from,
        "scale_to": scale_to,
    }
    return Reading(style, warnings.texts)


class Renderer:
    """How the features are drawn; `legend` gives the lines that say the same."""

    def __init__(self, renderer: Element, layer: Layer, opacity: float, warnings: Warnings) -> None:
        self.renderer, self.layer, self.opacity, self.warnings = renderer, layer, opacity, warnings
        self.symbols = {symbol.get("name", ""): symbol for symbol in renderer.findall("symbols/symbol")}
        self.columns = Columns(layer)

    def legend(self) -> list[dict[str, Any]]:
        kinds = {
            "singleSymbol": self.single,
            "categorizedSymbol": self.categories,
            "graduatedSymbol": self.classes,
            "RuleRenderer": self.rules,
        }
        kind = self.renderer.get("type", "")
        if kind not in kinds:
            raise Invalid(_("QGIS draws this style as “%(kind)s”, which cannot be drawn here.") % {"kind": kind[:60]})
        lines = list(kinds[kind]())
        if not lines:
            raise Invalid(" ".join([_("Nothing of this style could be taken."), *self.warnings.texts]))
        if len(lines) > MOST_LINES:
            self.warnings.add(_("Only the first %(most)s lines of the legend are taken.") % {"most": MOST_LINES})
        return lines[:MOST_LINES]

    def line(self, label: str, where: Where, symbol: str) -> dict[str, Any]:
        label = printable(label)[:LONGEST_LABEL] or str(self.layer)
        return {"label": label, "label_en": "", "where": where, "symbol": self.symbol(symbol)}

    def symbol(self, name: str) -> Symbol:
        symbol = self.symbols.get(name)
        if symbol is None or symbol.get("type") not in KINDS:
            raise Invalid(_("This QGIS style names a symbol that it does not hold."))
        made = symbol_of(symbol, self.opacity, self.warnings)
        if GEOMETRIES[made["kind"]] != self.layer.geometry_type:
            raise Invalid(_("This style is for another kind of geometry than the layer’s."))
        return made

    def single(self) -> Iterator[dict[str, Any]]:
        yield self.line(str(self.layer), {}, "0")

    def column(self, text: str) -> str:
        """The layer's column that the renderer follows."""
        name = plain_name(text)
        column = self.columns.find_column(name) if name else None
        if column is None:
            raise Invalid(self.columns.missing(name or text))
        return column

    def categories(self) -> Iterator[dict[str, Any]]:
        column = self.column(self.renderer.get("attr", ""))
        rest = []
        for category in self.renderer.findall("categories/category"):
            label = category.get("label", "")
            if category.get("render") == "false":
                self.warnings.add(
                    _("“%(label)s” is switched off in QGIS: it is left out.") % {"label": printable(label)}
                )
            elif is_rest(category):
                rest.append(self.line(label or _("Everything else"), {}, category.get("symbol", "")))
            else:
                try:
                    condition = self.columns.convert_condition(column, category_values(category))
                except NotSaidError:
                    message = _("“%(label)s” is left out: its value is none of this field.")
                    self.warnings.add(message % {"label": printable(label)})
                    continue
                yield self.line(label or category_label(condition), {column: condition}, category.get("symbol", ""))
        yield from rest

    def classes(self) -> Iterator[dict[str, Any]]:
        column = self.column(self.renderer.get("attr", ""))
        ranges = [one for one in self.renderer.findall("ranges/range") if one.get("render") != "false"]
        for rank, interval in enumerate(ranges, start=1):
            lower, upper = number(interval.get("lower"), 0), number(interval.get("upper"), 0)
            bounds = {"from": tidy(lower), ("to" if rank == len(ranges) else "below"): tidy(upper)}
            yield self.line(interval.get("label", ""), {column: bounds}, interval.get("symbol", ""))

    def rules(self) -> Iterator[dict[str, Any]]:
        root = self.renderer.find("rules")
        rules = list(self.leaves(root, {}, 0.0, 0.0)) if root is not None else []
        drawn = self.at_one_scale(rules)
        if any(not (other.excludes or apart(one.where, other.where)) for one, other in overlapping(drawn[:MOST_LINES])):
            self.warnings.add(_("A feature that several rules pick is drawn by the first of them only."))
        for rule in drawn:
            yield self.line(rule.label, rule.where, rule.symbol)

    def leaves(self, parent: Element, where: Where, nearest: float, farthest: float) -> Iterator[Rule]:
        """The rules below another that draw, the particular ones before what they are particular cases of."""
        last, before = [], list[str]()
        for rule in parent.findall("rule"):
            label, whole = rule.get("label", ""), (rule.get("filter") or "").strip()
            text = without_earlier(whole, before)
            if len(before) < MOST_LINES:
                before.append(text)
            if rule.get("checkstate") == "0":
                self.warnings.add(
                    _("“%(label)s” is switched off in QGIS: it is left out.") % {"label": printable(label)}
                )
                continue
            own = self.combine_filter(where, text, label)
            if own is None:
                continue
            near = max(nearest, number(rule.get("scalemindenom"), 0))
            limits = [limit for limit in (farthest, number(rule.get("scalemaxdenom"), 0)) if limit > 0]
            far = min(limits, default=0.0)
            inner = list(self.leaves(rule, own, near, far))
            symbol = rule.get("symbol")
            if symbol is not None:
                inner.append(Rule(label, own, symbol, near, far, excludes=text != whole))
            if text.upper() == "ELSE":
                last += inner
            else:
                yield from inner
        yield from last

    def combine_filter(self, where: Where, text: str, label: str) -> Where | None:
        """What a rule picks of what its parents pick; None, told, when a legend cannot say it."""
        if not text or text.upper() == "ELSE":
            return where
        try:
            conditions = where_of(text)
            names = {name: self.columns.find_column(name) for name in conditions}
            if missing := [name for name, known in names.items() if known is None]:
                self.warnings.add(self.columns.missing(missing[0]))
                return None
            return both(
                where,
                {
                    str(names[name]): self.columns.convert_condition(str(names[name]), conditions[name])
                    for name in conditions
                },
            )
        except NotSaidError:
            parameters = {"label": printable(label) or _("no name"), "filter": printable(text)[:120]}
            self.warnings.add(
                _("The rule “%(label)s” is left out: its filter cannot be said here: %(filter)s") % parameters
            )
            return None

    def at_one_scale(self, rules: list[Rule]) -> list[Rule]:
        """The rules that draw at the scale where most do: a legend says the same at every scale."""
        if len({(rule.nearest, rule.farthest) for rule in rules}) <= 1:
            return rules
        limits = sorted({one for rule in rules for one in (rule.nearest, rule.farthest) if one} | {1.0, FARTHEST})
        # Where two scales draw as many rules, the smaller is taken: it shows the whole.
        spans = list(pairwise(limits))[::-1]
        best = max(spans, key=lambda span: sum(rule.draws_at(sqrt(span[0] * span[1])) for rule in rules))
        drawn = [rule for rule in rules if rule.draws_at(sqrt(best[0] * best[1]))]
        if len(drawn) < len(rules):
            self.warnings.add(describe_scale_span(*best))
        return drawn


def describe_scale_span(nearest: float, farthest: float) -> str:
    near, far = int(nearest), int(farthest)
    if farthest == FARTHEST:
        return _("QGIS draws otherwise at other scales; the symbols are those of 1:%(near)s and smaller.") % {
            "near": near
        }
    if nearest <= 1:
        return _("QGIS draws otherwise at other scales; the symbols are those of 1:%(far)s and larger.") % {"far": far}
    message = _("QGIS draws otherwise at other scales; the symbols are those of 1:%(far)s to 1:%(near)s.")
    return message % {"far": far, "near": near}


class Columns:
    """The columns that a style of the layer may follow, by the names that QGIS knew them by."""

    def __init__(self, layer: Layer) -> None:
        self.carried = {column["name"]: column for column in layer.tile_fields()}
        self.all = {column["name"].lower() for column in layer.columns if column.get("roles") is None}

    def find_column(self, name: str) -> str | None:
        plain = name.lower()
        labels = (name_ for name_, column in self.carried.items() if column["label"].lower() == plain)
        return plain if plain in self.carried else next(labels, None)

    def missing(self, name: str) -> str:
        name = printable(name)[:80]
        if name.lower() in self.all:
            return _(
                "The style follows “%(name)s”, which is not in the tiles: tick it under Fields, then read again."
            ) % {"name": name}
        return _("The style follows “%(name)s”, which is no field of this layer.") % {"name": name}

    def convert_condition(self, name: str, condition: Any) -> Any:
        """A condition whose values have the type of the column. Raises NotSaidError."""
        if isinstance(condition, dict):
            return {
                key: [self.convert_condition(name, one) for one in value]
                if key == "in"
                else self.convert_condition(name, value)
                for key, value in condition.items()
            }
        kind = self.carried[name]["type"]
        return condition if condition is None else value_of(kind, condition)


def value_of(kind: str, value: Any) -> Any:
    try:
        if kind in NUMBERS:
            return tidy(float(value))
        if kind == "boolean":
            return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "t", "yes")
        if kind == "date":
            return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError as error:
        raise NotSaidError from error
    return printable(str(value))


def tidy(value: float) -> float | int:
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def category_values(category: Element) -> Any:
    """A category's value, or its list of values."""
    values = [one.get("value", "") for one in category.findall("val")]
    if values:
        return {"in": values}
    return None if category.get("type") == "NULL" or category.get("value") == "NULL" else category.get("value", "")


def is_rest(category: Element) -> bool:
    """QGIS's category for all other values has an empty one."""
    return not category.findall("val") and category.get("type") != "NULL" and category.get("value", "") == ""


def category_label(condition: Any) -> str:
    values = condition["in"] if isinstance(condition, dict) else [condition]
    return ", ".join(str(one) if one is not None else _("(no value)") for one in values)


def overlapping(rules: list[Rule]) -> Iterable[tuple[Rule, Rule]]:
    """Pairs of which neither is for everything that is left."""
    chosen = [rule for rule in rules if rule.where]
    return ((one, other) for rank, one in enumerate(chosen) for other in chosen[rank + 1 :])


def without_earlier(text: str, filters: Iterable[str]) -> str:
    """A filter without what it says that rules before it do not pick, as `layers.catalogue.qml` writes it.

    A legend draws by the first line that fits: it says so by its order.
    """
    for one in filters:
        text = text.replace(f" AND NOT coalesce({one}, false)", "")
    return text


def plain_name(text: str) -> str | None:
    """The column that an expression names, if it is nothing but that."""
    match = PLAIN_NAME.fullmatch(text)
    return (match[1].replace('""', '"') if match[1] else match[2]) if match else None


def printable(text: str) -> str:
    return "".join(one for one in text if one.isprintable()).strip()


# -- the layer as a whole ---------------------------------------------------------------------------------------------


def opacity_of(root: Element) -> float:
    text = root.findtext("layerOpacity")
    if text is not None:
        return min(max(number(text, 1.0), 0.05), 1.0)
    return 1 - min(max(number(root.findtext("layerTransparency"), 0), 0), 95) / 100


def scales_of(root: Element) -> tuple[int | None, int | None]:
    """The denominators between which the layer is shown; old versions named the two the other way round."""
    if root.get("hasScaleBasedVisibilityFlag") != "1":
        return None, None
    names = ("minScale", "maxScale", "minimumScale", "maximumScale")
    denominators = sorted(denominator(number(root.get(name), 0)) or 0 for name in names if root.get(name))
    smallest, largest = (denominators[-1], denominators[0]) if denominators else (0, 0)
    return smallest or None, largest or None


def denominator(value: float) -> int | None:
    return round(value) if 1 < value <= LARGEST_DENOMINATOR else None


def labels_of(root: Element, layer: Layer, warnings: Warnings) -> dict[str, Any]:
    if root.get("labelsEnabled", "1") == "0":
        return {}
    labels = simple_labels(root.find("labeling"), warnings) or old_labels(root)
    if labels is None:
        return {}
    names = joined_names(labels["field"]) if labels["expression"] else [plain_name(labels["field"]) or ""]
    matches = [Columns(layer).find_column(name) for name in names]
    columns = list(dict.fromkeys(name for name in matches if name))
    if not columns or None in matches or len(columns) > MOST_ALSO + 1:
        message = _("Labels are left out: they write “%(text)s”.")
        warnings.add(message % {"text": printable(labels["field"])[:120]})
        return {}
    least, most = LABEL_SIZES
    size = min(max(round(labels["size"], 1), least), most)
    return {
        "column": columns[0],
        **({"also": columns[1:]} if columns[1:] else {}),
        "size": size,
        "colour": labels["colour"],
        "bold": labels["bold"],
        "from_scale": labels["from_scale"],
        **({"priority": labels["priority"]} if labels["priority"] != USUAL_PRIORITY else {}),
    }


def joined_names(expression: str) -> list[str]:
    """The columns that an expression writes one after the other; none where it does anything else with them."""
    tokens = [match for match in TOKEN.finditer(expression) if match.lastgroup != "blank"]
    if any(token.lastgroup == "other" for token in tokens):
        return []
    if {token["call"].lower() for token in tokens if token["call"]} - JOINING:
        return []
    quoted = (token["quoted"] and token["quoted"].replace('""', '"') for token in tokens)
    return [name for token, one in zip(tokens, quoted, strict=True) if (name := one or token["bare"])]


def simple_labels(labeling: Element | None, warnings: Warnings) -> dict[str, Any] | None:
    """The labels of a simple labeling, or of the first rule of one by rules."""
    if labeling is None:
        return None
    scale: int | None = None
    settings = labeling.find("settings")
    if labeling.get("type") == "rule-based":
        rules = [rule for rule in labeling.iter("rule") if rule.find("settings") is not None]
        if len(rules) > 1:
            warnings.add(_("Of labels by rules the first rule is taken, for all features."))
        settings = rules[0].find("settings") if rules else None
        scale = denominator(number(rules[0].get("scalemaxdenom"), 0)) if rules else None
    text = settings.find("text-style") if settings is not None else None
    if settings is None or text is None:
        return None
    rendering = settings.find("rendering")
    if rendering is not None and rendering.get("scaleVisibility") == "1":
        scale = denominator(number(rendering.get("scaleMax"), 0))
    return {
        "field": text.get("fieldName", ""),
        "expression": text.get("isExpression") == "1" and plain_name(text.get("fieldName", "")) is None,
        "size": pixels(text.get("fontSize"), text.get("fontSizeUnit", "Point"), warnings),
        "colour": label_colour(text.get("textColor")),
        "bold": number(text.get("fontWeight"), 50) >= 63,
        "from_scale": scale,
        "priority": priority_of(settings.find("placement")),
    }


def priority_of(placement: Element | None) -> int:
    least, most = PRIORITIES
    given = placement.get("priority") if placement is not None else None
    return min(max(round(number(given, USUAL_PRIORITY)), least), most)


def label_colour(text: str | None) -> str | None:
    """None, the map's own colour, for black and greys: it is legible on every ground."""
    channels = [int(number(part, 0)) for part in (text or "").split(",")[:3]]
    if len(channels) < 3 or max(channels) - min(channels) < 24:
        return None
    return "#" + "".join(f"{min(max(one, 0), 255):02x}" for one in channels)


def old_labels(root: Element) -> dict[str, Any] | None:
    """The labels as QGIS wrote them before its version 3."""
    settings: Mapping[str, str] = {
        prop.get("key", ""): prop.get("value", "") for prop in root.findall("customproperties/property")
    }
    if settings.get("labeling/enabled") != "true":
        return None
    channels = ",".join(settings.get(f"labeling/textColor{one}", "0") for one in "RGB")
    visible = settings.get("labeling/scaleVisibility") == "true"
    return {
        "field": settings.get("labeling/fieldName", ""),
        "expression": settings.get("labeling/isExpression") == "true",
        "size": number(settings.get("labeling/fontSize"), 9) * PIXELS["Point"],
        "colour": label_colour(channels),
        "bold": number(settings.get("labeling/fontWeight"), 50) >= 63,
        "from_scale": denominator(number(settings.get("labeling/scaleMax"), 0)) if visible else None,
        "priority": USUAL_PRIORITY,
    }


def warn_of_the_rest(root: Element, warnings: Warnings) -> None:
    renderer = root.find("renderer-v2")
    if any(one.get("enabled", "1") == "1" for one in root.iter("DiagramCategory")):
        warnings.add(_("Diagrams are left out."))
    if number(root.findtext("blendMode"), 0) or number(root.findtext("featureBlendMode"), 0):
        warnings.add(_("Blending with what lies below is left out."))
    if renderer is not None and renderer.find("effect[@enabled='1']") is not None:
        warnings.add(_("Effects (shadow, glow…) are left out."))
