"""What became of the files of a filter, and how long it took: counted by PostgreSQL, one row for each group."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.members.rights import Rights
from gis_core.models import Commune, User
from permits.models import Permit
from permits.procedure import AFTER_GRANT, State
from permits.services.listing import PermitQuery, files

MOST_GROUPS = 1_000
DECIDED = [str(state) for state in (*AFTER_GRANT, State.REFUSED)]
COLUMNS = ("kind", "filed_date", "ended_date", "insee", "instructor_id", "state", "tacit")
# Several groupings in one reading of the files.
GROUPS = """
    with files as materialized (
        select kind, extract({period} from filed_date)::int as period, insee, instructor_id, tacit,
            case when state = any (%s) then ended_date - filed_date end as days
        from ({files}) as asked)
    select case when grouping(kind) = 0 then 'kind' when grouping(period) = 0 then 'period'
            when grouping(insee) = 0 then 'insee' when grouping(instructor_id) = 0 then 'instructor' else 'all' end,
        kind, period, insee, instructor_id, count(*), count(days), count(*) filter (where tacit and days is not null),
        percentile_disc(array[0.5, 0.9]) within group (order by days)
    from files group by grouping sets ((), (kind), (period), (insee), (instructor_id))
    order by 1, period, count(*) desc, kind, insee, instructor_id limit %s
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one kind, period, commune or instructor. `median` and `ninth` are days from filing to decision, which
    half of the decided files and nine in ten of them do not exceed."""

    key: str
    label: str
    filed: int
    decided: int
    tacit: int
    median: int | None
    ninth: int | None

    @property
    def tacit_share(self) -> int | None:
        """Of those decided, in percent."""
        return round(100 * self.tacit / self.decided) if self.decided else None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`period` is the month of filing where the filter names a year, else the year."""

    whole: Group
    kind: Sequence[Group]
    period: Sequence[Group]
    insee: Sequence[Group]
    instructor: Sequence[Group]


def statistics(wanted: PermitQuery, rights: Rights) -> Statistics:
    rows = groups(wanted, rights)
    names = labels(rows, monthly=wanted.year is not None)
    grouped: dict[str, list[Group]] = defaultdict(list)
    for what, kind, period, insee, instructor, filed, decided, tacit, days in rows:
        key = {"kind": kind, "period": period, "insee": insee, "instructor": instructor}.get(what)
        median, ninth = days or (None, None)
        grouped[what].append(Group(str(key or ""), names(what, key), filed, decided, tacit, median, ninth))
    whole = grouped["all"][0] if grouped["all"] else Group("", "", 0, 0, 0, None, None)
    return Statistics(whole, grouped["kind"], grouped["period"], grouped["insee"], grouped["instructor"])


def groups(wanted: PermitQuery, rights: Rights) -> list[Any]:
    """The rows of GROUPS over the filter's files."""
    try:
        inner, parameters = files(wanted, rights).order_by().values(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return []
    # Django's own SQL: its values stay parameters.
    statement = sql.SQL(GROUPS).format(
        period=sql.SQL("month" if wanted.year else "year"), files=sql.SQL(cast("LiteralString", inner))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [DECIDED, *parameters, MOST_GROUPS])
        return list(cursor.fetchall())


def labels(rows: Sequence[Sequence[Any]], *, monthly: bool) -> Callable[[str, Any], str]:
    """What people call a group."""
    communes = dict(Commune.objects.filter(insee__in={row[3] for row in rows if row[3]}).values_list("insee", "name"))
    people = {one.pk: str(one) for one in User.objects.filter(pk__in={row[4] for row in rows if row[4]})}
    kinds: Mapping[str, Any] = dict(Permit.Kind.choices)

    def label(what: str, key: Any) -> str:
        match what:
            case "kind":
                return str(kinds.get(key, key))
            case "period":
                return str(MONTHS[key]) if monthly else str(key)
            case "insee":
                return str(communes.get(key, key))
            case "instructor":
                return people.get(key, "") or _("Nobody yet")
        return ""

    return label
