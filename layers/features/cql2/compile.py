"""The tree of a filter as an SQL condition: every name through an allow-list, every value bound.

Spatial predicates test bounding boxes first (`geom && x and ST_…(geom, x)`): under row policies the planner may use
the index for `&&` alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from psycopg.sql import SQL, Composable, Identifier

from layers.features.cql2 import geometry
from layers.features.cql2.queryables import Queryables
from layers.features.cql2.refusal import refusal
from layers.features.cql2.temporal import (
    FOR_INSTANTS,
    OPEN,
    RELATIONS,
    Span,
    read_date,
    read_timestamp,
    relation_condition,
)
from layers.features.cql2.terms import CASTS, Bound, Term, alike, as_timestamp, kind_name, literal
from layers.features.crs import CRS84, STORAGE, Crs

DEEPEST = 120
MOST_IN_LIST = 10_000

COMPARISONS = {"=": "=", "<>": "<>", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
# Real numbers, so that nothing is cut off; what is divided by zero is unknown and fails no query.
ARITHMETIC = {
    "+": SQL("({}::float8 + {}::float8)"),
    "-": SQL("({}::float8 - {}::float8)"),
    "*": SQL("({}::float8 * {}::float8)"),
    "/": SQL("({}::float8 / nullif({}::float8, 0))"),
    "%": SQL("mod({}::numeric, nullif({}::numeric, 0))::float8"),
    "div": SQL("div({}::numeric, nullif({}::numeric, 0))::float8"),
    "^": SQL("power({}::float8, {}::float8)"),
}
TEXT_CALLS = {"casei": SQL("lower({})"), "accenti": SQL("public.unaccent({})")}
SPATIAL = {
    "s_intersects": SQL("({0} && {1} and st_intersects({0}, {1}))"),
    "s_disjoint": SQL("not ({0} && {1} and st_intersects({0}, {1}))"),
    "s_equals": SQL("({0} && {1} and st_equals({0}, {1}))"),
    "s_touches": SQL("({0} && {1} and st_touches({0}, {1}))"),
    "s_crosses": SQL("({0} && {1} and st_crosses({0}, {1}))"),
    "s_within": SQL("({0} && {1} and st_within({0}, {1}))"),
    "s_contains": SQL("({0} && {1} and st_contains({0}, {1}))"),
    "s_overlaps": SQL("({0} && {1} and st_overlaps({0}, {1}))"),
}
# The operands that must hold the other one: nothing that is kept holds a shape that lies outside in part.
HOLDERS = {"s_contains": (0,), "s_within": (1,), "s_equals": (0, 1)}
DAY_ENDS = (Term("date", SQL("'-infinity'::date")), Term("date", SQL("'infinity'::date")))
INSTANT_ENDS = (
    Term("timestamp", SQL("'-infinity'::timestamptz")),
    Term("timestamp", SQL("'infinity'::timestamptz")),
)

# A case, because of an "or" the planner makes two walks of the index and joins them.
INSIDE_OR_MEETS = SQL("({0} && {1} and case when {0} @ {1} then true else st_intersects({0}, {1}) end)")

type Tree = Any


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the rows of a table, and the values of its placeholders."""

    sql: Composable
    values: dict[str, Any]


def compile_filter(
    tree: Tree, queryables: Queryables, crs: Crs = CRS84, storage: int = STORAGE.srid, *, prefix: str = "f"
) -> Condition:
    """The condition that a filter's tree is, its geometries written in `crs`; raises Invalid.

    Conditions that are joined have different prefixes for the names of their placeholders.
    """
    compiler = Compiler(queryables, crs, storage, Bound(prefix))
    condition = compiler.predicate(tree, 0)
    return Condition(condition, compiler.bound.values)


@dataclass(slots=True)
class Compiler:
    """Walks one tree."""

    queryables: Queryables
    crs: Crs
    storage: int
    bound: Bound

    # -- conditions ---------------------------------------------------------------------------------------------------

    def predicate(self, tree: Tree, depth: int) -> Composable:
        """A condition: a call that gives one, a column of yes or no, true or false."""
        if depth > DEEPEST:
            raise refusal(_("The filter is nested too deeply: simplify it."))
        operator = operator_of(tree)
        if operator is None or (known := self.condition_of(operator)) is None:
            term = self.scalar(tree, depth)
            if term.kind != "boolean":
                raise refusal(_("The filter must be a condition, which is true or false."))
            return self.bound.sql_of(term)
        return known(operator, arguments_of(tree), depth + 1)

    def condition_of(self, operator: str) -> Callable[[str, Sequence[Tree], int], Composable] | None:
        """The method that reads this operator's arguments; None where it gives no condition."""
        if operator in ("and", "or"):
            return self.joined
        if operator in COMPARISONS:
            return self.comparison
        if operator in SPATIAL:
            return self.spatial
        if operator in RELATIONS:
            return self.temporal
        methods = {
            "not": self.negated,
            "isnull": self.is_null,
            "like": self.like,
            "between": self.between,
            "in": self.in_list,
        }
        return methods.get(operator)

    def joined(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        if not arguments:
            raise refusal(_("“%(name)s” has too few or too many arguments."), name=operator)
        return SQL("({})").format(SQL(f" {operator} ").join([self.predicate(one, depth) for one in arguments]))

    def negated(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        (inner,) = exactly(1, operator, arguments)
        return SQL("(not {})").format(self.predicate(inner, depth))

    def is_null(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        (inner,) = exactly(1, operator, arguments)
        known = operator_of(inner)
        condition = known is not None and self.condition_of(known) is not None
        value = self.predicate(inner, depth) if condition else self.bound.sql_of(self.term(inner, depth))
        return SQL("({} is null)").format(value)

    def comparison(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        first, second = self.pair(operator, arguments, depth)
        return SQL("({} {} {})").format(first, SQL(COMPARISONS[operator]), second)

    def pair(self, operator: str, arguments: Sequence[Tree], depth: int) -> tuple[Composable, Composable]:
        """Both operands, of one kind."""
        left, right = exactly(2, operator, arguments)
        first, second = alike(self.scalar(left, depth), self.scalar(right, depth))
        return self.bound.sql_of(first), self.bound.sql_of(second)

    def like(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        left, right = exactly(2, operator, arguments)
        check_pattern(right)
        value, pattern = self.text(left, depth), self.text(right, depth)
        return SQL("({} like {})").format(value, pattern)

    def between(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        inner, low, high = exactly(3, operator, arguments)
        above = self.comparison(">=", (inner, low), depth)
        below = self.comparison("<=", (inner, high), depth)
        return SQL("({} and {})").format(above, below)

    def in_list(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        """One comparison with an array where the list holds values of one kind."""
        inner, items = exactly(2, operator, arguments)
        values = items if isinstance(items, list) else [items]
        if not values or len(values) > MOST_IN_LIST:
            raise refusal(_("A list has 1 to %(most)s values."), most=MOST_IN_LIST)
        value = self.scalar(inner, depth)
        pairs = [alike(value, self.scalar(one, depth)) for one in values]
        if (cast := common_cast(one for _value, one in pairs)) and all(first is value for first, _one in pairs):
            array = self.bound.bind([one.value for _value, one in pairs], f"{cast}[]")
            return SQL("({} = any({}))").format(self.bound.sql_of(value), array)
        each = [SQL("{} = {}").format(*map(self.bound.sql_of, pair)) for pair in pairs]
        return SQL("({})").format(SQL(" or ").join(each))

    # -- geometries ---------------------------------------------------------------------------------------------------

    def spatial(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        operands = exactly(2, operator, arguments)
        if operator == "s_intersects" and (meets := self.meets_box(*operands)):
            return meets
        held = HOLDERS.get(operator, ())
        shapes = [self.shape(one, whole=1 - rank in held) for rank, one in enumerate(operands)]
        return SPATIAL[operator].format(*shapes)

    def meets_box(self, first: Tree, second: Tree) -> Composable | None:
        """Whether a geometry meets a box; None where this is not asked, or not of an upright box.

        What lies inside by its own box needs no look at its vertices.
        """
        match first, second:
            case {"property": str()}, {"bbox": _} if self.storage == STORAGE.srid:
                column, rectangle = self.shape(first, whole=False), geometry.rectangle_of(second, self.crs)
            case _:
                return None
        if rectangle is None:
            return None
        shape, srid = rectangle
        kept = column if srid == self.storage else SQL("geom_3857")
        return INSIDE_OR_MEETS.format(kept, self.bound.bind(geometry.wkb(shape, srid), "geometry"))

    def shape(self, tree: Tree, *, whole: bool) -> Composable:
        """The geometry's column, or a shape of the filter in the storage system."""
        match tree:
            case {"property": str(name)}:
                term = self.column(name)
                if term.kind != "geometry" or term.sql is None:
                    raise refusal(_("“%(name)s” is no geometry."), name=name)
                return term.sql
            case {"type": str()} | {"bbox": _}:
                shape = geometry.shape_of(tree, self.crs)
                lost = whole and not geometry.whole(shape, self.crs, self.storage)
                kept = geometry.EMPTY if lost else geometry.to_storage(shape, self.crs, self.storage)
                return self.bound.bind(geometry.wkb(kept, self.storage), "geometry")
        raise refusal(_("A spatial function compares the geometry with a geometry."))

    # -- times --------------------------------------------------------------------------------------------------------

    def temporal(self, operator: str, arguments: Sequence[Tree], depth: int) -> Composable:
        operands = [self.span(one, depth) for one in exactly(2, operator, arguments)]
        if operator not in FOR_INSTANTS and not all(map(is_interval, arguments)):
            raise refusal(_("“%(name)s” compares two intervals."), name=operator.upper())
        if len({bound.kind for pair in operands for bound in pair}) > 1:
            operands = [(as_timestamp(start), end_of(end)) for start, end in operands]
        first, second = (self.span_of(pair) for pair in operands)
        return relation_condition(operator, first, second)

    def span_of(self, pair: tuple[Term, Term]) -> Span:
        start, end = pair
        begun = self.bound.sql_of(start)
        return begun, begun if end is start else self.bound.sql_of(end)

    def span(self, tree: Tree, depth: int) -> tuple[Term, Term]:
        """The start and the end of an instant or an interval, of one kind."""
        if not is_interval(tree):
            instant = self.instant(tree, depth)
            return instant, instant
        bounds = tree["interval"]
        if not isinstance(bounds, list) or len(bounds) != 2:
            raise refusal(_("An interval has a start and an end."))
        given = [None if bound == OPEN else self.instant(bound, depth) for bound in bounds]
        open_ends = INSTANT_ENDS if any(bound and bound.kind == "timestamp" for bound in given) else DAY_ENDS
        start, end = (bound or open_end for bound, open_end in zip(given, open_ends, strict=True))
        return alike(start, end)

    def instant(self, tree: Tree, depth: int) -> Term:
        if isinstance(tree, str):
            return Term("timestamp", value=read_timestamp(tree)) if "T" in tree.upper() else day(tree)
        term = self.scalar(tree, depth)
        if term.kind not in ("date", "timestamp"):
            raise refusal(_("“%(name)s” is no date."), name=term.name or term.value)
        return term

    # -- values -------------------------------------------------------------------------------------------------------

    def scalar(self, tree: Tree, depth: int) -> Term:
        """A term that can be compared, or a refusal."""
        term = self.term(tree, depth)
        if term.kind == "geometry":
            raise refusal(_("“%(name)s” is a geometry: compare it with a spatial function."), name=term.name)
        return term

    def term(self, tree: Tree, depth: int) -> Term:
        if depth > DEEPEST:
            raise refusal(_("The filter is nested too deeply: simplify it."))
        match tree:
            case {"property": str(name)}:
                return self.column(name)
            case {"date": text}:
                return day(text)
            case {"timestamp": text}:
                return Term("timestamp", value=read_timestamp(text))
            case {"op": _name}:
                return self.call(tree, depth + 1)
            case dict() | list():
                raise refusal(_("The filter compares a list, an interval or a geometry as if it were one value."))
        return literal(tree)

    def column(self, name: str) -> Term:
        """The column of a queryable's name; `geom` is understood as the geometry."""
        queryable = self.queryables.get(name)
        if queryable is None and name == "geom":
            queryable = next((one for one in self.queryables.values() if one.kind == "geometry"), None)
        if queryable is None:
            known = ", ".join(self.queryables)
            raise refusal(
                _("“%(name)s” is no property to filter by. There are: %(known)s."), name=name[:60], known=known
            )
        return Term(queryable.kind, sql=Identifier(queryable.column), name=name)

    def call(self, tree: Tree, depth: int) -> Term:
        operator, arguments = str(operator_of(tree)), arguments_of(tree)
        if operator in TEXT_CALLS:
            (inner,) = exactly(1, operator, arguments)
            return Term("text", sql=TEXT_CALLS[operator].format(self.text(inner, depth)))
        if operator in ARITHMETIC:
            left, right = exactly(2, operator, arguments)
            return Term("number", sql=ARITHMETIC[operator].format(self.number(left, depth), self.number(right, depth)))
        if self.condition_of(operator):
            return Term("boolean", sql=self.predicate(tree, depth))
        raise refusal(_("There is no function “%(name)s”."), name=operator[:60])

    def text(self, tree: Tree, depth: int) -> Composable:
        return self.bound.sql_of(self.expected("text", tree, depth))

    def number(self, tree: Tree, depth: int) -> Composable:
        return self.bound.sql_of(self.expected("number", tree, depth))

    def expected(self, kind: str, tree: Tree, depth: int) -> Term:
        term = self.scalar(tree, depth)
        if term.kind != kind:
            actual, wanted = kind_name(term.kind), kind_name(kind)  # type: ignore[arg-type]
            name = term.name or term.value
            raise refusal(_("“%(name)s” is %(kind)s, not %(wanted)s."), name=name, kind=actual, wanted=wanted)
        return term


def common_cast(terms: Iterable[Term]) -> str | None:
    """The type of an array of these terms; None where one is no value, or they are of several kinds."""
    casts = {CASTS.get(type(term.value)) for term in terms}
    if casts == {"bigint", "float8"}:
        return "float8"
    return casts.pop() if len(casts) == 1 else None


def day(text: object) -> Term:
    return Term("date", value=read_date(text))


def end_of(end: Term) -> Term:
    """The last instant of a day, in UTC; an instant as it is."""
    if end.kind == "timestamp":
        return end
    if isinstance(end.value, date) and not isinstance(end.value, datetime):
        return Term("timestamp", value=read_timestamp(f"{end.value.isoformat()}T23:59:59.999999Z"))
    last = SQL("{} + interval '1 day - 1 microsecond'").format(as_timestamp(end).sql or SQL("null"))
    return Term("timestamp", sql=SQL("({})").format(last), name=end.name)


def is_interval(tree: Tree) -> bool:
    return isinstance(tree, dict) and "interval" in tree


def operator_of(tree: Tree) -> str | None:
    """The name of a call, in small letters."""
    operator = tree.get("op") if isinstance(tree, dict) else None
    return operator.lower() if isinstance(operator, str) else None


def arguments_of(tree: dict[str, Tree]) -> list[Tree]:
    arguments = tree.get("args")
    return arguments if isinstance(arguments, list) else []


def exactly(count: int, operator: str, arguments: Sequence[Tree]) -> Sequence[Tree]:
    if len(arguments) != count:
        raise refusal(_("“%(name)s” has too few or too many arguments."), name=operator)
    return arguments


def check_pattern(tree: Tree) -> None:
    """A backslash at the end of a pattern escapes nothing; PostgreSQL refuses it."""
    while operator_of(tree) in TEXT_CALLS:
        tree = next(iter(arguments_of(tree)), None)
    if isinstance(tree, str) and (len(tree) - len(tree.rstrip("\\"))) % 2 == 1:
        raise refusal(_("A pattern must not end with a backslash."))
