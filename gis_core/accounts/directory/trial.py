"""A trial of a directory's settings, which says in words what is wrong with them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis_core.accounts.directory import asking
from gis_core.accounts.directory.options import Options
from gis_core.errors import ArpentError
from gis_core.models import SignInMethod

TRIAL_S = 15.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Whether a directory can be used as it is set, and what to tell the administrator."""

    works: bool
    text: str


def try_directory(method: SignInMethod) -> Trial:
    """Bind and count, on every server, thought to answer or not, all within `TRIAL_S`; nothing is kept."""
    counts: dict[str, Any] = {}
    servers = method.options.get("servers", [])
    end = time.monotonic() + TRIAL_S
    for rank, server in enumerate(servers):
        one = SignInMethod(kind=method.kind, name=method.name, options=method.options | {"servers": [server]})
        one.encrypted_secret = method.encrypted_secret
        share_s = max((end - time.monotonic()) / (len(servers) - rank), asking.LEAST_S)
        try:
            with asking.PLACES.take():
                counts = asking.ask(one, "count", within_s=share_s, remembers=False)
        except ArpentError as error:
            return Trial(False, str(error.message))
    return trial_of(method, counts)


def trial_of(method: SignInMethod, counts: dict[str, Any]) -> Trial:
    """In words, of how many people and groups there are, and how many of them could not be known again."""
    if not counts or not counts["people"]:
        return Trial(False, _("The directory answers, and has nobody under this base: check the base and the filter."))
    if counts["no_id"]:
        text = _("%(n)s people of %(all)s have no %(name)s for the reading account: choose the right product.")
        name = Options.from_json(method.options).attributes["id"]
        return Trial(False, text % {"n": counts["no_id"], "all": counts["people"], "name": name})
    if method.options.get("group_base") and not counts["groups"]:
        return Trial(False, _("The directory answers, and has no group under their base: check it and its filter."))
    text = _("The directory answers: %(people)s people, %(groups)s groups.") % counts
    if counts["no_email"]:
        text += " " + _("%(no_email)s of them have no e-mail address, and cannot sign in.") % counts
    return Trial(True, text)
