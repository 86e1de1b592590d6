"""Where a directory is and how its people are match in it: the options of a sign-in method of this kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid

MOST_SERVERS = 6
SERVER = re.compile(r"ldaps?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,252}))(:\d{1,5})?/?")
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
OTHER_ATTRIBUTES = {"id": "entryUUID", "email": "mail", "first_name": "givenName", "last_name": "sn"}
PERSON_ATTRIBUTES = ("id", "email", "first_name", "last_name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`servers` are tried in order: `ldaps://host`, or `ldap://host`, which is put under TLS before anything is said.

    `authority` is the text (PEM) of the authority that signed their certificates, empty for one that the machine knows.
    `filter` says which entries under `base` are people, `login_attributes` what they may type to sign in. `attributes`
    are the names of the entry's `id` (which never changes), `email`, `first_name` and `last_name`.
    """

    servers: tuple[str, ...] = ()
    authority: str = ""
    bind_dn: str = ""
    base: str = ""
    filter: str = "(objectClass=inetOrgPerson)"
    login_attributes: tuple[str, ...] = ("mail",)
    attributes: Mapping[str, str] = field(default_factory=lambda: dict(OTHER_ATTRIBUTES))
    group_base: str = ""
    group_filter: str = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))"
    nested: bool = True

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Options:
        """Those that were kept; what is missing is as usual."""
        known = {one.name: kept[one.name] for one in fields(cls) if one.name in kept}
        for name in ("servers", "login_attributes"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"servers": list(self.servers), "login_attributes": list(self.login_attributes)}

    def check(self) -> None:
        """Raise Invalid for what no directory could be match by."""
        if not 1 <= len(self.servers) <= MOST_SERVERS:
            raise Invalid(_("Give one to six servers."), parameter="servers")
        for server in self.servers:
            match = SERVER.fullmatch(server)
            if not match or int((match[3] or ":636")[1:]) not in range(1, 65_536):
                text = _("“%(server)s” is no address of a directory: it is written ldaps://name or ldap://name.")
                raise Invalid(text % {"server": server[:80]}, parameter="servers")
        for name in (*self.login_attributes, *(self.attributes.get(one, "") for one in PERSON_ATTRIBUTES)):
            if not ATTRIBUTE.fullmatch(name):
                text = _("“%(name)s” is no name of an attribute: letters, digits and hyphens alone.")
                raise Invalid(text % {"name": name[:80]}, parameter="login_attributes")
        if not self.login_attributes or not self.base or not self.bind_dn:
            raise Invalid(_("Give the reading account, the base and what people type to sign in."), parameter="base")
        for name, text in (("filter", self.filter), ("group_filter", self.group_filter)):
            if not is_balanced(text):
                raise Invalid(_("A filter is written between brackets: (objectClass=person)."), parameter=name)


def is_balanced(text: str) -> bool:
    """Whether a filter is one whole: what stands behind it would escape the condition that it is joined to."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 0 or (depth == 0 and place < len(text) - 1):
            return False
    return text.startswith("(") and depth == 0


ACTIVE_DIRECTORY = Options(
    filter="(&(objectCategory=person)(objectClass=user))",
    login_attributes=("mail", "userPrincipalName"),
    attributes=OTHER_ATTRIBUTES | {"id": "objectGUID"},
    group_filter="(objectClass=group)",
)
"""What differs where the directory is Microsoft's."""
