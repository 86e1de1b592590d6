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
from permits.procedure import AFTER_GRANT, CERTIFICATE_STATES, GONE, State, describe_state
from permits.services.listing import PermitQuery, files

MOST_GROUPS = 1_000
DATED = [str(state) for state in (*AFTER_GRANT, State.REFUSED, State.INADMISSIBLE)]
"""States that begin with the decision: their day is that of the decision."""
DECIDED = [*DATED, *(str(state) for state in GONE)]
"""States of files that were decided, be it that the decision is no more."""
OF_CERTIFICATES = [f"{state}:{kind}" for kind, state in CERTIFICATE_STATES]
"""States that are said otherwise of a kind of certificate, which are groups of their own: « granted:CUb »."""
COLUMNS = ("kind", "filed_date", "ended_date", "insee", "instructor_id", "state", "tacit")
# Several groupings in one reading of the files.
GROUPS = """
    with files as materialized (
        select kind, extract({period} from filed_date)::int as period, insee, instructor_id, tacit,
            case when state || ':' || kind = any (%s) then state || ':' || kind else state end as standing,
            state = any (%s) as decided, case when state = any (%s) then ended_date - filed_date end as days
        from ({files}) as asked)
    select case when grouping(kind) = 0 then 'kind' when grouping(period) = 0 then 'period'
            when grouping(insee) = 0 then 'insee' when grouping(instructor_id) = 0 then 'instructor'
            when grouping(standing) = 0 then 'state' else 'all' end,
        kind, period, insee, instructor_id, standing, count(*), count(*) filter (where decided),
        count(*) filter (where tacit and decided),
        percentile_disc(array[0.5, 0.9]) within group (order by days)
    from files group by grouping sets ((), (kind), (period), (insee), (instructor_id), (standing))
    order by 1, period, count(*) desc, kind, insee, instructor_id, standing limit %s
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one kind, period, commune, instructor or state.

    `median` and `ninth` are days from filing to decision, which half of the decided files and nine in ten of them do
    not exceed.
    """

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
    state: Sequence[Group]


def statistics(wanted: PermitQuery, rights: Rights) -> Statistics:
    rows = groups(wanted, rights)
    names = labels(rows, monthly=wanted.year is not None, kind=wanted.kind)
    grouped: dict[str, list[Group]] = defaultdict(list)
    for what, kind, period, insee, instructor, state, filed, decided, tacit, days in rows:
        key = {"kind": kind, "period": period, "insee": insee, "instructor": instructor, "state": state}.get(what)
        median, ninth = days or (None, None)
        grouped[what].append(Group(str(key or ""), names(what, key), filed, decided, tacit, median, ninth))
    whole = grouped["all"][0] if grouped["all"] else Group("", "", 0, 0, 0, None, None)
    return Statistics(whole, **{name: grouped[name] for name in ("kind", "period", "insee", "instructor", "state")})


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
        cursor.execute(statement, [OF_CERTIFICATES, DECIDED, DATED, *parameters, MOST_GROUPS])
        return list(cursor.fetchall())


def labels(rows: Sequence[Sequence[Any]], *, monthly: bool, kind: str) -> Callable[[str, Any], str]:
    """What people call a group; states as one says them of the `kind` of file, where they are of one, or of a
    certificate.
    """
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
            case "state":
                state, _colon, certificate = key.partition(":")
                return describe_state(certificate or kind, state)
        return ""

    return label
