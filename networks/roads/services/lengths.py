"""Kilometres of road by class, importance, commune, manager and condition: one reading of the sections asked for.

A section that lies in two communes counts half for each. Each carriageway counts for its own length. Lengths are those
of the ground plan (EPSG:2154), as roads are measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gis_core.codes import CodeList
from gis_core.database.statements import fetch_all
from gis_core.desk.list_query import ListQuery, choice, parameter
from gis_core.desk.options import commune_options
from gis_core.desk.tables import Table
from gis_core.errors import Invalid, NotFound
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from layers.features.display import code_choices, code_label
from networks.roads import code_lists

UNKNOWN: Final = "-"
DUAL: Final = ("autoroute", "2chaussees")
MOST_LINES: Final = 2_000
LISTS: Final[Mapping[str, CodeList]] = {
    "status": code_lists.STATUSES, "importance": code_lists.IMPORTANCES, "manager": code_lists.MANAGERS,
    "condition": code_lists.CONDITIONS,
}  # fmt: skip


def with_unrecorded(options: Callable[[Rights], Sequence[tuple[str, str]]]) -> Callable[[Rights], Any]:
    return lambda rights: [*options(rights), (UNKNOWN, _("Not recorded"))]


def code_or_unknown(label: Any, name: str, every: Any) -> Any:
    """A code of a list, or UNKNOWN."""
    options = with_unrecorded(lambda _rights: code_choices(LISTS[name]))
    return choice(label, options, every=every, allowed=lambda: {*LISTS[name], UNKNOWN})


def read_insee(given: Mapping[str, str], name: str) -> str:
    """The INSEE code of a commune, or UNKNOWN. Raises Invalid."""
    insee = given.get(name, "").strip()
    if insee and insee != UNKNOWN and not (len(insee) == 5 and insee.isalnum()):
        message = _("“%(text)s” is no INSEE code of a commune: it has five signs, as in 45234.")
        raise Invalid(message % {"text": insee[:20]}, parameter=name)
    return insee


def members_keeping(rights: Rights) -> list[tuple[str, str]]:
    """Short name and name of the members that keep roads."""
    return list(Member.objects.filter(pk__in=keepers()).order_by("name").values_list("slug", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthQuery(ListQuery):
    """Which sections: empty for all; UNKNOWN for those where it is not recorded."""

    member: str = choice(gettext_lazy("Member"), members_keeping, every=gettext_lazy("All members"), fewest=2)
    status: str = code_or_unknown(gettext_lazy("Legal status"), "status", gettext_lazy("All classes"))
    importance: str = code_or_unknown(gettext_lazy("Importance"), "importance", gettext_lazy("Any importance"))
    manager: str = code_or_unknown(gettext_lazy("Manager"), "manager", gettext_lazy("All managers"))
    condition: str = code_or_unknown(gettext_lazy("Condition"), "condition", gettext_lazy("Any condition"))
    insee: str = parameter(
        label=gettext_lazy("Commune"),
        read=read_insee,
        options=with_unrecorded(commune_options),
        every=gettext_lazy("All communes"),
        default="",
    )
    paths: str = choice(
        gettext_lazy("Ways"),
        lambda _rights: [("1", _("Paths, steps and cycle ways, too"))],
        every=gettext_lazy("Roads and tracks"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a table: the code (None where it is not recorded), its words, kilometres, its share, sections."""

    code: str | None
    label: str
    km: float
    percent: float
    sections: int


type Group = tuple[str | None, str, float, int]
"""A code, the name of the manager, kilometres, sections."""


@dataclass(slots=True)
class Lengths:
    """`dual_km` are those of separate carriageways, each counted; `split` sections lie in two communes."""

    km: float = 0.0
    sections: int = 0
    dual_km: float = 0.0
    split: int = 0
    paths_km: float = 0.0
    tables: dict[str, list[Line]] = field(default_factory=dict)


STATEMENT: Final = """
    with found as materialized (
        select s.status, s.importance, s.manager, s.manager_name, s.condition, s.insee_left, s.insee_right,
            s.nature = any(%(paths)s) as path, s.nature = any(%(dual)s) or s.carriageway <> 'U' as dual,
            coalesce(s.insee_left, s.insee_right) is distinct from coalesce(s.insee_right, s.insee_left) as divided,
            st_length(s.geom) as metres
        from road_section s
        where (%(member)s::int is null or s.owner_id = %(member)s)
            and (%(status)s = '' or s.status = %(status)s or (%(status)s = '-' and s.status is null))
            and (%(importance)s = '' or s.importance = %(importance)s
                or (%(importance)s = '-' and s.importance is null))
            and (%(manager)s = '' or s.manager = %(manager)s or (%(manager)s = '-' and s.manager is null))
            and (%(condition)s = '' or s.condition = %(condition)s or (%(condition)s = '-' and s.condition is null))
            and (%(insee)s = '' or %(insee)s in (s.insee_left, s.insee_right)
                or (%(insee)s = '-' and s.insee_left is null and s.insee_right is null))),
    shared as materialized (
        select f.*, f.metres * case when f.divided and %(insee)s not in ('', '-') then 0.5 else 1 end as counted
        from found f),
    kept as materialized (select * from shared where not path or path is null or %(all)s)
    select 'all', null, null, sum(counted), count(*), sum(counted) filter (where dual), count(*) filter (where divided)
    from kept
    union all select 'paths', null, null, sum(counted), count(*), null, null from shared where path
    union all select 'status', status, null, sum(counted), count(*), null, null from kept group by status
    union all select 'importance', importance, null, sum(counted), count(*), null, null from kept group by importance
    union all (
        select 'manager', manager, manager_name, sum(counted), count(*), null, null from kept
        group by manager, manager_name order by 4 desc limit %(most)s)
    union all select 'condition', condition, null, sum(counted), count(*), null, null from kept group by condition
    union all (
        select 'insee', side.insee, null, sum(side.metres), count(*), null, null from kept k, lateral (
            values (coalesce(k.insee_left, k.insee_right), k.metres * case when k.divided then 0.5 else 1 end, true),
                (k.insee_right, k.metres * 0.5, k.divided)) side (insee, metres, counts)
        where side.counts and (%(insee)s in ('', '-') or side.insee = %(insee)s)
        group by side.insee order by 4 desc limit %(most)s)
"""


def lengths(query: LengthQuery) -> Lengths:
    """Of the sections that the asker sees, which is all of them. Raises NotFound for a member that there is not."""
    given: dict[str, Any] = {name: getattr(query, name) for name in (*LISTS, "insee")}
    given |= {"paths": list(code_lists.PATHS), "dual": list(DUAL), "all": bool(query.paths)}
    rows = fetch_all(STATEMENT, given | {"member": member_id(query.member), "most": MOST_LINES})
    result = Lengths()
    groups: dict[str, list[Group]] = {}
    for table, code, name, metres, sections, dual, split in rows:
        if table == "all":
            result.km, result.sections = (metres or 0) / 1000, sections
            result.dual_km, result.split = (dual or 0) / 1000, split
        elif table == "paths":
            result.paths_km = (metres or 0) / 1000
        else:
            groups.setdefault(table, []).append((code, name or "", (metres or 0) / 1000, sections))
    for table in titles():
        result.tables[table] = table_of(table, groups.get(table, []), result.km)
    return result


def member_id(slug: str) -> int | None:
    if not slug:
        return None
    member = Member.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if member is None:
        raise NotFound(_("There is no such member."))
    return int(member)


def table_of(table: str, groups: list[Group], whole: float) -> list[Line]:
    """Lines in the order of their list, managers of one kind and communes by their kilometres; what is not recorded
    comes last.
    """
    names = commune_names([code for code, *_more in groups if code]) if table == "insee" else {}
    english = (get_language() or "fr").startswith("en")
    lines = [
        Line(
            code=code,
            label=name if code is None and name
            else _("Not recorded") if code is None
            else f"{names[code]} ({code})" if code in names
            else code if table == "insee"
            else name_of_manager(code_label(LISTS[table], code, english=english), name),
            km=km,
            percent=100 * km / whole if whole else 0.0,
            sections=sections,
        )
        for code, name, km, sections in groups
    ]  # fmt: skip
    if table == "insee":
        return sorted(lines, key=lambda one: (one.code is None, -one.km, one.label))
    order = list(LISTS[table])
    return sorted(lines, key=lambda one: (order.index(one.code) if one.code in order else len(order), -one.km))


def name_of_manager(kind: str, name: str) -> str:
    """“Commune de Lorris” says what it is; “Val de Rimarde” does not."""
    return name if name.casefold().startswith(kind.casefold()) else " · ".join(filter(None, (kind, name)))


def commune_names(codes: list[str]) -> dict[str, str]:
    return dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))


def keepers() -> list[int]:
    """By a skip through the index of owners: few members keep many sections."""
    rows = fetch_all(
        "select m.id from gis_core_member m where exists (select from road_section s where s.owner_id = m.id)"
    )
    return [pk for (pk,) in rows]


def titles() -> dict[str, str]:
    return {
        "status": _("By legal status"),
        "importance": _("By importance"),
        "insee": _("By commune"),
        "manager": _("By manager"),
        "condition": _("By condition of the carriageway"),
    }


def as_table(lengths: Lengths) -> Table:
    """Every line of every table, one below the other."""
    columns = [
        Column("table", _("Table"), "text"),
        Column("code", _("Code"), "text"),
        Column("label", _("Group"), "text"),
        Column("km", _("Kilometres"), "number"),
        Column("percent", _("Share (%)"), "number"),
        Column("sections", _("Sections"), "integer"),
    ]
    rows: list[list[Any]] = [
        [_("All"), None, _("All"), round(lengths.km, 3), 100.0 if lengths.km else 0.0, lengths.sections]
    ]
    for name, title in titles().items():
        rows += [
            [title, one.code, one.label, round(one.km, 3), round(one.percent, 2), one.sections]
            for one in lengths.tables[name]
        ]
    return columns, rows
