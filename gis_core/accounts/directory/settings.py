"""Keeps the settings of a directory: who may, and what must be true of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from gis_core.accounts.directory import reports
from gis_core.accounts.directory.options import Options
from gis_core.accounts.joining import forget_joined
from gis_core.accounts.providers.methods import check_domains, check_may_set
from gis_core.members.rights import Rights
from gis_core.models import SignInMethod


@transaction.atomic
def save_directory(
    *, rights: Rights, method: SignInMethod, name: str, options: Options, domains: Sequence[str], secret: str = ""
) -> SignInMethod:
    """Keep a new or changed directory; an empty `secret` leaves the one that is kept. Raises Invalid, Forbidden.

    Where another directory may answer than before, people who have a role at another member prove anew who they are.
    """
    check_may_set(rights, method.member)
    options.check()
    if method.pk and is_another(Options.from_json(method.options), options):
        forget_joined(method, only_elsewhere=True)
    method.kind = SignInMethod.Kind.DIRECTORY
    method.domains = check_domains(rights, method, domains)
    method.name = name.strip()
    method.options = options.as_json()
    if secret:
        method.secret = secret
    method.save()
    reports.end_rest(method)
    return method


def is_another(former: Options, wanted: Options) -> bool:
    """Whether identifiers may come from elsewhere than before: another server, base or attribute."""
    where = [(one.base, one.attributes["id"]) for one in (former, wanted)]
    return where[0] != where[1] or not set(wanted.servers) <= set(former.servers)
