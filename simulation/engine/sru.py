"""Rules of a regulation as data: SRU level 2, read tolerantly, written strictly.

A rule is alternatives of conditions (AND binds before OR) and constraints. What is not of the catalogue (a class, an
attribute, a value) is kept as it was written: nothing that came in is lost when it leaves again.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulation.engine.catalogue import Attribute, Class, Part, fold, match_attribute, match_class, other_names

type Json = dict[str, Any]

MOST_RULES = 2_000
MOST_PARTS = 200
DEEPEST = 40
NUMBER = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(m|m²|m2|%|mètres?|metres?)?\s*", re.IGNORECASE)
TRUE, FALSE = {"oui", "1", "true", "vrai"}, {"non", "0", "false", "faux"}
CATEGORY = {Part.CONDITION: ("catCondition", "idCondition"), Part.CONSTRAINT: ("catContrainte", "idContrainte")}
COMMON = ("libelle", "commentaire")
LISTS = ("regle", "regles", "rules", "reglesstructurees")
OR = {"ou", "or"}


class SruError(ValueError):
    """What was sent is no SRU: `code` says why, with its `params`; `line` and `column` where it is known (from 1)."""

    def __init__(self, code: str, line: int | None = None, column: int | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code, self.line, self.column, self.params = code, line, column, params


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A condition or a constraint: `values` by the catalogue's names; `kept` is what was not read, as it was written.

    `category` is the catalogue's name of its class, or the written one where `known` is false.
    """

    category: str
    part: Part
    known: bool = True
    identifier: str = ""
    libelle: str = ""
    commentaire: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        return self.values.get(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`alternatives`: one of these lists of conditions must hold whole; none at all: the rule always applies.

    `content` is the identifier of the text in level 1.
    """

    identifier: str = ""
    content: str = ""
    alternatives: Sequence[Sequence[Element]] = ()
    constraints: Sequence[Element] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)


# -- reading ----------------------------------------------------------------------------------------------------------


def parse_sru(text: str) -> list[Rule]:
    """The rules of a JSON text: a rule, a list of rules, of constraints, or an object that holds one. Raises SruError,
    with the line and the column of what is not valid JSON.
    """
    try:
        read = json.loads(text.removeprefix("\ufeff"), parse_constant=refuse_constant)
    except json.JSONDecodeError as error:
        raise SruError("json", error.lineno, error.colno, message=error.msg) from error
    except RecursionError as error:
        raise SruError("too_deep") from error
    return read_rules(read)


def refuse_constant(name: str) -> float:
    raise SruError("no_number", value=name)


def read_rules(read: Any) -> list[Rule]:
    """The rules of what JSON gave. Raises SruError."""
    if depth(read) > DEEPEST:
        raise SruError("too_deep")
    rows = rows_in(read)
    if len(rows) > MOST_RULES:
        raise SruError("too_many", most=MOST_RULES)
    return [read_rule(row, place) for place, row in enumerate(rows, 1)]


def depth(read: Any) -> int:
    """How many levels of lists and objects."""
    level, deep = [read], 0
    while level and deep <= DEEPEST:
        deep += 1
        level = [one for value in level for one in children(value)]
    return deep


def children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def rows_in(read: Any) -> list[Any]:
    if isinstance(read, list):
        return read
    if isinstance(read, dict):
        for name, value in read.items():
            if fold(name) in LISTS and isinstance(value, list):
                return value
        return [read]
    raise SruError("no_rules")


def read_rule(row: Any, place: int = 1) -> Rule:
    """A rule, or a constraint alone as a rule of its own. Raises SruError."""
    if not isinstance(row, dict):
        raise SruError("no_rule", place=place)
    names = {fold(name): name for name in row}
    if "contraintes" not in names and category_in(row, Part.CONSTRAINT):
        constraint = read_element(row, Part.CONSTRAINT, place)
        return Rule(identifier=constraint.identifier, constraints=[constraint])
    given = {key: row[names[key]] for key in ("idregle", "idcontenu", "conditions", "contraintes") if key in names}
    constraints = elements(given.get("contraintes"), Part.CONSTRAINT, place)
    if not constraints:
        raise SruError("no_constraint", place=place)
    return Rule(
        identifier=text_of(given.get("idregle")),
        content=text_of(given.get("idcontenu")),
        alternatives=read_alternatives(given.get("conditions"), place),
        constraints=constraints,
        kept={name: value for name, value in row.items() if fold(name) not in given},
    )


def read_alternatives(given: Any, place: int) -> list[list[Element]]:
    """A list of conditions holds whole; a list of lists: one of them; `"operateur": "OU"` begins another list."""
    rows = given if isinstance(given, list) else [] if given is None else [given]
    if rows and all(isinstance(one, list) for one in rows):
        return [elements(one, Part.CONDITION, place) for one in rows if one]
    alternatives: list[list[Element]] = []
    for row in rows:
        if not alternatives or begins_another(row):
            alternatives.append([])
        alternatives[-1] += elements([row], Part.CONDITION, place)
    return alternatives


def begins_another(row: Any) -> bool:
    return isinstance(row, dict) and any(
        fold(name).startswith("operateur") and fold(str(value)) in OR for name, value in row.items()
    )


def elements(given: Any, part: Part, place: int) -> list[Element]:
    rows = given if isinstance(given, list) else [] if given is None else [given]
    if len(rows) > MOST_PARTS:
        raise SruError("too_many", most=MOST_PARTS)
    return [read_element(row, part, place) for row in rows]


def category_in(row: Mapping[str, Any], part: Part) -> str:
    wanted = {fold(CATEGORY[part][0]), fold(CATEGORY[part][0] + "s"), "categorie"}
    return next((text_of(value) for name, value in row.items() if fold(name) in wanted), "")


def read_element(row: Any, part: Part, place: int = 1) -> Element:
    """A condition or a constraint. One of a class that the catalogue has not is kept whole. Raises SruError."""
    if not isinstance(row, dict) or not (category := category_in(row, part)):
        raise SruError("no_category", place=place, name=CATEGORY[part][0])
    known = match_class(category, part)
    values, kept, heads = {}, {}, {}
    for name, value in row.items():
        if head := match_head(name, part, known):
            heads[head] = text_of(value)
        elif attribute := known and match_attribute(known, name):
            try:
                values[attribute.name] = read_value(attribute, value)
            except ValueError:
                kept[name] = value
        else:
            kept[name] = value
    return Element(
        category=known.name if known else category,
        part=part,
        known=known is not None,
        identifier=heads.get("identifier", ""),
        libelle=heads.get("libelle", ""),
        commentaire=heads.get("commentaire", ""),
        values={name: value for name, value in values.items() if value is not None},
        kept={name: value for name, value in kept.items() if value is not None},
    )


def match_head(name: str, part: Part, known: Class | None) -> str:
    """What every condition and constraint has: its category, its identifier, its label, its remark."""
    plain = fold(name)
    if plain in (fold(CATEGORY[part][0]), fold(CATEGORY[part][0] + "s"), "categorie"):
        return "category"
    if plain == fold(CATEGORY[part][1]) or (known and plain == fold(f"id{known.name}")):
        return "identifier"
    return plain if plain in COMMON else ""


def text_of(value: Any) -> str:
    return "" if value is None else value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read_value(attribute: Attribute, value: Any) -> Any:
    """A value of the attribute's type; None for an empty one. Raises ValueError for one that is not of it."""
    if value is None or value == "" or value == []:
        return None
    readers: dict[str, Callable[[], Any]] = {
        "text": lambda: text_of(value),
        "texts": lambda: [text_of(one) for one in parts_of(value)],
        "number": lambda: read_number(value),
        "percent": lambda: read_number(value),
        "whole": lambda: whole(read_number(value)),
        "ratio": lambda: read_ratio(value),
        "boolean": lambda: read_boolean(value),
        "choice": lambda: one_of(choices(attribute, value)),
        "choices": lambda: list(choices(attribute, value)),
    }
    return readers[attribute.type]()


def parts_of(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [part for part in re.split(r"[|;,]", value) if part.strip()]
    return value if isinstance(value, list) else [value]


def read_number(value: Any) -> float:
    """A number that is not below zero, typed with a comma or a unit or not. Raises ValueError."""
    if isinstance(value, str) and (match := NUMBER.fullmatch(value)):
        value = float(match[1].replace(",", "."))
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise ValueError(value)
    return value


def whole(number: float) -> int:
    if number != int(number):
        raise ValueError(number)
    return int(number)


def read_ratio(value: Any) -> float:
    """Between 0 and 1; a percentage above 1 is divided by a hundred. Raises ValueError."""
    number = read_number(value)
    percent = number > 1 or (isinstance(value, str) and "%" in value)
    if number > 100:
        raise ValueError(value)
    return number / 100 if percent else number


def read_boolean(value: Any) -> bool:
    plain = fold(str(value))
    if plain not in TRUE | FALSE:
        raise ValueError(value)
    return plain in TRUE


def choices(attribute: Attribute, value: Any) -> Iterator[str]:
    """The values of the attribute's list. Raises ValueError for one that it has not."""
    known = {fold(one): one for one in attribute.values}
    for part in parts_of(value):
        plain = fold(text_of(part))
        for name in [plain] if plain in known else other_names().get(plain, "").split("|"):
            if fold(name) not in known:
                raise ValueError(part)
            yield known[fold(name)]


def one_of(values: Iterator[str]) -> str:
    (only,) = values
    return only


# -- writing ----------------------------------------------------------------------------------------------------------


def write_rules(rules: Sequence[Rule], stem: str, zone: str = "") -> list[Json]:
    """The rules as the standard writes them; `stem` begins the identifiers of those that have none.

    The standard has no OR inside of a rule and wants a condition: alternatives become rules of their own, a rule that
    always applies has the condition of being in its zone.
    """
    rows = []
    for number, rule in enumerate(rules, 1):
        identifier = rule.identifier or f"{stem}/regle{number:02d}"
        always = [Element(category="ConditionSpecifique", part=Part.CONDITION, libelle=f"Zone {zone}".strip())]
        alternatives = rule.alternatives or [always]
        for place, conditions in enumerate(alternatives, 1):
            own = identifier if len(alternatives) == 1 else f"{identifier}-{place}"
            rows.append(write_rule(rule, own, conditions or always))
    return rows


def write_rule(rule: Rule, identifier: str, conditions: Sequence[Element]) -> Json:
    given = {"idContenu": rule.content or identifier.rpartition("/")[0] or identifier, "idRegle": identifier}
    return {
        **given,
        "conditions": write_elements(conditions, f"{identifier}/condition"),
        "contraintes": write_elements(rule.constraints, f"{identifier}/contrainte"),
        **{name: value for name, value in rule.kept.items() if fold(name) not in {fold(one) for one in given}},
    }


def write_elements(given: Sequence[Element], stem: str) -> list[Json]:
    return [write_element(one, one.identifier or f"{stem}{number:02d}") for number, one in enumerate(given, 1)]


def write_element(element: Element, identifier: str) -> Json:
    """A condition or a constraint in the catalogue's names and order, then what was kept of it."""
    category_name, identifier_name = CATEGORY[element.part]
    head = {
        identifier_name: identifier,
        "libelle": element.libelle or element.category,
        category_name: element.category,
    }
    remark = {"commentaire": element.commentaire} if element.commentaire else {}
    known = match_class(element.category, element.part)
    names = known.attributes if known else element.values
    values = {name: element.values[name] for name in names if name in element.values}
    kept = {name: value for name, value in element.kept.items() if not fold(name).startswith("operateur")}
    return {**head, **remark, **values, **kept}


# -- keeping ----------------------------------------------------------------------------------------------------------


def element_as_json(element: Element) -> Json:
    """An element for `read_element`, without an identifier that it has not."""
    row = write_element(element, element.identifier)
    return {name: value for name, value in row.items() if value != "" and (name != "libelle" or element.libelle)}


def rule_as_json(rule: Rule) -> Json:
    """A rule for `read_rule`: alternatives stay as they are."""
    return {
        "idRegle": rule.identifier,
        "idContenu": rule.content,
        "conditions": [[element_as_json(one) for one in conditions] for conditions in rule.alternatives],
        "contraintes": [element_as_json(one) for one in rule.constraints],
        **rule.kept,
    }


def unread_of(rules: Sequence[Rule]) -> list[tuple[str, str]]:
    """What of the rules is not of the catalogue: (class, "" where it is the class itself, else the attribute)."""
    every = [one for rule in rules for one in (*rule.constraints, *(two for some in rule.alternatives for two in some))]
    return [
        pair
        for one in every
        for pair in ([(one.category, "")] if not one.known else [(one.category, name) for name in one.kept])
    ]
