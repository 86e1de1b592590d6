"""Who is asking, and what the database may show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from psycopg.pq import TransactionStatus

from gis_core.database.statements import fetch_all, fetch_one

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from gis_core.models import User


class Role(models.TextChoices):
    """What a user does for one member."""

    READER = "reader", _("Reader")
    TOWN_HALL = "town_hall", _("Town hall")
    PERMIT_INSTRUCTOR = "permit_instructor", _("Permit instructor")
    NETWORK_TECHNICIAN = "network_technician", _("Network technician")
    GIS_ADMINISTRATOR = "gis_administrator", _("GIS administrator")
    AGENCY_ADMINISTRATOR = "agency_administrator", _("Agency administrator")

    @property
    def rank(self) -> int:
        """Who may give which role: nobody gives one above their own."""
        return list(Role).index(self)


WRITERS = frozenset(
    {Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR}
)
ADMINISTRATORS = frozenset({Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Rights:
    """What one user may see, resolved once per request.

    `roles` maps a member's id to the user's role there. `insee` are the communes whose personal rows the user may
    see, `town_insee` those that a town hall user works for. `agency` opens every owner-scoped row (not the personal,
    INSEE-scoped ones). `layers` are the ids of the only layers that the API token opens, empty where it opens all.
    """

    user_id: int | None = None
    roles: dict[int, str] = field(default_factory=dict)
    insee: frozenset[str] = frozenset()
    town_insee: frozenset[str] = frozenset()
    agency: bool = False
    layers: frozenset[int] = frozenset()

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    def members(self) -> list[int]:
        """Members whose private rows the user sees whole."""
        return sorted(member for member, role in self.roles.items() if role != Role.TOWN_HALL)

    def town_halls(self) -> list[int]:
        """Members of whose private rows the user sees only those of their own communes."""
        return sorted(member for member, role in self.roles.items() if role == Role.TOWN_HALL)

    def writers(self) -> list[int]:
        """Members whose private rows the user may change; each layer then asks for the right role."""
        return sorted(member for member, role in self.roles.items() if role in WRITERS)

    def list_administered_ids(self) -> list[int]:
        """Members whose people and data the user manages (the agency manages those of all)."""
        return sorted(member for member, role in self.roles.items() if role in ADMINISTRATORS)

    @property
    def administers(self) -> bool:
        """Whether the user manages any member."""
        return self.agency or bool(self.list_administered_ids())

    def has_role(self, member_id: int | None, roles: frozenset[Role]) -> bool:
        """Whether the user holds one of the roles at this member (an agency administrator holds all of them)."""
        return self.agency or (member_id is not None and self.roles.get(member_id) in roles)

    def rank_at(self, member_id: int) -> int:
        """The rank of the user's role at this member, -1 for none."""
        if self.agency:
            return Role.AGENCY_ADMINISTRATOR.rank
        role = self.roles.get(member_id)
        return Role(role).rank if role else -1

    def cover(self, others: Rights) -> bool:
        """Whether whoever has these reads all that others show."""
        if self.layers and not (others.layers and self.layers >= others.layers):
            return False
        members, towns = set(self.members()), set(self.town_halls())
        return self.agency or (
            not others.agency
            and members.issuperset(others.members())
            and (members | towns).issuperset(others.town_halls())
            and self.insee >= others.insee
        )

    def settings(self) -> dict[str, str]:
        """The `arpent.*` settings that the row policies read."""
        return {
            "arpent.user_id": str(self.user_id or 0),
            "arpent.members": array(self.members()),
            "arpent.town_halls": array(self.town_halls()),
            "arpent.writers": array(self.writers()),
            "arpent.insee": array(sorted(self.insee)),
            "arpent.town_insee": array(sorted(self.town_insee)),
            "arpent.agency": "on" if self.agency else "off",
            "arpent.layers": array(sorted(self.layers)),
        }

    def rows_class(self) -> str:
        """A short name for "who sees the same rows": two users of one class get the same private tile."""
        settings = self.settings()
        del settings["arpent.user_id"]
        return hashlib.blake2s(repr(sorted(settings.items())).encode(), digest_size=8).hexdigest()


def array(values: list[int] | list[str]) -> str:
    """A PostgreSQL array literal of integers or INSEE codes (neither needs quoting)."""
    return "{" + ",".join(map(str, values)) + "}"


ANONYMOUS = Rights()
SYSTEM = Rights(agency=True)

_current: ContextVar[Rights | None] = ContextVar("arpent_rights", default=None)
lock_patience: ContextVar[str | None] = ContextVar("arpent_lock_patience", default=None)
"""PostgreSQL's `lock_timeout` for transactions that open in this context; None leaves the role's."""
only_reads: ContextVar[bool] = ContextVar("arpent_only_reads", default=False)
"""Whether PostgreSQL refuses to write in transactions that open in this context (a maintenance that only lets read)."""
token_reads: ContextVar[bool] = ContextVar("arpent_token_reads", default=False)
"""Whether it does so because who asks has a token that only reads."""


def current_rights() -> Rights | None:
    """The rights of who is asking in this context, None outside any request or job."""
    return _current.get()


@contextmanager
def acting_as(rights: Rights) -> Iterator[None]:
    """Run with these rights: transactions opened inside carry them, an already open one gets them until the end."""
    former = _current.get()
    token = _current.set(rights)
    inside = connection.in_atomic_block
    if inside:
        set_rights(rights)
    try:
        yield
    finally:
        _current.reset(token)
        if inside and connection.in_atomic_block and not connection.needs_rollback and not has_failed():
            set_rights(former)


def has_failed() -> bool:
    """Whether the open transaction only waits to be rolled back, which undoes what it was told; or the database is
    lost, and the transaction with it.
    """
    opened = connection.connection
    return opened is None or opened.info.transaction_status in (TransactionStatus.INERROR, TransactionStatus.UNKNOWN)


def set_rights(rights: Rights | None) -> None:
    """Give the open transaction these rights; None takes them away (an empty setting counts as missing)."""
    settings = rights.settings() if rights else dict.fromkeys(ANONYMOUS.settings(), "")
    backend: Any = connection
    backend.set_who_asks(settings)


@contextmanager
def under_policies() -> Iterator[None]:
    """Read as the web role does, inside a transaction: row policies bind it, and pass the worker's own role by."""
    former = take_role("arpent_web")
    try:
        yield
    finally:
        if not has_failed():
            take_role(former)


def take_role(role: str) -> str:
    """Be this database role (`none`: the one that connected) until the transaction's end; returns the former one."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A role is taken until the end of a transaction: open one.")
    (former, _taken) = fetch_one("select current_setting('role'), set_config('role', %s, true)", [role])
    return str(former)


def rights_of(user: User | AnonymousUser) -> Rights:
    """Resolve a user's rights from memberships in force and territories (one query, none for an anonymous user).

    Somebody all of whose memberships have come to their last day is nobody, whether a worker has ended them or not. The
    security officer has none, whatever memberships the account has.
    """
    if not user.is_authenticated or not user.is_active:
        return ANONYMOUS
    if user.kind == "security":
        # No layer has this number: not even a public one is shown (0 stands for photos and layers of other servers).
        return Rights(user_id=user.pk, layers=frozenset({-1}))
    rows = fetch_all(MEMBERSHIPS, [Role.TOWN_HALL, user.pk])
    memberships = [row[:3] for row in rows if row[3]]
    if rows and not memberships:
        return ANONYMOUS
    town = frozenset(code for _member, role, communes in memberships if role == Role.TOWN_HALL for code in communes)
    whole = frozenset(code for _member, role, communes in memberships if role != Role.TOWN_HALL for code in communes)
    roles = {member: role for member, role, _communes in memberships}
    return Rights(
        user_id=user.pk,
        roles=roles,
        insee=whole | town,
        town_insee=town,
        agency=Role.AGENCY_ADMINISTRATOR in roles.values(),
    )


def are_still_held(rights: Rights, *, token: int | None = None, session: str = "") -> bool:
    """Whether the person may still read, now, all that these rights let them read: for what goes on for long.

    `token` is the number of the API token by which they ask, `session` the key of their session: either may have ended
    meanwhile while the person stays. Two statements, whatever is asked.
    """
    from django.contrib.sessions.models import Session

    from gis_core.models import ApiToken, User

    if rights.user_id is None:
        return True
    people = User.objects.filter(pk=rights.user_id, is_active=True)
    if token is not None:
        people = people.filter(models.Exists(ApiToken.objects.valid().filter(pk=token, user=rights.user_id)))
    if session:
        people = people.filter(models.Exists(Session.objects.filter(pk=session, expire_date__gt=Now())))
    user = people.only("is_active", "kind").first()
    held = rights_of(user) if user else ANONYMOUS
    return held.signed_in and held.cover(rights)


# The communes of a role: those of the town hall, or the whole territory of the member; and whether it is in force.
MEMBERSHIPS = """
    select m.member_id, m.role, case when m.role = %s
        then array(select h.insee from public.gis_core_townhall h where h.membership_id = m.id)
        else array(select t.insee from public.gis_core_territory t where t.member_id = m.member_id) end,
        arpent.in_force(m.accepted_at, m.last_date)
    from public.gis_core_membership m where m.user_id = %s and m.accepted_at is not null
"""


def codes(communes: Iterable[int | str]) -> frozenset[str]:
    """INSEE codes as text, whatever the stubs think a foreign key holds."""
    return frozenset(map(str, communes))
