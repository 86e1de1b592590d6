"""Works of two members, a draft and an announced one of each, and what a valid request for their addresses holds."""

from datetime import timedelta
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString

from gis_core.database.clock import today
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import Member, User
from networks.roadworks.models import Work
from networks.roadworks.services.works import make
from tests import factories

Form = dict[str, Any]
ROOM, PUBLIC, CHECK = "voirie/travaux/", "travaux/", "api/v1/networks/works/check"
MISSING = 999_999_999
LINE = '{"type": "LineString", "coordinates": [[1.9, 47.55], [1.901, 47.55]]}'


def rows(whose: str, member: Member, person: User) -> dict[str, Any]:
    return {
        f"work {whose}": work(member, person, "draft").pk,
        f"public work {whose}": work(member, person, "planned").pk,
    }


def work(member: Member, person: User, state: str) -> Work:
    x, y = factories.ORIGIN
    line = MultiLineString(LineString((x, y), (x + 50, y)), srid=2154)
    rights = rights_of(person)
    with acting_as(rights):
        days = {"starts_on": today(), "ends_on": today() + timedelta(days=3)}
        return make(owner=member, rights=rights, title="Enrobés", state=state, geom=line, **days)


def arguments(rows: dict[str, Any], whose: str, route: str) -> dict[str, Any]:
    """What stands in the addresses of works."""
    if route.startswith(PUBLIC):
        name = "absent.xml" if whose == "none" else "flux.xml"
        return {"work_id": rows.get(f"public work {whose}", MISSING), "name": name}
    return {"work_id": rows.get(f"work {whose}", MISSING)} if route.startswith(ROOM) else {}


def form(route: str, method: str, given: dict[str, Any]) -> Form | None:
    """The body; None where the route needs none."""
    day = today().isoformat()
    told = {"title": "Enrobés", "kind": "road", "measure": "none", "starts_on": day, "ends_on": day, "where": "map"}
    made: dict[tuple[str, str], Form] = {
        (f"{ROOM}nouveau/", "POST"): {**told, "geom": LINE, "do": "save", "member": given["member"]},
        (f"{ROOM}<int:work_id>/", "POST"): {"do": "plan", "version": 1},
        (f"{ROOM}<int:work_id>/modifier/", "POST"): {**told, "geom": LINE, "version": 1, "do": "save"},
    }
    found = made.get((route, method))
    if found and route.endswith("modifier/"):
        found["member"] = owner_of(given["work_id"])
    return found


def owner_of(work_id: int) -> str:
    with factories.as_owner():
        return Work.objects.filter(pk=work_id).values_list("owner__slug", flat=True).first() or ""


def body(route: str, method: str) -> dict[str, Any] | None:
    """A JSON body, as the keywords of the test client."""
    return {"data": {"geom": LINE}, "content_type": "application/json"} if (route, method) == (CHECK, "POST") else None
