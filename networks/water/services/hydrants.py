"""The hydrants that somebody sees, with their last inspections, whether they may be used, when they are due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.gis.db.models.functions import Transform
from django.db import models
from django.db.models import (
    Case,
    DateField,
    DurationField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce, JSONObject, Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.desk.list_query import ListQuery, choice, text
from gis_core.desk.options import commune_options
from gis_core.desk.parameters import whole_number
from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from networks.water.code_lists import IN_SERVICE
from networks.water.models import FireSettings, HydrantInspection, HydrantUnavailability, WaterNode

HYDRANT = "hydrant"
ADDRESS_WITHIN_M = 150
SOON_DAYS = 60
BAD = (HydrantInspection.Verdict.NOT_COMPLIANT, HydrantInspection.Verdict.UNAVAILABLE)
NO_SETTINGS = FireSettings()


class State(models.TextChoices):
    """What is to be done about hydrants."""

    DUE = "due", gettext_lazy("To be inspected now")
    SOON = "soon", gettext_lazy("To be inspected within 60 days")
    FAILING = "failing", gettext_lazy("Failing")
    UNAVAILABLE = "unavailable", gettext_lazy("Not available now")
    NEVER = "never", gettext_lazy("Never measured")


def owner_options(rights: Rights) -> list[tuple[str, str]]:
    """The members whose hydrants the user sees."""
    owners = hydrants(rights).order_by().values("owner").distinct()
    return list(Member.objects.filter(pk__in=owners).order_by("name").values_list("slug", "name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HydrantQuery(ListQuery):
    """Which hydrants; empty fields do not restrict."""

    text: str = text(gettext_lazy("Search"), name="q", placeholder=gettext_lazy("number, name"))
    member: str = choice(gettext_lazy("Member"), owner_options, every=gettext_lazy("All members"), fewest=2)
    insee: str = choice(gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5)
    state: str = choice(
        gettext_lazy("To do"),
        lambda _rights: State.choices,
        every=gettext_lazy("All hydrants"),
        allowed=lambda: State.values,
    )


class Months(Func):
    """So many months, as PostgreSQL counts them."""

    template = "make_interval(months => %(expressions)s)"
    output_field = DurationField()


class Later(Func):
    """A day some months after another."""

    template = "(%(expressions)s)::date"
    arg_joiner = " + "
    output_field = DateField()


def hydrants(rights: Rights) -> QuerySet[Any]:
    """The hydrants that the asker sees."""
    nodes: Any = WaterNode.objects
    rows: QuerySet[Any] = nodes.visible_to(rights).filter(kind=HYDRANT)
    return rows


def current_inspections(rights: Rights) -> QuerySet[Any]:
    """Inspections of what the asker sees that were not struck out, the last first."""
    return HydrantInspection.objects.visible_to(rights).filter(struck_at=None).order_by("-done_date", "-id")


def unavailabilities(rights: Rights) -> QuerySet[Any]:
    """Those that last now."""
    return HydrantUnavailability.objects.visible_to(rights).filter(from_at__lte=database_clock.now(), until_at=None)


def first_as_json(rows: QuerySet[Any], *names: str) -> Subquery:
    """The first of an inspection's or an unavailability's rows about a hydrant, as one value."""
    return Subquery(
        rows.filter(hydrant=OuterRef("pk")).values(row=JSONObject(**dict(zip(names, names, strict=True))))[:1]
    )


def with_state(rows: Any, rights: Rights) -> Any:
    """Each with `commune_insee`, `technical` and `last` (inspections), `out` (why it is unavailable), `due`."""
    technical = current_inspections(rights).filter(kind=HydrantInspection.Kind.TECHNICAL)
    measures = ("id", "kind", "done_date", "done_by", "flow_m3h", "static_bar", "dynamic_bar", "verdict", "anomalies")
    own = FireSettings.objects.filter(member=OuterRef("owner"))
    chosen = {
        name: Coalesce(Subquery(own.values(name)[:1], output_field=IntegerField()), getattr(NO_SETTINGS, name))
        for name in ("technical_months", "visual_months")
    }
    return (
        with_out(rows, rights)
        .annotate(
            commune_insee=Subquery(
                Commune.objects.filter(geom__intersects=OuterRef("geom")).order_by("insee").values("insee")[:1]
            ),
            last=first_as_json(current_inspections(rights), *measures),
            technical=first_as_json(technical, *measures),
            seen=Subquery(current_inspections(rights).filter(hydrant=OuterRef("pk")).values("done_date")[:1]),
            measured=Subquery(technical.filter(hydrant=OuterRef("pk")).values("done_date")[:1]),
            **chosen,
        )
        .annotate(
            due=Least(
                Later(F("measured"), Months(F("technical_months"))),
                Case(When(visual_months__gt=0, then=Later(F("seen"), Months(F("visual_months"))))),
            )
        )
    )


def with_out(rows: Any, rights: Rights) -> Any:
    """Each with `out`, why it is unavailable."""
    return rows.annotate(out=first_as_json(unavailabilities(rights), "id", "from_at", "reason", "informed"))


def register(wanted: HydrantQuery, rights: Rights) -> Any:
    """The hydrants of a filter, in the order of their references; those that are no more in service as well."""
    rows = with_state(hydrants(rights), rights)
    if wanted.text:
        condition = Q(reference__icontains=wanted.text) | Q(name__icontains=wanted.text)
        rows = rows.filter(condition | Q(pk__in=[int(wanted.text)] if is_id(wanted.text) else []))
    if wanted.member:
        rows = rows.filter(owner__slug=wanted.member)
    if wanted.insee:
        rows = rows.filter(commune_insee=wanted.insee)
    if wanted.state:
        rows = rows.filter(in_state(wanted.state))
    return rows.select_related("owner").order_by("owner__name", "reference", "pk")


def is_id(text: str) -> bool:
    return whole_number(text) is not None


def in_state(state: str) -> Q:
    """Which hydrants something is to be done about; those in service alone, but for the unavailable ones."""
    today = database_clock.today()
    working = Q(service_state=IN_SERVICE)
    match state:
        case State.DUE:
            return working & (Q(due__lt=today) | Q(measured=None))
        case State.SOON:
            return working & Q(due__range=(today, today + timedelta(days=SOON_DAYS)))
        case State.FAILING:
            return working & (Q(last__verdict__in=BAD) | Q(technical__verdict__in=BAD))
        case State.NEVER:
            return working & Q(measured=None)
    return Q(out__isnull=False) | ~working


def counts(wanted: HydrantQuery, rights: Rights) -> dict[str, int]:
    """How many hydrants each state has, of the filter but for its own state."""
    rows = register(wanted.but(state=""), rights).order_by()
    # The sums have names that no annotation has: a filter would take the sum for it.
    sums = {f"count_{state.value}": models.Count("pk", filter=in_state(state)) for state in State}
    sums_by_name = rows.aggregate(**sums, count_all=models.Count("pk"))
    return {name.removeprefix("count_"): count for name, count in sums_by_name.items()}


def hydrant_seen_by(pk: int, rights: Rights) -> Any:
    """One hydrant with its state, `lon` and `lat`. Raises NotFound."""
    hydrant = with_state(hydrants(rights), rights).filter(pk=pk).annotate(place=Transform("geom", 4326)).first()
    if hydrant is None:
        raise NotFound(_("There is no such hydrant, or you may not see it."))
    return hydrant


def availability_of(hydrant: Any) -> str:
    """`unavailable`, `failing`, `compliant`, or `unknown` where nothing was inspected: the register's verdict."""
    if hydrant.out or hydrant.service_state != IN_SERVICE:
        return "unavailable"
    known = [one["verdict"] for one in (hydrant.last, hydrant.technical) if one]
    if any(verdict in BAD for verdict in known):
        return "failing"
    return "compliant" if known else "unknown"


def title_of(hydrant: Any) -> str:
    return str(hydrant.reference or hydrant.name or _("Hydrant no. %(id)s") % {"id": hydrant.pk})


def settings_for(member: Member | int) -> FireSettings:
    """The member's settings, the usual ones where it has not chosen."""
    pk = member if isinstance(member, int) else member.pk
    return FireSettings.objects.filter(member=pk).first() or FireSettings(member_id=pk)


# -- where they stand -------------------------------------------------------------------------------------------------

NEAREST = """
    select given.id, near.label from unnest(%(ids)s::bigint[], %(x)s::float8[], %(y)s::float8[]) as given (id, x, y),
        lateral (select st_setsrid(st_makepoint(given.x, given.y), 2154) as place) asked,
        lateral (select label from cadastre_address a
                 where a.geom && st_expand(place, %(within)s) and st_dwithin(a.geom, place, %(within)s)
                 order by a.geom <-> place limit 1) near
"""


def addresses_near(places: Iterable[tuple[int, float, float]], within_m: float = ADDRESS_WITHIN_M) -> dict[int, str]:
    """The nearest address of each place (id, x, y), where there is one so near."""
    given = list(places)
    if not given:
        return {}
    ids, xs, ys = map(list, zip(*given, strict=True))
    return dict(fetch_all(NEAREST, {"ids": ids, "x": xs, "y": ys, "within": within_m}))


def addresses_of(rows: Sequence[Any]) -> dict[int, str]:
    return addresses_near((one.pk, one.geom.x, one.geom.y) for one in rows)


def communes_of(rows: Sequence[Any]) -> dict[str, str]:
    names = Commune.objects.filter(insee__in={one.commune_insee for one in rows if one.commune_insee})
    return dict(names.values_list("insee", "name"))


def day_of(row: Mapping[str, Any] | None, name: str = "done_date") -> date | None:
    """A day of an annotated row, which comes as text."""
    return date.fromisoformat(row[name][:10]) if row and row.get(name) else None
