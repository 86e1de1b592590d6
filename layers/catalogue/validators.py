"""Whether a layer's columns and legend, typed as JSON, have the shape that everything else relies on."""

import re
from collections.abc import Callable, Iterable
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gis_core.members.rights import Role
from layers.catalogue.columns import THIS_YEAR

KINDS_OF_COLUMN = ("text", "integer", "number", "date", "datetime", "boolean", "area_m2", "length_m")
KINDS_OF_SYMBOL = ("fill", "line", "circle")
SUGGESTED = ("addresses",)
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "star")
BOUNDS = ("from", "above", "to", "below")
KINDS_OF_RULE = ("valid", "inside_territory", "unique", "no_overlap", "snapped_ends")
COLUMN = {"name", "label", "label_en", "type", "unit", "in_tiles", "values"}
COLUMN |= {"required", "read_only", "roles", "choices", "maximum_length", "minimum", "maximum", "default", "suggest"}
COLUMN |= {"short", "prefix", "when"}
RULE = {"kind", "hard", "column", "tolerance_m"}
LONGEST_TEXT = 100_000
SYMBOL_LINE = {"label", "label_en", "where", "symbol"}
SYMBOL = {"kind", "fill", "hatch", "stroke", "stroke_width", "dash", "radius", "shape"}
HATCH = {"colour", "angle", "spacing", "width", "cross"}
HATCH_LIMITS = {"angle": (0, 180), "spacing": (1, 100), "width": (0.1, 50)}
LABELS = {"column", "also", "size", "colour", "bold", "from_scale", "priority"}
MOST_ALSO = 4
PRIORITIES = (0, 10)
LONGEST_PREFIX = 8
LABEL_SIZES = (6, 40)
MOST_LINES = 200
MOST_VALUES = 500
LARGEST_DENOMINATOR = 1_000_000_000
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
COLOUR = re.compile(r"#([0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")

Entry = dict[str, Any]


def validate_legend(legend: Any) -> None:
    """A list of lines, each with a label and a symbol that the map can draw."""
    if len(entries(legend)) > MOST_LINES:
        raise ValidationError(_("A legend has at most %(most)s lines."), params={"most": MOST_LINES})
    for number, line in enumerate(entries(legend), start=1):
        check(number, symbol_line_faults(line))


def validate_columns(columns: Any) -> None:
    """A list of columns, each with a name of its own, a label and a known type."""
    names = set()
    for number, column in enumerate(entries(columns), start=1):
        check(number, column_faults(column))
        if column["name"] in names:
            check(number, [_("the column “%(name)s” is there twice: keep one.") % {"name": column["name"]}])
        names.add(column["name"])
    known = {column["name"] for column in columns}
    for number, column in enumerate(columns, start=1):
        check(number, condition_faults(column, known - {column["name"]}))


def validate_rules(rules: Any) -> None:
    """A list of rules that an edit is checked by, each of a known kind."""
    for number, rule in enumerate(entries(rules), start=1):
        check(number, rule_faults(rule))


def validate_labels(labels: Any) -> None:
    """Nothing, or which column is written beside each feature, and how."""
    if labels == {}:
        return
    for fault in label_style_faults(labels):
        raise ValidationError(fault)


def validate_where(legend: list[Entry], carried: list[str]) -> None:
    """Each line of a legend chooses its rows by columns that the tiles carry."""
    for number, line in enumerate(legend, start=1):
        if unknown := sorted(set(line.get("where", {})) - set(carried)):
            names = {"number": number, "names": ", ".join(unknown)[:80], "known": ", ".join(sorted(carried))}
            message = _("Entry %(number)s: “where” names %(names)s, but the tiles only carry: %(known)s.")
            raise ValidationError({"legend": ValidationError(message, params=names)})


def validate_label_column(labels: Entry, carried: list[str]) -> None:
    """Labels are written from columns that the tiles carry."""
    columns = [labels["column"], *labels.get("also", [])] if labels else []
    if unknown := [name for name in columns if name not in carried]:
        message = _("“column” names %(name)s, but the tiles only carry: %(known)s.")
        names = {"name": unknown[0][:80], "known": ", ".join(sorted(carried))}
        raise ValidationError({"labels": ValidationError(message, params=names)})


def entries(value: Any) -> list[Entry]:
    if not isinstance(value, list):
        raise ValidationError(_("Write a list: [ at the beginning, ] at the end, a comma between two entries."))
    return value


def check(number: int, faults: Iterable[Any]) -> None:
    """Refuse with the first fault, and the place of the entry that has it."""
    for fault in faults:
        raise ValidationError(_("Entry %(number)s: %(fault)s"), params={"number": number, "fault": fault})


def symbol_line_faults(line: Any) -> Iterable[Any]:
    yield from object_faults(line, SYMBOL_LINE)
    yield from label_faults(line)
    where = line.get("where", {})
    if not isinstance(where, dict) or not all(is_text(name) and is_condition(value) for name, value in where.items()):
        yield _('write “where” as {"column": "value"}, or leave it out.')
    symbol = line.get("symbol")
    yield from object_faults(symbol, SYMBOL, _('give a “symbol”, for instance {"kind": "fill", "fill": "#d9a78b"}.'))
    yield from symbol_faults(symbol)


def symbol_faults(symbol: Entry) -> Iterable[Any]:
    if symbol.get("kind") not in KINDS_OF_SYMBOL:
        yield one_of("kind", KINDS_OF_SYMBOL)
    for name in ("fill", "stroke"):
        if not may_be(is_colour, symbol.get(name)):
            yield _("write “%(name)s” as a colour, #rrggbb or #rrggbbaa, or null.") % {"name": name}
    for name in ("stroke_width", "radius"):
        if not is_number(symbol.get(name, 1)):
            yield _("write “%(name)s” as a number of pixels, from 0 to 1000.") % {"name": name}
    if not may_be(is_dash, symbol.get("dash")):
        yield _("write “dash” as lengths in pixels, for instance [6, 3], or null.")
    if symbol.get("shape", "circle") not in SHAPES:
        yield one_of("shape", SHAPES)
    if symbol.get("hatch") is not None:
        yield from hatch_faults(symbol)


def hatch_faults(symbol: Entry) -> Iterable[Any]:
    hatch = symbol["hatch"]
    if symbol.get("kind") != "fill":
        yield _("“hatch” is for symbols of the kind “fill” alone.")
    yield from object_faults(hatch, HATCH)
    if not is_colour(hatch.get("colour")):
        yield _("write “colour” of “hatch” as #rrggbb or #rrggbbaa.")
    for name, (least, most) in HATCH_LIMITS.items():
        if not is_number(hatch.get(name)) or not least <= hatch[name] <= most:
            parameters = {"name": name, "least": least, "most": most}
            yield _("write “%(name)s” of “hatch” as a number from %(least)s to %(most)s.") % parameters
    if not isinstance(hatch.get("cross", False), bool):
        yield _("write “%(name)s” as true or false.") % {"name": "cross"}


def label_style_faults(labels: Any) -> Iterable[Any]:
    yield from object_faults(labels, LABELS)
    if not is_text(labels.get("column")) or not labels["column"]:
        yield _("“column” names the column that is written.")
    if not are_further_columns(labels.get("also", []), labels.get("column")):
        yield _("write “also” as a list of further columns, each once, at most %(most)s.") % {"most": MOST_ALSO}
    if not is_priority(labels.get("priority", 0)):
        least, most = PRIORITIES
        yield _("write “priority” as a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    least, most = LABEL_SIZES
    if not is_number(labels.get("size", least)) or not least <= labels.get("size", least) <= most:
        yield _("write “size” as a number of pixels, from %(least)s to %(most)s.") % {"least": least, "most": most}
    if not may_be(is_colour, labels.get("colour")):
        yield _("write “%(name)s” as a colour, #rrggbb or #rrggbbaa, or null.") % {"name": "colour"}
    if not isinstance(labels.get("bold", False), bool):
        yield _("write “%(name)s” as true or false.") % {"name": "bold"}
    if not may_be(is_denominator, labels.get("from_scale")):
        yield _("write “from_scale” as the number n of a scale 1:n, or null.")


def column_faults(column: Any) -> Iterable[Any]:
    yield from object_faults(column, COLUMN)
    if not is_text(column.get("name")) or not IDENTIFIER.fullmatch(column["name"]):
        yield _("write “name” as in the table: small letters, digits and _.")
    yield from label_faults(column)
    if column.get("type") not in KINDS_OF_COLUMN:
        yield one_of("type", KINDS_OF_COLUMN)
    if not may_be(is_text, column.get("unit")):
        yield _("write “unit” between quotation marks, or null.")
    if not isinstance(column.get("in_tiles", False), bool):
        yield _("write “in_tiles” as true or false.")
    if not may_be(are_code_labels, column.get("values")):
        yield _('write “values” as {"code": ["French", "English"]}, or leave it out.')
    if not may_be(are_code_labels, column.get("short")):
        yield _('write “short” as {"code": ["French", "English"]}, or leave it out.')
    if not may_be(is_prefix, column.get("prefix")):
        yield _("write “prefix” as a few characters, or leave it out.")
    yield from limit_faults(column)


def condition_faults(column: Entry, others: set[str]) -> Iterable[Any]:
    """What is wrong with the objects of which a column is asked, by the value of one of the `others`."""
    when = column.get("when")
    if when is None:
        return
    if not isinstance(when, dict) or len(when) != 1 or not all(map(is_choices, when.values())):
        yield _('write “when” as {"column": [values]}, one column alone, or leave it out.')
    elif unknown := sorted(set(when) - others):
        names = {"names": ", ".join(map(str, unknown))[:80], "known": ", ".join(sorted(others))}
        yield _("“when” names %(names)s; the other columns are: %(known)s.") % names
    if column.get("required"):
        yield _("a column that has a “when” is not asked of all objects: leave “required” out.")


def limit_faults(column: Entry) -> Iterable[Any]:
    """What is wrong with what an edit may write in a column, and with who sees it."""
    for name in ("required", "read_only"):
        if not isinstance(column.get(name, False), bool):
            yield _("write “%(name)s” as true or false.") % {"name": name}
    if not may_be(is_roles, column.get("roles")):
        yield _("write “roles” as a list of roles, or leave it out: %(known)s.") % {"known": ", ".join(Role.values)}
    if column.get("roles") is not None and column.get("in_tiles"):
        yield _("a column that only some roles see cannot be in the tiles.")
    if column.get("suggest") not in (None, *SUGGESTED):
        yield one_of("suggest", SUGGESTED)
    if not may_be(is_choices, column.get("choices")):
        yield _("write “choices” as a list of values, or leave it out.")
    if not may_be(is_length, column.get("maximum_length")):
        yield _("write “maximum_length” as a number of characters, from 1 to 100,000.")
    for name in ("minimum", "maximum"):
        if not may_be(is_bound, column.get(name)) and (name, column.get(name)) != ("maximum", THIS_YEAR):
            yield _("write “%(name)s” as a number, or leave it out.") % {"name": name}
    if column.get("default") is not None and column["default"] not in (column.get("choices") or []):
        yield _("“default” is one of the column’s “choices”, or left out.")


def rule_faults(rule: Any) -> Iterable[Any]:
    yield from object_faults(rule, RULE)
    if rule.get("kind") not in KINDS_OF_RULE:
        yield one_of("kind", KINDS_OF_RULE)
    if not isinstance(rule.get("hard", False), bool):
        yield _("write “%(name)s” as true or false.") % {"name": "hard"}
    column = rule.get("column")
    if not may_be(is_text, column) or (column is None) == (rule.get("kind") == "unique"):
        yield _("“column” names the column of a “unique” rule, and is left out of the others.")
    if not is_number(rule.get("tolerance_m", 0)):
        yield _("write “tolerance_m” as a number of metres, from 0 to 1000.")


def object_faults(value: Any, known: set[str], example: Any = None) -> Iterable[Any]:
    if not isinstance(value, dict):
        yield example or _("write it between { and }, with names between quotation marks.")
    elif unknown := sorted(set(value) - known):
        names = {"names": ", ".join(unknown)[:80], "known": ", ".join(sorted(known))}
        yield _("unknown name: %(names)s. The names are: %(known)s.") % names


def label_faults(entry: Entry) -> Iterable[Any]:
    if not is_text(entry.get("label")) or not entry["label"].strip():
        yield _("give a “label” between quotation marks.")
    if not is_text(entry.get("label_en", "")):
        yield _("write “label_en” between quotation marks, or leave it out.")


def one_of(name: str, known: Iterable[str]) -> Any:
    return _("“%(name)s”: choose one of %(known)s.") % {"name": name, "known": ", ".join(known)}


def may_be(right: Callable[[Any], bool], value: Any) -> bool:
    return value is None or right(value)


def is_text(value: Any) -> bool:
    """A text that PostgreSQL keeps: neither NUL nor half a character."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= one <= "\udfff" for one in value)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1000 and isfinite(value)


def is_bound(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and is_plain(value)


def is_plain(value: Any) -> bool:
    """What a column's value can be compared with."""
    number = isinstance(value, int | float) and abs(value) <= 2**53 and isfinite(value)
    return value is None or is_text(value) or number


def is_condition(value: Any) -> bool:
    """A value to equal, `{"in": [values]}`, or one or two bounds: numbers, or dates as text."""
    if not isinstance(value, dict):
        return is_plain(value)
    if set(value) == {"in"}:
        values = value["in"]
        return isinstance(values, list) and 0 < len(values) <= MOST_VALUES and all(map(is_plain, values))
    return 0 < len(value) <= 2 and set(value) <= set(BOUNDS) and alike(list(value.values()))


def alike(bounds: list[Any]) -> bool:
    """Bounds that one column's values can be compared with: all numbers, or all texts."""
    return all(map(is_plain, bounds)) and len({isinstance(bound, str) for bound in bounds}) == 1 and None not in bounds


def is_denominator(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LARGEST_DENOMINATOR


def is_colour(value: Any) -> bool:
    return isinstance(value, str) and COLOUR.fullmatch(value) is not None


def is_dash(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(is_number, value))


def is_roles(value: Any) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(role in Role.values for role in value)


def is_choices(value: Any) -> bool:
    return (
        isinstance(value, list) and 0 < len(value) <= 1000 and all(one is not None and is_plain(one) for one in value)
    )


def is_length(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_TEXT


def are_code_labels(value: Any) -> bool:
    """Codes with their words in French and English."""
    return isinstance(value, dict) and all(
        is_text(code) and isinstance(labels, list) and len(labels) == 2 and all(map(is_text, labels))
        for code, labels in value.items()
    )


def are_further_columns(value: Any, first: Any) -> bool:
    """Names of columns beside the first one of a label, each once."""
    if not isinstance(value, list) or len(value) > MOST_ALSO:
        return False
    return all(is_text(name) and name for name in value) and len({first, *value}) == len(value) + 1


def is_priority(value: Any) -> bool:
    least, most = PRIORITIES
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_prefix(value: Any) -> bool:
    return is_text(value) and len(value) <= LONGEST_PREFIX
