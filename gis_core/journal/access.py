"""Who had access to a layer on a day: answered from the history of the layer, of the roles and of the town halls."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_one
from gis_core.errors import NotFound
from gis_core.members.rights import Role
from gis_core.models import Commune, Member, User


@dataclass(frozen=True, slots=True)
class Access:
    """A person who had access by a role, and why; `only` are the communes of a town hall's rows."""

    person: str
    role: str
    member: str
    why: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class LayerAccess:
    """The layer at that instant, who beside its people saw it (`everybody`), its people; since when it is known."""

    title: str
    everybody: str
    people: list[Access]
    known_since: datetime | None


def layer_access(slug: str, instant: datetime) -> LayerAccess:
    """Who had access to a layer at an instant. Raises NotFound (none of this name then), DatabaseError."""
    (result,) = fetch_one("select arpent.layer_access_at(%s, %s)", [slug, instant])
    if result is None:
        raise NotFound(_("There was no layer of this short name at that moment."))
    state: dict[str, Any] = json.loads(result) if isinstance(result, str) else result
    layer, since = state["layer"], state["known_since"]
    return LayerAccess(
        layer["title"],
        seen_by_everybody(layer),
        people_of(layer, state["roles"]),
        datetime.fromisoformat(since) if since else None,
    )


def seen_by_everybody(layer: dict[str, Any]) -> str:
    if layer["archived_at"]:
        return ""
    visible = {"public": _("Everybody, without signing in."), "signed_in": _("Everybody who was signed in.")}
    return visible.get(layer["visibility"], "")


def people_of(layer: dict[str, Any], roles: list[dict[str, Any]]) -> list[Access]:
    """Those of the owner, of the members it was shared with, of the agency."""
    members = dict(Member.objects.values_list("pk", "name"))
    people = {user.pk: user for user in User.objects.filter(pk__in=[one["user"] for one in roles])}
    communes = dict(Commune.objects.filter(insee__in={insee for one in roles for insee in one["communes"]}).values_list(
        "insee", "name"
    ))  # fmt: skip
    result = []
    for one in roles:
        if why := reason(layer, one):
            person = people.get(one["user"])
            called = f"{person} ({person.username})" if person else _("Account %(id)s") % {"id": one["user"]}
            only = ", ".join(communes.get(insee, insee) for insee in one["communes"])
            role = str(Role(one["role"]).label) if one["role"] in Role.values else one["role"]
            result.append(Access(called, role, members.get(one["member"], str(one["member"])), why, only))
    return sorted(result, key=lambda one: (one.member, one.person))


def reason(layer: dict[str, Any], role: dict[str, Any]) -> str:
    """Why a role opened the layer; empty where it did not (`arpent.sees_layer` is the rule of today)."""
    own = layer["owner_id"] is not None and role["member"] == layer["owner_id"]
    if role["role"] == Role.AGENCY_ADMINISTRATOR:
        return _("administers the platform")
    if layer["archived_at"]:
        administers = own and role["role"] == Role.GIS_ADMINISTRATOR
        return _("administers its owner (the layer was archived)") if administers else ""
    if own:
        return _("belongs to its owner")
    if layer["visibility"] == "members" and role["member"] in (layer["shared_with"] or []):
        return _("it was shared with the member")
    return ""
